// Encodings of the miniature's own, on purpose: the issuing side and the verifying side are independent readings of
// the same specifications, so that a shared mistake cannot hide.

/// Lower-case hexadecimal.
package func hexText(_ bytes: some Sequence<UInt8>) -> String {
  let digits = Array("0123456789abcdef".utf8)
  var out: [UInt8] = []
  for byte in bytes {
    out.append(digits[Int(byte >> 4)])
    out.append(digits[Int(byte & 15)])
  }
  return String(decoding: out, as: UTF8.self)
}

/// Standard Base64 with padding, RFC 4648 §4.
package func base64Text(_ bytes: [UInt8]) -> String {
  let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  var out: [UInt8] = []
  out.reserveCapacity((bytes.count + 2) / 3 * 4)
  var index = 0
  while index < bytes.count {
    let left = bytes.count - index
    let first = bytes[index]
    let second = left > 1 ? bytes[index + 1] : 0
    let third = left > 2 ? bytes[index + 2] : 0
    out.append(digits[Int(first >> 2)])
    out.append(digits[Int((first & 3) << 4 | second >> 4)])
    out.append(left > 1 ? digits[Int((second & 15) << 2 | third >> 6)] : UInt8(ascii: "="))
    out.append(left > 2 ? digits[Int(third & 63)] : UInt8(ascii: "="))
    index += 3
  }
  return String(decoding: out, as: UTF8.self)
}

/// A PEM block, RFC 7468: 64 characters to a line.
package func pemText(_ label: String, _ der: [UInt8]) -> String {
  var text = "-----BEGIN \(label)-----\n"
  var column = 0
  for character in base64Text(der).unicodeScalars {
    text.unicodeScalars.append(character)
    column += 1
    if column == 64 {
      text += "\n"
      column = 0
    }
  }
  if column > 0 { text += "\n" }
  return text + "-----END \(label)-----\n"
}

/// Big-endian bytes of an integer; the lowest `count` of them.
func bigEndian(_ value: UInt64, count: Int) -> [UInt8] {
  (0..<count).reversed().map { UInt8(truncatingIfNeeded: value >> (UInt64($0) * 8)) }
}

func littleEndian(_ value: UInt64, count: Int) -> [UInt8] { bigEndian(value, count: count).reversed() }
