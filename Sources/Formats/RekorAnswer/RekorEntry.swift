import Octets
package import Reasons
import StrictJSON

/// An entry as Rekor v1 answers it (`GET /api/v1/log/entries?logIndex=N`, rekor 1.5 openapi.yaml, `LogEntry`). Inert: neither
/// its proof nor its promise is verified.
///
///     {"24296fb24b8ad77a…UUID": {"body": "eyJhcGl…", "integratedTime": 1689177396, "logID": "c0d23d6a…",
///       "logIndex": 27246492, "verification": {"signedEntryTimestamp": "MEUC…", "inclusionProof": {
///         "checkpoint": "rekor.sigstore.dev - 2605736670972794746\n23083062\n…", "hashes": ["…"],
///         "logIndex": 23083061, "rootHash": "75aba1…", "treeSize": 23083062}}}}
package struct RekorEntry: Hashable, Sendable {
  /// What leads from the entry to the checkpoint that came with it.
  package struct Proof: Hashable, Sendable {
    /// Index within the tree, which is one shard of the log.
    package let index: UInt64
    package let treeSize: UInt64
    /// 32 bytes.
    package let rootHash: [UInt8]
    /// 32 bytes each, from the leaf's sibling up.
    package let hashes: [[UInt8]]
    /// The signed note.
    package let checkpoint: [UInt8]
  }

  /// The file and the UUID, for failures.
  package let subject: String
  /// The leaf hash's 32 bytes, as the UUID states it.
  package let statedLeafHash: [UInt8]
  /// The tree's number, as the UUID states it; nil in the short form, which is the leaf hash alone.
  package let statedTree: UInt64?
  /// The leaf's bytes.
  package let body: [UInt8]
  /// Unix seconds. Means something under a verified promise only.
  package let integratedTime: Int64
  /// SHA-256 of the log's SubjectPublicKeyInfo, 32 bytes.
  package let logID: [UInt8]
  /// Index over all shards.
  package let logIndex: UInt64
  /// The signed entry timestamp; nil where the log gave none.
  package let promise: [UInt8]?
  package let proof: Proof
}

extension RekorEntry {
  /// Bytes of a body, as appliances read them.
  package static let bodyLimit = 16 << 20
  /// Bytes of one answer: a body of 16 MiB in Base64, and as much again for others beside it.
  package static let byteLimit = 48 << 20
  /// Entries of one answer. Rekor itself gives ten at a time.
  package static let entryLimit = 10_000
  /// Hashes of a proof: a tree of 2^63 leaves is 63 high.
  private static let hashLimit = 63

  /// Reads an answer: one object of entries by UUID, or an array of such, as `POST …/entries/retrieve` answers. What the
  /// log adds beside is passed over.
  /// - Throws: `rekor-answer.malformed`, or a reason of JSON's.
  package static func read(_ bytes: [UInt8], named subject: String) throws(Failure) -> [RekorEntry] {
    let document = try RekorDocument.read(bytes, named: subject, upTo: byteLimit)
    var objects = [document]
    if case .array = document.value { objects = try document.elements(atMost: entryLimit) }
    var entries: [RekorEntry] = []
    for object in objects {
      for (uuid, node) in try object.members() { entries.append(try RekorEntry(uuid, node, in: subject)) }
    }
    guard !entries.isEmpty else { throw document.failure("no entry at all") }
    guard entries.count <= entryLimit else { throw document.failure("more than \(entryLimit) entries") }
    return entries
  }

  /// - Parameter uuid: 64 hexadecimal digits of the leaf hash, with the tree's 16 before them or without.
  private init(_ uuid: [UInt8], _ node: JSONNode, in subject: String) throws(Failure) {
    guard let id = Hex.decode(uuid), [32, 40].contains(id.count) else {
      throw node.failure("an entry’s UUID is 64 or 80 hexadecimal digits")
    }
    statedLeafHash = Array(id.suffix(32))
    statedTree = id.count == 32 ? nil : id[..<8].reduce(0) { $0 << 8 | UInt64($1) }
    self.subject = "\(subject): \(Hex.encode(id))"
    let body = try node.required("body")
    self.body = try body.base64()
    guard (1...Self.bodyLimit).contains(self.body.count) else {
      throw body.failure("\(self.body.count) bytes; 1 to \(Self.bodyLimit) are wanted")
    }
    integratedTime = try node.required("integratedTime").integer()
    logID = try node.required("logID").hexadecimal(count: 32)
    logIndex = try node.required("logIndex").unsigned()
    let verification = try node.required("verification")
    promise = try verification.optional("signedEntryTimestamp")?.base64()
    let proof = try verification.required("inclusionProof")
    var hashes: [[UInt8]] = []
    for hash in try proof.required("hashes").elements(atMost: Self.hashLimit) {
      hashes.append(try hash.hexadecimal(count: 32))
    }
    self.proof = Proof(
      index: try proof.required("logIndex").unsigned(), treeSize: try proof.required("treeSize").unsigned(),
      rootHash: try proof.required("rootHash").hexadecimal(count: 32), hashes: hashes,
      checkpoint: try proof.required("checkpoint").bytes())
  }
}
