/// `%XX` in URIs and file names (RFC 3986 §2.1), in either letter case.
package enum PercentDecoding {
  /// Nil where two hexadecimal digits do not follow.
  package static func decode(_ text: ArraySlice<UInt8>) -> [UInt8]? {
    guard text.contains(UInt8(ascii: "%")) else { return Array(text) }
    var decoded: [UInt8] = []
    var rest = text
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        decoded.append(byte)
        continue
      }
      let digits = rest.prefix(2).map { (0x41...0x5a).contains($0) ? $0 | 0x20 : $0 }
      guard digits.count == 2, let byte = Hex.decode(digits) else { return nil }
      decoded += byte
      rest = rest.dropFirst(2)
    }
    return decoded
  }
}
