import Files

/// The disk that a result was to go to takes nothing.
struct OutputTrouble: Error, CustomStringConvertible {
  let path: String
  let error: FileError

  var description: String { "\(path): \(error)" }

  /// A trouble of the disk, or a mistake in the command.
  static func of(_ path: String, _ error: FileError) -> any Error {
    error.isFull || error.isReadOnly
      ? OutputTrouble(path: path, error: error) : UsageMistake("Cannot write \(path): \(error)")
  }
}

/// A result that is a file of the operator's, or standard output.
enum OutputFile {
  /// - Throws: `UsageMistake` where something has this name, or it cannot be written.
  static func write(_ bytes: [UInt8], to path: String?) throws {
    guard let path else { return try Render.write(String(decoding: bytes, as: UTF8.self)) }
    guard !DurableFile.isTaken(path) else { throw UsageMistake("\(path) is there already; name a new file.") }
    do throws(FileError) {
      try DurableFile.write(bytes, to: path)
    } catch {
      throw OutputTrouble.of(path, error)
    }
  }

  /// Found out before anything is recorded that speaks of it.
  static func verifyNewFolder(_ path: String) throws {
    guard !DurableFile.isTaken(path) else { throw UsageMistake("\(path) is there already; name a new folder.") }
    do throws(FileError) {
      try DurableFile.makeFolder(path)
      try DurableFile.removeTree(path)
    } catch {
      throw OutputTrouble.of(path, error)
    }
  }
}
