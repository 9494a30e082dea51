/// Writes DER (X.690): definite lengths, shortest forms.
enum DER {
  static func element(_ tag: UInt8, _ contents: [UInt8]) -> [UInt8] { [tag] + length(contents.count) + contents }

  static func length(_ count: Int) -> [UInt8] {
    if count < 128 { return [UInt8(count)] }
    let octets = Array(bigEndian(UInt64(count), count: 8).drop { $0 == 0 })
    return [0x80 | UInt8(octets.count)] + octets
  }

  static func sequence(_ parts: [UInt8]...) -> [UInt8] { element(0x30, parts.flatMap { $0 }) }
  static func sequence(of parts: [[UInt8]]) -> [UInt8] { element(0x30, parts.flatMap { $0 }) }

  /// SET OF: DER wants the elements sorted by their encodings.
  static func set(_ parts: [UInt8]...) -> [UInt8] { element(0x31, setContents(parts)) }
  static func setContents(_ parts: [[UInt8]]) -> [UInt8] {
    parts.sorted { $0.lexicographicallyPrecedes($1) }.flatMap { $0 }
  }

  static func boolean(_ value: Bool) -> [UInt8] { element(0x01, [value ? 0xff : 0]) }
  static func integer(_ value: UInt64) -> [UInt8] { integer(bigEndian(value, count: 8)) }

  /// A non-negative integer from its big-endian magnitude.
  static func integer(_ magnitude: [UInt8]) -> [UInt8] {
    var octets = Array(magnitude.drop { $0 == 0 })
    if octets.isEmpty { octets = [0] }
    if octets[0] >= 0x80 { octets.insert(0, at: 0) }
    return element(0x02, octets)
  }

  static func bitString(_ bytes: [UInt8], unused: UInt8 = 0) -> [UInt8] { element(0x03, [unused] + bytes) }
  static func octetString(_ bytes: [UInt8]) -> [UInt8] { element(0x04, bytes) }
  static let null: [UInt8] = [0x05, 0x00]
  static func utf8String(_ text: String) -> [UInt8] { element(0x0c, Array(text.utf8)) }
  static func printableString(_ text: String) -> [UInt8] { element(0x13, Array(text.utf8)) }
  static func generalizedTime(_ unix: Int64) -> [UInt8] { element(0x18, Array(CalendarTime(unix).generalized.utf8)) }

  /// RFC 5280 §4.1.2.5: UTCTime through 2049, GeneralizedTime from 2050.
  static func time(_ unix: Int64) -> [UInt8] {
    let calendar = CalendarTime(unix)
    return (1950..<2050).contains(calendar.year)
      ? element(0x17, Array(calendar.short.utf8)) : element(0x18, Array(calendar.generalized.utf8))
  }

  /// Context-specific, constructed: `[n] EXPLICIT`, or an implicit constructed type.
  static func context(_ number: UInt8, _ contents: [UInt8]) -> [UInt8] { element(0xa0 | number, contents) }
  /// Context-specific, primitive.
  static func contextPrimitive(_ number: UInt8, _ contents: [UInt8]) -> [UInt8] { element(0x80 | number, contents) }

  /// Dotted decimal to OBJECT IDENTIFIER.
  static func oid(_ dotted: String) -> [UInt8] {
    let arcs = dotted.split(separator: ".").map { UInt64($0)! }
    var contents: [UInt8] = []
    for arc in [arcs[0] * 40 + arcs[1]] + arcs.dropFirst(2) {
      var groups = [UInt8(arc & 0x7f)]
      var rest = arc >> 7
      while rest > 0 {
        groups.append(UInt8(rest & 0x7f) | 0x80)
        rest >>= 7
      }
      contents += groups.reversed()
    }
    return element(0x06, contents)
  }
}
