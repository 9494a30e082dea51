import COpenSSL

extension PublicKey {
  /// Verifies a signature over a message.
  ///
  /// - Throws: `.invalidSignature`; `.unsupported` where the scheme is none of the key's, or the provider lacks it.
  package func verify(
    _ signature: [UInt8], over message: [UInt8], _ scheme: SignatureScheme
  ) throws(CryptographyError) {
    try verify(signature, over: message, scheme, with: decoded.provider)
  }

  /// Verifies a signature over a message of which only the digest is at hand.
  ///
  /// - Throws: as above; `.unsupported` also for plain Ed25519, which takes the message, and for a digest of another
  ///   algorithm than the scheme's.
  package func verify(
    _ signature: [UInt8], digest: ComputedDigest, _ scheme: SignatureScheme
  ) throws(CryptographyError) {
    try verify(signature, digest: digest.algorithm, digest.bytes, scheme, with: decoded.provider)
  }

  /// The same for a digest that somebody else states: that it is any message's is then theirs to prove.
  package func verify(
    _ signature: [UInt8], digest algorithm: HashAlgorithm, _ bytes: [UInt8], _ scheme: SignatureScheme
  ) throws(CryptographyError) {
    guard bytes.count == algorithm.size else { throw .malformed("\(bytes.count) bytes of \(algorithm.rawValue)") }
    try verify(signature, digest: algorithm, bytes, scheme, with: decoded.provider)
  }

  func verify(
    _ signature: [UInt8], over message: [UInt8], _ scheme: SignatureScheme, with provider: Provider
  ) throws(CryptographyError) {
    guard scheme.fits(kind) else { throw .unsupported("\(scheme) with a key of \(kind)") }
    switch scheme {
    case .ed25519: try verifyEd25519(signature, over: message, with: provider)
    case .ed25519ph: try verifyEd25519ph(signature, over: message, with: provider)
    case .ecdsa(let hash), .rsaPKCS1(let hash), .rsaPSS(let hash):
      try verify(signature, digest: hash, Cryptography.digest(message, hash).bytes, scheme, with: provider)
    }
  }

  func verify(
    _ signature: [UInt8], digest algorithm: HashAlgorithm, _ digest: [UInt8], _ scheme: SignatureScheme,
    with provider: Provider
  ) throws(CryptographyError) {
    guard scheme.fits(kind) else { throw .unsupported("\(scheme) with a key of \(kind)") }
    guard scheme.hash == algorithm else {
      throw .unsupported("\(scheme) over a \(algorithm.rawValue) digest")
    }
    if scheme == .ed25519ph { return try verifyEd25519ph(signature, digest: digest, with: provider) }
    guard let hash = provider.digest(algorithm) else { throw .unsupported(algorithm.rawValue) }
    let context = EVP_PKEY_CTX_new_from_pkey(provider.library, decoded.pointer, provider.properties)
    defer { EVP_PKEY_CTX_free(context) }
    var ready =
      context != nil && EVP_PKEY_verify_init(context) == 1 && EVP_PKEY_CTX_set_signature_md(context, hash) == 1
    if case .rsaPKCS1 = scheme {
      ready = ready && EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1
    } else if case .rsaPSS = scheme {
      ready =
        ready && EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1
        && EVP_PKEY_CTX_set_rsa_mgf1_md(context, hash) == 1
        && EVP_PKEY_CTX_set_rsa_pss_saltlen(context, Int32(algorithm.size)) == 1
    }
    guard ready else {
      ERR_clear_error()
      throw .unsupported("\(scheme): the provider does not have it")
    }
    // OpenSSL encodes what it decoded of an ECDSA signature and compares, so that only DER verifies.
    guard EVP_PKEY_verify(context, signature, signature.count, digest, digest.count) == 1 else {
      ERR_clear_error()
      throw .invalidSignature
    }
  }

  private func verifyEd25519(
    _ signature: [UInt8], over message: [UInt8], with provider: Provider
  ) throws(CryptographyError) {
    let context = EVP_MD_CTX_new()
    defer { EVP_MD_CTX_free(context) }
    guard
      EVP_DigestVerifyInit_ex(context, nil, nil, provider.library, provider.properties, decoded.pointer, nil) == 1
    else {
      ERR_clear_error()
      throw .unsupported("Ed25519: the provider does not have it")
    }
    guard EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1 else {
      ERR_clear_error()
      throw .invalidSignature
    }
  }
}
