/// Textual encodings (RFC 7468), strictly: blocks of one label, with nothing but line breaks around them.
enum PEM {
  /// Bytes of a PEM text: sixteen large certificates.
  static let lengthLimit = 1 << 20

  /// - Throws: `.malformed` for text outside a block, another label, more than `limit` blocks, or Base64 that is not
  ///   canonical.
  static func blocks(_ text: [UInt8], label: String, atMost limit: Int) throws(CryptographyError) -> [[UInt8]] {
    guard text.count <= lengthLimit else { throw .malformed("PEM of more than \(lengthLimit) bytes") }
    let begin = Array("-----BEGIN \(label)-----".utf8)
    let end = Array("-----END \(label)-----".utf8)
    var blocks: [[UInt8]] = []
    var open: [UInt8]?
    for line in text.split(whereSeparator: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }) {
      let isBegin = line.elementsEqual(begin)
      switch (open, isBegin) {
      case (nil, true):
        guard blocks.count < limit else { throw .malformed("more than \(limit) PEM blocks") }
        open = []
      case (let body?, false) where line.elementsEqual(end):
        guard let decoded = decode(body) else { throw .malformed("PEM block that is not canonical Base64") }
        blocks.append(decoded)
        open = nil
      case (_?, false):
        open?.append(contentsOf: line)
      default:
        throw .malformed("a “\(label)” PEM block expected")
      }
    }
    guard open == nil else { throw .malformed("PEM block without its end") }
    return blocks
  }

  /// Standard Base64 with padding and zero spare bits (RFC 4648 §4, §3.5); nil for any other text.
  private static func decode(_ text: [UInt8]) -> [UInt8]? {
    let padding = text.reversed().prefix { $0 == UInt8(ascii: "=") }.count
    guard !text.isEmpty, text.count % 4 == 0, padding <= 2 else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count / 4 * 3)
    var group: UInt32 = 0
    var bits = 0
    for character in text.dropLast(padding) {
      let value: UInt8
      switch character {
      case 0x41...0x5a: value = character - 0x41
      case 0x61...0x7a: value = character - 0x61 + 26
      case 0x30...0x39: value = character - 0x30 + 52
      case UInt8(ascii: "+"): value = 62
      case UInt8(ascii: "/"): value = 63
      default: return nil
      }
      group = group << 6 | UInt32(value)
      bits += 6
      if bits >= 8 {
        bits -= 8
        bytes.append(UInt8(truncatingIfNeeded: group >> bits))
        group &= 1 << bits - 1
      }
    }
    return group == 0 ? bytes : nil
  }
}
