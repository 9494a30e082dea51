import COpenSSL

/// KDFa (TPM 2.0 Part 1 §11.4.10.2): NIST SP 800-108 in counter mode with HMAC.
///
/// - Parameters:
///   - label: without the zero that ends it; the derivation puts one.
///   - context: both parties', one after the other.
///   - count: bytes to derive.
package func kdfa(
  _ algorithm: HashAlgorithm, key: borrowing SecretBytes, label: String, context: [UInt8], count: Int
) throws(CryptographyError) -> SecretBytes {
  let provider = Provider.shared
  let label = Array(label.utf8)
  return try SecretBytes(capacity: count) { (out, size) throws(CryptographyError) in
    let done = key.withBytes { bytes, length in
      assay_kbkdf(
        provider.library, provider.properties, algorithm.rawValue, bytes, length, label, label.count, context,
        context.count, out, size)
    }
    guard done == 1 else {
      ERR_clear_error()
      throw .unsupported("KBKDF: the provider does not have it")
    }
  }
}

/// KDFe (TPM 2.0 Part 1 §11.4.10.3): the concatenation KDF of NIST SP 800-56A with a hash.
///
/// - Parameters:
///   - use: what the secret is for, without the zero that ends it; the derivation puts one.
///   - parties: x of the maker's point and x of the receiver's, each as long as the field.
package func kdfe(
  _ algorithm: HashAlgorithm, secret: borrowing SecretBytes, use: String, parties: [UInt8], count: Int
) throws(CryptographyError) -> SecretBytes {
  let provider = Provider.shared
  let info = Array(use.utf8) + [0] + parties
  return try SecretBytes(capacity: count) { (out, size) throws(CryptographyError) in
    let done = secret.withBytes { bytes, length in
      assay_sskdf(
        provider.library, provider.properties, algorithm.rawValue, bytes, length, info, info.count, out, size)
    }
    guard done == 1 else {
      ERR_clear_error()
      throw .unsupported("SSKDF: the provider does not have it")
    }
  }
}
