import Glibc

/// How long a busy TPM is waited for.
///
/// ESAPI itself tries a RETRY, TESTING or YIELDED five times at once and knows nothing of the others.
package struct Patience: Sendable {
  /// Called between tries.
  private let sleep: @Sendable (Duration) -> Void

  package init(sleep: @escaping @Sendable (Duration) -> Void) { self.sleep = sleep }

  static let usual = Patience { time in
    let (seconds, attoseconds) = time.components
    var span = timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
    nanosleep(&span, nil)
  }

  /// Tries before giving up, the first included.
  package static let tries = 7

  /// The pause after the try number `attempt` (from 1), or nil where waiting helps nothing.
  ///
  /// NV_RATE and NV_UNAVAILABLE protect the chip's flash and last for seconds: 1, 2, 4 … 30 s. RETRY, YIELDED and
  /// TESTING pass quickly: 20, 40 … 640 ms (Part 2 §6.6.3).
  static func pause(after attempt: Int, code: UInt32) -> Duration? {
    guard attempt < tries else { return nil }
    let factor = 1 << (attempt - 1)
    switch TPMError.base(code) {
    case 0x920, 0x923: return .seconds(min(factor, 30))
    case 0x908, 0x90A, 0x922: return .milliseconds(20 * factor)
    default: return nil
    }
  }

  /// Runs a command until it gives anything but a code that waiting may cure.
  package func run(_ operation: String, _ command: () -> UInt32) throws(TPMError) {
    var attempt = 1
    while true {
      let code = command()
      if code == 0 { return }
      guard let pause = Self.pause(after: attempt, code: code) else { throw TPMError(code: code, operation) }
      sleep(pause)
      attempt += 1
    }
  }
}
