import Glibc

/// Why the system did not do what was asked with a file.
package struct FileError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What was tried: `open`, `read`.
  package let operation: String
  /// The system's `errno`.
  package let code: Int32

  /// Of the call that has just failed on this thread.
  init(_ operation: String) {
    self.operation = operation
    code = errno
  }

  package init(_ operation: String, code: Int32) {
    self.operation = operation
    self.code = code
  }

  /// Nothing is there under this name.
  package var isAbsence: Bool { code == ENOENT }
  /// The file system, or this user's share of it, is full.
  package var isFull: Bool { code == ENOSPC || code == EDQUOT }
  /// The file would be larger than it may.
  package var isTooLarge: Bool { code == EFBIG }
  /// The file system takes no writing.
  package var isReadOnly: Bool { code == EROFS }
  /// Nothing happened for as long as was waited.
  package var isTimeout: Bool { code == ETIMEDOUT }
  /// The other end is gone.
  package var isHangUp: Bool { code == EPIPE }

  package var description: String { "\(operation): \(String(cString: strerror(code)))" }
}
