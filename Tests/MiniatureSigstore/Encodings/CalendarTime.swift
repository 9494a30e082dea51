import Glibc

/// A moment in UTC, taken apart. Proleptic Gregorian calendar, no leap seconds.
struct CalendarTime {
  let year: Int64
  let month: Int64
  let day: Int64
  let hour: Int64
  let minute: Int64
  let second: Int64

  init(_ unix: Int64) {
    let days = unix >= 0 ? unix / 86400 : (unix - 86399) / 86400
    let rest = unix - days * 86400
    hour = rest / 3600
    minute = rest % 3600 / 60
    second = rest % 60
    // Days since 0000-03-01, in eras of 400 years.
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  /// `20260131235959Z`
  var generalized: String { padded(year, 4) + padded(month) + padded(day) + clock("") + "Z" }
  /// `260131235959Z`
  var short: String { String(generalized.dropFirst(2)) }
  /// `2026-01-31T23:59:59Z`
  var iso8601: String { "\(padded(year, 4))-\(padded(month))-\(padded(day))T\(clock(":"))Z" }

  private func clock(_ separator: String) -> String {
    padded(hour) + separator + padded(minute) + separator + padded(second)
  }

  private func padded(_ value: Int64, _ width: Int = 2) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, width - text.count)) + text
  }
}

/// `2026-01-31T23:59:59Z`
package func iso8601(_ unix: Int64) -> String { CalendarTime(unix).iso8601 }

/// The machine's clock, Unix seconds.
package func currentTime() -> Int64 { Int64(time(nil)) }
