/// An object identifier, as the contents octets of its DER (X.690 §8.19): compared by bytes, never by text.
package struct OID: Hashable, Sendable, CustomStringConvertible {
  package let contents: [UInt8]

  /// - Precondition: `isWellFormed(contents)`; otherwise the text of `description` means nothing.
  package init(contents: ArraySlice<UInt8>) { self.contents = [UInt8](contents) }

  /// For identifiers that stand in this program's text: `OID(1, 2, 840, 113549)`. At least two arcs.
  package init(_ arcs: UInt64...) {
    var contents: [UInt8] = []
    for arc in [arcs[0] * 40 + arcs[1]] + arcs.dropFirst(2) {
      var octets = [UInt8(arc & 0x7F)]
      var rest = arc >> 7
      while rest > 0 {
        octets.append(UInt8(rest & 0x7F) | 0x80)
        rest >>= 7
      }
      contents += octets.reversed()
    }
    self.contents = contents
  }

  /// Not empty, each arc in its fewest octets, at most 9 octets an arc (63 bits), the last arc complete.
  package static func isWellFormed(_ contents: ArraySlice<UInt8>) -> Bool {
    var octets = 0
    for octet in contents {
      if octets == 0, octet == 0x80 { return false }
      octets += 1
      if octets > 9 { return false }
      if octet < 0x80 { octets = 0 }
    }
    return octets == 0 && !contents.isEmpty
  }

  /// Dotted decimal: `1.3.6.1.4.1.57264.1.8`.
  package var description: String {
    var arcs: [UInt64] = []
    var arc: UInt64 = 0
    for octet in contents {
      arc = arc << 7 | UInt64(octet & 0x7F)
      guard octet < 0x80 else { continue }
      if arcs.isEmpty {
        let first = min(arc / 40, 2)
        arcs = [first, arc - first * 40]
      } else {
        arcs.append(arc)
      }
      arc = 0
    }
    return arcs.map(String.init).joined(separator: ".")
  }

  package static func == (one: OID, other: ArraySlice<UInt8>) -> Bool { other.elementsEqual(one.contents) }
}
