import Octets

/// Whether a time is recent enough, and until when.
struct AgeCheck {
  /// How far ahead of the appliance the clock of a scanner may be.
  private static let tolerance: Int64 = 86_400

  /// From when on it is too old.
  let until: UnixTime
  /// Words for why it is not recent enough; nil where it is.
  let trouble: String?
  /// Whether it lies in the future, so that it tells no age.
  let isAhead: Bool

  init(_ time: UnixTime, _ span: Span, _ now: UnixTime) {
    until = span.end(after: time)
    isAhead = time.seconds - Self.tolerance > now.seconds
    if isAhead {
      trouble = "\(time), which has not come: it is \(now)"
    } else if now >= until {
      let (age, isTooLarge) = now.seconds.subtractingReportingOverflow(time.seconds)
      trouble = "\(time), which is \(Span(seconds: isTooLarge ? .max : age).roughly) ago; allowed is \(span.wording)"
    } else {
      trouble = nil
    }
  }
}

extension Span {
  /// In the largest unit that it has one of.
  fileprivate var roughly: String {
    switch seconds {
    case 172_800...: "\(seconds / 86_400) days"
    case 7200...: "\(seconds / 3600) hours"
    default: "\(seconds) seconds"
    }
  }
}
