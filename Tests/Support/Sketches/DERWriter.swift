/// Writes DER for tests: any tag over any contents, right or wrong.
package enum DERWriter {
  package static func element(_ tag: UInt8, _ parts: [UInt8]...) -> [UInt8] {
    let contents = Array(parts.joined())
    var octets: [UInt8] = []
    var rest = contents.count
    while rest > 0 {
      octets.insert(UInt8(rest & 0xFF), at: 0)
      rest >>= 8
    }
    let length = contents.count < 0x80 ? [UInt8(contents.count)] : [0x80 | UInt8(octets.count)] + octets
    return [tag] + length + contents
  }

  package static func sequence(_ parts: [UInt8]...) -> [UInt8] { element(0x30, Array(parts.joined())) }
  package static func set(_ parts: [UInt8]...) -> [UInt8] { element(0x31, Array(parts.joined())) }
  package static func octets(_ bytes: [UInt8]) -> [UInt8] { element(0x04, bytes) }
  package static func bits(_ bytes: [UInt8]) -> [UInt8] { element(0x03, [0] + bytes) }
  package static func utf8(_ text: String) -> [UInt8] { element(0x0C, Array(text.utf8)) }
  package static func time(_ text: String) -> [UInt8] { element(0x18, Array(text.utf8)) }
  package static func boolean(_ value: Bool) -> [UInt8] { [0x01, 0x01, value ? 0xFF : 0x00] }

  /// 0 ≤ value < 128.
  package static func integer(_ value: UInt8) -> [UInt8] { [0x02, 0x01, value] }

  /// `1.3.6.1`, dotted.
  package static func oid(_ text: String) -> [UInt8] {
    let arcs = text.split(separator: ".").compactMap { UInt64($0) }
    var contents: [UInt8] = []
    for arc in [arcs[0] * 40 + arcs[1]] + arcs.dropFirst(2) {
      var octets = [UInt8(arc & 0x7F)]
      var rest = arc >> 7
      while rest > 0 {
        octets.insert(UInt8(rest & 0x7F) | 0x80, at: 0)
        rest >>= 7
      }
      contents += octets
    }
    return element(0x06, contents)
  }

  /// A Name of one common name.
  package static func name(_ commonName: String) -> [UInt8] {
    sequence(set(sequence(oid("2.5.4.3"), utf8(commonName))))
  }

  package static func algorithm(_ identifier: String, null: Bool = false) -> [UInt8] {
    sequence(oid(identifier), null ? [0x05, 0x00] : [])
  }
}
