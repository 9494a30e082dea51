/// Numbers as RFC 8259 §6 writes them, and as ECMAScript does.
enum JSONNumber {
  /// The end of the longest number that starts at `start`; nil where none does.
  static func end(in bytes: [UInt8], from start: Int) -> Int? {
    var index = start
    func isDigit() -> Bool { index < bytes.count && (0x30...0x39).contains(bytes[index]) }
    func isMark(_ mark: UInt8) -> Bool { index < bytes.count && bytes[index] == mark }
    func digits() -> Bool {
      guard isDigit() else { return false }
      while isDigit() { index += 1 }
      return true
    }
    if isMark(UInt8(ascii: "-")) { index += 1 }
    if isMark(UInt8(ascii: "0")) {
      index += 1
      if isDigit() { return nil }
    } else {
      guard digits() else { return nil }
    }
    if isMark(UInt8(ascii: ".")) {
      index += 1
      guard digits() else { return nil }
    }
    if isMark(UInt8(ascii: "e")) || isMark(UInt8(ascii: "E")) {
      index += 1
      if isMark(UInt8(ascii: "+")) || isMark(UInt8(ascii: "-")) { index += 1 }
      guard digits() else { return nil }
    }
    return index
  }

  /// The value of a number in integer syntax: no fraction, no exponent. Nil for others, and beyond Int64.
  static func integer(_ text: [UInt8]) -> Int64? {
    guard !text.isEmpty, end(in: text, from: 0) == text.count else { return nil }
    let isNegative = text[0] == UInt8(ascii: "-")
    var value: Int64 = 0
    for digit in text[(isNegative ? 1 : 0)...] {
      guard (0x30...0x39).contains(digit) else { return nil }
      // Downwards from zero, because Int64 reaches one further there.
      let (shifted, tooLarge) = value.multipliedReportingOverflow(by: 10)
      let (sum, tooLow) = shifted.subtractingReportingOverflow(Int64(digit - 0x30))
      guard !tooLarge, !tooLow else { return nil }
      value = sum
    }
    if isNegative { return value }
    return value == .min ? nil : -value
  }

  /// RFC 8785 §3.2.2.3: the double as ECMAScript's Number::toString writes it.
  /// Nil where the text is no number, exceeds a double, or is an integer that a double cannot hold: two such documents
  /// would have one canonical form. (Integers whose text is canonical already are no such case.)
  static func canonical(_ text: [UInt8]) -> [UInt8]? {
    guard end(in: text, from: 0) == text.count, let value = Double(String(decoding: text, as: UTF8.self)),
      value.isFinite
    else { return nil }
    let canonical = ecmaScript(value)
    let isInteger = !text.contains { $0 == UInt8(ascii: ".") || $0 | 0x20 == UInt8(ascii: "e") }
    if isInteger, canonical != text, value != 0 { return nil }
    return canonical
  }

  /// ECMA-262 §6.1.6.1.20 for finite values. Swift's own description has the same digits: the shortest that read back as
  /// this double, and of those the nearest; only their dress differs.
  static func ecmaScript(_ value: Double) -> [UInt8] {
    if value == 0 { return [0x30] }
    var digits: [UInt8] = []
    // The value is 0.DIGITS × 10^point.
    var point = 0
    var exponent = 0
    var isBehindPoint = false
    let description = Array(value.magnitude.description.utf8)
    for (index, character) in description.enumerated() {
      if character == UInt8(ascii: "e") {
        exponent = Int(String(decoding: description[(index + 1)...], as: UTF8.self)) ?? 0
        break
      }
      if character == UInt8(ascii: ".") {
        isBehindPoint = true
        continue
      }
      if digits.isEmpty && character == 0x30 {
        if isBehindPoint { point -= 1 }
        continue
      }
      digits.append(character)
      if !isBehindPoint { point += 1 }
    }
    while digits.last == 0x30 { digits.removeLast() }
    point += exponent
    let zeros = { (count: Int) in [UInt8](repeating: 0x30, count: count) }
    var text: [UInt8] = value < 0 ? [UInt8(ascii: "-")] : []
    switch point {
    case digits.count...21: text += digits + zeros(point - digits.count)
    case 1...21: text += digits[..<point] + [UInt8(ascii: ".")] + digits[point...]
    case -5...0: text += Array("0.".utf8) + zeros(-point) + digits
    default:
      text.append(digits[0])
      if digits.count > 1 { text += [UInt8(ascii: ".")] + digits[1...] }
      text += Array("e\(point > 0 ? "+" : "-")\((point - 1).magnitude)".utf8)
    }
    return text
  }
}
