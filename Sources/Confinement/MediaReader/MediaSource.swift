package import Files
package import Reasons

/// Where a medium's bytes come from.
package enum MediaSource: Hashable, Sendable, CustomStringConvertible {
  /// A file or directory.
  case path(String)
  case standardInput

  /// As on the command line: `-` is standard input.
  package init(argument: String) { self = argument == "-" ? .standardInput : .path(argument) }

  package var description: String {
    switch self {
    case .path(let path): path
    case .standardInput: "standard input"
    }
  }

  /// Whether it is a path that begins with the folder's, however deep it lies there.
  package func isBelow(_ folder: String) -> Bool {
    guard case .path(let path) = self else { return false }
    return path.utf8.starts(with: (folder + "/").utf8)
  }

  /// - Throws: `archive.unreadable`.
  package func open() throws(Failure) -> OpenFile {
    switch self {
    case .standardInput: try reading(description) { () throws(FileError) in try OpenFile(readingAlone: 0) }
    case .path(let path): try reading(path) { () throws(FileError) in try OpenFile(path: path) }
    }
  }
}
