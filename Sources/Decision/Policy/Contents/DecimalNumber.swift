/// A JSON number (RFC 8259 §6) as what its text says, to the last digit: no double comes between.
struct DecimalNumber: Comparable, Hashable {
  /// Digits of a number, and of its exponent; beyond them it is none that is compared.
  static let mostDigits = 1024

  private let isNegative: Bool
  /// Without zeros at either end; empty for zero.
  private let digits: [UInt8]
  /// The value is 0.DIGITS × 10^point.
  private let point: Int

  /// Nil where the text is too long, or its exponent is. The text must be a JSON number.
  init?(_ text: [UInt8]) {
    guard text.count <= Self.mostDigits else { return nil }
    let mark = text.firstIndex { $0 | 0x20 == UInt8(ascii: "e") } ?? text.count
    var exponent = 0
    if mark < text.count {
      let part = text[(mark + 1)...]
      let figures = part.drop { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") }
      guard figures.count <= 9 else { return nil }
      exponent = figures.reduce(0) { $0 * 10 + Int($1 - 0x30) }
      if part.first == UInt8(ascii: "-") { exponent = -exponent }
    }
    let mantissa = text[..<mark].drop { $0 == UInt8(ascii: "-") }
    let parts = mantissa.split(separator: UInt8(ascii: "."), maxSplits: 1)
    var digits = Array(parts.joined())
    var point = parts.first?.count ?? 0
    let zeros = digits.prefix { $0 == 0x30 }.count
    digits.removeFirst(zeros)
    point -= zeros
    while digits.last == 0x30 { digits.removeLast() }
    self.digits = digits
    self.point = digits.isEmpty ? 0 : point + exponent
    isNegative = text.first == UInt8(ascii: "-") && !digits.isEmpty
  }

  static func < (one: DecimalNumber, other: DecimalNumber) -> Bool {
    if one.isNegative != other.isNegative { return one.isNegative }
    return one.isNegative ? other.isSmaller(than: one) : one.isSmaller(than: other)
  }

  /// By magnitude.
  private func isSmaller(than other: DecimalNumber) -> Bool {
    if digits.isEmpty || other.digits.isEmpty { return digits.isEmpty && !other.digits.isEmpty }
    if point != other.point { return point < other.point }
    return digits.lexicographicallyPrecedes(other.digits)
  }
}
