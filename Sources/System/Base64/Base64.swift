/// Standard Base64 with padding (RFC 4648 §4), canonical encodings only.
package enum Base64 {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  /// 64 where the character is none of the alphabet's.
  private static let values: [UInt8] = {
    var table = [UInt8](repeating: 64, count: 256)
    for (value, character) in alphabet.enumerated() { table[Int(character)] = UInt8(value) }
    return table
  }()

  package static func encode(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    var index = 0
    while index < bytes.count {
      let left = bytes.count - index
      let group =
        UInt32(bytes[index]) << 16 | (left > 1 ? UInt32(bytes[index + 1]) << 8 : 0)
        | (left > 2 ? UInt32(bytes[index + 2]) : 0)
      text.append(alphabet[Int(group >> 18 & 63)])
      text.append(alphabet[Int(group >> 12 & 63)])
      text.append(left > 1 ? alphabet[Int(group >> 6 & 63)] : UInt8(ascii: "="))
      text.append(left > 2 ? alphabet[Int(group & 63)] : UInt8(ascii: "="))
      index += 3
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// Returns nil for anything but the one canonical spelling: no line breaks, full padding, zero spare bits (§3.5).
  package static func decode(_ text: [UInt8]) -> [UInt8]? {
    guard text.count % 4 == 0 else { return nil }
    if text.isEmpty { return [] }
    let padding = text.last != UInt8(ascii: "=") ? 0 : text[text.count - 2] == UInt8(ascii: "=") ? 2 : 1
    let size = text.count / 4 * 3 - padding
    var isCanonical = true
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { output, count in
      values.withUnsafeBufferPointer { values in
        var written = 0
        var start = 0
        while start < text.count, isCanonical {
          let isLast = start + 4 == text.count
          let dropped = isLast ? padding : 0
          var group: UInt32 = 0
          // 64 marks a stranger to the alphabet; it stays visible above the six bits that a value has.
          var marks: UInt8 = 0
          for offset in 0..<4 - dropped {
            let value = values[Int(text[start + offset])]
            marks |= value
            group |= UInt32(value) << UInt32(18 - 6 * offset)
          }
          let spare: UInt32 = dropped == 0 ? 0 : dropped == 1 ? 0xff : 0xffff
          isCanonical = marks < 64 && group & spare == 0
          for byte in 0..<3 - dropped {
            output[written] = UInt8(truncatingIfNeeded: group >> UInt32(16 - 8 * byte))
            written += 1
          }
          start += 4
        }
        count = written
      }
    }
    return isCanonical ? bytes : nil
  }

  /// The same for formats that let the writer choose between the standard and the URL-safe alphabet (RFC 4648 §5), such
  /// as DSSE. Padding is still wanted, and a text that mixes the alphabets is none of both: nil.
  package static func decodeEitherAlphabet(_ text: [UInt8]) -> [UInt8]? {
    let isURLSafe = text.contains { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
    guard isURLSafe else { return decode(text) }
    var standard = text
    for (index, character) in text.enumerated() {
      switch character {
      case UInt8(ascii: "+"), UInt8(ascii: "/"): return nil
      case UInt8(ascii: "-"): standard[index] = UInt8(ascii: "+")
      case UInt8(ascii: "_"): standard[index] = UInt8(ascii: "/")
      default: break
      }
    }
    return decode(standard)
  }
}
