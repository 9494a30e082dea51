package import Cryptography
package import LogSnapshot
package import MerkleTree
import Octets
package import SignedNote

/// A transparency log with its leaves in memory, that signs what it is told to.
package struct SketchedTlog {
  package enum Generation: String, Sendable, CaseIterable {
    /// P-256, an origin with the tree's number, promises.
    case rekorVersion1 = "rekor-v1"
    case rekorVersion2 = "rekor-v2"
    case other = "tlog"
  }

  package let generation: Generation
  /// The key's, in signature lines.
  package let name: [UInt8]
  package let key: PrivateKey
  package private(set) var leaves: [[UInt8]] = []
  package private(set) var tree = GrowingTree()

  package init(
    _ name: String = "log.example/a", _ generation: Generation = .other, key: PrivateKey? = nil, leaves: Int = 0
  ) throws {
    self.name = Array(name.utf8)
    self.generation = generation
    self.key = try key ?? .generate(generation == .rekorVersion1 ? .p256 : .ed25519)
    append(leaves)
  }

  package var origin: [UInt8] { generation == .rekorVersion1 ? name + Array(" - 1193050959916656506".utf8) : name }
  package var size: UInt64 { tree.size }

  /// Leaves that depend on their number and on `flavour`.
  package mutating func append(_ count: Int, flavour: String = "") {
    for _ in 0..<count { append(leaf: Array("\(flavour) leaf \(tree.size)".utf8)) }
  }

  package mutating func append(leaf: [UInt8]) {
    leaves.append(leaf)
    tree.append(leaf)
  }

  /// A log of the same key that goes another way from some size on.
  package func forked(at size: UInt64, leaves count: Int) throws -> SketchedTlog {
    var log = try SketchedTlog(String(decoding: name, as: UTF8.self), generation, key: key)
    for leaf in leaves.prefix(Int(size)) { log.append(leaf: leaf) }
    log.append(count - Int(size), flavour: "forked")
    return log
  }

  package func head(_ size: UInt64) -> LogHead { LogHead(size: size, root: tree.root(ofFirst: size)!) }

  /// As a policy names it.
  package var verifierKey: NoteVerifierKey {
    key.kind == .ed25519
      ? NoteVerifierKey(name: name, type: .ed25519, key: Array(key.publicKey.spki.suffix(32)))!
      : NoteVerifierKey(name: name, type: .ecdsa, key: key.publicKey.spki)!
  }

  /// SHA-256 of the key, by which Rekor v1's promises name the log.
  package var logID: [UInt8] { digest(key.publicKey.spki).bytes }

  /// - Parameters:
  ///   - root: in place of the true one.
  ///   - witnesses: who cosigns, each at `time`.
  package func checkpoint(
    _ size: UInt64? = nil, root: [UInt8]? = nil, witnesses: [SketchedWitness] = [], at time: Int64 = 1_700_000_000
  ) throws -> [UInt8] {
    let head = head(size ?? self.size)
    let text = Checkpoint.text(origin: origin, size: head.size, root: root ?? head.root)
    let own = (verifierKey.name, verifierKey.keyID, try key.sign(text))
    let note = try SignedNote(parsing: SignedNote.serialized(text: text, signatures: [own]))
    return note.serialized(adding: try witnesses.map { try $0.cosign(text, at: time) })
  }

  /// As `tlogs` of a trust root has it.
  package var trustRootEntry: String {
    let (raw, details) =
      key.kind == .ed25519
      ? (key.publicKey.spki, "PKIX_ED25519") : (key.publicKey.spki, "PKIX_ECDSA_P256_SHA_256")
    let id =
      generation == .rekorVersion1
      ? logID : NoteKeyID.untruncated(name: name, type: .ed25519, key: Array(key.publicKey.spki.suffix(32)))
    return """
      {"baseUrl": "https://\(String(decoding: name, as: UTF8.self))", "hashAlgorithm": "SHA2_256",
       "publicKey": {"rawBytes": "\(base64(raw))", "keyDetails": "\(details)",
                     "validFor": {"start": "2021-01-01T00:00:00Z"}},
       "logId": {"keyId": "\(base64(id))"}}
      """
  }

  package static func trustRoot(_ logs: [SketchedTlog]) -> [UInt8] {
    let entries = logs.map(\.trustRootEntry).joined(separator: ", ")
    return Array(
      """
      {"mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1", "tlogs": [\(entries)],
       "certificateAuthorities": [], "timestampAuthorities": [], "ctlogs": []}
      """.utf8)
  }
}

/// A witness that cosigns whatever it is shown.
package struct SketchedWitness {
  package let name: [UInt8]
  private let key: PrivateKey

  package init(_ name: String) throws {
    self.name = Array(name.utf8)
    key = try .generate(.ed25519)
  }

  package var verifierKey: NoteVerifierKey {
    NoteVerifierKey(name: name, type: .cosignature, key: Array(key.publicKey.spki.suffix(32)))!
  }

  package func cosign(_ text: [UInt8], at time: Int64) throws -> SignedNote.Signature {
    let time = UnixTime(time)
    return SignedNote.Signature(
      by: verifierKey, at: time, cosignature: try key.sign(Cosignature.message(at: time, over: text)))
  }
}
