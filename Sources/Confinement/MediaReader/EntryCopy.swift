import Compression
import Cryptography
package import Files
import Octets
import Reasons
import TarArchive

/// Hands on the contents of single files of a medium, by one more pass over it: for files that are larger than what is
/// kept in memory. The medium may have changed since it was read, so the caller hashes again what it gets.
package struct EntryCopy {
  /// Takes a file's contents, in order.
  package typealias Sink = (_ name: [UInt8], _ piece: ArraySlice<UInt8>) throws -> Void

  private let medium: OpenFile
  private let source: MediaSource
  private let limits: MediaLimits

  /// - Parameters:
  ///   - medium: as it was read; it need not stand at its start.
  ///   - source: what errors call it.
  ///   - limits: those under which it was read.
  package init(_ medium: OpenFile, as source: MediaSource, limits: MediaLimits) {
    self.medium = medium
    self.source = source
    self.limits = limits
  }

  /// - Parameter wanted: names of files, as the reader gave them. One that is gone meanwhile is passed over.
  /// - Throws: `archive.…`, for standard input too, which passes once; what the sink throws.
  package func copy(_ wanted: Set<[UInt8]>, to sink: Sink) throws {
    guard case .path(let path) = source else {
      throw Failure(.archiveUnreadable, source.description, "it passes once, and is to be read twice: name a file")
    }
    let file = try reading(path) { () throws(FileError) in try ReadableFile(medium) }
    if file.status.kind == .directory { return try copyDirectory(path, wanted, sink) }
    try reading(path) { () throws(FileError) in try medium.rewind() }
    let start = try reading(path) { () throws(FileError) in
      var start = [UInt8](repeating: 0, count: Recognition.bytes)
      let count = try file.file.read(into: &start, 0..<start.count, at: 0)
      return start[..<count]
    }
    let compression: Compression? =
      switch try Recognition(start, of: source) {
      case .tar: nil
      case .compressed(let around): around
      }
    let meter = ProgressMeter(total: file.status.size, nil)
    let input = try InflatedInput(file.file, head: [], compression: compression, source: source, meter: meter)
    defer { input.stop() }
    var bytes = PassingBytes(input, limit: limits.totalBytes, of: source.description)
    try copyTar(&bytes, wanted, sink)
    try file.verifyUnchanged { Failure(.archiveUnreadable, path, $0) }
  }

  private func copyTar(_ bytes: inout PassingBytes, _ wanted: Set<[UInt8]>, _ sink: Sink) throws {
    var reader = TarReader()
    while true {
      let position = bytes.position
      let block = try bytes.take(TarBlock.size)
      guard block.count == TarBlock.size else { throw truncated(position) }
      switch try reader.take(block: block[...], at: position) {
      case .block: break
      case .record(let size):
        try reader.take(record: try bytes.take(size))
        guard try bytes.pass(TarBlock.padding(after: UInt64(size)), { _ in }) else { throw truncated(position) }
      case .entry(let entry):
        let name = try EntryName.normal(
          entry.name, isDirectory: entry.kind == .directory, at: entry.offset, limit: limits.nameBytes)
        let isWanted = entry.kind == .regular && wanted.contains(name)
        var trouble: (any Error)?
        let isWhole = try bytes.pass(entry.size) { piece in
          guard isWanted, trouble == nil else { return }
          do { try sink(name, piece) } catch { trouble = error }
        }
        if let trouble { throw trouble }
        guard try isWhole && bytes.pass(TarBlock.padding(after: entry.size), { _ in }) else {
          throw truncated(position)
        }
      case .end: return
      }
    }
  }

  private func copyDirectory(_ path: String, _ wanted: Set<[UInt8]>, _ sink: Sink) throws {
    let root = try reading(path) { () throws(FileError) in try Directory(medium) }
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    for name in wanted.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
      let file = try reading(printable(name)) { () throws(FileError) in try root.file(at: name) }
      while true {
        let count = try reading(printable(name)) { () throws(FileError) in
          try file.readOn(into: &buffer, 0..<buffer.count)
        }
        guard count > 0 else { break }
        try sink(name, buffer[..<count])
      }
    }
  }

  private func truncated(_ position: UInt64) -> Failure {
    Failure(.archiveTruncated, source.description, at: position, "it became shorter since it was read")
  }
}
