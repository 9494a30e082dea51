package import Files
package import Reasons

/// Why a snapshot was not made. Nothing was written then.
package enum SnapshotError: Error, Hashable, Sendable {
  /// Something in the command is to be put right.
  case mistake(String)
  /// What was fetched does not hold.
  case refused(Failure)
  /// More must be fetched first.
  case wanted(Wanted)
  case file(path: String, FileError)

  /// What is still to be fetched from the log, and how.
  package struct Wanted: Hashable, Sendable {
    /// What stands against the snapshot, a sentence each.
    package let sentences: [String]
    /// A line of a shell for each file.
    package let commands: [String]
  }
}

extension SnapshotError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .mistake(let words): words
    case .refused(let failure): failure.description
    case .wanted(let wanted): (wanted.sentences + wanted.commands).joined(separator: "\n")
    case .file(let path, let error): "Cannot use \(path): \(error)"
    }
  }
}

/// Does what fails by a reason.
func checked<Result>(_ body: () throws(Failure) -> Result) throws(SnapshotError) -> Result {
  do throws(Failure) { return try body() } catch { throw .refused(error) }
}

/// Does what fails by the system.
func file<Result>(_ path: String, _ body: () throws(FileError) -> Result) throws(SnapshotError) -> Result {
  do throws(FileError) { return try body() } catch { throw .file(path: path, error) }
}
