package import Files
package import LogSnapshot
import Octets
package import Reasons

/// A log snapshot in a folder, unpacked.
package struct SnapshotTree: SnapshotFiles {
  /// Below `DIR/tile/0/x000/x000/x000/x000/x000/x000/000.p` nothing is.
  private static let mostLevels = 11

  private let root: Directory
  private let name: String
  package private(set) var listing = SnapshotListing()

  /// - Throws: `archive.unreadable`, `archive.forbidden-entry`; `log-snapshot.malformed` for anything in it that no
  ///   snapshot holds.
  package init(_ root: Directory, named name: String) throws(Failure) {
    self.root = root
    self.name = name
    try list(root, [], depth: 0)
    try listing.finish()
  }

  package func contents(
    of path: SnapshotPath, in folder: [UInt8], at position: UInt64, size: Int
  ) throws(Failure) -> [UInt8] {
    let place = folder + Array("/\(path.text)".utf8)
    let subject = printable(place, limit: 200)
    var bytes = [UInt8](repeating: 0, count: size + 1)
    let got = try reading(subject) { () throws(FileError) in
      try root.file(at: place).read(into: &bytes, 0..<size + 1, at: 0)
    }
    guard got == size else { throw Failure(.archiveUnreadable, subject, "it changed while it was read") }
    bytes.removeLast()
    return bytes
  }

  private mutating func list(_ folder: Directory, _ above: [UInt8], depth: Int) throws(Failure) {
    let shown = above.isEmpty ? name : printable(above, limit: 200)
    let names = try reading(shown) { () throws(FileError) in try folder.names(atMost: SnapshotListing.mostFiles) }
    guard let names, depth <= Self.mostLevels else {
      throw Failure(.logSnapshotMalformed, shown, "more files or levels than a snapshot has")
    }
    for child in names {
      let path = above.isEmpty ? child : above + [UInt8(ascii: "/")] + child
      let subject = printable(path, limit: 200)
      let status = try reading(subject) { () throws(FileError) in try folder.status(of: child) }
      switch status.kind {
      case .regular: try listing.add(path, size: status.size, at: 0)
      case .directory:
        try listing.verifyFolder(path)
        try list(
          try reading(subject) { () throws(FileError) in try folder.directory(child) }, path, depth: depth + 1)
      case .symbolicLink, .other:
        throw Failure(.archiveForbiddenEntry, subject, "neither a file nor a folder")
      }
    }
  }
}
