import ArgumentParser
import Octets
import Policy
import Reasons
import Store
import Terminal

/// The program's voice: everything that is said to a person beside the result, on standard error.
enum Voice {
  static func say(_ text: String) { Terminal.writeError("assay: \(shown(text))\n") }

  /// Names of files come from media too, as arguments: of what steers a terminal, line breaks alone pass.
  private static func shown(_ text: String) -> String {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    return lines.map { printable(String($0), limit: 4096) }.joined(separator: "\n")
  }

  static func warn(_ text: String) { say("warning: \(text)") }

  /// What is always said where nothing is signed.
  static func sayUnprovisioned() { say("Not signed or recorded: run `assay init`") }

  /// Says what ended the command.
  /// - Returns: the exit status that belongs to it.
  static func explain(_ error: any Error) -> Int32 {
    switch error {
    case let code as ExitCode: return code.rawValue
    case let mistake as UsageMistake:
      say("\(mistake)")
      return ExitStatus.usage
    case let failure as Failure:
      say("\(sentence(failure))\n       \(failure.reason.explanation.remedy)")
      return ExitStatus.of(Verdict([failure]))
    default:
      let status = Assay.exitCode(for: error).rawValue
      let message = Assay.fullMessage(for: error)
      // Help and version are results; everything else is the voice.
      if status == 0 { return Terminal.writeOutput(message + "\n") ? 0 : ExitStatus.failure }
      // What the argument parser does not know is a failure of ours; its own words come with the usage.
      if status == ExitStatus.failure { say(trouble(error)) } else { Terminal.writeError(shown(message) + "\n") }
      return status
    }
  }

  /// `disk.full: The disk that holds … is full; …`
  static func trouble(_ error: any Error) -> String {
    guard let trouble = Trouble(error) else { return "\(error)" }
    // What the store says of itself says what to do.
    return "\(trouble.rawValue): \(error)" + (error is StoreError ? "" : "\n       \(trouble.remedy(error))")
  }

  /// `archive.truncated: good.tar: layer (byte 1024): 512 bytes wanted, 100 left`
  static func sentence(_ failure: Failure) -> String {
    let place = failure.offset.map { " (at byte \($0))" } ?? ""
    let words = failure.detail.isEmpty ? failure.reason.explanation.meaning : failure.detail
    return "\(failure.reason.rawValue): \(printable(failure.subject))\(place): \(printable(words))"
  }
}

/// Something that the user can put right in the command itself.
struct UsageMistake: Error, CustomStringConvertible {
  let description: String
  init(_ text: String) { description = text }
}
