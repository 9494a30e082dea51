package import Files
package import MediaReader
import Octets
package import Reasons

/// What lies on a stick: named, and nothing of it read but first bytes. Links are never followed. What is wrong with one
/// thing costs that thing alone.
package struct Survey {
  /// Files and folders looked at.
  package static let mostFiles = 10_000
  /// Names that are listed of one folder, to say how many are beyond that.
  package static let mostNames = 100_000
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
    /// Left where it is, and what it holds is not known: why.
    case unseen(String)
  }

  private static let partOfLayout = "marks a layout that is not whole here; the archives beside it are taken in"

  package struct Item: Hashable, Sendable {
    /// Below the folder; empty for what was named itself.
    package let path: [UInt8]
    package let kind: Kind

    package init(path: [UInt8], kind: Kind) {
      self.path = path
      self.kind = kind
    }
  }

  /// Sorted by name, folders in their place.
  package private(set) var items: [Item] = []
  private var seen = 0
  private var looked = 0
  private let progress: (Int) -> Void

  /// - Parameters:
  ///   - file: the open file or folder that the operator named.
  ///   - progress: how many names were looked at.
  /// - Throws: `archive.unreadable` and `archive.limit-exceeded`, of that folder itself.
  package init(
    _ file: OpenFile, as source: MediaSource, progress: @escaping (Int) -> Void = { _ in }
  ) throws(Failure) {
    self.progress = progress
    let root: Directory
    let list: [[UInt8]]?
    do throws(FileError) {
      guard try file.status().kind == .directory else {
        items = [Item(path: [], kind: .archive)]
        return
      }
      root = try Directory(file)
      list = try root.names(atMost: Self.mostNames)
    } catch { throw Failure(.archiveUnreadable, source.description, "\(error)") }
    guard let names = list else {
      throw Failure(
        .archiveLimitExceeded, source.description, "more than \(Self.mostNames) files; name the archives one by one")
    }
    // Of the named folder itself the first names count; one below it with too many would take the others' places.
    if names.count > Self.mostFiles {
      add([], .unseen("\(names.count) files: those behind the first \(Self.mostFiles) names were not looked at"))
    }
    walk(root, Array(names.prefix(Self.mostFiles)), path: [], depth: 0)
  }

  private mutating func add(_ path: [UInt8], _ kind: Kind) { items.append(Item(path: path, kind: kind)) }

  private mutating func walk(_ folder: Directory, _ names: [[UInt8]], path: [UInt8], depth: Int) {
    seen += names.count
    let likeness = FolderLikeness(names, of: folder)
    let start = items.count
    for name in names where !likeness.owns(name) {
      look(at: name, in: folder, path: path.isEmpty ? name : path + [UInt8(ascii: "/")] + name, depth: depth)
    }
    let found = items[start...]
    switch likeness.kind {
    case .none: break
    case .trustBundle: items.insert(Item(path: path, kind: .trustBundle), at: start)
    case .layout:
      items.replaceSubrange(
        start..., with: [Item(path: path, kind: .archive)] + found.compactMap(\.insideLayout))
    case .partOfLayout(let mark):
      // A stray file must not hide what lies beside it, and a layout that lacks something must not go unmentioned.
      let isAlone = !found.contains { $0.kind == .archive }
      items.replaceSubrange(
        start...,
        with: isAlone
          ? [Item(path: path, kind: .archive)] + found.compactMap(\.insideLayout)
          : [Item(path: path.isEmpty ? mark : path + [UInt8(ascii: "/")] + mark, kind: .other(Self.partOfLayout))]
            + found)
    }
  }

  private mutating func look(at name: [UInt8], in folder: Directory, path: [UInt8], depth: Int) {
    looked += 1
    progress(looked)
    if let why = MediaReader.unsafety(ofName: name) { return add(path, .other(why)) }
    do throws(FileError) {
      switch try folder.status(of: name).kind {
      case .directory: try descend(into: try folder.directory(name), path: path, depth: depth + 1)
      case .regular: add(path, try Self.kind(of: name, in: folder))
      case .symbolicLink: add(path, .other("a symbolic link, which is not followed"))
      case .other: add(path, .other("a pipe, socket or device"))
      }
    } catch { add(path, .unseen("cannot be read: \(error)")) }
  }

  private mutating func descend(into folder: Directory, path: [UInt8], depth: Int) throws(FileError) {
    guard depth <= Self.depth else { return add(path, .unseen("more than \(Self.depth) folders deep")) }
    guard let names = try folder.names(atMost: Self.mostFiles - seen) else {
      return add(path, .unseen("with it there are more than \(Self.mostFiles) files: nothing in it was looked at"))
    }
    walk(folder, names, path: path, depth: depth)
  }

  private static func kind(of name: [UInt8], in folder: Directory) throws(FileError) -> Kind {
    func ends(_ ending: String) -> Bool { name.suffix(ending.utf8.count).elementsEqual(ending.utf8) }
    if ends(".sigstore.json") || ends(".jsonl") { return .sigstoreBundle }
    switch MediaReader.recognises(try folder.start(of: name)[...]) {
    case .plain(let first):
      // Its writer begins with the metadata, or their folder.
      return first.starts(with: "metadata/".utf8) || first.starts(with: "./metadata/".utf8) ? .trustBundle : .archive
    case .compressed: return .archive
    case nil: return .other("neither an archive nor a Sigstore bundle")
    }
  }
}

extension Survey.Item {
  /// What is said of it where it lies in a layout, whose reader takes all of its files; nil where that says everything.
  fileprivate var insideLayout: Survey.Item? {
    switch kind {
    case .archive:
      Survey.Item(path: path, kind: .other("lies in a layout, and is read as a part of it; not judged by itself"))
    case .sigstoreBundle, .trustBundle, .unseen: self
    case .other: nil
    }
  }
}

extension Directory {
  /// A file's first bytes.
  func start(of name: [UInt8]) throws(FileError) -> [UInt8] {
    var start = [UInt8](repeating: 0, count: MediaReader.recognitionBytes)
    let count = try file(name).read(into: &start, 0..<start.count, at: 0)
    return Array(start.prefix(count))
  }
}
