package import LedgerLeaf
package import Octets

/// What the machine may believe about time: never one number, and never its own clock alone.
package enum TimeRules {
  /// A day in seconds.
  private static let day: Int64 = 86_400
  /// Signed times that lie further than this above the floor, and beyond the machine's clock, do not raise it: a floor
  /// that was raised wrongly stays for ever, and makes everything look expired.
  package static let farthestJump: Int64 = 400 * day
  /// What two clocks may differ by and still agree, per elapsed time: one in fifty, and never less than two minutes.
  private static let slack: Int64 = 120

  /// Whether a time that somebody signed may become the floor.
  ///
  /// - Parameters:
  ///   - floor: the floor so far; nil before the first.
  ///   - clock: the machine's clock: it confirms, and never raises by itself.
  package static func mayRaise(_ floor: UnixTime?, to signed: UnixTime, clock: UnixTime) -> Bool {
    if let floor, signed <= floor { return false }
    if signed.seconds <= clock.seconds + day { return true }
    guard let floor else { return false }
    let (jump, overflows) = signed.seconds.subtractingReportingOverflow(floor.seconds)
    return !overflows && jump <= farthestJump
  }

  /// The time for every check of expiry: a clock that was set back gains nothing, one set forward harms nothing for long.
  package static func effective(clock: UnixTime, floor: UnixTime?) -> UnixTime { max(clock, floor ?? clock) }

  /// What the TPM's clock says of the machine's, since a medium was last recorded.
  package enum ClockCheck: Hashable, Sendable {
    /// Both ran on alike.
    case consistent
    /// The machine's clock was set by about so many seconds.
    case jump(seconds: Int64)
    /// Another start of the machine, or the first reading: there is nothing to compare with.
    case noReference
    /// The machine's clock shows a time before the floor.
    case behindFloor
  }

  package static func check(
    clock: UnixTime, tpm: TPMClock, since last: (claimed: UnixTime, tpm: TPMClock)?, floor: UnixTime?
  ) -> ClockCheck {
    if let floor, clock < floor { return .behindFloor }
    guard let last, last.tpm.resets == tpm.resets, tpm.milliseconds >= last.tpm.milliseconds else {
      return .noReference
    }
    let passed = Int64(clamping: (tpm.milliseconds - last.tpm.milliseconds) / 1000)
    let (claimed, overflows) = clock.seconds.subtractingReportingOverflow(last.claimed.seconds)
    guard !overflows else { return .jump(seconds: clock < last.claimed ? .min : .max) }
    let difference = claimed.subtractingReportingOverflow(passed)
    guard !difference.overflow else { return .jump(seconds: claimed < 0 ? .min : .max) }
    return difference.partialValue.magnitude <= UInt64(max(slack, passed / 50))
      ? .consistent : .jump(seconds: difference.partialValue)
  }
}
