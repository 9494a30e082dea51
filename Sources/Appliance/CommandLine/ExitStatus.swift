import ArgumentParser
import Policy

/// What the shell hears. 1 stays a failure of the program and 64 a usage error, so that neither a crash nor a typo
/// reads as a verdict.
enum ExitStatus {
  static let failure: Int32 = 1
  static let usage: Int32 = 64

  static func of(_ verdict: Verdict) -> Int32 {
    switch verdict {
    case .admit: 0
    case .refuse: 3
    case .incomplete: 4
    }
  }
}

extension Verdict {
  /// Ends the command with the verdict's status.
  func exit() throws {
    let status = ExitStatus.of(self)
    if status != 0 { throw ExitCode(status) }
  }
}
