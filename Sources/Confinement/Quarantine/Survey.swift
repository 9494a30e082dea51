import Compression
package import Files
package import MediaReader
import Octets
package import Reasons

/// What lies on a stick: named, and nothing of it read but first bytes. Links are never followed.
package struct Survey: Sendable {
  /// Files and folders looked at.
  package static let mostFiles = 10_000
  /// Folders inside folders.
  package static let depth = 8

  package enum Kind: Hashable, Sendable {
    /// A tar, plain or compressed, or a folder that is a layout.
    case archive
    /// `….sigstore.json`, or `….jsonl` of Sigstore bundles: may prove something about any of the images.
    case sigstoreBundle
    /// Trust for the appliance, which another verb takes: `assay trust import`.
    case trustBundle
    /// Left where it is, and why.
    case other(String)
  }

  package struct Item: Hashable, Sendable {
    /// Below the folder; empty for what was named itself.
    package let path: [UInt8]
    package let kind: Kind
    /// Bytes of a file; nil for folders.
    package let size: UInt64?

    package init(path: [UInt8], kind: Kind, size: UInt64?) {
      self.path = path
      self.kind = kind
      self.size = size
    }
  }

  /// Sorted by name, folders in their place.
  package private(set) var items: [Item] = []
  private var seen = 0

  /// - Parameter file: the open file or folder that the operator named.
  /// - Throws: `archive.unreadable`, `archive.limit-exceeded`.
  package init(_ file: OpenFile, as source: MediaSource) throws(Failure) {
    let name = source.description
    let status = try Self.asking(name) { () throws(FileError) in try file.status() }
    guard status.kind == .directory else {
      items = [Item(path: [], kind: .archive, size: status.size)]
      return
    }
    let root = try Self.asking(name) { () throws(FileError) in try Directory(file) }
    try walk(root, path: [], depth: 0, name)
  }

  private mutating func walk(_ folder: Directory, path: [UInt8], depth: Int, _ source: String) throws(Failure) {
    let shown = path.isEmpty ? source : printable(path)
    guard depth <= Self.depth else {
      items.append(Item(path: path, kind: .other("more than \(Self.depth) folders deep"), size: nil))
      return
    }
    let list = try Self.asking(shown) { () throws(FileError) in try folder.names(atMost: Self.mostFiles - seen) }
    guard let names = list else {
      throw Failure(.archiveLimitExceeded, shown, "more than \(Self.mostFiles) files; name the archives one by one")
    }
    seen += names.count
    if let kind = Self.kind(ofFolderWith: names) {
      items.append(Item(path: path, kind: kind, size: nil))
      return
    }
    for name in names {
      let below = path.isEmpty ? name : path + [UInt8(ascii: "/")] + name
      if let why = MediaReader.unsafety(ofName: name) {
        items.append(Item(path: below, kind: .other(why), size: nil))
        continue
      }
      let status = try Self.asking(printable(below)) { () throws(FileError) in try folder.status(of: name) }
      switch status.kind {
      case .directory:
        let next = try Self.asking(printable(below)) { () throws(FileError) in try folder.directory(name) }
        try walk(next, path: below, depth: depth + 1, source)
      case .regular:
        let kind = try Self.asking(printable(below)) { () throws(FileError) in try Self.kind(of: name, in: folder) }
        items.append(Item(path: below, kind: kind, size: status.size))
      case .symbolicLink:
        items.append(Item(path: below, kind: .other("a symbolic link, which is not followed"), size: nil))
      case .other:
        items.append(Item(path: below, kind: .other("a pipe, socket or device"), size: nil))
      }
    }
  }

  private static func kind(ofFolderWith names: [[UInt8]]) -> Kind? {
    func has(_ marks: [String]) -> Bool { marks.contains { names.contains(Array($0.utf8)) } }
    if has(MediaLimits.usual.rootMarks) { return .archive }
    return has(MediaLimits.trustBundle.rootMarks) ? .trustBundle : nil
  }

  private static func kind(of name: [UInt8], in folder: Directory) throws(FileError) -> Kind {
    func ends(_ ending: String) -> Bool { name.suffix(ending.utf8.count).elementsEqual(ending.utf8) }
    if ends(".sigstore.json") || ends(".jsonl") { return .sigstoreBundle }
    var start = [UInt8](repeating: 0, count: MediaReader.recognitionBytes)
    let count = try folder.file(name).read(into: &start, 0..<start.count, at: 0)
    switch MediaReader.recognises(start[..<count]) {
    case .plain(let first):
      // Its writer begins with the metadata, or their folder.
      return first.starts(with: "metadata/".utf8) || first.starts(with: "./metadata/".utf8) ? .trustBundle : .archive
    case .compressed: return .archive
    case nil: return .other("neither an archive nor a Sigstore bundle")
    }
  }

  private static func asking<Answer>(
    _ name: String, _ ask: () throws(FileError) -> Answer
  ) throws(Failure) -> Answer {
    do throws(FileError) { return try ask() } catch { throw Failure(.archiveUnreadable, name, "\(error)") }
  }
}
