import Glibc

/// A file that lies nowhere on a disk, open for as long as this lives.
final class MemoryFile {
  private let descriptor: Int32

  /// A path under which this process can open it.
  var path: String { "/proc/self/fd/\(descriptor)" }

  init(_ bytes: [UInt8]) throws {
    // In memory, and without a name from here on.
    var name = Array("/dev/shm/assay-fuzz-XXXXXX".utf8CString)
    descriptor = mkstemp(&name)
    guard descriptor >= 0 else { throw Broken("no memory file: \(errno)") }
    unlink(name)
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress! + done, $0.count - done) }
      guard count > 0 else { throw Broken("the memory file takes nothing: \(errno)") }
      done += count
    }
  }

  deinit { close(descriptor) }
}
