import Octets
import Synchronization
import Terminal

/// Rate and remaining time on standard error, where that is a screen and the work takes longer than a second.
final class Progress: Sendable {
  private let label: String
  private let start = monotonicSeconds()
  private let drawn = Mutex(false)
  /// Seconds beyond which nobody is told how long it will take.
  private static let longest = 1e7

  private init(_ label: String) { self.label = label }

  /// Nil where nobody watches.
  static func onScreen(_ label: String) -> Progress? { Terminal.errorIsScreen ? Progress(printable(label)) : nil }

  func update(_ done: UInt64, _ total: UInt64?) {
    let elapsed = monotonicSeconds() - start
    guard elapsed > 1 else { return }
    let rate = Double(done) / elapsed
    var line = "\(label)  \(Quantity.bytes(done))"
    if let total, total > 0 {
      line += " of \(Quantity.bytes(total))"
      // A reader's word: any two numbers.
      let left = Double(total - min(done, total)) / rate + 0.5
      if left < Self.longest { line += "  \(Int(left)) s left" }
    }
    line += "  \(Quantity.bytes(UInt64(rate)))/s"
    drawn.withLock { $0 = true }
    Terminal.writeError("\r\u{1b}[K\(line)")
  }

  func end() {
    drawn.withLock { wasDrawn in
      if wasDrawn { Terminal.writeError("\r\u{1b}[K") }
      wasDrawn = false
    }
  }
}

/// Numbers as people read them.
enum Quantity {
  /// `1 leaf`, `2 leaves`.
  static func count(_ number: some BinaryInteger, _ one: String, _ many: String? = nil) -> String {
    "\(number) \(number == 1 ? one : many ?? one + "s")"
  }

  static func bytes(_ count: UInt64) -> String {
    let units = ["B", "kB", "MB", "GB", "TB"]
    var value = Double(count)
    var unit = 0
    while value >= 1000, unit < units.count - 1 {
      value /= 1000
      unit += 1
    }
    if unit == 0 { return "\(count) B" }
    let tenths = UInt64((value * 10).rounded())
    return "\(tenths / 10).\(tenths % 10) \(units[unit])"
  }
}
