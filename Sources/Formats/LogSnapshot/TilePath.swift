import SignedNote

/// A tile's number and width as C2SP tlog-tiles spells them in paths: `x001/x234/067`, with `.p/112` where it is partial.
package struct TilePath: Hashable, Sendable {
  /// Hashes of a full tile.
  package static let fullWidth = 256
  /// Parts of the number of the last leaf that there can be, in threes of digits.
  private static let mostParts = 7

  /// Which tile of its level, from the left.
  package let number: UInt64
  /// Hashes in it, 1 to 256.
  package let width: Int

  /// - Precondition: 1 ≤ width ≤ 256.
  package init(number: UInt64, width: Int = Self.fullWidth) {
    precondition((1...Self.fullWidth).contains(width))
    self.number = number
    self.width = width
  }

  /// Nil for any but the one spelling.
  init?(parsing parts: ArraySlice<ArraySlice<UInt8>>) {
    var parts = parts
    var width = Self.fullWidth
    if let last = parts.last, parts.count >= 2, let stem = Self.partial(parts[parts.endIndex - 2]) {
      guard last.count <= 3, let stated = Checkpoint.decimal(last), (1..<256).contains(stated) else { return nil }
      width = Int(stated)
      parts = parts.dropLast()
      parts[parts.endIndex - 1] = stem
    }
    guard let last = parts.last, parts.count <= Self.mostParts, let low = Self.digits(last) else { return nil }
    var number: UInt64 = 0
    for part in parts.dropLast() {
      guard part.first == UInt8(ascii: "x"), let value = Self.digits(part.dropFirst()) else { return nil }
      // A leading part of zeros would be a second spelling.
      guard number > 0 || value > 0 else { return nil }
      number = number * 1000 + value
    }
    // Seven parts never overflow 2^64 by more than a digit: 10^21 does, so that it is looked at.
    let (shifted, overflows) = number.multipliedReportingOverflow(by: 1000)
    guard !overflows, shifted <= UInt64(Int64.max) - low else { return nil }
    self.number = shifted + low
    self.width = width
  }

  package var text: String {
    func digits(_ part: UInt64) -> String { String(String(part + 1000).dropFirst()) }
    var path = digits(number % 1000)
    var rest = number / 1000
    while rest > 0 {
      path = "x\(digits(rest % 1000))/\(path)"
      rest /= 1000
    }
    return width == Self.fullWidth ? path : "\(path).p/\(width)"
  }

  /// `067.p` without its ending.
  private static func partial(_ part: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    part.suffix(2).elementsEqual(".p".utf8) ? part.dropLast(2) : nil
  }

  private static func digits(_ part: ArraySlice<UInt8>) -> UInt64? {
    guard part.count == 3, part.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return part.reduce(0) { $0 * 10 + UInt64($1 - 0x30) }
  }
}
