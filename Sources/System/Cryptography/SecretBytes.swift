import COpenSSL

/// Bytes that nobody else may read: one owner, wiped when it goes, never printed or compared by accident.
package struct SecretBytes: ~Copyable, @unchecked Sendable {
  private let storage: UnsafeMutablePointer<UInt8>
  private let capacity: Int
  package let count: Int

  /// - Parameter fill: writes at most `capacity` bytes and sets how many; the number it gets is the capacity.
  package init<E: Error>(
    capacity: Int, filling fill: (UnsafeMutablePointer<UInt8>, inout Int) throws(E) -> Void
  ) throws(E) {
    let storage = UnsafeMutablePointer<UInt8>.allocate(capacity: max(capacity, 1))
    storage.initialize(repeating: 0, count: max(capacity, 1))
    var count = capacity
    do throws(E) {
      try fill(storage, &count)
    } catch {
      OPENSSL_cleanse(storage, capacity)
      storage.deallocate()
      throw error
    }
    self.storage = storage
    self.capacity = capacity
    self.count = min(max(count, 0), capacity)
  }

  /// Takes the bytes over: the caller's array is overwritten.
  package init(wiping bytes: inout [UInt8]) {
    self.init(capacity: bytes.count) { storage, _ in
      for (index, byte) in bytes.enumerated() { storage[index] = byte }
    }
    bytes.withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) }
    bytes = []
  }

  /// Random bytes of the operating system. The last one is never zero: TPMs strip trailing zeros of an auth.
  package static func random(_ count: Int) -> SecretBytes {
    var generator = SystemRandomNumberGenerator()
    return SecretBytes(capacity: count) { storage, count in
      for index in 0..<count { storage[index] = generator.next() }
      if count > 0, storage[count - 1] == 0 { storage[count - 1] = UInt8.random(in: 1...255, using: &generator) }
    }
  }

  deinit {
    OPENSSL_cleanse(storage, capacity)
    storage.deallocate()
  }

  /// Lends the bytes for the length of a call.
  package func withBytes<Result, E: Error>(
    _ body: (UnsafePointer<UInt8>, Int) throws(E) -> Result
  ) throws(E) -> Result {
    try body(storage, count)
  }

  /// A plain copy, for whoever wipes it.
  package func copied() -> [UInt8] { Array(UnsafeBufferPointer(start: storage, count: count)) }

  /// The first `count` bytes as a secret of their own.
  package func prefix(_ count: Int) -> SecretBytes {
    SecretBytes(capacity: min(count, self.count)) { other, count in other.update(from: storage, count: count) }
  }
}

/// PBKDF2 with HMAC-SHA-256 (RFC 8018 §5.2).
///
/// - Parameter iterations: 1,000 or more, as NIST SP 800-132 §5.2 has it.
package func pbkdf2(
  _ password: borrowing SecretBytes, salt: [UInt8], iterations: Int, count: Int
) throws(CryptographyError) -> SecretBytes {
  let provider = Provider.shared
  return try SecretBytes(capacity: count) { (out, size) throws(CryptographyError) in
    let done = password.withBytes { bytes, length in
      assay_pbkdf2_sha256(
        provider.library, provider.properties, bytes, length, salt, salt.count, UInt64(max(iterations, 1000)), out, size
      )
    }
    guard done == 1 else {
      ERR_clear_error()
      throw .unsupported("PBKDF2: the provider does not have it")
    }
  }
}
