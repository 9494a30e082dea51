package import Cryptography

/// How a typed PIN becomes the report key's auth: PBKDF2, so that a proof that was overheard, or a stolen blob, is no
/// quick way to the PIN. Guessing at the TPM itself is for its lockout to stop.
package struct PINSalt: Hashable, Sendable {
  /// 16 random bytes.
  package let bytes: [UInt8]

  package static let size = 16
  /// Rounds of HMAC-SHA-256: about 50 ms, which an operator does not notice.
  package static let iterations = 100_000
  /// Bytes that a PIN may have as typed.
  package static let lengths = 6...64

  package init(_ bytes: [UInt8]) throws(TPMError) {
    guard bytes.count == Self.size else { throw TPMError(.keyMalformed, "read the PIN's salt", "The salt is not one.") }
    self.bytes = bytes
  }

  static func random() -> PINSalt {
    var generator = SystemRandomNumberGenerator()
    return PINSalt(unchecked: (0..<size).map { _ in generator.next() })
  }

  private init(unchecked bytes: [UInt8]) { self.bytes = bytes }

  /// The auth: 32 bytes without trailing zeros, as TPMs have auths (TPM 2.0 Part 1 §19.6.4.3).
  package func auth(of typed: borrowing SecretBytes) throws(TPMError) -> SecretBytes {
    guard Self.lengths.contains(typed.count) else {
      throw TPMError(
        .pinUnsuitable, "read the PIN",
        "A PIN has \(Self.lengths.lowerBound) to \(Self.lengths.upperBound) characters.")
    }
    do {
      let whole = try pbkdf2(typed, salt: bytes, iterations: Self.iterations, count: 32)
      let length = whole.withBytes { bytes, count in
        var length = count
        while length > 0, bytes[length - 1] == 0 { length -= 1 }
        return length
      }
      return whole.prefix(length)
    } catch {
      throw TPMError(.pinUnsuitable, "read the PIN", "This system's cryptography has no PBKDF2.")
    }
  }
}
