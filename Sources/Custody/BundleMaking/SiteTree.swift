import Files
import Octets

/// A site's folder as it lies there: it travels on sticks, and no link in it may lead anywhere.
enum SiteTree {
  /// Levels of folders below `targets`: a path's eight segments and its role, with room.
  private static let depth = 16

  /// - Throws: `.link` where anything in `draft`, `metadata` or `targets` is neither a file nor a folder.
  static func verify(_ folder: String) throws(MakingError) {
    let top = try file(folder) { () throws(FileError) in try Directory(path: folder) }
    for name in ["draft", "metadata", "targets"] where DurableFile.isTaken("\(folder)/\(name)") {
      guard try kind(of: Array(name.utf8), in: top, "\(folder)/\(name)") == .directory else {
        throw refusal("\(folder)/\(name)", "is no folder")
      }
      try verify("\(folder)/\(name)", try directory(Array(name.utf8), in: top, "\(folder)/\(name)"), depth)
    }
  }

  private static func verify(_ path: String, _ folder: Directory, _ left: Int) throws(MakingError) {
    guard left > 0 else { throw refusal(path, "lies deeper than anything that Assay makes") }
    let names = try file(path) { () throws(FileError) in try folder.names(atMost: .max) ?? [] }
    for name in names {
      let place = "\(path)/\(printable(name))"
      switch try kind(of: name, in: folder, place) {
      case .regular: break
      case .directory: try verify(place, try directory(name, in: folder, place), left - 1)
      case .symbolicLink: throw refusal(place, "is a symbolic link")
      case .other: throw refusal(place, "is neither a file nor a folder")
      }
    }
  }

  private static func kind(of name: [UInt8], in folder: Directory, _ path: String) throws(MakingError)
    -> FileStatus.Kind
  {
    try file(path) { () throws(FileError) in try folder.status(of: name).kind }
  }

  private static func directory(_ name: [UInt8], in folder: Directory, _ path: String) throws(MakingError) -> Directory
  {
    try file(path) { () throws(FileError) in try folder.directory(name) }
  }

  private static func refusal(_ path: String, _ words: String) -> MakingError {
    .refused(
      .link,
      "\(path) \(words), and a site’s folder has files and folders of its own alone. See who had it, and compare.")
  }
}
