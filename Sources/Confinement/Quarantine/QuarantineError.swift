package import Files
import Octets
package import Reasons

/// Why the quarantine did not do what was asked.
package enum QuarantineError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The medium's own fault, or a copy that is not what it was.
  case input(Failure)
  /// The disk would be left with less than its reserve. Bytes; both may be more than they say in a moment.
  case noSpace(needed: UInt64, available: UInt64)
  /// Somebody else works here; nil where it does not say who.
  case held(by: Int32?)
  /// Our own disk; the file below the quarantine, and what the system said.
  case file(String, FileError)
  case unknownMedium(String)
  /// Not copied to its end, and asked for as if it were.
  case notCopied(String)

  package var description: String {
    switch self {
    case .input(let failure): "\(failure)"
    case .noSpace(let needed, let available):
      "the disk takes \(available) more bytes, its reserve left alone, and \(needed) are needed"
    case .held(let holder): holder.map { "process \($0) works in the quarantine" } ?? "the quarantine is in use"
    case .file(let name, let error): "quarantine: \(name): \(error)"
    case .unknownMedium(let id): "no medium \(printable(id)) is in the quarantine"
    case .notCopied(let id): "medium \(id) was not copied to its end"
    }
  }
}

/// Asks the system for something of one of our own files.
func storing<Answer>(
  _ name: @autoclosure () -> String, _ ask: () throws(FileError) -> Answer
) throws(QuarantineError) -> Answer {
  do throws(FileError) { return try ask() } catch { throw .file(name(), error) }
}

/// What hostile input makes of a step.
func judging<Answer>(_ step: () throws(Failure) -> Answer) throws(QuarantineError) -> Answer {
  do throws(Failure) { return try step() } catch { throw .input(error) }
}

/// - Parameter waiting: how long for those who have it.
func locking(
  _ name: String, in folder: Directory, _ sharing: FileLock.Sharing, waiting: Duration
) throws(QuarantineError) -> FileLock {
  do throws(FileLock.Failure) {
    return try FileLock(Array(name.utf8), in: folder, sharing, waiting: waiting)
  } catch {
    switch error {
    case .held(let holder): throw .held(by: holder)
    case .file(let error): throw .file(name, error)
    }
  }
}
