import Files
import TarArchive

/// Writes a snapshot's tar. Its name stands for the whole, or for nothing: whoever lets it go before leaves no file.
final class SnapshotWriter {
  private let out: String
  private let tar: GrowingFile
  private(set) var files = 0
  private(set) var bytes: Int64 = 0

  /// - Throws: `.mistake` where something is there already, or the name is no tar's.
  init(_ out: String) throws(SnapshotError) {
    guard out.hasSuffix(".tar") else { throw .mistake("\(out): a snapshot’s name ends with .tar.") }
    for name in [out, out + ".new"] where DurableFile.isTaken(name) {
      throw .mistake("\(name) is there already; name a new file, or delete it.")
    }
    self.out = out
    tar = try file(out) { () throws(FileError) in try GrowingFile(out + ".new") }
  }

  /// - Parameter path: below the tar's root, with the log's folder.
  func write(_ path: String, _ contents: [UInt8]) throws(SnapshotError) {
    let size = Int64(contents.count)
    let tar = tar
    try file(out) { () throws(FileError) in
      try tar.append((TarOutput.file(path, size: size) + contents + TarOutput.padding(size))[...])
    }
    files += 1
    bytes += size
  }

  func finish() throws(SnapshotError) {
    let (out, tar) = (out, tar)
    try file(out) { () throws(FileError) in
      try tar.append(TarOutput.end[...])
      try tar.finish(as: out)
    }
  }
}
