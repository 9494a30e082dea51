package import Octets
package import Reasons
package import StrictJSON

/// A transparency log's entry as evidence carries it (protobuf-specs `dev.sigstore.rekor.v1.TransparencyLogEntry`).
package struct LoggedEntry: Hashable, Sendable {
  /// A Merkle inclusion proof. Rekor v2's is read for its hashes and checkpoint alone.
  package struct Proof: Hashable, Sendable {
    /// Index within the shard that the proof is about.
    package let logIndex: UInt64
    package let treeSize: UInt64
    package let rootHash: [UInt8]
    package let hashes: [[UInt8]]
    /// The signed note; nil in v0.1 bundles only.
    package let checkpoint: [UInt8]?

    package init(logIndex: UInt64, treeSize: UInt64, rootHash: [UInt8], hashes: [[UInt8]], checkpoint: [UInt8]?) {
      self.logIndex = logIndex
      self.treeSize = treeSize
      self.rootHash = rootHash
      self.hashes = hashes
      self.checkpoint = checkpoint
    }
  }

  package struct KindVersion: Hashable, Sendable {
    package let kind: [UInt8]
    package let version: [UInt8]
  }

  /// Index in the whole log (Rekor v1: over all shards).
  package let logIndex: UInt64
  package let logID: [UInt8]
  /// Kind and version as stated beside the body; nil in cosign's annotations.
  package let stated: KindVersion?
  /// When the log says it took the entry in; nil for Rekor v2. Counts under a verified promise only.
  package let integratedTime: UnixTime?
  /// The signed entry timestamp.
  package let promise: [UInt8]?
  package private(set) var proof: Proof?
  /// The leaf's bytes.
  package let body: [UInt8]
  /// The same in Base64, which has one spelling: what a promise is signed over.
  package let encodedBody: [UInt8]

  /// The same entry with a proof that came on another way.
  package func proven(by proof: Proof) -> LoggedEntry {
    var copy = self
    copy.proof = proof
    return copy
  }

  /// Hashes in one proof: a tree of 2⁶³ leaves needs 63.
  package static let hashLimit = 64

  /// Reads one of a Sigstore bundle's `tlogEntries`. Protobuf's JSON leaves out fields that are zero.
  package init(parsing node: JSONNode) throws(Failure) {
    logIndex = try Self.unsigned(node, "logIndex")
    logID = try node.optional("logId")?.optional("keyId")?.base64() ?? []
    if let kindVersion = try node.optional("kindVersion") {
      stated = KindVersion(
        kind: try kindVersion.required("kind").bytes(), version: try kindVersion.required("version").bytes())
    } else {
      stated = nil
    }
    let seconds = try Self.unsigned(node, "integratedTime")
    integratedTime = seconds == 0 ? nil : UnixTime(Int64(seconds))
    promise = try node.optional("inclusionPromise")?.optional("signedEntryTimestamp")?.base64()
    proof = try Self.proof(node)
    let body = try node.required("canonicalizedBody")
    self.body = try body.base64()
    encodedBody = try body.bytes()
    guard !self.body.isEmpty else { throw body.failure("an entry without body") }
  }

  /// Reads the annotation `dev.sigstore.cosign/bundle`: `{"SignedEntryTimestamp": …, "Payload": {"body", "integratedTime",
  /// "logIndex", "logID"}}`, a promise of Rekor v1's and never a proof.
  package init(cosignAnnotation text: [UInt8]) throws(Failure) {
    let document = try JSONNode(
      parsing: text, named: "annotation dev.sigstore.cosign/bundle", malformed: .bundleMalformed)
    let payload = try document.required("Payload")
    logIndex = try Self.unsigned(payload, "logIndex")
    let logID = try payload.required("logID")
    guard let id = Hex.decode(try logID.bytes()) else { throw logID.failure("no hexadecimal") }
    self.logID = id
    stated = nil
    integratedTime = UnixTime(Int64(try Self.unsigned(payload, "integratedTime")))
    promise = try document.required("SignedEntryTimestamp").base64()
    proof = nil
    let body = try payload.required("body")
    self.body = try body.base64()
    encodedBody = try body.bytes()
    guard !encodedBody.isEmpty else { throw body.failure("an entry without body") }
  }

  private static func proof(_ node: JSONNode) throws(Failure) -> Proof? {
    guard let proof = try node.optional("inclusionProof") else { return nil }
    // An empty message is what Protobuf makes of an absent one.
    if case .object(let object) = proof.value, object.members.isEmpty { return nil }
    var hashes: [[UInt8]] = []
    for hash in try proof.optional("hashes")?.elements(atMost: hashLimit) ?? [] { hashes.append(try hash.base64()) }
    return Proof(
      logIndex: try unsigned(proof, "logIndex"), treeSize: try unsigned(proof, "treeSize"),
      rootHash: try proof.optional("rootHash")?.base64() ?? [], hashes: hashes,
      checkpoint: try proof.optional("checkpoint")?.optional("envelope")?.bytes())
  }

  /// A 64-bit integer that is never negative; zero where it is left out.
  private static func unsigned(_ node: JSONNode, _ key: String) throws(Failure) -> UInt64 {
    guard let field = try node.optional(key) else { return 0 }
    let value = try field.integerOrString()
    guard let unsigned = UInt64(exactly: value) else { throw field.failure("\(value) is negative") }
    return unsigned
  }
}
