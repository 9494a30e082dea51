import Glibc

/// What the system says about a file.
package struct FileStatus: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    case regular, directory, symbolicLink
    /// A pipe, socket or device.
    case other
  }

  package let kind: Kind
  /// In bytes; of meaning for regular files only.
  package let size: UInt64
  /// Time of the last change of contents, and of anything else: two equal statuses mean that nobody wrote meanwhile.
  package let modified: Moment
  private let changed: Moment
  private let device: UInt64
  private let inode: UInt64
  /// Names that the file has on its file system.
  package let links: UInt64
  /// A file that has no other name, by which somebody could still reach it.
  package var isOfOneName: Bool { kind == .regular && links == 1 }

  /// Since 1970, as the file system keeps it.
  package struct Moment: Hashable, Sendable {
    package let seconds: Int
    package let nanoseconds: Int
    init(_ time: timespec) {
      seconds = time.tv_sec
      nanoseconds = time.tv_nsec
    }
  }

  init(_ status: stat) {
    switch status.st_mode & S_IFMT {
    case S_IFREG: kind = .regular
    case S_IFDIR: kind = .directory
    case S_IFLNK: kind = .symbolicLink
    default: kind = .other
    }
    size = UInt64(clamping: status.st_size)
    modified = Moment(status.st_mtim)
    changed = Moment(status.st_ctim)
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
    links = UInt64(status.st_nlink)
  }
}
