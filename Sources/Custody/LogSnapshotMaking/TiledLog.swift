import LogHistory
import LogSnapshot
import MerkleTree
import Reasons
import SignedNote

/// A tiled log's folder under its checkpoint: whatever it gives was rehashed up to the checkpoint's root.
struct TiledLog {
  let folder: TileFolder
  private let tiles: TreeTiles

  init(_ folder: TileFolder, under checkpoint: CarriedCheckpoint) {
    self.folder = folder
    tiles = TreeTiles(
      of: checkpoint.parsed.head,
      carried: { (level, path) throws(Failure) in try folder.hashes(Tile(level: level, index: path.number)) })
  }

  /// The hashes of a tile.
  /// - Throws: `log-snapshot.tile-mismatch`, `log-snapshot.malformed`.
  func hashes(_ tile: Tile) throws(Failure) -> [UInt8] {
    let hashes: [UInt8]?
    do throws(Failure) { hashes = try tiles.tile(level: tile.level, number: tile.index) } catch {
      throw error.reason == .logSnapshotTileMismatch ? error.within(folder.path) : error
    }
    guard let hashes else { throw folder.absence(folder.name(tile)) }
    return hashes
  }

  /// The bytes of a bundle whose entries hash to the leaves' tile.
  /// - Throws: `log-snapshot.entry-mismatch`, with the entry's index; `log-snapshot.malformed`.
  func bundle(_ index: UInt64) throws(Failure) -> [UInt8] {
    let leaves = try hashes(Tile(level: 0, index: index))
    guard let bundle = try folder.bundle(index) else { throw folder.absence(folder.bundleName(index)) }
    for (place, entry) in bundle.entries.enumerated() {
      guard leafHash(entry)[...] == leaves[place * treeHashSize..<(place + 1) * treeHashSize] else {
        throw Failure(
          .logSnapshotEntryMismatch, "\(folder.path)/\(folder.bundleName(index))",
          "entry \(index << 8 | UInt64(place)) does not hash to its leaf in the tile of level 0")
      }
    }
    return bundle.bytes
  }

  /// The root of the tree of the first leaves, from tiles.
  /// - Throws: `log-snapshot.tile-mismatch`.
  func root(ofFirst size: UInt64) throws(Failure) -> [UInt8]? {
    do throws(Failure) { return try tiles.subtrees.root(ofFirst: size) } catch { throw error.within(folder.path) }
  }
}
