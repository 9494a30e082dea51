package import Reasons

/// Reads forward through bytes, never past their end.
///
/// Concrete on `[UInt8]`: a generic cursor across modules is twenty times slower.
package struct ByteCursor {
  package let bytes: [UInt8]
  package private(set) var position: Int
  private let subject: String
  private let reason: Reason

  /// - Parameter reason: what a short read means in the format that is being read.
  package init(_ bytes: [UInt8], of subject: String, failing reason: Reason) {
    self.bytes = bytes
    self.position = 0
    self.subject = subject
    self.reason = reason
  }

  package var remaining: Int { bytes.count - position }
  package var isAtEnd: Bool { position == bytes.count }

  package mutating func take(_ count: Int) throws(Failure) -> ArraySlice<UInt8> {
    guard count >= 0, count <= remaining else {
      throw failure("\(count) bytes wanted, \(remaining) left")
    }
    defer { position += count }
    return bytes[position..<position + count]
  }

  package mutating func byte() throws(Failure) -> UInt8 {
    guard position < bytes.count else { throw failure("a byte wanted, none left") }
    defer { position += 1 }
    return bytes[position]
  }

  /// Big-endian unsigned integer of `size` bytes, 1 ≤ size ≤ 8.
  package mutating func bigEndian(_ size: Int) throws(Failure) -> UInt64 {
    try take(size).reduce(0) { $0 << 8 | UInt64($1) }
  }

  package func failure(_ detail: String) -> Failure {
    Failure(reason, subject, at: UInt64(position), detail)
  }
}
