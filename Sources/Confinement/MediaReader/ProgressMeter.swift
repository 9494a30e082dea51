import Synchronization

/// Tells how far the reading has come, from any thread, at most ten times a second.
final class ProgressMeter: Sendable {
  typealias Report = @Sendable (_ done: UInt64, _ total: UInt64?) -> Void

  private static let interval = Duration.milliseconds(100)

  private struct State {
    var done: UInt64 = 0
    var next: ContinuousClock.Instant
  }

  private let report: Report?
  private let total: UInt64?
  private let state: Mutex<State>

  /// - Parameter total: bytes to come, where known.
  init(total: UInt64?, _ report: Report?) {
    self.total = total
    self.report = report
    state = Mutex(State(next: .now))
  }

  /// Bytes so far.
  var done: UInt64 { state.withLock { $0.done } }

  func advance(_ bytes: Int) {
    let due: UInt64? = state.withLock { state in
      state.done += UInt64(bytes)
      if report == nil { return nil }
      let now = ContinuousClock.now
      guard now >= state.next else { return nil }
      state.next = now + Self.interval
      return state.done
    }
    if let due { report?(due, total) }
  }
}
