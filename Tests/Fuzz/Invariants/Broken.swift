import Reasons

/// An invariant that did not hold: a bug, whatever the input was.
package struct Broken: Error, CustomStringConvertible {
  package let description: String

  package init(_ description: String) { self.description = description }
}

/// - Throws: `Broken` unless the condition holds.
func hold(_ condition: Bool, _ otherwise: @autoclosure () -> String) throws {
  guard condition else { throw Broken(otherwise()) }
}

/// Reads hostile bytes, which may be refused: nil, where the failure's offset lies within them.
///
/// - Parameter inflated: whether offsets are of what is inside a compressed stream.
func reading<Value>(
  _ bytes: [UInt8], inflated: Bool = false, _ read: ([UInt8]) throws(Failure) -> Value
) throws -> Value? {
  do throws(Failure) { return try read(bytes) } catch {
    try holdPlace(of: error, in: bytes.count, inflated: inflated)
    return nil
  }
}

/// A failure says where the trouble is, in bytes that are there.
func holdPlace(of failure: Failure, in count: Int, inflated: Bool = false) throws {
  guard let offset = failure.offset, !inflated else { return }
  try hold(offset <= UInt64(count), "\(failure) lies behind the input's \(count) bytes")
}

/// Reads what our own writer wrote: it must be taken.
func readingBack<Value>(
  _ bytes: [UInt8], _ what: String, _ read: ([UInt8]) throws(Failure) -> Value
) throws -> Value {
  do throws(Failure) { return try read(bytes) } catch {
    throw Broken("\(what) that was written is not read again: \(error)")
  }
}
