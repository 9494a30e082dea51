package import Reasons

/// One tag-length-value of a DER document, as places in the document's bytes: nothing is copied.
package struct DERElement: Hashable, Sendable {
  /// The identifier octet: class, constructed bit and number together (X.690 §8.1.2).
  package let tag: UInt8
  /// Identifier, length and contents.
  package let whole: Range<Int>
  package let contents: Range<Int>
}

/// Identifier octets of the types that the formats use (X.680 §8.6).
package enum DERTag {
  package static let boolean: UInt8 = 0x01
  package static let integer: UInt8 = 0x02
  package static let bitString: UInt8 = 0x03
  package static let octetString: UInt8 = 0x04
  package static let null: UInt8 = 0x05
  package static let objectIdentifier: UInt8 = 0x06
  package static let utf8String: UInt8 = 0x0C
  package static let generalizedTime: UInt8 = 0x18
  package static let sequence: UInt8 = 0x30
  package static let set: UInt8 = 0x31

  /// `[number] EXPLICIT`, or `[number] IMPLICIT` of a constructed type. 0 ≤ number ≤ 30.
  package static func context(_ number: UInt8) -> UInt8 { 0xA0 | number }
  /// `[number] IMPLICIT` of a primitive type. 0 ≤ number ≤ 30.
  package static func primitiveContext(_ number: UInt8) -> UInt8 { 0x80 | number }
}

/// Walks DER (X.690 §10) from left to right inside one element, never past its end.
///
/// Only what has one encoding is accepted: definite lengths in the fewest octets, tag numbers below 31. So two readers
/// cannot see two documents, and a slice of the input is its own re-encoding.
package struct DERReader: Sendable {
  package let bytes: [UInt8]
  package private(set) var position: Int
  private let end: Int
  private let subject: String
  private let reason: Reason

  /// - Parameter reason: what bytes that are no DER mean in the format that is being read.
  package init(_ bytes: [UInt8], of subject: String, failing reason: Reason) {
    self.bytes = bytes
    position = 0
    end = bytes.count
    self.subject = subject
    self.reason = reason
  }

  private init(_ outer: DERReader, inside range: Range<Int>) {
    bytes = outer.bytes
    position = range.lowerBound
    end = range.upperBound
    subject = outer.subject
    reason = outer.reason
  }

  package var isAtEnd: Bool { position == end }

  /// The tag of the element that comes next; nil at the end.
  package var nextTag: UInt8? { position < end ? bytes[position] : nil }

  /// A reader of what stands inside a constructed element, or of a document that an OCTET STRING holds.
  ///
  /// - Precondition: this reader, or one over the same bytes, gave `element`.
  package func inside(_ element: DERElement) -> DERReader { DERReader(self, inside: element.contents) }

  /// X.690 §8.1: identifier octet, length octets, contents.
  package mutating func element() throws(Failure) -> DERElement {
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
  package mutating func element(_ tag: UInt8, _ name: StaticString) throws(Failure) -> DERElement {
    guard nextTag == tag else { throw wrongTag(tag, name) }
    return try element()
  }

  /// The next element if it has this tag, else nil and nothing is read.
  package mutating func optional(_ tag: UInt8) throws(Failure) -> DERElement? {
    guard nextTag == tag else { return nil }
    return try element()
  }

  package mutating func sequence(_ name: StaticString) throws(Failure) -> DERReader {
    inside(try element(DERTag.sequence, name))
  }

  package mutating func set(_ name: StaticString) throws(Failure) -> DERReader {
    inside(try element(DERTag.set, name))
  }

  package mutating func objectIdentifier(_ name: StaticString) throws(Failure) -> ArraySlice<UInt8> {
    let found = bytes[try element(DERTag.objectIdentifier, name).contents]
    guard OID.isWellFormed(found) else { throw failure("\(name): no object identifier") }
    return found
  }

  package mutating func octetString(_ name: StaticString) throws(Failure) -> ArraySlice<UInt8> {
    bytes[try element(DERTag.octetString, name).contents]
  }

  /// Contents of an INTEGER of any size, two's complement in the fewest octets (X.690 §8.3.2).
  package mutating func integer(
    _ name: StaticString, tag: UInt8 = DERTag.integer
  ) throws(Failure) -> ArraySlice<UInt8> {
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
  ) throws(Failure) -> Int {
    let found = try integer(name, tag: tag)
    guard found.count <= 4, found[found.startIndex] < 0x80 else { throw failure("\(name): out of range") }
    return found.reduce(0) { $0 << 8 | Int($1) }
  }

  /// X.690 §11.1: FALSE is 0x00, TRUE is 0xFF, nothing else.
  package mutating func boolean(_ name: StaticString) throws(Failure) -> Bool {
    let found = bytes[try element(DERTag.boolean, name).contents]
    guard found.count == 1, let octet = found.first, octet == 0 || octet == 0xFF else {
      throw failure("\(name): no boolean")
    }
    return octet != 0
  }

  /// - Throws: where anything is left. Every container ends with this, so that nothing is carried along unread.
  package func finish(_ name: StaticString) throws(Failure) {
    guard isAtEnd else { throw failure("\(name): \(end - position) bytes too many") }
  }

  package func failure(_ detail: String) -> Failure { Failure(reason, subject, at: UInt64(position), detail) }

  private func wrongTag(_ wanted: UInt8, _ name: StaticString) -> Failure {
    let found = nextTag.map { "0x" + String($0, radix: 16) } ?? "the end"
    return failure("\(name): tag 0x\(String(wanted, radix: 16)) wanted, found \(found)")
  }
}
