package import LogSnapshot
package import MerkleTree
package import Reasons

/// Hashes that were kept from earlier snapshots. Never believed: whoever reads them verifies them.
package protocol KeptHashes {
  /// Hashes of 256^level leaves each.
  /// - Parameter first: which of its level.
  /// - Returns: 32 bytes each, without a gap; nil where one is not kept.
  func hashes(level: Int, from first: UInt64, count: Int) -> [UInt8]?
}

/// Where nothing was kept.
package struct NothingKept: KeptHashes {
  package init() {}
  package func hashes(level: Int, from first: UInt64, count: Int) -> [UInt8]? { nil }
}

/// The tiles of a tree of one size and root, each given out only once it led to the root (C2SP tlog-tiles).
///
/// A full tile's root is an entry of the tile above; the partial tiles at the tree's right edge lead to the root together.
/// One tile of each level is remembered, so that going through a level from the left verifies the levels above once.
package final class TreeTiles {
  /// A tile as a snapshot carries it, of exactly this width; nil where it carries none.
  package typealias Carried = (_ level: Int, _ path: TilePath) throws(Failure) -> [UInt8]?

  package let head: LogHead
  private let carried: Carried
  private let kept: any KeptHashes
  private let hasher = RowHasher()
  private var last: [(number: UInt64, hashes: [UInt8])?] = Array(repeating: nil, count: SnapshotPath.levels)
  /// By level; found at the first use, nil inside where they are not at hand.
  private var edge: [Int: [UInt8]]??

  /// - Parameter head: of a checkpoint whose signature was verified.
  package init(
    of head: LogHead, carried: @escaping Carried = { (_, _) throws(Failure) in nil }, kept: any KeptHashes = NothingKept()
  ) {
    self.head = head
    self.carried = carried
    self.kept = kept
  }

  /// Hashes of 256^level leaves that the tree has.
  private func count(_ level: Int) -> UInt64 { head.size >> UInt64(8 * level) }

  /// Hashes in this tile of the tree, 0 where it has no such tile.
  package func width(level: Int, number: UInt64) -> Int {
    guard number <= count(level) / 256 else { return 0 }
    return Int(min(256, count(level) - number * 256))
  }

  /// A tile that led to the root; nil where it, or a tile above, is neither carried nor kept as it should be.
  /// - Throws: `log-snapshot.tile-mismatch` where a carried one leads elsewhere.
  package func tile(level: Int, number: UInt64) throws(Failure) -> [UInt8]? {
    let width = width(level: level, number: number)
    guard width > 0 else { return nil }
    if let last = last[level], last.number == number { return last.hashes }
    guard let hashes = try width < 256 ? edgeTiles()?[level] : fullTile(level, number) else { return nil }
    last[level] = (number, hashes)
    return hashes
  }

  private func fullTile(_ level: Int, _ number: UInt64) throws(Failure) -> [UInt8]? {
    guard let above = try tile(level: level + 1, number: number / 256) else { return nil }
    let place = Int(number % 256) * 32
    let wanted = above[place..<place + 32]
    let path = TilePath(number: number)
    if let own = try carried(level, path) {
      guard hasher.root(of: own).elementsEqual(wanted) else { throw mismatch(level, path) }
      return own
    }
    guard let own = kept.hashes(level: level, from: number * 256, count: 256),
      hasher.root(of: own).elementsEqual(wanted)
    else { return nil }
    return own
  }

  /// The partial tiles of all levels.
  private func edgeTiles() throws(Failure) -> [Int: [UInt8]]? {
    if let edge { return edge }
    let found = try findEdge()
    edge = .some(found)
    return found
  }

  private func findEdge() throws(Failure) -> [Int: [UInt8]]? {
    var tiles: [Int: [UInt8]] = [:]
    var lowest: (level: Int, path: TilePath)?
    var isAllCarried = true
    for level in 0..<SnapshotPath.levels {
      let number = count(level) / 256
      let width = width(level: level, number: number)
      guard width > 0 else { continue }
      let path = TilePath(number: number, width: width)
      if lowest == nil { lowest = (level, path) }
      if let own = try carried(level, path) {
        tiles[level] = own
      } else if let own = kept.hashes(level: level, from: number * 256, count: width) {
        tiles[level] = own
        isAllCarried = false
      } else {
        return nil
      }
    }
    guard let lowest else { return nil }
    let edge = tiles
    let root = Subtrees<Never> { (level, index) in self.node(level, index, in: edge[level / 8]) }
    if root.root(ofFirst: head.size) == head.root { return tiles }
    // What was kept may be the wrong part of it.
    if isAllCarried { throw mismatch(lowest.level, lowest.path) }
    return nil
  }

  /// The hash of the leaves from index · 2^level on; nil as in `tile`.
  package func node(level: Int, index: UInt64) throws(Failure) -> [UInt8]? {
    let first = index << UInt64(level % 8)
    return node(level, index, in: try tile(level: level / 8, number: first / 256))
  }

  private func node(_ level: Int, _ index: UInt64, in tile: [UInt8]?) -> [UInt8]? {
    let start = Int((index << UInt64(level % 8)) % 256) * 32
    let end = start + 32 << (level % 8)
    guard let tile, end <= tile.count else { return nil }
    return hasher.root(of: Array(tile[start..<end]))
  }

  /// Roots and proofs within the tree, made of verified tiles alone.
  package var subtrees: Subtrees<Failure> {
    Subtrees { (level, index) throws(Failure) in try self.node(level: level, index: index) }
  }

  private func mismatch(_ level: Int, _ path: TilePath) -> Failure {
    Failure(
      .logSnapshotTileMismatch, SnapshotPath.tile(level: level, path).text,
      "it does not lead to the root hash of \(head.size) leaves")
  }
}
