import Cryptography
import Octets
import Reasons

/// Reads a leaf's fields in order. Every value has one encoding, so whatever is longer, unsorted or unknown is refused.
struct LeafReader {
  private var cursor: ByteCursor

  init(_ bytes: [UInt8], named subject: String) {
    cursor = ByteCursor(bytes, of: subject, failing: .ledgerLeafMalformed)
  }

  func failure(_ detail: String) -> Failure { cursor.failure(detail) }

  mutating func byte() throws(Failure) -> UInt8 { try cursor.byte() }
  mutating func number() throws(Failure) -> UInt64 { try cursor.bigEndian(8) }
  mutating func time() throws(Failure) -> UnixTime { UnixTime(Int64(bitPattern: try number())) }

  /// Bytes of a size that the format fixes.
  mutating func fixed(_ size: Int) throws(Failure) -> [UInt8] { Array(try cursor.take(size)) }

  mutating func bytes(atMost limit: Int) throws(Failure) -> [UInt8] {
    let count = Int(try cursor.bigEndian(2))
    guard count <= limit else { throw failure("\(count) bytes, of which at most \(limit) are read") }
    return Array(try cursor.take(count))
  }

  /// UTF-8 without control characters.
  mutating func text(atMost limit: Int) throws(Failure) -> [UInt8] {
    let text = try bytes(atMost: limit)
    guard LedgerLeaf.isText(text) else { throw failure("a text that is no UTF-8, or holds control characters") }
    return text
  }

  mutating func digest() throws(Failure) -> ClaimedDigest {
    let code = try cursor.byte()
    guard let algorithm = HashAlgorithm(leafCode: code) else { throw failure("digest algorithm \(code)") }
    guard let digest = ClaimedDigest(algorithm, try fixed(algorithm.size)) else { throw failure("no digest") }
    return digest
  }

  mutating func optional<Value>(
    _ read: (inout LeafReader) throws(Failure) -> Value
  ) throws(Failure) -> Value? {
    switch try cursor.byte() {
    case 0: return nil
    case 1: return try read(&self)
    case let mark: throw failure("\(mark) is neither 0, absent, nor 1, present")
    }
  }

  mutating func list<Value>(
    atMost limit: Int = LedgerLeaf.mostItems, _ read: (inout LeafReader) throws(Failure) -> Value
  ) throws(Failure) -> [Value] {
    let count = Int(try cursor.bigEndian(2))
    guard count <= limit else { throw failure("\(count) items, of which at most \(limit) are read") }
    var values: [Value] = []
    for _ in 0..<count { values.append(try read(&self)) }
    return values
  }

  /// Distinct digests in the order of their encodings.
  mutating func digests() throws(Failure) -> DigestSet {
    let digests = try list { reader throws(Failure) in try reader.digest() }
    let set = DigestSet(digests)
    guard set.digests == digests else { throw failure("digests that are not sorted, or one twice") }
    return set
  }

  /// Indexes of leaves, each above the one before.
  mutating func indexes() throws(Failure) -> [UInt64] {
    let indexes = try list { reader throws(Failure) in try reader.number() }
    guard zip(indexes, indexes.dropFirst()).allSatisfy({ $0 < $1 }) else { throw failure("indexes that do not ascend") }
    return indexes
  }

  /// One of an enumeration's codes.
  mutating func code<Code: RawRepresentable>(_: Code.Type) throws(Failure) -> Code where Code.RawValue == UInt8 {
    let raw = try cursor.byte()
    guard let code = Code(rawValue: raw) else { throw failure("\(raw) is no \(Code.self)") }
    return code
  }

  func finish() throws(Failure) {
    guard cursor.isAtEnd else { throw failure("\(cursor.remaining) bytes behind the last field") }
  }
}

extension HashAlgorithm {
  /// The digest algorithms of images and of our own; SHA-384 names nothing here.
  init?(leafCode: UInt8) {
    switch leafCode {
    case 1: self = .sha256
    case 3: self = .sha512
    default: return nil
    }
  }

  var leafCode: UInt8? {
    switch self {
    case .sha256: 1
    case .sha384: nil
    case .sha512: 3
    }
  }
}
