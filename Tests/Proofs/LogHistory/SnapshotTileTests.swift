import LogHistory
import LogSnapshot
import MerkleTree
import Reasons
import SignedNote
import SnapshotSketch
import TestSupport
import Testing

/// Tiles and what they prove.
@Suite struct SnapshotTileTests {
  /// With edges of every shape: a full tile and nothing behind, one leaf, two levels, an empty level between.
  @Test(arguments: [1, 2, 255, 256, 257, 300, 511, 512, 700, 65_536, 65_537, 65_793, 66_000])
  func verifiesAllTiles(_ size: Int) throws {
    let log = try SketchedTlog(leaves: size)
    var snapshot = try SketchedSnapshot(of: log)
    snapshot.carry(tilesOf: log.size, log)
    let sink = MemorySink()
    let verified = try snapshot.verify(under: log.policy, into: sink)
    #expect(verified.tileCount == snapshot.files.count - 2)
    #expect(sink.tiles.count == verified.tileCount)
    for (path, hashes) in sink.tiles { #expect(snapshot[path] == hashes) }
  }

  @Test func refusesEveryTileThatIsSwappedOrChanged() throws {
    let log = try SketchedTlog(leaves: 66_000)
    var snapshot = try SketchedSnapshot(of: log)
    snapshot.carry(tilesOf: log.size, log)
    let policy = try log.policy
    func tile(_ level: Int, _ number: UInt64, _ width: Int = 256) -> SnapshotPath {
      .tile(level: level, TilePath(number: number, width: width))
    }
    for path in [tile(0, 0), tile(0, 200), tile(0, 257, 208), tile(1, 0), tile(1, 1, 1), tile(2, 0, 1)] {
      var changed = snapshot
      changed[path]![17] ^= 1
      let name = path == tile(1, 1, 1) || path == tile(2, 0, 1) ? tile(0, 257, 208).text : path.text
      changed.expectRefusal(.logSnapshotTileMismatch, name, under: policy)
    }
    var swapped = snapshot
    swapped[tile(0, 3)] = snapshot[tile(0, 4)]
    swapped[tile(0, 4)] = snapshot[tile(0, 3)]
    swapped.expectRefusal(.logSnapshotTileMismatch, tile(0, 3).text, under: policy)
    // Two leaves in one tile.
    swapped = snapshot
    let leaves = snapshot[tile(0, 9)]!
    swapped[tile(0, 9)] = Array(leaves[32..<64] + leaves[..<32] + leaves[64...])
    swapped.expectRefusal(.logSnapshotTileMismatch, tile(0, 9).text, under: policy)
  }

  @Test func refusesATruncatedTile() throws {
    let log = try SketchedTlog(leaves: 300)
    var snapshot = try SketchedSnapshot(of: log)
    snapshot.carry(tilesOf: 300, log)
    snapshot[.tile(level: 0, TilePath(number: 0))]!.removeLast()
    #expect(throws: Failure(.logSnapshotMalformed, "a/tile/0/000")) { try snapshot.listing }
  }

  @Test func refusesTilesWithoutARoot() throws {
    let log = try SketchedTlog(leaves: 66_000)
    let policy = try log.policy
    for absent in [(1, UInt64(0)), (1, 1), (2, 0), (0, 257)] {
      var snapshot = try SketchedSnapshot(of: log)
      snapshot.carry(tilesOf: log.size, log) { $0 != absent.0 || $1.number != absent.1 }
      snapshot.expectRefusal(.logSnapshotTileUnrooted, "tile/", under: policy)
      try snapshot.verify(under: policy, beside: KeptSketch(log: log, size: 66_000))
      // A store that somebody edited is as good as none.
      let other = try log.forked(at: 3, leaves: 66_000)
      snapshot.expectRefusal(
        .logSnapshotTileUnrooted, "tile/", under: policy, beside: KeptSketch(log: other, size: 66_000))
    }
  }

  @Test func takesASparseSnapshot() throws {
    let log = try SketchedTlog(leaves: 66_000)
    var snapshot = try SketchedSnapshot(of: log)
    snapshot.carry(tilesOf: log.size, log) { level, tile in level > 0 || tile.number == 7 || tile.number == 257 }
    let sink = MemorySink()
    try snapshot.verify(under: log.policy, into: sink)
    #expect(sink.tiles.count == 5)
  }

  @Test func refusesTilesBeyondTheSize() throws {
    let log = try SketchedTlog(leaves: 600)
    for path in [(0, UInt64(2), 100), (0, 3, 1), (1, 0, 3), (2, 0, 1), (0, 1 << 50, 256)] {
      var snapshot = try SketchedSnapshot(of: log)
      snapshot.carry(tilesOf: 600, log)
      let tile = SnapshotPath.tile(level: path.0, TilePath(number: path.1, width: path.2))
      snapshot[tile] = [UInt8](repeating: 1, count: path.2 * 32)
      snapshot.expectRefusal(.logSnapshotMalformed, tile.text, under: try log.policy)
    }
  }

  /// A log may carry the partial tiles of every checkpoint that it made.
  @Test func takesPartialTilesOfEarlierSizes() throws {
    let log = try SketchedTlog(leaves: 300)
    var snapshot = try SketchedSnapshot(of: log)
    try snapshot.carry(checkpointOf: 290, log)
    snapshot.carry(tilesOf: 300, log)
    snapshot.carry(tilesOf: 290, log)
    let sink = MemorySink()
    try snapshot.verify(under: log.policy, into: sink)
    #expect(sink.tiles.count == 3)
    let narrow = SnapshotPath.tile(level: 0, TilePath(number: 1, width: 34))
    var changed = snapshot
    changed[narrow]![40] ^= 1
    changed.expectRefusal(.logSnapshotTileMismatch, narrow.text, under: try log.policy)
    // Without the newest ones they lead to their own checkpoint, which a path connects.
    changed = try SketchedSnapshot(of: log)
    try changed.carry(checkpointOf: 290, log)
    changed.carry(pathFrom: 290, to: 300, log)
    changed.carry(tilesOf: 290, log) { level, tile in tile.width < 256 }
    let earlier = MemorySink()
    try changed.verify(under: log.policy, into: earlier)
    #expect(earlier.tiles.count == 2)
    changed[narrow]![40] ^= 1
    changed.expectRefusal(.logSnapshotTileMismatch, narrow.text, under: try log.policy)
  }

  // MARK: Tessera's log

  @Test(.enabled(if: Corpus.isPresent, Comment(rawValue: Corpus.absence)))
  func verifiesTesserasLog() throws {
    let key = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"
    let policy = try TLogPolicy(parsing: Array("log \(key)\nquorum none\n".utf8), named: "policy")
    var snapshot = SketchedSnapshot()
    snapshot[.description] = Array(
      #"{"format": "assay-log-snapshot/1", "origin": "example.com/log/testdata", "kind": "tlog"}"#.utf8)
    snapshot[.checkpoint] = try Corpus.bytes("tlog-tiles/checkpoint")
    for size in 0...15 {
      let bytes = try Corpus.bytes("tlog-tiles/checkpoint.\(size)")
      snapshot[.earlierCheckpoint(size: UInt64(size))] = bytes
      guard size > 0 else { continue }
      let path = TilePath(number: 0, width: size)
      snapshot[.tile(level: 0, path)] = try Corpus.bytes("tlog-tiles/tile/0/\(path.text)")
      snapshot[.entryBundle(path)] = try Corpus.bytes("tlog-tiles/tile/entries/\(path.text)")
    }
    let sink = MemorySink()
    let verified = try snapshot.verify(under: policy, into: sink)
    #expect(verified.heads.map(\.size) == Array(0..<15))
    #expect(sink.tiles.count == 1)
    #expect(sink.entries.map(\.index) == Array(0..<15))
    #expect(verified.tileCount == 15 && verified.entryCount == 15)
  }
}
