import LogSnapshot
import LogSnapshotMaking
import MerkleTree
import Octets
import Reasons
import TestSupport
import Testing

@Suite struct TiledSnapshotTests {
  struct Desk {
    let home: TemporaryFolder
    let log: TiledSketch
    var snapshot: TiledSnapshot

    init(_ size: UInt64, _ log: TiledSketch? = nil) throws {
      home = try TemporaryFolder()
      self.log = try log ?? TiledSketch(Int(size))
      snapshot = TiledSnapshot(home.path("log"), .other)
      try self.log.fetch(size, into: home)
    }

    func make() throws(SnapshotError) -> MadeSnapshot { try snapshot.write(to: home.path("out.tar")) }

    func names() throws -> [String] {
      String(decoding: try runChecked(["tar", "-tf", home.path("out.tar")]), as: UTF8.self).split(separator: "\n")
        .map { String($0.split(separator: "/", maxSplits: 1)[1]) }
    }

    /// Why it is not made; nothing is written then.
    func error() throws -> SnapshotError? {
      do throws(SnapshotError) {
        _ = try make()
        Issue.record("it was made")
        return nil
      } catch {
        #expect(try home.names().allSatisfy { !$0.hasPrefix("out.tar") })
        return error
      }
    }

    func flip(_ name: String, _ place: Int) throws {
      var bytes = try home.read("log/\(name)")
      bytes[place] ^= 1
      try home.write("log/\(name)", bytes)
    }
  }

  static let sizes: [UInt64] = [1, 2, 255, 256, 257, 600, 65_535, 65_536, 65_537, 70_000]

