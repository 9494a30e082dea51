import Files
import Reasons

/// A file and what the system said of it when reading began.
struct ReadableFile: Sendable {
  let file: OpenFile
  let status: FileStatus

  init(_ file: OpenFile) throws(FileError) {
    self.file = file
    status = try file.status()
  }

  /// Throws `failure` if anybody wrote to the file since: what was hashed may never have been its contents.
  func verifyUnchanged(_ failure: (String) -> Failure) throws(Failure) {
    let now: FileStatus
    do throws(FileError) { now = try file.status() } catch { throw failure(error.description) }
    guard now == status else { throw failure("it was changed while it was read") }
  }
}

/// Asks the system for something of `subject`; where it declines, that is `archive.unreadable`.
func reading<Answer>(
  _ subject: @autoclosure () -> String, at offset: UInt64? = nil, _ ask: () throws(FileError) -> Answer
) throws(Failure) -> Answer {
  do throws(FileError) { return try ask() } catch {
    throw Failure(.archiveUnreadable, subject(), at: offset, error.description)
  }
}
