/// Seconds since 1970-01-01T00:00:00Z, leap seconds not counted.
package struct UnixTime: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let seconds: Int64

  package init(_ seconds: Int64) { self.seconds = seconds }

  package static func < (one: UnixTime, other: UnixTime) -> Bool { one.seconds < other.seconds }

  /// RFC 3339 in UTC, whole seconds: `2026-11-23T20:07:06Z`.
  package var description: String {
    // Civil date from days, by eras of 400 years that begin on 1 March.
    let (days, clock) = Self.floorDivide(seconds, 86_400)
    let (era, dayOfEra) = Self.floorDivide(days + 719_468, 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * shifted + 2) / 5 + 1
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    func pad(_ value: Int64, _ width: Int) -> String {
      let text = String(value.magnitude)
      return (value < 0 ? "-" : "") + String(repeating: "0", count: max(0, width - text.utf8.count)) + text
    }
    return "\(pad(year, 4))-\(pad(month, 2))-\(pad(day, 2))"
      + "T\(pad(clock / 3600, 2)):\(pad(clock / 60 % 60, 2)):\(pad(clock % 60, 2))Z"
  }

  /// Reads RFC 3339 date-times with any offset; a fraction is cut off. Nil where the text is none, the date does
  /// not exist, or the second is a leap second, which Unix time cannot name.
  package init?(rfc3339 text: [UInt8]) {
    func number(_ range: Range<Int>) -> Int64? {
      guard range.upperBound <= text.count else { return nil }
      var value: Int64 = 0
      for character in text[range] {
        guard (0x30...0x39).contains(character) else { return nil }
        value = value * 10 + Int64(character - 0x30)
      }
      return value
    }
    func isMark(_ index: Int, _ mark: Character) -> Bool { index < text.count && text[index] == mark.asciiValue }
    guard text.count >= 20, isMark(4, "-"), isMark(7, "-"), isMark(10, "T") || isMark(10, "t"), isMark(13, ":"),
      isMark(16, ":"), let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
      let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19),
      (1...12).contains(month), hour < 24, minute < 60, second < 60
    else { return nil }
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let lengths: [Int64] = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    guard (1...lengths[Int(month) - 1]).contains(day) else { return nil }
    var index = 19
    if isMark(index, ".") {
      let start = index + 1
      index = start
      while index < text.count, (0x30...0x39).contains(text[index]) { index += 1 }
      guard index > start else { return nil }
    }
    var offset: Int64 = 0
    if isMark(index, "Z") || isMark(index, "z") {
      index += 1
    } else if isMark(index, "+") || isMark(index, "-"), isMark(index + 3, ":"),
      let hours = number(index + 1..<index + 3), let minutes = number(index + 4..<index + 6), hours < 24, minutes < 60
    {
      offset = (hours * 60 + minutes) * (isMark(index, "-") ? -60 : 60)
      index += 6
    } else {
      return nil
    }
    guard index == text.count else { return nil }
    let shiftedYear = month <= 2 ? year - 1 : year
    let (era, yearOfEra) = Self.floorDivide(shiftedYear, 400)
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let days = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    seconds = days * 86_400 + hour * 3600 + minute * 60 + second - offset
  }

  /// Never overflows for `by` ≥ 2.
  private static func floorDivide(_ value: Int64, _ by: Int64) -> (quotient: Int64, remainder: Int64) {
    let (quotient, remainder) = value.quotientAndRemainder(dividingBy: by)
    return remainder < 0 ? (quotient - 1, remainder + by) : (quotient, remainder)
  }
}

/// A span that includes both ends; an absent end is open. Sigstore's `TimeRange`.
package struct Validity: Hashable, Sendable {
  package let start: UnixTime
  package let end: UnixTime?

  package init(from start: UnixTime, through end: UnixTime?) {
    self.start = start
    self.end = end
  }

  package func contains(_ time: UnixTime) -> Bool { start <= time && end.map { time <= $0 } ?? true }
}
