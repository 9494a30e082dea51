import Files
import Octets
import Reasons
import TarArchive

/// An uncompressed archive in a regular file: the headers first, jumping from one to the next, then all contents on all
/// cores.
struct FileArchive {
  let source: MediaSource
  let archive: ReadableFile
  var inventory: Inventory
  /// Of what is to be hashed.
  private var places: [UInt32] = []

  init(_ archive: ReadableFile, from source: MediaSource, limits: MediaLimits) {
    self.archive = archive
    self.source = source
    inventory = Inventory(limits)
  }

  consuming func read(
    _ report: ProgressMeter.Report?, to sink: (any ContentSink)? = nil
  ) throws(Failure) -> Inventory {
    guard archive.status.size <= inventory.limits.totalBytes else {
      throw Failure(
        .archiveLimitExceeded, source.description, at: 0, "more than \(inventory.limits.totalBytes) bytes")
    }
    archive.file.advise(.scattered)
    do throws(Failure) { try scan() } catch {
      // The entries before it are whole; that there is more is one of the things to be said of this medium.
      guard error.reason == .archiveTrailingData else { throw error }
      inventory.note(error)
    }
    archive.file.advise(.sequential)
    let meter = ProgressMeter(total: inventory.size(of: places.lazy.map(Int.init)), report)
    let (archive, found) = (archive, inventory)
    inventory.hashed = try HashingWorkers.run(
      places, of: found, meter: meter, to: sink,
      as: { place in
        let item = found[place]
        return HashingWorkers.Job(place, item, at: item.offset + UInt64(TarBlock.size))
      }, on: { _ in archive })
    let source = source.description
    try archive.verifyUnchanged { Failure(.archiveUnreadable, source, $0) }
    return inventory
  }

  private mutating func scan() throws(Failure) {
    var reader = TarReader()
    var position: UInt64 = 0
    // A header, and the start of what follows it.
    var buffer = [UInt8](repeating: 0, count: TarBlock.size + Keeping.peek)
    while true {
      let count = try read(into: &buffer, at: position)
      guard count >= TarBlock.size else {
        guard count == 0 else { throw truncated("", at: position, "the archive ends within a block") }
        try reader.finish(at: position)
        return
      }
      let behind = position + UInt64(TarBlock.size)
      let left = archive.status.size - min(archive.status.size, behind)
      switch try reader.take(block: buffer[..<TarBlock.size], at: position) {
      case .block:
        position = behind
      case .record(let size):
        var record = [UInt8](repeating: 0, count: size)
        let padded = UInt64(size) + TarBlock.padding(after: UInt64(size))
        guard padded <= left, try read(into: &record, at: behind) == size else {
          throw truncated("", at: position, "the archive ends within an extension header")
        }
        try reader.take(record: record)
        position = behind + padded
      case .entry(let entry):
        guard entry.paddedSize <= left else {
          throw truncated(
            printable(entry.name), at: position, "it states \(entry.size) bytes, and \(left) follow its header")
        }
        if let index = try inventory.add(entry) {
          let peek = Int(min(entry.size, UInt64(count - TarBlock.size)))
          inventory.decide(index, start: buffer[TarBlock.size..<TarBlock.size + peek])
          places.append(UInt32(index))
        }
        position = behind + entry.paddedSize
      case .end:
        return try verifyZeros(from: behind)
      }
    }
  }

  /// Writers fill up the last record of twenty blocks, or more, with zeros.
  private func verifyZeros(from start: UInt64) throws(Failure) {
    var position = start
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = try read(into: &buffer, at: position)
      try Tail.verifyZeros(buffer[..<count], at: position)
      guard count == buffer.count else { return }
      position += UInt64(count)
    }
  }

  private func read(into buffer: inout [UInt8], at position: UInt64) throws(Failure) -> Int {
    try reading(source.description, at: position) { () throws(FileError) in
      try archive.file.read(into: &buffer, 0..<buffer.count, at: position)
    }
  }

  private func truncated(_ name: String, at offset: UInt64, _ detail: String) -> Failure {
    Failure(.archiveTruncated, name, at: offset, detail)
  }
}

/// What stands behind the end mark.
enum Tail {
  /// Throws `archive.trailing-data`: bytes that one reader shows and another does not.
  static func verifyZeros(_ bytes: ArraySlice<UInt8>, at offset: UInt64) throws(Failure) {
    guard let first = bytes.firstIndex(where: { $0 != 0 }) else { return }
    throw Failure(
      .archiveTrailingData, "", at: offset + UInt64(first - bytes.startIndex), "data behind the archive's end mark")
  }
}
