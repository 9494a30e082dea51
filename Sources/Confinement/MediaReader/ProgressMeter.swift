import Synchronization

/// Tells how far the reading has come, from any thread, at most ten times a second, and each time further than before.
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
    state.withLock { state in
      state.done += UInt64(bytes)
      guard let report, bytes > 0 else { return }
      let now = ContinuousClock.now
      guard now >= state.next else { return }
      state.next = now + Self.interval
      // Under the lock: of two threads the first would otherwise be heard last.
      report(state.done, total)
    }
  }
}
