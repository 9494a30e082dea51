import Files
import MerkleTree

/// Writes a tree and its entries as static files (C2SP tlog-tiles).
struct TileWriter {
  private let folder: String
  private var made: Set<String> = []
  private var bundle: [UInt8] = []
  private var entries: UInt64 = 0

  init(_ folder: String) { self.folder = folder }

  /// `tile/L/N`: at level L the hash of each 256^L leaves that are complete, 256 to a file; the last file of a level may
  /// be partial.
  mutating func writeHashes(of tree: GrowingTree, size: UInt64) throws(LedgerError) {
    var level = 0
    while level < 8, size >> UInt64(8 * level) > 0 {
      let count = size >> UInt64(8 * level)
      for start in stride(from: 0, to: count, by: Int(Ledger.tileWidth)) {
        let end = min(start + Ledger.tileWidth, count)
        var tile: [UInt8] = []
        for index in start..<end { tile += tree.subtreeHash(level: 8 * level, index: index) ?? [] }
        try write(tile, to: "tile/\(level)/" + Self.path(start / Ledger.tileWidth, width: end - start))
      }
      level += 1
    }
  }

  /// Entries in order; each with its length in two bytes, big-endian.
  mutating func append(entry: [UInt8]) throws(LedgerError) {
    bundle += [UInt8(truncatingIfNeeded: entry.count >> 8), UInt8(truncatingIfNeeded: entry.count)]
    bundle += entry
    entries += 1
    if entries % Ledger.tileWidth == 0 { try writeBundle(width: Ledger.tileWidth) }
  }

  mutating func finish(checkpoint: [UInt8], entries wanted: UInt64) throws(LedgerError) {
    if entries % Ledger.tileWidth > 0 { try writeBundle(width: entries % Ledger.tileWidth) }
    guard entries == wanted else { throw .altered(folder) }
    do throws(FileError) {
      // Whoever finds the checkpoint finds everything below it, also on a stick that is pulled right after.
      for name in made { try DurableFile.sync(folder: folder + "/" + name) }
      try DurableFile.write(checkpoint, to: folder + "/checkpoint")
      try DurableFile.sync(folder: DurableFile.parent(of: folder))
    } catch {
      throw .file(folder, error)
    }
  }

  private mutating func writeBundle(width: UInt64) throws(LedgerError) {
    try write(bundle, to: "tile/entries/" + Self.path((entries - 1) / Ledger.tileWidth, width: width))
    bundle = []
  }

  private mutating func write(_ bytes: [UInt8], to name: String) throws(LedgerError) {
    do throws(FileError) {
      var above = ""
      for part in name.split(separator: "/").dropLast() {
        above += above.isEmpty ? String(part) : "/\(part)"
        if made.insert(above).inserted { try DurableFile.makeFolder(folder + "/" + above) }
      }
      try DurableFile.create(folder + "/" + name, bytes)
    } catch {
      throw .file(folder, error)
    }
  }

  /// Three digits a part, all but the last with an `x`: `x001/x234/067`; with `.p/W` where it is not full.
  static func path(_ index: UInt64, width: UInt64) -> String {
    func digits(_ part: UInt64) -> String { String(String(part + 1000).dropFirst()) }
    var path = digits(index % 1000)
    var rest = index / 1000
    while rest > 0 {
      path = "x\(digits(rest % 1000))/\(path)"
      rest /= 1000
    }
    return width == Ledger.tileWidth ? path : "\(path).p/\(width)"
  }
}
