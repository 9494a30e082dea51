package import Cryptography

/// ECDSA signatures as X.509, DSSE and OpenSSL have them.
package enum ECDSASignature {
  /// Ecdsa-Sig-Value (RFC 3279 §2.2.3) of two numbers of at most 32 bytes, big-endian.
  package static func der(r: [UInt8], s: [UInt8]) -> [UInt8] {
    let body = integer(r) + integer(s)
    return [0x30, UInt8(body.count)] + body
  }

  /// - Throws: `badSignature` unless it verifies under this SubjectPublicKeyInfo.
  package static func check(
    _ signature: [UInt8], over digest: ComputedDigest, spki: [UInt8]
  ) throws(TPMError) {
    do throws(CryptographyError) {
      try PublicKey(spki: spki).verify(signature, digest: digest, .ecdsa(.sha256))
    } catch {
      throw TPMError(
        .badSignature, "verify what the TPM signed",
        "The TPM's signature does not verify under its own public key. Nothing was given out; have the TPM checked.")
    }
  }

  /// The two numbers of an Ecdsa-Sig-Value over P-256, 32 bytes each; nil unless it is the shortest DER of them.
  static func numbers(_ signature: [UInt8]) -> (r: [UInt8], s: [UInt8])? {
    guard signature.count >= 4, signature[0] == 0x30, Int(signature[1]) == signature.count - 2 else { return nil }
    var rest = signature.dropFirst(2)
    guard let r = number(&rest), let s = number(&rest), rest.isEmpty, der(r: r, s: s) == signature else { return nil }
    return (r, s)
  }

  private static func number(_ rest: inout ArraySlice<UInt8>) -> [UInt8]? {
    guard rest.count >= 2, rest.first == 0x02, let size = rest.dropFirst().first else { return nil }
    let digits = rest.dropFirst(2).prefix(Int(size))
    guard digits.count == Int(size), (1...33).contains(size) else { return nil }
    rest = rest.dropFirst(2 + Int(size))
    let plain = digits.count == 33 ? digits.dropFirst() : digits
    return [UInt8](repeating: 0, count: 32 - plain.count) + plain
  }

  /// A positive INTEGER in its shortest form (X.690 §8.3).
  private static func integer(_ number: [UInt8]) -> [UInt8] {
    var digits = Array(number.drop { $0 == 0 })
    if digits.first.map({ $0 & 0x80 != 0 }) ?? true { digits.insert(0, at: 0) }
    return [0x02, UInt8(digits.count)] + digits
  }
}
