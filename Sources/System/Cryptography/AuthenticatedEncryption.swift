import COpenSSL

/// XAES-256-GCM (C2SP XAES-256-GCM): AES-256-GCM under a key that is derived from the first half of a 24-byte nonce by
/// AES-CMAC, as NIST SP 800-108 allows.
///
/// Plain GCM gives its secrets away where one nonce seals two texts. A nonce that only counts does exactly that when a
/// disk is set back and written on; with random bytes in its first half, one history's texts never share a key with
/// another's.
///
/// The key itself is kept nowhere but in OpenSSL's key schedules, which are cleansed when they are freed.
package struct AuthenticatedEncryption: ~Copyable, @unchecked Sendable {
  /// Bytes of a key.
  package static let keySize = 32
  /// Bytes of a nonce.
  package static let nonceSize = 24
  /// Bytes of the nonce that choose the derived key.
  package static let saltSize = 12
  /// Bytes that sealing adds.
  package static let tagSize = 16

  private let contexts: CipherContexts
  /// What the contexts are keyed for; empty before the first use.
  private var salt: [UInt8] = []

  /// - Parameter key: 32 bytes; overwritten, so that the caller's copy is gone.
  /// - Throws: `unsupported` where the provider has no AES-256-GCM.
  package init(wiping key: inout [UInt8]) throws(CryptographyError) {
    defer { wipe(&key) }
    guard key.count == Self.keySize else { throw .malformed("a key of \(key.count) bytes") }
    contexts = try CipherContexts(key)
  }

  /// - Parameters:
  ///   - nonce: 24 bytes that never seal two different texts.
  ///   - associated: bytes that are not hidden, and without which the text does not open.
  /// - Returns: as many bytes as the text has, and the tag.
  package mutating func seal(
    _ text: [UInt8], nonce: [UInt8], authenticating associated: [UInt8]
  ) throws(CryptographyError) -> [UInt8] {
    try select(nonce)
    var sealed = [UInt8](repeating: 0, count: text.count + Self.tagSize)
    let context = contexts.sealing
    let done = sealed.withUnsafeMutableBytes { output in
      var written: Int32 = 0
      let out = output.assumingMemoryBound(to: UInt8.self).baseAddress
      return nonce[Self.saltSize...].withUnsafeBufferPointer { iv in
        EVP_EncryptInit_ex2(context, nil, nil, iv.baseAddress, nil) == 1
          && EVP_EncryptUpdate(context, nil, &written, associated, Int32(associated.count)) == 1
          && EVP_EncryptUpdate(context, out, &written, text, Int32(text.count)) == 1
          && EVP_EncryptFinal_ex(context, out.map { $0 + text.count }, &written) == 1
          && EVP_CIPHER_CTX_ctrl(
            context, EVP_CTRL_AEAD_GET_TAG, Int32(Self.tagSize), out.map { $0 + text.count }) == 1
      }
    }
    guard done else { throw failure() }
    return sealed
  }

  /// - Throws: `invalidSignature` where the bytes, the nonce or the associated bytes are not those of the sealing.
  package mutating func open(
    _ sealed: [UInt8], nonce: [UInt8], authenticating associated: [UInt8]
  ) throws(CryptographyError) -> [UInt8] {
    guard sealed.count >= Self.tagSize else { throw .invalidSignature }
    try select(nonce)
    let size = sealed.count - Self.tagSize
    var text = [UInt8](repeating: 0, count: size)
    var tag = Array(sealed[size...])
    let context = contexts.opening
    let done = text.withUnsafeMutableBufferPointer { output in
      var written: Int32 = 0
      var rest = [UInt8](repeating: 0, count: 16)
      return nonce[Self.saltSize...].withUnsafeBufferPointer { iv in
        EVP_DecryptInit_ex2(context, nil, nil, iv.baseAddress, nil) == 1
          && EVP_DecryptUpdate(context, nil, &written, associated, Int32(associated.count)) == 1
          && EVP_DecryptUpdate(context, output.baseAddress, &written, sealed, Int32(size)) == 1
          && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, Int32(Self.tagSize), &tag) == 1
          && EVP_DecryptFinal_ex(context, &rest, &written) == 1
      }
    }
    guard done else {
      ERR_clear_error()
      // What was decrypted before the tag was checked is nobody's to see.
      wipe(&text)
      throw .invalidSignature
    }
    return text
  }

  /// Keys both contexts for a nonce's first half: CMAC over two blocks that differ in a counter.
  private mutating func select(_ nonce: [UInt8]) throws(CryptographyError) {
    guard nonce.count == Self.nonceSize else { throw .malformed("a nonce of \(nonce.count) bytes") }
    let wanted = nonce[..<Self.saltSize]
    guard salt[...] != wanted else { return }
    // Before the contexts change: where one takes the new key and the other does not, neither may pass for keyed.
    salt = []
    // Everything that leads to the key is made in place, so that one wiping reaches it.
    var key = [UInt8](repeating: 0, count: Self.keySize)
    defer { wipe(&key) }
    for half in 0...1 {
      let message = [0, UInt8(half + 1), UInt8(ascii: "X"), 0] + wanted
      for (place, byte) in message.enumerated() { key[half * 16 + place] = byte ^ contexts.subkey[place] }
      contexts.encrypt(&key, at: half * 16)
    }
    guard EVP_EncryptInit_ex2(contexts.sealing, nil, key, nil, nil) == 1,
      EVP_DecryptInit_ex2(contexts.opening, nil, key, nil, nil) == 1
    else { throw failure() }
    salt = Array(wanted)
  }

  private func failure() -> CryptographyError {
    ERR_clear_error()
    return .unsupported("AES-256-GCM: the provider refused")
  }
}

