import COpenSSL
import CSodium

/// What kind of key pair to make.
package enum KeyAlgorithm: Hashable, Sendable {
  case p256, p384, p521
  /// Modulus in bits, 2048 to 4096.
  case rsa(Int)
  case ed25519
}

/// How a key signs.
package enum SignatureMethod: Hashable, Sendable {
  case ecdsa(SampleHash)
  case rsaPKCS1(SampleHash)
  /// Salt as long as the hash.
  case rsaPSS(SampleHash)
  case ed25519
  /// RFC 8032 §5.1, the prehashed form with an empty context.
  case ed25519ph

  /// What a log hashes the artifact with.
  package var hash: SampleHash {
    switch self {
    case .ecdsa(let hash), .rsaPKCS1(let hash), .rsaPSS(let hash): hash
    case .ed25519, .ed25519ph: .sha512
    }
  }
}

/// A key pair for tests: made fresh, kept in memory.
package final class SampleKey: @unchecked Sendable {
  package let algorithm: KeyAlgorithm
  /// SubjectPublicKeyInfo, DER.
  package let spki: [UInt8]
  private let key: OpaquePointer

  package init(_ algorithm: KeyAlgorithm = .p256) {
    let name =
      switch algorithm {
      case .p256, .p384, .p521: "EC"
      case .rsa: "RSA"
      case .ed25519: "ED25519"
      }
    let context = EVP_PKEY_CTX_new_from_name(nil, name, nil)
    defer { EVP_PKEY_CTX_free(context) }
    must(EVP_PKEY_keygen_init(context))
    switch algorithm {
    case .p256: must(EVP_PKEY_CTX_set_group_name(context, "P-256"))
    case .p384: must(EVP_PKEY_CTX_set_group_name(context, "P-384"))
    case .p521: must(EVP_PKEY_CTX_set_group_name(context, "P-521"))
    case .rsa(let bits): must(EVP_PKEY_CTX_set_rsa_keygen_bits(context, Int32(bits)))
    case .ed25519: break
    }
    var made: OpaquePointer?
    must(EVP_PKEY_generate(context, &made))
    self.key = made!
    self.algorithm = algorithm
    self.spki = encoded { i2d_PUBKEY(made, $0) }
  }

  deinit { EVP_PKEY_free(key) }

  package var publicPEM: String { pemText("PUBLIC KEY", spki) }

  /// PKCS #8, DER: for handing a throw-away key to another program under test.
  package var privateDER: [UInt8] {
    let info = EVP_PKEY2PKCS8(key)
    defer { PKCS8_PRIV_KEY_INFO_free(info) }
    return encoded { i2d_PKCS8_PRIV_KEY_INFO(info, $0) }
  }

  package var privatePEM: String { pemText("PRIVATE KEY", privateDER) }

  /// SHA-256 of the SPKI: log IDs, and the hint of bundles (in Base64).
  package var keyID: [UInt8] { sha256(spki) }

  /// An Ed25519 public key's 32 bytes.
  var rawPublicKey: [UInt8] { Array(spki.suffix(32)) }

  /// The method that Sigstore's clients use with such a key over an artifact.
  package var usualMethod: SignatureMethod {
    switch algorithm {
    case .p256: .ecdsa(.sha256)
    case .p384: .ecdsa(.sha384)
    case .p521: .ecdsa(.sha512)
    case .rsa: .rsaPKCS1(.sha256)
    case .ed25519: .ed25519
    }
  }

  /// Signs the message; the method hashes it.
  package func sign(_ message: [UInt8], _ method: SignatureMethod? = nil) -> [UInt8] {
    let method = method ?? usualMethod
    if method == .ed25519ph { return signPrehashed(message) }
    let context = EVP_MD_CTX_new()
    defer { EVP_MD_CTX_free(context) }
    var keyContext: OpaquePointer?
    let digest: String? = method == .ed25519 ? nil : method.hash.openSSLName
    must(EVP_DigestSignInit_ex(context, &keyContext, digest, nil, nil, key, nil))
    if case .rsaPSS = method {
      must(EVP_PKEY_CTX_set_rsa_padding(keyContext, RSA_PKCS1_PSS_PADDING))
      must(EVP_PKEY_CTX_set_rsa_pss_saltlen(keyContext, RSA_PSS_SALTLEN_DIGEST))
    }
    var length = 0
    must(EVP_DigestSign(context, nil, &length, message, message.count))
    var signature = [UInt8](repeating: 0, count: length)
    must(EVP_DigestSign(context, &signature, &length, message, message.count))
    return Array(signature.prefix(length))
  }

  /// libsodium's multi-part API is Ed25519ph with an empty context, which OpenSSL 3.0 lacks.
  private func signPrehashed(_ message: [UInt8]) -> [UInt8] {
    precondition(sodium_init() >= 0)
    var seed = [UInt8](repeating: 0, count: 32)
    var length = 32
    must(EVP_PKEY_get_raw_private_key(key, &seed, &length))
    var publicKey = [UInt8](repeating: 0, count: 32)
    var secretKey = [UInt8](repeating: 0, count: 64)
    crypto_sign_ed25519_seed_keypair(&publicKey, &secretKey, seed)
    var state = crypto_sign_ed25519ph_state()
    crypto_sign_ed25519ph_init(&state)
    crypto_sign_ed25519ph_update(&state, message, UInt64(message.count))
    var signature = [UInt8](repeating: 0, count: 64)
    crypto_sign_ed25519ph_final_create(&state, &signature, nil, secretKey)
    return signature
  }
}

/// OpenSSL refuses only what a test asked wrongly.
private func must(_ result: Int32) { precondition(result > 0, "OpenSSL refuses this key or method") }

private func encoded(_ write: (UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?) -> Int32) -> [UInt8] {
  let length = write(nil)
  precondition(length > 0)
  return [UInt8](unsafeUninitializedCapacity: Int(length)) { buffer, initialized in
    var at: UnsafeMutablePointer<UInt8>? = buffer.baseAddress
    initialized = Int(write(&at))
  }
}
