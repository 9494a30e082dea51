/// One value of DER: its tag, and where in the bytes it stands.
struct DERValue {
  let tag: UInt8
  /// Tag, length and contents.
  let whole: Range<Int>
  let contents: Range<Int>

  /// Tags by number (X.680 §8.4), as they are on the wire.
  static let boolean: UInt8 = 0x01
  static let integer: UInt8 = 0x02
  static let bitString: UInt8 = 0x03
  static let octetString: UInt8 = 0x04
  static let null: UInt8 = 0x05
  static let objectIdentifier: UInt8 = 0x06
  static let sequence: UInt8 = 0x30
  static let set: UInt8 = 0x31
}

/// Reads values one behind the other, lengths definite and as short as they can be (X.690 §10.1). Never past the end.
///
/// Tags above 30 take several bytes; nothing that Assay reads has them, and they are refused.
struct DERReader {
  /// Nesting of constructed values. A certificate's deepest is about 12.
  static let depthLimit = 32

  let bytes: [UInt8]
  private(set) var position: Int
  let end: Int

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    position = 0
    end = bytes.count
  }

  private init(_ bytes: [UInt8], _ range: Range<Int>) {
    self.bytes = bytes
    position = range.lowerBound
    end = range.upperBound
  }

  /// A reader of what `value` contains.
  func inside(_ value: DERValue) -> DERReader { DERReader(bytes, value.contents) }

  var isAtEnd: Bool { position == end }

  mutating func next() throws(CryptographyError) -> DERValue {
    let start = position
    guard end - position >= 2 else { throw .malformed("DER ends at byte \(start), where a value should begin") }
    let tag = bytes[position]
    guard tag & 0x1f != 0x1f else { throw .malformed("DER tag of several bytes at byte \(start)") }
    var length = Int(bytes[position + 1])
    position += 2
    if length > 0x7f {
      let count = length & 0x7f
      // Four bytes of length are 4 GiB: no overflow, and more than any input.
      guard (1...4).contains(count), count <= end - position else {
        throw .malformed("DER length at byte \(start) is indefinite, too long or cut off")
      }
      length = bytes[position..<position + count].reduce(0) { $0 << 8 | Int($1) }
      guard length > 0x7f, length >> (8 * (count - 1)) != 0 else {
        throw .malformed("DER length at byte \(start) is not the shortest")
      }
      position += count
    }
    guard length <= end - position else { throw .malformed("DER value at byte \(start) is cut off") }
    let contents = position..<position + length
    position += length
    return DERValue(tag: tag, whole: start..<position, contents: contents)
  }

  mutating func next(_ tag: UInt8, _ what: String) throws(CryptographyError) -> DERValue {
    guard position < end, bytes[position] == tag else {
      throw .malformed("\(what) expected at byte \(position)")
    }
    return try next()
  }

  /// The next value where it has the tag; nil, and nothing read, where it has another or there is none.
  mutating func optional(_ tag: UInt8) throws(CryptographyError) -> DERValue? {
    guard position < end, bytes[position] == tag else { return nil }
    return try next()
  }

  func finish(_ what: String) throws(CryptographyError) {
    guard isAtEnd else { throw .malformed("\(what) goes on at byte \(position), where it should end") }
  }

  func bytes(of range: Range<Int>) -> [UInt8] { Array(bytes[range]) }

  /// One value that fills all bytes, every constructed value inside it filled exactly by DER in turn.
  ///
  /// OpenSSL reads BER. Two spellings of one certificate are two fingerprints: only this one passes.
  static func checkWellFormed(_ bytes: [UInt8], _ what: String) throws(CryptographyError) -> DERValue {
    var reader = DERReader(bytes)
    let value = try reader.next()
    try reader.finish(what)
    var ends: [Int] = []
    reader = DERReader(bytes)
    // Descends by reading headers in order; `ends` is the stack of constructed values that are open.
    while reader.position < bytes.count {
      let limit = ends.last ?? bytes.count
      var step = DERReader(bytes, reader.position..<limit)
      let inner = try step.next()
      let isConstructed = inner.tag & 0x20 != 0
      if isConstructed {
        guard ends.count < depthLimit else { throw .malformed("\(what) nests deeper than \(depthLimit)") }
        ends.append(inner.contents.upperBound)
      }
      reader.position = isConstructed ? inner.contents.lowerBound : inner.contents.upperBound
      while let open = ends.last, open == reader.position { ends.removeLast() }
    }
    return value
  }
}
