package import Files
package import LogSnapshot
import Octets
package import Reasons
import TarArchive

/// A log snapshot in one plain tar that lies on a disk. Its headers are read once, jumping over contents; contents then at
/// any place.
package struct SnapshotTar: SnapshotFiles {
  private let file: OpenFile
  private let name: String
  package let listing: SnapshotListing

  /// - Parameters:
  ///   - file: nobody writes to it meanwhile.
  ///   - name: what failures call it.
  /// - Throws: `archive.…` for no tar, `log-snapshot.malformed` for anything in it that no snapshot holds.
  package init(_ file: OpenFile, named name: String) throws(Failure) {
    self.file = file
    self.name = name
    var scan = TarScan(file, name)
    listing = try scan.listing()
  }

  package func contents(
    of path: SnapshotPath, in folder: [UInt8], at position: UInt64, size: Int
  ) throws(Failure) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: size)
    guard try reading(name, { () throws(FileError) in try file.read(into: &bytes, 0..<size, at: position) }) == size
    else {
      let subject = "\(printable(folder, limit: 100))/\(path.text)"
      throw Failure(.archiveTruncated, subject, at: position, "the archive became shorter")
    }
    return bytes
  }
}

/// Goes from header to header.
private struct TarScan {
  private let file: OpenFile
  private let name: String
  private var reader = TarReader()
  private var result = SnapshotListing()

  init(_ file: OpenFile, _ name: String) {
    self.file = file
    self.name = name
  }

  mutating func listing() throws(Failure) -> SnapshotListing {
    let file = file
    let size = try reading(name) { () throws(FileError) in try file.status().size }
    file.advise(.scattered)
    defer { file.advise(.sequential) }
    var position: UInt64 = 0
    var block = [UInt8](repeating: 0, count: TarBlock.size)
    while true {
      let behind = position + UInt64(TarBlock.size)
      let got = try read(into: &block, at: position)
      if got == 0 {
        try reader.finish(at: position)
        break
      }
      guard got == block.count else { throw truncated("the archive ends within a block", at: position) }
      let next = try reader.take(block: block[...], at: position)
      if next == .end {
        try verifyZeros(from: behind)
        break
      }
      position = behind
      switch next {
      case .record(let length):
        var record = [UInt8](repeating: 0, count: length)
        guard try read(into: &record, at: behind) == length else {
          throw truncated("the archive ends within an extension header", at: position)
        }
        try reader.take(record: record)
        position += UInt64(length) + TarBlock.padding(after: UInt64(length))
      case .entry(let entry):
        guard entry.paddedSize <= size - min(size, behind) else {
          throw truncated("\(printable(entry.name, limit: 200)) states \(entry.size) bytes", at: entry.offset)
        }
        try add(entry, at: behind)
        position += entry.paddedSize
      case .block, .end: break
      }
    }
    try result.finish()
    return result
  }

  private mutating func add(_ entry: TarEntry, at position: UInt64) throws(Failure) {
    let plain = entry.name.starts(with: "./".utf8) ? Array(entry.name.dropFirst(2)) : entry.name
    switch entry.kind {
    case .regular: try result.add(plain, size: entry.size, at: position)
    case .directory: if !plain.isEmpty { try result.verifyFolder(plain) }
    case .symbolicLink, .forbidden:
      throw Failure(
        .archiveForbiddenEntry, printable(entry.name), at: entry.offset, "neither a file nor a folder")
    }
  }

  private func verifyZeros(from start: UInt64) throws(Failure) {
    var position = start
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let got = try read(into: &buffer, at: position)
      if let stray = buffer[..<got].firstIndex(where: { $0 != 0 }) {
        throw Failure(.archiveTrailingData, name, at: position + UInt64(stray), "data behind the archive's end mark")
      }
      guard got == buffer.count else { return }
      position += UInt64(got)
    }
  }

  private func read(into buffer: inout [UInt8], at position: UInt64) throws(Failure) -> Int {
    do throws(FileError) {
      return try file.read(into: &buffer, 0..<buffer.count, at: position)
    } catch {
      throw Failure(.archiveUnreadable, name, at: position, "\(error)")
    }
  }

  private func truncated(_ detail: String, at offset: UInt64) -> Failure {
    Failure(.archiveTruncated, name, at: offset, detail)
  }
}

func reading<Value>(_ name: String, _ body: () throws(FileError) -> Value) throws(Failure) -> Value {
  do throws(FileError) { return try body() } catch { throw Failure(.archiveUnreadable, name, "\(error)") }
}
