import Files
import Octets
import Reasons
import TarArchive

/// A layout that lies unpacked in a directory. Links in it are never followed.
struct DirectoryTree {
  private let root: Directory
  private let source: MediaSource
  private var inventory: Inventory
  /// Of what is to be hashed.
  private var places: [UInt32] = []
  /// When the item at a place was changed last.
  private var moments: [FileStatus.Moment] = []

  init(_ root: Directory, from source: MediaSource, limits: MediaLimits) {
    self.root = root
    self.source = source
    inventory = Inventory(limits)
  }

  consuming func read(
    _ report: ProgressMeter.Report?, to sink: (any ContentSink)? = nil
  ) throws(Failure) -> Inventory {
    try walk(root, path: [], depth: 0)
    let meter = ProgressMeter(total: inventory.size(of: places.lazy.map(Int.init)), report)
    let (root, found, moments) = (root, inventory, moments)
    inventory.hashed = try HashingWorkers.run(
      places, of: found, meter: meter, to: sink,
      as: { HashingWorkers.Job($0, found[$0], at: 0, modified: moments[$0]) }
    ) { job throws(Failure) in
      let file = try reading(printable(job.name)) { () throws(FileError) in
        try ReadableFile(try root.file(at: job.name))
      }
      guard file.status.kind == .regular, file.status.size == job.size, file.status.modified == job.modified else {
        throw Failure(.archiveUnreadable, printable(job.name), "it was changed while it was read")
      }
      return file
    }
    return inventory
  }

  private mutating func walk(_ directory: Directory, path: [UInt8], depth: Int) throws(Failure) {
    let shown = path.isEmpty ? source.description : printable(path)
    guard depth <= inventory.limits.depth else {
      throw Failure(.archiveLimitExceeded, shown, "more than \(inventory.limits.depth) levels of directories")
    }
    let limit = inventory.limits.entries
    let list = try reading(shown) { () throws(FileError) in try directory.names(atMost: limit) }
    guard let names = list else {
      throw Failure(.archiveLimitExceeded, shown, "more than \(limit) files in a directory")
    }
    if path.isEmpty { try verifyLayout(names) }
    for name in names {
      try take(name, in: directory, path: path.isEmpty ? name : path + [EntryName.slash] + name, depth: depth)
    }
  }

  /// Before somebody's home directory is hashed.
  private func verifyLayout(_ names: [[UInt8]]) throws(Failure) {
    guard inventory.limits.rootMarks.contains(where: { names.contains(Array($0.utf8)) }) else {
      throw Failure(
        .archiveNotRecognised, source.description,
        "a directory without \(inventory.limits.rootMarks.joined(separator: " or "))")
    }
  }

  private mutating func take(_ name: [UInt8], in directory: Directory, path: [UInt8], depth: Int) throws(Failure) {
    let (kind, size, modified) = try reading(printable(path)) { () throws(FileError) in
      try look(at: name, in: directory)
    }
    let added = try inventory.add(TarEntry(name: path, kind: kind, size: size, offset: 0))
    if kind == .directory {
      let below = try reading(printable(path)) { () throws(FileError) in try directory.directory(name) }
      try walk(below, path: path, depth: depth + 1)
    }
    guard let index = added else { return }
    let start = try reading(printable(path)) { () throws(FileError) in
      var start = [UInt8](repeating: 0, count: Int(min(size, UInt64(Keeping.peek))))
      let count = try directory.file(name).read(into: &start, 0..<start.count, at: 0)
      return start[..<count]
    }
    inventory.decide(index, start: start)
    places.append(UInt32(index))
    // Links before it have a place too, and no moment of their own.
    moments += repeatElement(modified, count: index + 1 - moments.count)
  }

  private func look(
    at name: [UInt8], in directory: Directory
  ) throws(FileError) -> (TarEntry.Kind, size: UInt64, FileStatus.Moment) {
    let status = try directory.status(of: name)
    return switch status.kind {
    case .regular: (.regular, min(status.size, UInt64(Int64.max)), status.modified)
    case .directory: (.directory, 0, status.modified)
    case .symbolicLink: (.symbolicLink(target: try directory.linkTarget(name)), 0, status.modified)
    case .other: (.forbidden("pipe, socket or device"), 0, status.modified)
    }
  }
}
