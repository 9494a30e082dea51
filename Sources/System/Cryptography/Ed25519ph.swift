import COpenSSL
import CSodium

// Ed25519ph (RFC 8032 §5.1) by OpenSSL where it has it (3.2 and later), otherwise by libsodium. cosign signs images
// with it when its key is an Ed25519 key.

extension PublicKey {
  func verifyEd25519ph(
    _ signature: [UInt8], over message: [UInt8], with provider: Provider
  ) throws(CryptographyError) {
    if assay_has_ed25519ph(provider.library, provider.properties) == 1 {
      let verified = assay_verify_ed25519ph(
        provider.library, provider.properties, decoded.pointer, signature, signature.count, message, message.count)
      ERR_clear_error()
      guard verified == 1 else { throw .invalidSignature }
      return
    }
    ERR_clear_error()
    let key = try sodiumKey(signature, provider)
    var state = crypto_sign_ed25519ph_state()
    crypto_sign_ed25519ph_init(&state)
    crypto_sign_ed25519ph_update(&state, message, UInt64(message.count))
    guard crypto_sign_ed25519ph_final_verify(&state, signature, key) == 0 else { throw .invalidSignature }
  }

  /// The same from the SHA-512 of the message, for artifacts of which only the digest is at hand.
  ///
  /// libsodium has no call for it, so this is the equation of RFC 8032 §5.1.7, without the cofactor as libsodium and
  /// OpenSSL check it, over libsodium's group: R = [S]B − [k]A with k = SHA-512(dom2(1, "") ‖ R ‖ A ‖ digest).
  func verifyEd25519ph(
    _ signature: [UInt8], digest: [UInt8], with provider: Provider
  ) throws(CryptographyError) {
    let key = try sodiumKey(signature, provider)
    let claimed = Array(signature[..<32])
    let scalar = Array(signature[32...])
    // S ≥ L would be a second signature for one message; adding 0 reduces it, so that it differs from itself.
    var reduced = [UInt8](repeating: 0, count: 32)
    crypto_core_ed25519_scalar_add(&reduced, scalar, [UInt8](repeating: 0, count: 32))
    guard reduced == scalar else { throw .invalidSignature }

    let domain = Array("SigEd25519 no Ed25519 collisions".utf8) + [1, 0]
    let hash = Cryptography.digest(domain + claimed + key + digest, .sha512)
    var challenge = [UInt8](repeating: 0, count: 32)
    crypto_core_ed25519_scalar_reduce(&challenge, hash.bytes)

    var product = [UInt8](repeating: 0, count: 32)
    var base = [UInt8](repeating: 0, count: 32)
    var expected = [UInt8](repeating: 0, count: 32)
    // libsodium multiplies canonical points of the large group only, so that keys of small order end here.
    guard crypto_scalarmult_ed25519_noclamp(&product, challenge, key) == 0,
      crypto_scalarmult_ed25519_base_noclamp(&base, scalar) == 0,
      crypto_core_ed25519_sub(&expected, base, product) == 0, expected == claimed
    else { throw .invalidSignature }
  }

  /// The raw key, once it is clear that libsodium may be asked and that the signature has its 64 bytes.
  private func sodiumKey(_ signature: [UInt8], _ provider: Provider) throws(CryptographyError) -> [UInt8] {
    guard !provider.requiresValidatedModule else {
      throw .unsupported("Ed25519ph: OpenSSL's provider does not have it, and nothing may stand in for it")
    }
    guard sodium_init() >= 0 else { throw .unsupported("Ed25519ph: libsodium does not start") }
    guard signature.count == 64 else { throw .invalidSignature }
    return Array(spki.suffix(32))
  }
}
