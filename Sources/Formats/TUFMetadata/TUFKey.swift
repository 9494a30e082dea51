package import Cryptography
import Octets
import Reasons
import StrictJSON

/// How a key's ID relates to the key.
package enum KeyIDRule: Hashable, Sendable {
  /// SHA-256 of the canonical form of the whole key object as it stands there, unknown members included: nearly all of
  /// Sigstore's, with `keyid_hash_algorithms` (its first generation) and without (its second).
  case asCarried
  /// SHA-256 of the canonical form of `keytype`, `scheme` and `keyval` alone, whatever else the object holds.
  case threeMembers
  /// None of both. No error: Sigstore's root 11 changed a member of a key that kept its ID.
  case unrelated
}

/// A public key of a root or of delegations (§4.2, KEY).
package struct TUFKey: Sendable {
  /// What verifies; nil where Assay cannot use the key, which then never counts towards a threshold.
  package let usable: Usable?
  /// Why it cannot be used.
  package let obstacle: String?
  package let idRule: KeyIDRule

  package struct Usable: Hashable, Sendable {
    package let key: PublicKey
    package let scheme: SignatureScheme
  }

  /// - Throws: `tuf.malformed` where `keytype`, `scheme` or `keyval` is absent or of the wrong type, or where a key of a
  ///   kind that Assay knows has no `public`. A key of another kind, or whose encoding is wrong, is read and useless.
  init(parsing node: JSONNode, id: KeyID) throws(Failure) {
    let type = String(decoding: try node.required("keytype").bytes(), as: UTF8.self)
    let scheme = String(decoding: try node.required("scheme").bytes(), as: UTF8.self)
    let value = try node.required("keyval")
    _ = try value.members()
    idRule = try Self.rule(node, id)
    guard let (encoding, signatures) = Self.known["\(type) \(scheme)"] else {
      usable = nil
      obstacle = "a key of type “\(printable(type, limit: 40))”, scheme “\(printable(scheme, limit: 40))”"
      return
    }
    let text = try value.required("public").bytes()
    do {
      usable = Usable(key: try Self.key(text, encoding), scheme: signatures)
      obstacle = nil
    } catch {
      usable = nil
      obstacle = "no \(type) key: \(error)"
    }
  }

  // MARK: Kinds

  private enum Encoding { case ed25519, p256, p384, rsa }

  /// By `keytype` and `scheme`. `ecdsa` is what securesystemslib writes since 2022, `ecdsa-sha2-nistp256` what the
  /// specification says.
  private static let known: [String: (Encoding, SignatureScheme)] = [
    "ed25519 ed25519": (.ed25519, .ed25519),
    "ecdsa ecdsa-sha2-nistp256": (.p256, .ecdsa(.sha256)),
    "ecdsa-sha2-nistp256 ecdsa-sha2-nistp256": (.p256, .ecdsa(.sha256)),
    "ecdsa ecdsa-sha2-nistp384": (.p384, .ecdsa(.sha384)),
    "ecdsa-sha2-nistp384 ecdsa-sha2-nistp384": (.p384, .ecdsa(.sha384)),
    "rsa rsassa-pss-sha256": (.rsa, .rsaPSS(.sha256)),
  ]

  private static func key(_ text: [UInt8], _ encoding: Encoding) throws(CryptographyError) -> PublicKey {
    let key: PublicKey
    switch encoding {
    case .ed25519:
      guard let raw = Hex.decode(text) else { throw .malformed("not lower-case hexadecimal") }
      return try PublicKey(ed25519: raw)
    case .p256:
      // Sigstore's roots 1 to 4 have the bare point.
      if let point = Hex.decode(text), point.count == 65 {
        key = try PublicKey(spki: PrivateKey.Kind.p256.spkiPrefix + point)
      } else {
        key = try PublicKey(pem: text)
      }
    case .p384, .rsa: key = try PublicKey(pem: text)
    }
    switch (encoding, key.kind) {
    case (.p256, .ecdsa(.p256)), (.p384, .ecdsa(.p384)), (.rsa, .rsa): return key
    default: throw .unsupported("a key of \(key.kind)")
    }
  }

  // MARK: Key IDs

  private static func rule(_ node: JSONNode, _ id: KeyID) throws(Failure) -> KeyIDRule {
    func isNamed(_ key: JSON) throws(Failure) -> Bool {
      let digest = Cryptography.digest(try key.olpcCanonical(named: node.path))
      return Hex.encode(digest.bytes).utf8.elementsEqual(id.utf8)
    }
    if try isNamed(node.value) { return .asCarried }
    var three = JSONObject()
    for name in ["keytype", "scheme", "keyval"] { three.append(name, try node.required(name).value) }
    return try isNamed(.object(three)) ? .threeMembers : .unrelated
  }
}
