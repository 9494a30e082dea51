import Cryptography

/// Public areas of P-256 keys (TPM 2.0 Part 2 §12.2.4): a head that says everything about the key, and its point.
package enum P256Area {
  /// x and y, 32 bytes each; nil unless the area is this head and a point.
  package static func point(_ area: [UInt8], after head: [UInt8]) -> [UInt8]? {
    guard area.starts(with: head) else { return nil }
    var rest = area.dropFirst(head.count)
    guard let x = coordinate(&rest), let y = coordinate(&rest), rest.isEmpty else { return nil }
    return x + y
  }

  /// A TPM2B_ECC_PARAMETER (§11.2.5.1). Chips of before revision 1.38 leave out leading zeros.
  private static func coordinate(_ rest: inout ArraySlice<UInt8>) -> [UInt8]? {
    let size = rest.prefix(2)
    guard size.count == 2, size.first == 0, let count = size.last, (1...32).contains(count) else { return nil }
    let number = rest.dropFirst(2).prefix(Int(count))
    guard number.count == Int(count) else { return nil }
    rest = rest.dropFirst(2 + Int(count))
    return [UInt8](repeating: 0, count: 32 - number.count) + number
  }

  /// SubjectPublicKeyInfo, DER (RFC 5480 §2).
  package static func spki(_ point: [UInt8]) -> [UInt8] { spkiHead + point }

  /// The point of a SubjectPublicKeyInfo; nil unless it is of an uncompressed P-256 key.
  package static func point(spki: [UInt8]) -> [UInt8]? {
    guard spki.count == spkiHead.count + 64, spki.starts(with: spkiHead) else { return nil }
    return Array(spki.dropFirst(spkiHead.count))
  }

  /// Name of an object or an index (Part 1 §16), with SHA-256 as the only algorithm.
  package static func name(_ publicArea: [UInt8]) -> [UInt8] { [0x00, 0x0B] + digest(publicArea).bytes }

  /// id-ecPublicKey over secp256r1, an uncompressed point (RFC 5480 §2.1.1, §2.2).
  private static let spkiHead = PrivateKey.Kind.p256.spkiPrefix + [0x04]
}
