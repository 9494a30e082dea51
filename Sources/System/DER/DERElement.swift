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
  package static let utcTime: UInt8 = 0x17
  package static let generalizedTime: UInt8 = 0x18
  package static let sequence: UInt8 = 0x30
  package static let set: UInt8 = 0x31

  /// `[number] EXPLICIT`, or `[number] IMPLICIT` of a constructed type. 0 ≤ number ≤ 30.
  package static func context(_ number: UInt8) -> UInt8 { 0xA0 | number }
  /// `[number] IMPLICIT` of a primitive type. 0 ≤ number ≤ 30.
  package static func primitiveContext(_ number: UInt8) -> UInt8 { 0x80 | number }
}
