import COpenSSL

/// What the holder of a public key's other half computes too: from a key that was made for the occasion and is gone.
package struct EphemeralAgreement: ~Copyable {
  /// x and y of the occasion's public key, each as long as the field.
  package let point: [UInt8]
  /// x of the shared point, as long as the field.
  package let shared: SecretBytes

  init(point: [UInt8], shared: consuming SecretBytes) {
    self.point = point
    self.shared = shared
  }
}

extension PublicKey {
  /// ECDH with a new key of the same curve (NIST SP 800-56A §6.2.2.2).
  ///
  /// - Throws: `.unsupported` for a key of no curve.
  package func agree() throws(CryptographyError) -> EphemeralAgreement {
    guard case .ecdsa = kind else { throw .unsupported("key agreement with a key of \(kind)") }
    let own = try generated()
    defer { EVP_PKEY_free(own) }
    var encoded: UnsafeMutablePointer<UInt8>?
    let length = EVP_PKEY_get1_encoded_public_key(own, &encoded)
    defer { assay_free(encoded) }
    // An uncompressed point: 4, x, y.
    guard length > 1, length % 2 == 1, let encoded, encoded[0] == 4 else { throw Self.refused("ECDH") }
    let point = Array(UnsafeBufferPointer(start: encoded, count: length).dropFirst())
    let context = EVP_PKEY_CTX_new_from_pkey(decoded.provider.library, own, decoded.provider.properties)
    defer { EVP_PKEY_CTX_free(context) }
    guard context != nil, EVP_PKEY_derive_init(context) == 1, EVP_PKEY_derive_set_peer(context, decoded.pointer) == 1
    else { throw Self.refused("ECDH") }
    let shared = try SecretBytes(capacity: length / 2) { (out, size) throws(CryptographyError) in
      guard EVP_PKEY_derive(context, out, &size) == 1, size == length / 2 else { throw Self.refused("ECDH") }
    }
    return EphemeralAgreement(point: point, shared: shared)
  }

  /// RSAES-OAEP (RFC 8017 §7.1) with one hash for label and mask.
  ///
  /// - Throws: `.unsupported` for a key that is not of RSA, and for a text too long for it.
  package func encryptOAEP(
    _ text: borrowing SecretBytes, label: [UInt8], _ algorithm: HashAlgorithm
  ) throws(CryptographyError) -> [UInt8] {
    guard case .rsa(let bits) = kind else { throw .unsupported("OAEP with a key of \(kind)") }
    var sealed = [UInt8](repeating: 0, count: (bits + 7) / 8)
    var size = sealed.count
    let done = text.withBytes { bytes, count in
      assay_rsa_oaep(
        decoded.provider.library, decoded.provider.properties, decoded.pointer, algorithm.rawValue, label, label.count,
        bytes, count, &sealed, &size)
    }
    guard done == 1, size == sealed.count else { throw Self.refused("OAEP") }
    return sealed
  }

  private func generated() throws(CryptographyError) -> OpaquePointer {
    let context = EVP_PKEY_CTX_new_from_pkey(decoded.provider.library, decoded.pointer, decoded.provider.properties)
    defer { EVP_PKEY_CTX_free(context) }
    var made: OpaquePointer?
    guard context != nil, EVP_PKEY_keygen_init(context) == 1, EVP_PKEY_generate(context, &made) == 1, let made else {
      throw Self.refused("ECDH")
    }
    return made
  }

  private static func refused(_ what: String) -> CryptographyError {
    ERR_clear_error()
    return .unsupported("\(what): the provider refused")
  }
}

/// AES in CFB mode (NIST SP 800-38A §6.3, segments of a block) from a zero vector: for a key that encrypts once.
///
/// - Parameter key: 16 or 32 bytes.
package func encryptCFB(
  _ text: borrowing SecretBytes, key: borrowing SecretBytes
) throws(CryptographyError) -> [UInt8] {
  guard [16, 32].contains(key.count) else { throw .malformed("an AES key of \(key.count) bytes") }
  let provider = Provider.shared
  let cipher = EVP_CIPHER_fetch(provider.library, "AES-\(key.count * 8)-CFB", provider.properties)
  defer { EVP_CIPHER_free(cipher) }
  guard let context = EVP_CIPHER_CTX_new() else { fatalError("OpenSSL has no memory for a cipher") }
  defer { EVP_CIPHER_CTX_free(context) }
  let vector = [UInt8](repeating: 0, count: 16)
  var sealed = [UInt8](repeating: 0, count: text.count)
  var written: Int32 = 0
  let ready =
    cipher != nil && key.withBytes { bytes, _ in EVP_EncryptInit_ex2(context, cipher, bytes, vector, nil) == 1 }
  guard ready,
    text.withBytes({ bytes, count in EVP_EncryptUpdate(context, &sealed, &written, bytes, Int32(count)) == 1 }),
    Int(written) == sealed.count
  else {
    ERR_clear_error()
    throw .unsupported("AES-CFB: the provider does not have it")
  }
  return sealed
}
