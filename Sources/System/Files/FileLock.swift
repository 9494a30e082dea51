import Glibc

/// A lock that one process holds until it ends or lets go, and that names its holder. The kernel lets go for the dead.
package final class FileLock: Sendable {
  package enum Failure: Error, Hashable, Sendable {
    /// Another one held it for longer than the wait; nil where it did not say who it is.
    case held(by: Int32?)
    case file(FileError)
  }

  /// Who may hold it at the same time.
  package enum Sharing: Sendable {
    case alone
    /// Others that share it too.
    case together
  }

  private let descriptor: Int32

  /// - Parameter path: a file that holds the holder's process number, made if it is not there.
  package convenience init(_ path: String, waiting: Duration) throws(Failure) {
    try self.init(open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600), .alone, waiting)
  }

  /// The same of a file in an open folder.
  package convenience init(
    _ name: [UInt8], in folder: Directory, _ sharing: Sharing = .alone, waiting: Duration
  ) throws(Failure) {
    let file = folder.named(name) { openat(folder.descriptor, $0, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600) }
    try self.init(file, sharing, waiting)
  }

  private init(_ file: Int32, _ sharing: Sharing, _ waiting: Duration) throws(Failure) {
    guard file >= 0 else { throw .file(FileError("open")) }
    let deadline = ContinuousClock.now + waiting
    // Tied to the open file, not to the process (flock): two openers in one process exclude each other too.
    while flock(file, (sharing == .alone ? LOCK_EX : LOCK_SH) | LOCK_NB) != 0 {
      let code = errno
      guard code == EWOULDBLOCK || code == EINTR, ContinuousClock.now < deadline else {
        defer { close(file) }
        throw code == EWOULDBLOCK ? .held(by: Self.holder(file)) : .file(FileError("lock", code: code))
      }
      usleep(10_000)
    }
    let name = Array("\(getpid())\n".utf8)
    // For words alone: a full disk takes nothing from the lock.
    _ = ftruncate(file, 0)
    _ = pwrite(file, name, name.count, 0)
    descriptor = file
  }

  deinit { close(descriptor) }

  private static func holder(_ file: Int32) -> Int32? {
    var text = [UInt8](repeating: 0, count: 16)
    let count = pread(file, &text, text.count, 0)
    return Int32(String(decoding: text.prefix(max(0, count)).prefix { $0 != 0x0a }, as: UTF8.self))
  }
}
