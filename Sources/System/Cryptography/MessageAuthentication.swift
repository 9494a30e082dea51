import COpenSSL

/// HMAC (FIPS 198-1).
///
/// - Throws: `unsupported` where the provider does not have it.
package func hmac(
  _ algorithm: HashAlgorithm, key: borrowing SecretBytes, over message: [UInt8]
) throws(CryptographyError) -> [UInt8] {
  let provider = Provider.shared
  var code = [UInt8](repeating: 0, count: algorithm.size)
  var size = 0
  let done = key.withBytes { bytes, count in
    EVP_Q_mac(
      provider.library, "HMAC", provider.properties, algorithm.rawValue, nil, bytes, count, message, message.count,
      &code, code.count, &size) != nil
  }
  guard done, size == code.count else {
    ERR_clear_error()
    throw .unsupported("HMAC: the provider does not have it")
  }
  return code
}

/// Whether two codes are equal, in a time that says nothing about where they differ.
package func areEqual(_ one: [UInt8], _ other: [UInt8]) -> Bool {
  one.count == other.count && CRYPTO_memcmp(one, other, one.count) == 0
}
