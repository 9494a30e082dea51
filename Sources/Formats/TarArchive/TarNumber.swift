/// Numbers in header fields.
enum TarNumber {
  /// Octal digits, spaces before them, a NUL or space behind; or, with the top bit set, GNU's base-256 (big-endian).
  ///
  /// Returns nil for anything else, and for numbers that are negative or above 2⁶³−1. Readers disagree about empty
  /// fields and stray bytes, so neither is a number here.
  static func parse(_ field: ArraySlice<UInt8>) -> UInt64? {
    guard let first = field.first else { return nil }
    let value = first & 0x80 != 0 ? base256(field) : octal(field)
    return value.flatMap { $0 <= UInt64(Int64.max) ? $0 : nil }
  }

  private static func octal(_ field: ArraySlice<UInt8>) -> UInt64? {
    let digits = field.drop { $0 == 0x20 }.prefix { (0x30...0x37).contains($0) }
    // 21 digits hold 63 bits.
    guard !digits.isEmpty, digits.count <= 21, field[digits.endIndex...].allSatisfy({ $0 == 0 || $0 == 0x20 }) else {
      return nil
    }
    return digits.reduce(0) { $0 << 3 | UInt64($1 - 0x30) }
  }

  private static func base256(_ field: ArraySlice<UInt8>) -> UInt64? {
    // 0xff begins a negative number.
    guard field.first == 0x80, field.dropLast(8).dropFirst().allSatisfy({ $0 == 0 }), field.count > 8 else {
      return nil
    }
    return field.suffix(8).reduce(0) { $0 << 8 | UInt64($1) }
  }
}
