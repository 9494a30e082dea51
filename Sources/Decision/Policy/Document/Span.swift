package import Octets
package import Reasons
package import StrictJSON

/// A length of time in a policy: `30d`, `12h`, `5m`, `90s`.
package struct Span: Hashable, Sendable {
  /// A hundred years.
  private static let mostSeconds: Int64 = 100 * 365 * 86_400
  /// The largest first: a span is written in the largest unit that says it exactly.
  private static let units: [(letter: Unicode.Scalar, seconds: Int64)] = [
    ("d", 86_400), ("h", 3600), ("m", 60), ("s", 1),
  ]

  /// At least 1.
  package let seconds: Int64

  package init(seconds: Int64) { self.seconds = min(max(1, seconds), Self.mostSeconds) }

  /// - Throws: the document's reason for anything but a whole number from 1 on and one letter.
  package init(_ node: JSONNode) throws(Failure) {
    let text = try node.bytes()
    let digits = text.dropLast()
    guard let letter = text.last, let unit = Self.units.first(where: { $0.letter.value == UInt32(letter) }),
      (1...9).contains(digits.count), digits.first != 0x30, digits.allSatisfy({ (0x30...0x39).contains($0) })
    else { throw node.failure("a span is wanted, like 30d, 12h, 5m or 90s") }
    let number = digits.reduce(Int64(0)) { $0 * 10 + Int64($1 - 0x30) }
    guard number * unit.seconds <= Self.mostSeconds else { throw node.failure("longer than a hundred years") }
    seconds = number * unit.seconds
  }

  /// When it has passed since a time.
  package func end(after time: UnixTime) -> UnixTime {
    UnixTime(time.seconds.addingReportingOverflow(seconds).partialValue)
  }

  package var wording: String {
    for unit in Self.units where seconds % unit.seconds == 0 { return "\(seconds / unit.seconds)\(unit.letter)" }
    return "\(seconds)s"
  }

  package var json: JSON { .text(wording) }
}
