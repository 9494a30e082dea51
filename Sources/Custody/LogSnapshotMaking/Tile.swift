import LogSnapshot

/// The place of a tile: up to 256 hashes, side by side, of a level at which each stands for 256^level leaves (C2SP
/// tlog-tiles, Merkle Tree).
struct Tile: Hashable {
  static let width = TilePath.fullWidth

  let level: Int
  let index: UInt64

  /// The tile whose hash at `index % 256` is this one's root, where this one is full.
  var parent: Tile { Tile(level: level + 1, index: index >> 8) }

  /// How many of its hashes a tree of so many leaves has; 0 where the tile lies beyond.
  func count(in size: UInt64) -> Int {
    let (hashes, first) = (size >> UInt64(8 * level), index << 8)
    return hashes <= first ? 0 : Int(min(hashes - first, UInt64(Self.width)))
  }

  /// Levels that a tree has: the highest holds at least one hash.
  static func levels(of size: UInt64) -> Int { (UInt64.bitWidth - size.leadingZeroBitCount + 7) / 8 }

  /// The partial tiles of a tree, whose hashes fold to its root (C2SP tlog-tiles, Partial Tiles): the right edge.
  static func edge(of size: UInt64) -> [Tile] {
    (0..<levels(of: size)).compactMap { level in
      let hashes = size >> UInt64(8 * level)
      return hashes % UInt64(width) == 0 ? nil : Tile(level: level, index: hashes >> 8)
    }
  }
}
