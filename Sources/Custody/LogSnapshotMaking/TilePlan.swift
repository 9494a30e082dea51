/// Which tiles and bundles a snapshot holds: no more than what its entries and heads are proven with.
struct TilePlan {
  let size: UInt64
  private var chosen: Set<Tile>
  private let isWhole: Bool

  /// The right edge, and with `whole` all tiles.
  init(size: UInt64, whole: Bool) {
    self.size = size
    isWhole = whole
    chosen = Set(Tile.edge(of: size))
  }

  /// The tiles between the leaves of a bundle and the right edge.
  mutating func add(bundle: UInt64) { climb(Tile(level: 0, index: bundle)) }

  /// The tiles that fold to the root of the first leaves.
  mutating func add(head: UInt64) { Tile.edge(of: head).forEach { climb($0) } }

  private mutating func climb(_ tile: Tile) {
    var tile = tile
    // A partial tile is part of the right edge, and a tile that is there already has what stands above it.
    while chosen.insert(tile).inserted, tile.count(in: size) == Tile.width { tile = tile.parent }
  }

  /// From the highest level down, so that a reader knows each tile's parent before it.
  func forEachTile(_ visit: (Tile) throws(SnapshotError) -> Void) throws(SnapshotError) {
    for level in (0..<Tile.levels(of: size)).reversed() {
      if isWhole {
        let hashes = size >> UInt64(8 * level)
        for index in 0..<(hashes + UInt64(Tile.width) - 1) / UInt64(Tile.width) {
          try visit(Tile(level: level, index: index))
        }
      } else {
        for tile in chosen.filter({ $0.level == level }).sorted(by: { $0.index < $1.index }) { try visit(tile) }
      }
    }
  }
}
