import Files
import MerkleTree
package import Reasons
package import SignedNote

/// A ledger that was exported (C2SP tlog-tiles), proven whole by its checkpoint. Whoever holds the folder may have
/// written anything into it: no link is followed, and every byte of every file is accounted for.
package struct ExportedLedger: Sendable {
  package let checkpoint: Checkpoint
  private let tree: GrowingTree
  private let files: ExportFiles

  package var size: UInt64 { checkpoint.size }
  package var root: [UInt8] { checkpoint.root }

  /// Reads all of it.
  ///
  /// 1. the commit key signed the checkpoint of this store's ledger;
  /// 2. the bundles hold as many entries as it says, and nothing else;
  /// 3. the tree over the entries has its root;
  /// 4. each tile of each level is that tree's;
  /// 5. there are no further files or folders.
  /// - Parameter key: SubjectPublicKeyInfo of the commit key, as enrolled.
  /// - Throws: `archive.unreadable`, `export.file-missing`, `export.malformed`, `export.mismatch`,
  ///   `log.checkpoint-malformed`, `log.checkpoint-invalid`.
  package init(opening path: String, storeID: [UInt8], key: [UInt8]) throws(Failure) {
    var files = try ExportFiles(path)
    let note = try files.read("checkpoint", atMost: SignedNote.mostBytes)
    checkpoint = try Checkpoint(parsing: note)
    try verifyCheckpoint(checkpoint, storeID: storeID, key: key)

    var tree = GrowingTree()
    for tile in Tile.all(of: checkpoint.size) {
      let name = "tile/entries/\(tile.path)"
      let bundle = try files.read(name, atMost: tile.width * EntryBundle.mostEntry)
      try EntryBundle.read(bundle, count: tile.width, named: name) { _, entry in tree.append(entry) }
    }
    guard tree.root == checkpoint.root else {
      throw Failure(.exportMismatch, "tile/entries", "the entries do not lead to the checkpoint's root hash")
    }
    var level = 0
    while level < 8, checkpoint.size >> UInt64(8 * level) > 0 {
      for tile in Tile.all(of: checkpoint.size >> UInt64(8 * level)) {
        try Self.verify(tile, level, under: tree, &files)
      }
      level += 1
    }
    try files.verifyNoOthers()
    self.tree = tree
    self.files = files
  }

  /// Reads the leaves in order once more, each proven again: the folder may have changed meanwhile.
  /// - Throws: as opening does, and what `visit` throws.
  package func forEachLeaf(_ visit: (UInt64, [UInt8]) throws(Failure) -> Void) throws(Failure) {
    var files = files
    for tile in Tile.all(of: size) {
      let name = "tile/entries/\(tile.path)"
      let bundle = try files.read(name, atMost: tile.width * EntryBundle.mostEntry)
      try EntryBundle.read(bundle, count: tile.width, named: name) { (place, entry) throws(Failure) in
        let index = tile.start + UInt64(place)
        guard leafHash(entry) == tree.hash(ofLeafAt: index) else {
          throw Failure(.exportMismatch, name, "entry \(index) is another one than when the export was proven")
        }
        try visit(index, entry)
      }
    }
  }

  /// RFC 6962 §2.1.2, from an earlier size to this one; nil unless 0 < size ≤ this one's.
  package func consistencyPath(from size: UInt64) -> [[UInt8]]? { tree.consistencyPath(from: size, to: self.size) }

  /// The root of the first leaves; nil where there are not so many.
  package func root(ofFirst size: UInt64) -> [UInt8]? { tree.root(ofFirst: size) }

  /// Step 4, for one tile.
  private static func verify(
    _ tile: Tile, _ level: Int, under tree: GrowingTree, _ files: inout ExportFiles
  ) throws(Failure) {
    let name = "tile/\(level)/\(tile.path)"
    let size = tile.width * treeHashSize
    let bytes = try files.read(name, atMost: size)
    guard bytes.count == size else {
      throw Failure(.exportMalformed, name, "\(bytes.count) bytes, where \(tile.width) hashes have \(size)")
    }
    for place in 0..<tile.width {
      let range = place * treeHashSize..<(place + 1) * treeHashSize
      let hash = tree.subtreeHash(level: 8 * level, index: tile.start + UInt64(place))
      guard hash.map({ $0[...] == bytes[range] }) == true else {
        throw Failure(.exportMismatch, name, at: UInt64(range.lowerBound), "another hash than the entries lead to")
      }
    }
  }
}

/// A file's place among those of its level: up to 256 items from `start` on.
private struct Tile {
  let start: UInt64
  let width: Int
  let path: String

  static func all(of count: UInt64) -> some Sequence<Tile> {
    stride(from: 0, to: count, by: Int(Ledger.tileWidth)).lazy.map { start in
      let width = min(count - start, Ledger.tileWidth)
      return Tile(
        start: start, width: Int(width), path: TileWriter.path(start / Ledger.tileWidth, width: width))
    }
  }
}

/// Entries one after the other, each with its length in two bytes, big-endian.
private enum EntryBundle {
  /// Bytes of an entry and its length.
  static let mostEntry = 2 + 0xffff

  static func read(
    _ bundle: [UInt8], count: Int, named name: String, _ visit: (Int, [UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    func malformed(_ detail: String, at offset: Int) -> Failure {
      Failure(.exportMalformed, name, at: UInt64(offset), detail)
    }
    var position = 0
    for place in 0..<count {
      guard bundle.count - position >= 2 else { throw malformed("an entry without its length", at: position) }
      let size = Int(bundle[position]) << 8 | Int(bundle[position + 1])
      guard bundle.count - position - 2 >= size else { throw malformed("an entry cut short", at: position) }
      try visit(place, Array(bundle[(position + 2)..<(position + 2 + size)]))
      position += 2 + size
    }
    guard position == bundle.count else { throw malformed("more than \(count) entries", at: position) }
  }
}
