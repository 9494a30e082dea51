package import Cryptography
package import Enrolment

/// A secret that only one TPM can read, and only while it holds one key: what TPM2_MakeCredential gives
/// (TPM 2.0 Part 3 §12.6), made without a TPM.
package struct Credential: Hashable, Sendable {
  /// Contents of TPM2B_ID_OBJECT (Part 2 §12.4.3).
  package let blob: [UInt8]
  /// Contents of TPM2B_ENCRYPTED_SECRET (§11.4.3).
  package let encryptedSecret: [UInt8]

  /// Part 1 §24:
  /// 1. a seed goes to the endorsement key: by RSA-OAEP, or agreed upon by ECDH;
  /// 2. a key from seed and Name encrypts the secret;
  /// 3. another key from the seed authenticates the cipher text together with the Name.
  ///
  /// - Parameters:
  ///   - secret: at most as long as the endorsement key's hash.
  ///   - name: TPM Name of the key that the TPM must hold.
  /// - Throws: `unsupported` where the provider lacks a part of it.
  package init(
    of secret: borrowing SecretBytes, for name: [UInt8], to key: EndorsementKey
  ) throws(CryptographyError) {
    let algorithm = key.algorithm
    guard secret.count <= algorithm.size else { throw .malformed("a secret of \(secret.count) bytes") }
    let seed = try Seed(for: key)
    let cipherKey = try kdfa(algorithm, key: seed.value, label: "STORAGE", context: name, count: key.cipherKeySize)
    // A TPM2B_DIGEST: the size is encrypted with the rest.
    var sized = [0, UInt8(secret.count)] + secret.copied()
    let identity = try encryptCFB(SecretBytes(wiping: &sized), key: cipherKey)
    let integrityKey = try kdfa(algorithm, key: seed.value, label: "INTEGRITY", context: [], count: algorithm.size)
    let integrity = try hmac(algorithm, key: integrityKey, over: identity + name)
    blob = [0, UInt8(integrity.count)] + integrity + identity
    encryptedSecret = seed.encrypted
  }
}

/// What only the endorsement key's TPM finds out, and how it does (Part 1 Annexes B.10.4 and C.6.4).
private struct Seed: ~Copyable {
  let value: SecretBytes
  let encrypted: [UInt8]

  private static let label = "IDENTITY"

  init(for endorsement: EndorsementKey) throws(CryptographyError) {
    let algorithm = endorsement.algorithm
    guard case .ecdsa = endorsement.key.kind else {
      let seed = SecretBytes.random(algorithm.size)
      encrypted = try endorsement.key.encryptOAEP(seed, label: Array(Self.label.utf8) + [0], algorithm)
      value = seed
      return
    }
    let agreement = try endorsement.key.agree()
    let size = agreement.point.count / 2
    let (x, y) = (agreement.point.prefix(size), agreement.point.suffix(size))
    let receiver = endorsement.key.spki.suffix(2 * size).prefix(size)
    value = try kdfe(
      algorithm, secret: agreement.shared, use: Self.label, parties: Array(x + receiver), count: algorithm.size)
    // TPMS_ECC_POINT (Part 2 §11.2.5.2).
    encrypted = [0, UInt8(size)] + x + [0, UInt8(size)] + y
  }
}
