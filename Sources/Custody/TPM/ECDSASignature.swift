package import Cryptography

/// ECDSA signatures as X.509, DSSE and OpenSSL have them.
package enum ECDSASignature {
  /// Ecdsa-Sig-Value (RFC 3279 §2.2.3) of two numbers of at most 32 bytes, big-endian.
  package static func der(r: [UInt8], s: [UInt8]) -> [UInt8] {
    let body = integer(r) + integer(s)
    return [0x30, UInt8(body.count)] + body
  }

  /// - Throws: `badSignature` unless it verifies under the key's public half.
  package static func check(
    _ signature: [UInt8], over digest: ComputedDigest, with key: ReportKeyBlob
  ) throws(TPMError) {
    do throws(CryptographyError) {
      try PublicKey(spki: key.spki).verify(signature, digest: digest, .ecdsa(.sha256))
    } catch {
      throw TPMError(
        .badSignature, "verify what the TPM signed",
        "The TPM's signature does not verify under its own public key. Nothing was given out; have the TPM checked.")
    }
  }

  /// A positive INTEGER in its shortest form (X.690 §8.3).
  private static func integer(_ number: [UInt8]) -> [UInt8] {
    var digits = Array(number.drop { $0 == 0 })
    if digits.first.map({ $0 & 0x80 != 0 }) ?? true { digits.insert(0, at: 0) }
    return [0x02, UInt8(digits.count)] + digits
  }
}
