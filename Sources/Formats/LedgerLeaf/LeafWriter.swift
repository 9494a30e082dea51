import Cryptography
import Octets
import Reasons

/// Writes a leaf's fields in order, and refuses what the reader would.
struct LeafWriter {
  private(set) var bytes: [UInt8] = []

  private func failure(_ detail: String) -> Failure { Failure(.ledgerLeafMalformed, "ledger leaf", detail) }

  mutating func byte(_ value: UInt8) { bytes.append(value) }

  mutating func number(_ value: UInt64) {
    for shift in stride(from: 56, through: 0, by: -8) {
      bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(shift)))
    }
  }

  mutating func time(_ value: UnixTime) { number(UInt64(bitPattern: value.seconds)) }

  mutating func fixed(_ value: [UInt8], _ size: Int) throws(Failure) {
    guard value.count == size else { throw failure("\(value.count) bytes where \(size) belong") }
    bytes += value
  }

  mutating func bytes(_ value: [UInt8], atMost limit: Int) throws(Failure) {
    guard value.count <= limit else { throw failure("\(value.count) bytes, of which at most \(limit) are written") }
    count(value.count)
    bytes += value
  }

  mutating func text(_ value: [UInt8], atMost limit: Int) throws(Failure) {
    guard LedgerLeaf.isText(value) else { throw failure("a text that is no UTF-8, or holds control characters") }
    try bytes(value, atMost: limit)
  }

  mutating func digest(_ value: ClaimedDigest) throws(Failure) {
    guard let code = value.algorithm.leafCode else { throw failure("digest algorithm \(value.algorithm.rawValue)") }
    bytes.append(code)
    bytes += value.bytes
  }

  mutating func optional<Value>(
    _ value: Value?, _ write: (inout LeafWriter, Value) throws(Failure) -> Void
  ) throws(Failure) {
    bytes.append(value == nil ? 0 : 1)
    if let value { try write(&self, value) }
  }

  mutating func list<Value>(
    _ values: [Value], atMost limit: Int = LedgerLeaf.mostItems,
    _ write: (inout LeafWriter, Value) throws(Failure) -> Void
  ) throws(Failure) {
    guard values.count <= limit else { throw failure("\(values.count) items, of which at most \(limit) are written") }
    count(values.count)
    for value in values { try write(&self, value) }
  }

  mutating func digests(_ set: DigestSet) throws(Failure) {
    try list(set.digests) { writer, digest throws(Failure) in try writer.digest(digest) }
  }

  mutating func indexes(_ indexes: [UInt64]) throws(Failure) {
    guard zip(indexes, indexes.dropFirst()).allSatisfy({ $0 < $1 }) else { throw failure("indexes that do not ascend") }
    try list(indexes) { writer, index throws(Failure) in writer.number(index) }
  }

  mutating func code<Code: RawRepresentable>(_ value: Code) where Code.RawValue == UInt8 { byte(value.rawValue) }

  /// Two bytes; the limits are below 2^16.
  private mutating func count(_ value: Int) {
    bytes.append(UInt8(truncatingIfNeeded: value >> 8))
    bytes.append(UInt8(truncatingIfNeeded: value))
  }
}
