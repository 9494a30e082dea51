import LogSnapshot
import Reasons
import SignedNote
import Testing

@Suite struct SnapshotPathTests {
  static func read(_ text: String) -> SnapshotPath? { SnapshotPath(parsing: Array(text.utf8)[...]) }

  @Test(
    arguments: [
      ("log.json", .description), ("checkpoint", .checkpoint), ("checkpoint.0", .earlierCheckpoint(size: 0)),
      ("checkpoint.9223372036854775807", .earlierCheckpoint(size: UInt64(Int64.max))),
      ("tile/0/000", .tile(level: 0, TilePath(number: 0))),
      ("tile/7/x001/x234/067", .tile(level: 7, TilePath(number: 1_234_067))),
      ("tile/0/x001/000", .tile(level: 0, TilePath(number: 1000))),
      ("tile/1/x273/999.p/255", .tile(level: 1, TilePath(number: 273_999, width: 255))),
      ("tile/0/x009/x223/x372/x036/x854/x775/807", .tile(level: 0, TilePath(number: UInt64(Int64.max)))),
      ("tile/entries/273.p/1", .entryBundle(TilePath(number: 273, width: 1))),
      ("consistency/0-9", .consistency(from: 0, to: 9)), ("entries/17.json", .entry(index: 17)),
      ("proofs/17.tlog-proof", .proof(index: 17)),
    ] as [(String, SnapshotPath)])
  func readsItsOneSpelling(_ text: String, _ path: SnapshotPath) {
    #expect(Self.read(text) == path)
    #expect(path.text == text)
  }

  @Test(arguments: [
    "", "/", "log.json/", "LOG.json", "log.jso", "checkpoint.", "checkpoint.01", "checkpoint.-1", "checkpoint.x",
    "checkpoint.9223372036854775808", "checkpoint/1", "tile", "tile/", "tile/0", "tile/0/", "tile/8/000", "tile/63/000",
    "tile/00/000", "tile/-1/000", "tile/x/000", "tile/0/0", "tile/0/00", "tile/0/0000", "tile/0/x000/067",
    "tile/0/x00/067",
    "tile/0/001/067", "tile/0/x001", "tile/0/X001/067", "tile/0/000.p", "tile/0/000.p/", "tile/0/000.p/0",
    "tile/0/000.p/256", "tile/0/000.p/01", "tile/0/000.p/1000", "tile/0/000.p/1/1", "tile/0/x001.p/067", "tile/0/.p/1",
    "tile/0/x009/x223/x372/x036/x854/x775/808", "tile/0/x999/x999/x999/x999/x999/x999/999",
    "tile/0/x001/x000/x000/x000/x000/x000/x000/000", "tile/0/../000", "tile/0/000/..", "tile/entries", "tile/entries/0",
    "tile//000", "consistency/9-9", "consistency/9-0", "consistency/1", "consistency/1-", "consistency/-1",
    "consistency/1-2-3", "consistency/01-2", "consistency/1-2/3", "entries/1", "entries/01.json", "entries/.json",
    "entries/1.json/", "entries/9223372036854775808.json", "proofs/1.json", "proofs/1", "entries/1.tlog-proof",
    ".state",
  ])
  func readsNoOther(_ text: String) { #expect(Self.read(text) == nil) }

  @Test func knowsItsFolders() {
    for text in ["tile", "tile/0", "tile/entries", "tile/0/x001", "tile/0/000.p", "entries", "proofs", "consistency"] {
      #expect(SnapshotPath.isFolder(Array(text.utf8)[...]), "\(text)")
    }
    for text in ["", "x", "tile/", "tile/0/..//", "entries/0", "tile/A", "log.json"] {
      #expect(!SnapshotPath.isFolder(Array(text.utf8)[...]), "\(text)")
    }
  }

  // MARK: Listing

  static func list(_ names: [(String, Int)]) throws -> SnapshotListing {
    var listing = SnapshotListing()
    for (name, size) in names { try listing.add(Array(name.utf8), size: UInt64(size), at: 0) }
    try listing.finish()
    return listing
  }

  static let least = [("a/log.json", 2), ("a/checkpoint", 2)]

  @Test func listsFilesByLog() throws {
    let listing = try Self.list(
      Self.least + [("B-1._/checkpoint", 3), ("B-1._/log.json", 4), ("a/tile/0/000.p/3", 96)])
    #expect(listing.folders.map { String(decoding: $0.name, as: UTF8.self) } == ["B-1._", "a"])
    #expect(listing.folders[1].tiles.map(\.path) == [TilePath(number: 0, width: 3)])
  }

  /// A checkpoint of 100 MB is refused by its size, before a byte of it is read.
  @Test(arguments: [
    ("a/checkpoint", 100_000_000), ("a/checkpoint.1", SignedNote.mostBytes + 1), ("a/log.json", 65_537),
    ("a/tile/0/000", 8191), ("a/tile/0/000", 8193), ("a/tile/0/000.p/2", 63), ("a/consistency/1-2", 64 * 45 + 1),
    ("a/entries/1.json", 23 << 20), ("a/tile/entries/000.p/1", 65_538),
    ("a/proofs/1.tlog-proof", LogProof.mostBytes + 1),
    ("a/other", 1), ("a", 1), ("/checkpoint", 1), ("../checkpoint", 1), ("./checkpoint", 1), ("a b/checkpoint", 1),
    ("é/checkpoint", 1), ("checkpoint", 1), ("a//checkpoint", 1),
  ])
  func refusesByNameAndSize(_ name: String, _ size: Int) {
    var listing = SnapshotListing()
    #expect { try listing.add(Array(name.utf8), size: UInt64(size), at: 0) } throws: { error in
      (error as? Failure)?.reason == .logSnapshotMalformed
    }
  }

  @Test func refusesWhatIsMissingOrThereTwice() {
    for names in [
      [], [("a/checkpoint", 1)], [("a/log.json", 1)], Self.least + Self.least,
      Self.least + [("a/entries/1.json", 1), ("a/entries/1.json", 1)],
      Self.least + [("a/tile/0/000", 8192), ("a/tile/0/000.p/1", 32), ("a/tile/0/000", 8192)],
    ] {
      #expect { try Self.list(names) } throws: { ($0 as? Failure)?.reason == .logSnapshotMalformed }
    }
  }

  @Test func boundsTheNumberOfLogs() throws {
    let many = (0..<64).flatMap { [("log\($0)/log.json", 1), ("log\($0)/checkpoint", 1)] }
    #expect(try Self.list(many).folders.count == 64)
    #expect { try Self.list(many + [("more/checkpoint", 1)]) } throws: {
      ($0 as? Failure)?.reason == .logSnapshotMalformed
    }
  }
}
