/// Object identifiers (X.690 §8.19). Compared by their bytes; text is for people and for names that come as text.
enum ObjectIdentifier {
  /// Bytes of one arc: 63 bits.
  private static let arcLimit = 9

  /// - Throws: `.malformed` for an empty, cut off or not shortest encoding, or an arc of 2^63 and more.
  static func check(_ contents: ArraySlice<UInt8>) throws(CryptographyError) {
    var length = 0
    for byte in contents {
      length += 1
      guard length <= arcLimit, !(length == 1 && byte == 0x80) else { throw .malformed("object identifier") }
      if byte & 0x80 == 0 { length = 0 }
    }
    guard length == 0, !contents.isEmpty else { throw .malformed("object identifier") }
  }

  /// Dotted decimal.
  static func text(_ contents: ArraySlice<UInt8>) throws(CryptographyError) -> String {
    try check(contents)
    return text(checked: contents)
  }

  /// - Parameter contents: what has passed `check`.
  static func text(checked contents: ArraySlice<UInt8>) -> String {
    var arcs: [UInt64] = []
    var arc: UInt64 = 0
    for byte in contents {
      arc = arc << 7 | UInt64(byte & 0x7f)
      guard byte & 0x80 == 0 else { continue }
      if arcs.isEmpty {
        let root = min(arc / 40, 2)
        arcs = [root, arc - root * 40]
      } else {
        arcs.append(arc)
      }
      arc = 0
    }
    return arcs.map(String.init).joined(separator: ".")
  }

  /// The bytes of an identifier in dotted decimal; nil where the text is none.
  static func contents(_ text: String) -> [UInt8]? {
    var arcs: [UInt64] = []
    for part in text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false) {
      guard let arc = UInt64(String(decoding: part, as: UTF8.self)), arc < 1 << 56 else { return nil }
      arcs.append(arc)
    }
    guard arcs.count >= 2, arcs[0] <= 2, arcs[0] == 2 || arcs[1] < 40 else { return nil }
    var contents: [UInt8] = []
    for arc in [arcs[0] * 40 + arcs[1]] + arcs[2...] {
      var groups = [UInt8(arc & 0x7f)]
      var rest = arc >> 7
      while rest > 0 {
        groups.append(UInt8(rest & 0x7f) | 0x80)
        rest >>= 7
      }
      contents += groups.reversed()
    }
    return contents
  }
}