  @Test(arguments: sizes) func carriesAll(_ size: UInt64) throws {
    var desk = try Desk(size)
    desk.snapshot.allTiles = true
    desk.snapshot.choice.ranges = [0...size - 1]
    let made = try desk.make()
    let tiles = (0..<8).reduce(0) { $0 + TiledSketch.tiles(size >> UInt64(8 * $1)).count }
    #expect(made.logs.map(\.tiles) == [tiles])
    #expect(
      try checkedInPython(desk.home.path("out.tar")) == [
        "tiles.example/log: \(size), earlier [], tiles \(tiles), entries \(size)"
      ])
  }

  @Test(arguments: sizes) func carriesTheRightEdgeAlone(_ size: UInt64) throws {
    let desk = try Desk(size)
    let made = try desk.make()
    #expect(made.logs[0].tiles <= 3)
    #expect(try checkedInPython(desk.home.path("out.tar"))[0].hasSuffix("entries 0"))
  }

  @Test func carriesOnlyWhatProvesTheChosen() throws {
    var desk = try Desk(70_000)
    desk.snapshot.choice.ranges = [1000...1000, 69_999...69_999]
    desk.snapshot.previous = [try desk.home.write("old", desk.log.note(65_792))]
    _ = try desk.make()
    // From the top down: each tile stands behind its parent.
    #expect(
      try desk.names() == [
        "log.json", "checkpoint", "checkpoint.65792", "tile/2/000.p/1", "tile/1/000", "tile/1/001.p/17", "tile/0/003",
        "tile/0/273.p/112", "tile/entries/003", "tile/entries/273.p/112",
      ])
    #expect(try checkedInPython(desk.home.path("out.tar")).count == 1)
  }

  @Test(arguments: [1, 255, 256, 300, 512, 599, 600] as [UInt64]) func carriesEarlierHeads(_ old: UInt64) throws {
    var desk = try Desk(600)
    desk.snapshot.previous = [try desk.home.write("old", desk.log.note(old))]
    #expect(try desk.make().logs[0].earlier == (old == 600 ? [] : [old]))
    #expect(try checkedInPython(desk.home.path("out.tar")).count == 1)
  }

  @Test func sameFolderSameBytes() throws {
    var desk = try Desk(600)
    desk.snapshot.choice.ranges = [3...300]
    _ = try desk.make()
    _ = try desk.snapshot.write(to: desk.home.path("again.tar"))
    #expect(try desk.home.read("out.tar") == desk.home.read("again.tar"))
  }

  /// The log grew meanwhile, and keeps the full tile where the partial one was.
  @Test func aFullTileStandsForItsBeginning() throws {
    var desk = try Desk(600)
    desk.snapshot.choice.ranges = [599...599]
    let grown = try TiledSketch(1024)
    try runChecked(["rm", "-r", desk.home.path("log/tile")])
    try grown.fetch(1024, into: desk.home, as: "grown")
    try runChecked(["mv", desk.home.path("grown/tile"), desk.home.path("log/tile")])
    // Level 1 did not fill: its tile of 2 was fetched before.
    let pair = (0..<2).flatMap { desk.log.tree.subtreeHash(level: 8, index: $0) ?? [] }
    try desk.home.write("log/tile/1/000.p/2", pair)
    _ = try desk.make()
    #expect(try desk.names().contains("tile/0/002.p/88"))
    #expect(try checkedInPython(desk.home.path("out.tar"))[0].hasSuffix("entries 88"))
  }

  @Test func namesTheFilesThatAreWanted() throws {
    var desk = try Desk(600)
    desk.snapshot.choice.ranges = [3...3]
    desk.snapshot.url = "https://mirror.example/a"
    try runChecked(["rm", "-r", desk.home.path("log/tile")])
    let error = try desk.error()
    let wanted = try #require(error?.wanted)
    func line(_ name: String) -> String {
      "curl -fsS --compressed --create-dirs -o '\(desk.home.path("log"))/\(name)' 'https://mirror.example/a/\(name)'"
    }
    #expect(
      wanted.commands == [
        "\(line("tile/1/000.p/2")) || \(line("tile/1/000"))", line("tile/0/000"),
        "\(line("tile/0/002.p/88")) || \(line("tile/0/002"))", line("tile/entries/000"),
      ])
  }

  /// Tiles of Rekor v2 stand below /api/v2; what is no address goes into no command.
  @Test(arguments: [
    (LogDescription.Kind.rekorVersion2, TiledSketch.origin, "'https://tiles.example/log/api/v2/tile/"),
    (.other, TiledSketch.origin, "'https://tiles.example/log/tile/"), (.other, "a'; rm -r ~", "'https://LOG/tile/"),
  ])
  func addressesAreTheLogs(_ kind: LogDescription.Kind, _ origin: String, _ words: String) throws {
    let home = try TemporaryFolder()
    try home.write("log/checkpoint", TiledSketch(1).note(1, origin: origin))
    let error = #expect(throws: SnapshotError.self) {
      try TiledSnapshot(home.path("log"), kind).write(to: home.path("out.tar"))
    }
    let wanted = try #require(error?.wanted)
    #expect(wanted.commands[0].contains(words))
  }

  // MARK: What does not hold

  @Test(arguments: [
    ("tile/1/000.p/2", Reason.logSnapshotTileMismatch), ("tile/0/002.p/88", .logSnapshotTileMismatch),
    ("tile/0/000", .logSnapshotTileMismatch), ("tile/entries/000", .logSnapshotEntryMismatch),
    ("tile/entries/002.p/88", .logSnapshotEntryMismatch),
  ])
  func aBitIsAnother(_ name: String, _ reason: Reason) throws {
    var desk = try Desk(600)
    desk.snapshot.choice.ranges = [0...599]
    // Of an entry, not of its length.
    try desk.flip(name, 43)
    let error = try desk.error()
    let failure = try #require(error?.refusal)
    #expect(failure.reason == reason)
    // The right edge leads to the root as a whole: its lowest tile stands for it.
    #expect(failure.subject.contains(name.hasPrefix("tile/1") ? "tile/0/002.p/88" : name))
  }

  @Test(arguments: ["tile/1/000.p/2", "tile/0/000", "tile/entries/000", "tile/entries/002.p/88"])
  func aFileHasAnotherLength(_ name: String) throws {
    for change in [-1, 1] {
      var desk = try Desk(600)
      desk.snapshot.choice.ranges = [0...599]
      let bytes = try desk.home.read("log/\(name)")
      try desk.home.write("log/\(name)", change < 0 ? bytes.dropLast() : bytes + [0])
      let failure = try #require(desk.error()?.refusal)
      #expect(failure.reason == .logSnapshotMalformed)
      #expect(failure.subject == desk.home.path("log/\(name)"))
    }
  }

  @Test func anEarlierHeadOfAnotherHistoryIsAFork() throws {
    var desk = try Desk(600)
    let other = try TiledSketch(600, fork: 100)
    desk.snapshot.previous = [try desk.home.write("old", other.note(300))]
    #expect(try desk.error() == .refused(Failure(.logFork, desk.home.path("old"))))
    desk.snapshot.previous = [try desk.home.write("old", other.note(600))]
    #expect(try desk.error() == .refused(Failure(.logFork, desk.home.path("old"))))
    desk.snapshot.previous = [try desk.home.write("old", other.note(100))]
    _ = try desk.make()
  }

  @Test func theNewestIsNotTheLargest() throws {
    var desk = try Desk(600)
    desk.snapshot.previous = [try desk.home.write("old", TiledSketch(601).note(601))]
    let words = try #require(desk.error()?.mistake)
    #expect(words.contains("it went back"))
  }

  @Test func anotherLogsHead() throws {
    var desk = try Desk(600)
    desk.snapshot.previous = [try desk.home.write("old", desk.log.note(300, origin: "other.example"))]
    let words = try #require(desk.error()?.mistake)
    #expect(words.contains("another log"))
    desk.snapshot.previous = []
    desk.snapshot.origin = "other.example"
    let more = try #require(desk.error()?.mistake)
    #expect(more.contains("not of “other.example”"))
    desk.snapshot.origin = TiledSketch.origin
    _ = try desk.make()
  }

  @Test func thereIsNoSuchEntry() throws {
    var desk = try Desk(600)
    desk.snapshot.choice.ranges = [599...600]
    let words = try #require(desk.error()?.mistake)
    #expect(words.contains("no entry 600"))
  }
}
