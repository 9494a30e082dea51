package import Files
package import LogHistory
import LogSnapshot
import MerkleTree

/// Takes in what of a snapshot verified. Hashes go to their places at once, which harms nothing whatever becomes of the
/// import; entries are found only after `finish`. Let go before that, it leaves no file of its own.
package final class LogIntake: SnapshotSink {
  private let folder: String
  private let present: KeptFiles
  private let packNumber: UInt32
  private let index: IndexWriter
  private var hashFiles: [Int: SparseFile] = [:]
  /// Hashes of tiles that follow each other, not yet written: one large write costs less than many small ones.
  private var waiting: [UInt8] = []
  private var waitingAt: (level: Int, place: UInt64) = (0, 0)
  private static let mostWaiting = 256 << 10
  private var pack: GrowingFile?
  private var packed: UInt64 = 0
  private var buffer: [UInt8] = []

  init(_ folder: String) throws(FileError) {
    self.folder = folder
    present = KeptFiles(folder)
    packNumber = try present.nextPack()
    index = try IndexWriter(folder)
  }

  /// - Throws: `FileError`: the disk is full, or a file is none of ours.
  package func keep(level: Int, number: UInt64, hashes: [UInt8]) throws {
    let (place, overflows) = number.multipliedReportingOverflow(by: 256 * 32)
    // No file is so long: beyond it, sums of places would overflow too.
    guard !overflows, place <= UInt64(Int64.max) - UInt64(Self.mostWaiting) else { throw FileError("write", code: 27) }
    let isNext = waitingAt.level == level && waitingAt.place + UInt64(waiting.count) == place
    if !isNext || waiting.count >= Self.mostWaiting { try writeHashes() }
    if waiting.isEmpty { waitingAt = (level, place) }
    waiting += hashes
  }

  private func writeHashes() throws(FileError) {
    guard !waiting.isEmpty else { return }
    let level = waitingAt.level
    if hashFiles[level] == nil { hashFiles[level] = try SparseFile("\(folder)/hashes-\(level)") }
    try hashFiles[level]?.write(waiting, at: waitingAt.place)
    waiting.removeAll(keepingCapacity: true)
  }

  /// - Throws: `FileError`.
  package func keep(_ entry: ProvenEntry) throws {
    let known = record(of: entry)
    if let known, known.promise != nil || entry.promise == nil, known.proof != nil || entry.proof == nil { return }
    let record = EntryRecord(
      index: entry.index, body: entry.body, promise: entry.promise ?? known?.promise,
      proof: entry.proof ?? known?.proof)
    guard let bytes = record.encoded else { return }
    let offset = packed + UInt64(buffer.count)
    buffer += bytes
    if buffer.count >= 1 << 20 { try flush() }
    for key in [EntryKey(leafHash: entry.leafHash), EntryKey(index: entry.index)]
      + entry.signed.map({ EntryKey(signing: $0) })
    {
      try index.add(
        IndexRow(key, index: entry.index, pack: packNumber, offset: offset, length: UInt32(bytes.count)))
    }
  }

  /// Makes all of it last. What the ledger says next may rest on it.
  package func finish() throws(FileError) {
    try writeHashes()
    for file in hashFiles.values { try file.sync() }
    try flush()
    if let pack { try pack.finish(as: "\(folder)/pack-\(packNumber)") }
    try index.finish()
    try DurableFile.sync(folder: folder)
  }

  /// The same entry from an earlier import, where it can still be read.
  private func record(of entry: ProvenEntry) -> EntryRecord? {
    // By the index, which one entry has: a leaf may be in a log any number of times.
    let key = EntryKey(index: entry.index)
    var found: EntryRecord?
    present.index?.rows(from: key) { row in
      if row.key == key, row.index == entry.index { found = present.record(row) }
      return false
    }
    guard let found, leafHash(found.body) == entry.leafHash else { return nil }
    return found
  }

  private func flush() throws(FileError) {
    guard !buffer.isEmpty else { return }
    if pack == nil { pack = try GrowingFile(folder + "/pack.new") }
    try pack?.append(buffer[...])
    packed += UInt64(buffer.count)
    buffer.removeAll(keepingCapacity: true)
  }
}
