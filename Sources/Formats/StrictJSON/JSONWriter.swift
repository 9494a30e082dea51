package import Reasons

extension JSON {
  /// The value as a document in member order: compact, or with two spaces a level and no newline at the end.
  ///
  /// Always valid JSON in valid UTF-8 for what the parser made. Strings that are no UTF-8 are repaired with U+FFFD, and
  /// characters that steer a terminal or reorder text are escaped, so that output may be shown as it is.
  package func serialized(pretty: Bool = false) -> [UInt8] {
    var writer = JSONWriter(isPretty: pretty)
    writer.write(self, level: 0)
    return writer.output
  }

  /// The canonical form of RFC 8785.
  /// - Throws: `json.duplicate-key` where an object names one key twice; `json.malformed` where a number has no exact
  ///   double or a string is no UTF-8. Neither has a canonical form that stands for it alone.
  package func canonical() throws(Failure) -> [UInt8] {
    var output: [UInt8] = []
    try writeCanonical(into: &output)
    return output
  }

  private func writeCanonical(into output: inout [UInt8]) throws(Failure) {
    switch self {
    case .null: output += Array("null".utf8)
    case .bool(let bool): output += Array((bool ? "true" : "false").utf8)
    case .number(let text):
      guard let number = JSONNumber.canonical(text) else {
        throw Failure(.jsonMalformed, "canonical JSON", "a number that no double holds exactly")
      }
      output += number
    case .string(let text): try Self.writeCanonical(text, into: &output)
    case .array(let elements):
      output.append(UInt8(ascii: "["))
      for (index, element) in elements.enumerated() {
        if index > 0 { output.append(UInt8(ascii: ",")) }
        try element.writeCanonical(into: &output)
      }
      output.append(UInt8(ascii: "]"))
    case .object(let object):
      // §3.2.3: members sorted by the UTF-16 code units of their keys.
      let members = object.members.sorted { Self.precedesInUTF16($0.key, $1.key) }
      output.append(UInt8(ascii: "{"))
      for (index, member) in members.enumerated() {
        if index > 0 {
          guard members[index - 1].key != member.key else {
            throw Failure(.jsonDuplicateKey, "canonical JSON", "an object names one key twice")
          }
          output.append(UInt8(ascii: ","))
        }
        try Self.writeCanonical(member.key, into: &output)
        output.append(UInt8(ascii: ":"))
        try member.value.writeCanonical(into: &output)
      }
      output.append(UInt8(ascii: "}"))
    }
  }

  /// §3.2.2.2: the two-character escapes where they exist, `\u00xx` for other control characters, all else as it is.
  private static func writeCanonical(_ text: [UInt8], into output: inout [UInt8]) throws(Failure) {
    guard (try? UTF8Span(validating: text.span)) != nil else {
      throw Failure(.jsonMalformed, "canonical JSON", "a string that is no UTF-8")
    }
    output.append(UInt8(ascii: "\""))
    JSONWriter.append(ascii: text, to: &output)
    output.append(UInt8(ascii: "\""))
  }

  /// Whether valid UTF-8 `one` sorts before `other` by UTF-16 code units. UTF-8 sorts by code points; the orders differ
  /// only where U+E000…U+FFFF (lead bytes EE, EF) meet what UTF-16 writes as surrogates (lead bytes F0 and up).
  private static func precedesInUTF16(_ one: [UInt8], _ other: [UInt8]) -> Bool {
    for (a, b) in zip(one, other) where a != b {
      if a >= 0xee, b >= 0xee, (a >= 0xf0) != (b >= 0xf0) { return a >= 0xf0 }
      return a < b
    }
    return one.count < other.count
  }
}

/// Writes documents in member order.
struct JSONWriter {
  private(set) var output: [UInt8] = []
  private let isPretty: Bool

  init(isPretty: Bool) { self.isPretty = isPretty }

  mutating func write(_ value: JSON, level: Int) {
    switch value {
    case .null: output += Array("null".utf8)
    case .bool(let bool): output += Array((bool ? "true" : "false").utf8)
    case .number(let text): output += text
    case .string(let text): write(text)
    case .array(let elements):
      output.append(UInt8(ascii: "["))
      for (index, element) in elements.enumerated() {
        if index > 0 { output.append(UInt8(ascii: ",")) }
        newLine(level + 1)
        write(element, level: level + 1)
      }
      if !elements.isEmpty { newLine(level) }
      output.append(UInt8(ascii: "]"))
    case .object(let object):
      output.append(UInt8(ascii: "{"))
      for (index, member) in object.members.enumerated() {
        if index > 0 { output.append(UInt8(ascii: ",")) }
        newLine(level + 1)
        write(member.key)
        output.append(UInt8(ascii: ":"))
        if isPretty { output.append(0x20) }
        write(member.value, level: level + 1)
      }
      if !object.members.isEmpty { newLine(level) }
      output.append(UInt8(ascii: "}"))
    }
  }

  private mutating func newLine(_ level: Int) {
    guard isPretty else { return }
    output.append(0x0a)
    output += repeatElement(0x20, count: 2 * level)
  }

  private mutating func write(_ text: [UInt8]) {
    output.append(UInt8(ascii: "\""))
    if text.allSatisfy({ $0 < 0x7f }) {
      Self.append(ascii: text, to: &output)
    } else {
      for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
        if scalar.value < 0x7f {
          Self.append(ascii: [UInt8(scalar.value)], to: &output)
        } else if Self.isUnfitForTerminals(scalar) {
          for unit in scalar.utf16 { Self.append(escaped: unit, to: &output) }
        } else {
          output += scalar.utf8
        }
      }
    }
    output.append(UInt8(ascii: "\""))
  }

  private static func isUnfitForTerminals(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: true
    default: false
    }
  }

  /// Bytes of a string, escaped where RFC 8259 §7 wants it; bytes from 80 up pass.
  static func append(ascii text: [UInt8], to output: inout [UInt8]) {
    var run = 0
    for (index, byte) in text.enumerated()
    where byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
      output += text[run..<index]
      run = index + 1
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): output += [UInt8(ascii: "\\"), byte]
      case 0x08: output += Array("\\b".utf8)
      case 0x09: output += Array("\\t".utf8)
      case 0x0a: output += Array("\\n".utf8)
      case 0x0c: output += Array("\\f".utf8)
      case 0x0d: output += Array("\\r".utf8)
      default: append(escaped: UInt16(byte), to: &output)
      }
    }
    output += text[run...]
  }

  private static func append(escaped unit: UInt16, to output: inout [UInt8]) {
    let digits = String(unit, radix: 16)
    output += Array("\\u\(String(repeating: "0", count: 4 - digits.utf8.count))\(digits)".utf8)
  }
}
