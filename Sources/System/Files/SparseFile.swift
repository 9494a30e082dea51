import Glibc

/// A file of our own that is filled in place, in any order; what was never written is a hole of zeros.
///
/// A crash leaves any part of what was written since the last `sync`: for contents that something else vouches for.
package final class SparseFile: Sendable {
  private let descriptor: Int32

  /// Makes the file, mode 0600, where there is none. A link, a file of two names, or no regular file is an error.
  package init(_ path: String) throws(FileError) {
    let file = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0o600)
    guard file >= 0 else { throw FileError("open") }
    var facts = stat()
    guard fstat(file, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG, facts.st_nlink == 1 else {
      close(file)
      throw FileError("open", code: EINVAL)
    }
    descriptor = file
  }

  deinit { close(descriptor) }

  package func write(_ bytes: [UInt8], at offset: UInt64) throws(FileError) {
    guard let start = off_t(exactly: offset), start <= off_t.max - off_t(bytes.count) else {
      throw FileError("write", code: EFBIG)
    }
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes {
        pwrite(descriptor, $0.baseAddress! + written, $0.count - written, start + off_t(written))
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw FileError("write") }
      written += count
    }
  }

  package func sync() throws(FileError) {
    guard fdatasync(descriptor) == 0 else { throw FileError("sync") }
  }
}
