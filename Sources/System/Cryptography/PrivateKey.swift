import COpenSSL

/// A key that signs, in this process's memory: what people on the connected side hold, such as a witness or an approver.
/// The appliance's own keys never leave its TPM and are none of these.
///
/// Its secret is wiped when the last reference goes. Any thread may sign.
package final class PrivateKey: @unchecked Sendable {
  package enum Kind: Hashable, Sendable, CaseIterable {
    /// RFC 8032, over the message itself.
    case ed25519
    /// ECDSA with SHA-256, signatures in DER.
    case p256
  }

  /// Bytes of every secret: Ed25519's seed, P-256's scalar.
  static let secretSize = 32

  package let kind: Kind
  package let publicKey: PublicKey
  let secret: SecretBytes
  private let key: OpaquePointer

  package static func generate(_ kind: Kind) throws(CryptographyError) -> PrivateKey {
    let provider = Provider.shared
    var secret = [UInt8](repeating: 0, count: secretSize)
    var point = [UInt8](repeating: 0, count: 65)
    defer { wipe(&secret) }
    let done =
      switch kind {
      case .ed25519: RAND_priv_bytes_ex(provider.library, &secret, secretSize, 0)
      case .p256: assay_p256_generate(provider.library, provider.properties, &secret, &point)
      }
    guard done == 1 else {
      ERR_clear_error()
      throw .unsupported("the provider makes no \(kind) key")
    }
    return try PrivateKey(kind, wiping: &secret, point: point)
  }

  /// - Parameters:
  ///   - secret: `secretSize` bytes; overwritten.
  ///   - point: P-256's public half, uncompressed; Ed25519's is made from the secret.
  init(_ kind: Kind, wiping secret: inout [UInt8], point: [UInt8]) throws(CryptographyError) {
    let provider = Provider.shared
    let made: OpaquePointer?
    switch kind {
    case .ed25519:
      made = EVP_PKEY_new_raw_private_key_ex(
        provider.library, "ED25519", provider.properties, secret, Self.secretSize)
    case .p256:
      made = assay_p256_private(provider.library, provider.properties, secret, point)
    }
    self.secret = SecretBytes(wiping: &secret)
    guard let made else {
      ERR_clear_error()
      throw .malformed("a private key whose halves do not belong together")
    }
    var bits = point
    if kind == .ed25519 {
      bits = [UInt8](repeating: 0, count: 32)
      var size = bits.count
      guard EVP_PKEY_get_raw_public_key(made, &bits, &size) == 1 else {
        ERR_clear_error()
        EVP_PKEY_free(made)
        throw .unsupported("Ed25519: the provider gives no public key")
      }
    }
    do throws(CryptographyError) {
      publicKey = try PublicKey(spki: kind.spkiPrefix + bits)
    } catch {
      EVP_PKEY_free(made)
      throw error
    }
    self.kind = kind
    key = made
  }

  deinit { EVP_PKEY_free(key) }

  /// What verifies its signatures.
  package var scheme: SignatureScheme { .usual(for: publicKey.kind) }

  package func sign(_ message: [UInt8]) throws(CryptographyError) -> [UInt8] {
    let provider = Provider.shared
    let context = EVP_MD_CTX_new()
    defer { EVP_MD_CTX_free(context) }
    let hash = kind == .p256 ? "SHA256" : nil
    // More than either kind's longest.
    var signature = [UInt8](repeating: 0, count: 128)
    var size = signature.count
    guard
      EVP_DigestSignInit_ex(context, nil, hash, provider.library, provider.properties, key, nil) == 1,
      EVP_DigestSign(context, &signature, &size, message, message.count) == 1
    else {
      ERR_clear_error()
      throw .unsupported("the provider does not sign with a \(kind) key")
    }
    return Array(signature.prefix(size))
  }
}

extension PrivateKey.Kind {
  /// DER of a `SubjectPublicKeyInfo` up to the key's bytes (RFC 8410 §4, RFC 5480 §2).
  package var spkiPrefix: [UInt8] {
    switch self {
    case .ed25519: [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00]
    case .p256:
      [
        0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48,
        0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
      ]
    }
  }
}