/// OpenSSL's key schedules, cleansed when they are freed.
private final class CipherContexts: @unchecked Sendable {
  /// AES-256 itself, under the key: CMAC of one block is one or two of its permutations.
  private let block: OpaquePointer
  let sealing: OpaquePointer
  let opening: OpaquePointer
  /// CMAC's first subkey (NIST SP 800-38B §6.1).
  private(set) var subkey = [UInt8](repeating: 0, count: 16)

  init(_ key: [UInt8]) throws(CryptographyError) {
    guard let block = EVP_CIPHER_CTX_new(), let sealing = EVP_CIPHER_CTX_new(), let opening = EVP_CIPHER_CTX_new()
    else { fatalError("OpenSSL has no memory for a cipher") }
    self.block = block
    self.sealing = sealing
    self.opening = opening
    let library = Provider.shared.library
    let properties = Provider.shared.properties
    let ecb = EVP_CIPHER_fetch(library, "AES-256-ECB", properties)
    let gcm = EVP_CIPHER_fetch(library, "AES-256-GCM", properties)
    defer {
      EVP_CIPHER_free(ecb)
      EVP_CIPHER_free(gcm)
    }
    guard ecb != nil, gcm != nil, EVP_EncryptInit_ex2(block, ecb, key, nil, nil) == 1,
      EVP_CIPHER_CTX_set_padding(block, 0) == 1, EVP_EncryptInit_ex2(sealing, gcm, nil, nil, nil) == 1,
      EVP_DecryptInit_ex2(opening, gcm, nil, nil, nil) == 1
    else {
      ERR_clear_error()
      throw .unsupported("AES-256-GCM: the provider does not have it")
    }
    encrypt(&subkey, at: 0)
    Self.double(&subkey)
  }

  deinit {
    wipe(&subkey)
    EVP_CIPHER_CTX_free(block)
    EVP_CIPHER_CTX_free(sealing)
    EVP_CIPHER_CTX_free(opening)
  }

  /// Encrypts 16 bytes where they are.
  func encrypt(_ bytes: inout [UInt8], at offset: Int) {
    var written: Int32 = 0
    let done = bytes.withUnsafeMutableBufferPointer {
      let place = UnsafeMutableBufferPointer(rebasing: $0[offset..<offset + 16]).baseAddress
      return EVP_EncryptUpdate(block, place, &written, place, 16)
    }
    guard done == 1, written == 16 else { fatalError("OpenSSL cannot encrypt a block") }
  }

  /// Times x in GF(2^128) (NIST SP 800-38B §6.1).
  private static func double(_ block: inout [UInt8]) {
    let isOut = block[0] & 0x80 != 0
    for place in block.indices {
      block[place] = block[place] << 1 | (place + 1 < block.count ? block[place + 1] >> 7 : 0)
    }
    if isOut { block[15] ^= 0x87 }
  }
}

/// Overwrites bytes in a way that no optimiser removes. Copies that were made before are not reached.
package func wipe(_ bytes: inout [UInt8]) {
  bytes.withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) }
}

/// Unpredictable bytes, of the provider's generator.
package func randomBytes(_ count: Int) throws(CryptographyError) -> [UInt8] {
  var bytes = [UInt8](repeating: 0, count: count)
  guard RAND_bytes_ex(Provider.shared.library, &bytes, count, 0) == 1 else {
    ERR_clear_error()
    throw .unsupported("the provider gives no random bytes")
  }
  return bytes
}
