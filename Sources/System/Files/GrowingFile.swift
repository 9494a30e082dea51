import Glibc

/// A file that is written piece by piece under a name of its own, and gets its place when it is whole. Whoever lets it go
/// before leaves nothing.
package final class GrowingFile {
  private let descriptor: Int32
  private let path: String
  private var isFinished = false

  /// - Parameter path: its name meanwhile; what a crash left there is replaced.
  package init(_ path: String) throws(FileError) {
    try DurableFile.remove(path)
    let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw FileError("create") }
    descriptor = file
    self.path = path
  }

  deinit {
    close(descriptor)
    if !isFinished { unlink(path) }
  }

  package func append(_ bytes: ArraySlice<UInt8>) throws(FileError) {
    try DurableFile.write(bytes, to: descriptor)
  }

  package func sync() throws(FileError) {
    guard fsync(descriptor) == 0 else { throw FileError("sync") }
  }

  /// Makes it last, on the same file system; a file there is replaced.
  package func finish(as place: String) throws(FileError) {
    try sync()
    try DurableFile.rename(path, to: place)
    isFinished = true
    try DurableFile.sync(folder: DurableFile.parent(of: place))
  }
}
