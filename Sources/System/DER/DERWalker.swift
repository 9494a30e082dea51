/// Walks DER (X.690 §10) from left to right inside one element, never past its end.
///
/// Only what has one encoding is accepted: definite lengths in the fewest octets, tag numbers below 31. So two readers
/// cannot see two documents, and a slice of the input is its own re-encoding.
///
/// Errors name the place that was reached. Their text is made only when they are thrown.
package struct DERWalker: Sendable {
  /// Nesting of constructed elements. A certificate's deepest is about 12.
  package static let depthLimit = 32

  package let bytes: [UInt8]
  /// Where the next element begins, in bytes from the document's beginning.
  package private(set) var position: Int
  private let end: Int

  /// - Parameter bytes: one document.
  package init(_ bytes: [UInt8]) { self.init(bytes, 0..<bytes.count) }

  private init(_ bytes: [UInt8], _ range: Range<Int>) {
    self.bytes = bytes
    position = range.lowerBound
    end = range.upperBound
  }

  package var isAtEnd: Bool { position == end }

  /// The tag of the element that comes next; nil at the end.
  package var nextTag: UInt8? { position < end ? bytes[position] : nil }

  /// A reader of what stands inside a constructed element, or of a document that an OCTET STRING holds.
  ///
  /// - Precondition: this reader, or one over the same bytes, gave `element`.
  package func inside(_ element: DERElement) -> DERWalker { DERWalker(bytes, element.contents) }

  /// X.690 §8.1: identifier octet, length octets, contents.
  package mutating func element() throws(DERError) -> DERElement {
    let start = position
    guard end - start >= 2 else { throw failure("an element wanted, \(end - start) bytes left") }
    let tag = bytes[start]
    guard tag & 0x1F != 0x1F else { throw failure("a tag number above 30") }
    var cursor = start + 2
    var length = Int(bytes[start + 1])
    if length >= 0x80 {
      let octets = length & 0x7F
      // Four octets of length are 4 GiB, more than any document that is held in memory here.
      guard (1...4).contains(octets) else { throw failure("an indefinite or overlong length") }
      guard end - cursor >= octets else { throw failure("the length is cut off") }
      length = 0
      for _ in 0..<octets {
        length = length << 8 | Int(bytes[cursor])
        cursor += 1
      }
      guard length >= 0x80, length >> (8 * (octets - 1)) != 0 else {
        throw failure("a length not in its fewest octets")
      }
    }
    guard end - cursor >= length else { throw failure("\(length) bytes of contents wanted, \(end - cursor) left") }
    position = cursor + length
    return DERElement(tag: tag, whole: start..<position, contents: cursor..<position)
  }

  /// - Parameter name: the field, for the error.
  package mutating func element(_ tag: UInt8, _ name: StaticString) throws(DERError) -> DERElement {
    guard nextTag == tag else { throw wrongTag(tag, name) }
    return try element()
  }

  /// The next element if it has this tag, else nil and nothing is read.
  package mutating func optional(_ tag: UInt8) throws(DERError) -> DERElement? {
    guard nextTag == tag else { return nil }
    return try element()
  }

  /// Contents, of which `OID.isWellFormed` holds.
  package mutating func objectIdentifier(_ name: StaticString) throws(DERError) -> ArraySlice<UInt8> {
    let found = bytes[try element(DERTag.objectIdentifier, name).contents]
    guard OID.isWellFormed(found) else { throw failure("\(name): no object identifier") }
    return found
  }

  package mutating func octetString(_ name: StaticString) throws(DERError) -> ArraySlice<UInt8> {
    bytes[try element(DERTag.octetString, name).contents]
  }

  /// Contents of an INTEGER of any size, two's complement in the fewest octets (X.690 §8.3.2).
  package mutating func integer(
    _ name: StaticString, tag: UInt8 = DERTag.integer
  ) throws(DERError) -> ArraySlice<UInt8> {
    let found = bytes[try element(tag, name).contents]
    guard let first = found.first else { throw failure("\(name): an empty integer") }
    if found.count > 1, first == 0 || first == 0xFF {
      guard first >> 7 != found[found.startIndex + 1] >> 7 else {
        throw failure("\(name): an integer not in its fewest octets")
      }
    }
    return found
  }

  /// A non-negative INTEGER of at most 31 bits: versions, statuses, parts of an accuracy.
  package mutating func smallInteger(
    _ name: StaticString, tag: UInt8 = DERTag.integer
  ) throws(DERError) -> Int {
    let found = try integer(name, tag: tag)
    guard found.count <= 4, found[found.startIndex] < 0x80 else { throw failure("\(name): out of range") }
    return found.reduce(0) { $0 << 8 | Int($1) }
  }

  /// X.690 §11.1: FALSE is 0x00, TRUE is 0xFF, nothing else.
  package mutating func boolean(_ name: StaticString) throws(DERError) -> Bool {
    let found = bytes[try element(DERTag.boolean, name).contents]
    guard found.count == 1, let octet = found.first, octet == 0 || octet == 0xFF else {
      throw failure("\(name): no boolean")
    }
    return octet != 0
  }

  /// - Throws: where anything is left. Every container ends with this, so that nothing is carried along unread.
  package func finish(_ name: StaticString) throws(DERError) {
    guard isAtEnd else { throw failure("\(name): \(end - position) bytes too many") }
  }

  /// One element that fills all bytes, every constructed element inside it filled exactly by DER in turn.
  ///
  /// OpenSSL reads BER. Two spellings of one certificate are two fingerprints: only this one passes.
  package static func checkWellFormed(_ bytes: [UInt8], _ name: StaticString) throws(DERError) -> DERElement {
    var walker = DERWalker(bytes)
    let whole = try walker.element()
    try walker.finish(name)
    var ends: [Int] = []
    walker = DERWalker(bytes)
    // Descends by reading headers in order; `ends` is the stack of constructed elements that are open.
    while walker.position < bytes.count {
      let limit = ends.last ?? bytes.count
      var step = DERWalker(bytes, walker.position..<limit)
      let inner = try step.element()
      let isConstructed = inner.tag & 0x20 != 0
      if isConstructed {
        guard ends.count < depthLimit else { throw walker.failure("\(name): nests deeper than \(depthLimit)") }
        ends.append(inner.contents.upperBound)
      }
      walker.position = isConstructed ? inner.contents.lowerBound : inner.contents.upperBound
      while let open = ends.last, open == walker.position { ends.removeLast() }
    }
    return whole
  }

  package func failure(_ detail: String) -> DERError { DERError(offset: position, detail: detail) }

  private func wrongTag(_ wanted: UInt8, _ name: StaticString) -> DERError {
    let found = nextTag.map { "0x" + String($0, radix: 16) } ?? "the end"
    return failure("\(name): tag 0x\(String(wanted, radix: 16)) wanted, found \(found)")
  }
}
