import Base64
package import Cryptography
import Octets
import Reasons
import StrictJSON
package import TUFMetadata

/// A public key of a role: Ed25519, or ECDSA on P-256 with SHA-256, which cards and cloud services have.
///
/// Its ID is the SHA-256 of its canonical form, as python-tuf and go-tuf reckon it: one key, one ID.
package struct SiteKey: Hashable, Sendable {
  package let key: PublicKey
  package let id: KeyID
  let json: JSON

  package init(_ key: PublicKey) throws(MakingError) {
    self.key = key
    switch key.kind {
    case .ed25519:
      // The last 32 bytes of its SubjectPublicKeyInfo (RFC 8410 §4).
      json = [
        "keytype": "ed25519", "keyval": ["public": .text(Hex.encode(key.spki.suffix(32)))], "scheme": "ed25519",
      ]
    case .ecdsa(.p256):
      json = [
        "keytype": "ecdsa", "keyval": ["public": .text(PEM.encode(key.spki, label: "PUBLIC KEY"))],
        "scheme": "ecdsa-sha2-nistp256",
      ]
    default: throw .refused(.keyKind, "A role’s key is Ed25519 or P-256, and this one is \(key.kind).")
    }
    let json = json
    let canonical = try metadata { () throws(Failure) in try json.olpcCanonical(named: "key") }
    id = KeyID(Array(Hex.encode(digest(canonical).bytes).utf8))
  }

  /// Whether the signature is this key's over the message.
  func isSignature(_ signature: [UInt8], over message: [UInt8]) -> Bool {
    do { try key.verify(signature, over: message, .usual(for: key.kind)) } catch { return false }
    return true
  }

  package static func == (one: SiteKey, other: SiteKey) -> Bool { one.key == other.key }
  package func hash(into hasher: inout Hasher) { hasher.combine(key) }
}

/// Who must sign for a role: distinct keys, and how many of them.
package struct Signers: Hashable, Sendable {
  package private(set) var keys: [SiteKey]
  package private(set) var threshold: Int

  package init(_ keys: [SiteKey], threshold: Int, for role: SiteRole) throws(MakingError) {
    var seen: Set<SiteKey> = []
    for key in keys where !seen.insert(key).inserted {
      throw .refused(.keyTwice, "\(role): key \(key.id) stands there twice, and would count once.")
    }
    guard threshold >= 1, threshold <= keys.count else {
      throw .refused(
        .threshold,
        "\(role): \(keys.count) keys cannot give \(threshold) signatures. Give as many keys as must sign, or more.")
    }
    self.keys = keys
    self.threshold = threshold
  }

  /// The members `keyids` and `threshold`.
  var json: JSONObject {
    [
      "keyids": .array(keys.map { .string($0.id.utf8) }), "threshold": .integer(Int64(threshold)),
    ]
  }

  /// The object `keys` of all of these, sorted by ID.
  static func keysJSON(_ all: [Signers]) -> JSON {
    let keys = Set(all.flatMap(\.keys)).sorted { $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) }
    return .object(JSONObject(keys.map { JSONObject.Member(key: $0.id.utf8, value: $0.json) }))
  }

  /// As a document has them.
  init(_ role: RoleKeys, of keys: [KeyID: TUFKey], for name: SiteRole) throws(MakingError) {
    var own: [SiteKey] = []
    for id in role.keyIDs {
      guard let usable = keys[id]?.usable else {
        throw .refused(.keyKind, "\(name): key \(id) is none that Assay makes bundles with.")
      }
      own.append(try SiteKey(usable.key))
    }
    try self.init(own, threshold: role.threshold, for: name)
  }
}
