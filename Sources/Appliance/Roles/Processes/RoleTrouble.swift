import Channel
import Files
import Octets
import Processes

/// A role that does not run: a trouble of this machine, and no verdict on anything.
package struct RoleTrouble: Error, CustomStringConvertible {
  package let description: String

  /// A role that cannot confine itself does not run.
  init(_ role: String, _ words: String) {
    // Only what the kernel lacks is done without: other causes are mended.
    description =
      "The \(role) cannot confine itself (\(words)), so it does not run."
      + (words.hasPrefix("seccomp")
        ? " Assay needs a kernel with seccomp; on one without it, --unconfined does without, and the report says so."
        : "")
  }

  /// Nothing is wrong with the medium.
  init(starting subject: String, _ error: FileError) {
    description = "No reader or prover of \(printable(subject)) can be started: \(error)"
  }

  /// Whoever started it does not say that it has ended.
  init(unendedReaderOf subject: String) {
    description =
      "Nobody knows whether the reader of \(printable(subject)) has ended, so nothing that it left is used. Run the command again."
  }

  /// The process that started it is gone.
  init(lostAbout subject: String) {
    description =
      "The process that starts readers and provers has ended, and with it those at work on \(printable(subject)). Run the command again."
  }

  /// No hostile byte reaches the starter, so that nothing on a medium can have ended it.
  init(starter error: ChannelError, _ ending: ChildProcess.End?) {
    let what =
      switch error {
      case .silent: "says nothing: a path on a medium that no longer answers may hold it"
      case .forbidden(let words): "said \(words)"
      case .ended, .system: ending?.words ?? "ended without an answer"
      }
    description = "No reader or prover can be started: the process that starts them \(what). Run the command again."
  }
}
