import ArgumentParser
import Policy

/// Standard output of work that goes on when nobody reads it any more: what remains is judged and recorded all the same.
struct ResultStream {
  private var isLost = false

  mutating func write(_ result: () throws -> Void) throws {
    if isLost { return }
    do { try result() } catch let loss as OutputLost {
      isLost = true
      Voice.say("\(loss) The work goes on, and is recorded where there is a store.")
    }
  }

  /// Ends the command with the verdict's status. A result that did not arrive must not end as an admission.
  func end(with verdict: Verdict) throws {
    try verdict.exit()
    if isLost { throw ExitCode(ExitStatus.failure) }
  }
}
