import Files
import FoundationEssentials
import Glibc
import LogHistory
import LogSnapshot
import Reasons
import SignedNote
import SnapshotReader
import SnapshotSketch
import TestSupport
import Testing

/// A log snapshot from a tar on a disk, and from a folder.
@Suite struct SnapshotReaderTests {
  final class CountingSink: SnapshotSink {
    var tiles = 0
    var entries = 0
    func keep(level: Int, number: UInt64, hashes: [UInt8]) { tiles += 1 }
    func keep(_ entry: ProvenEntry) { entries += 1 }
  }

  let home: TemporaryFolder
  let log: SketchedTlog
  let snapshot: SketchedSnapshot

  init() throws {
    home = try TemporaryFolder()
    log = try SketchedTlog(leaves: 600)
    var snapshot = try SketchedSnapshot(of: log)
    try snapshot.carry(checkpointOf: 300, log)
    snapshot.carry(tilesOf: 600, log)
    snapshot.carry(bundle: 2, width: 88, log)
    self.snapshot = snapshot
  }

  func verify(_ listing: SnapshotListing, _ files: any SnapshotFiles) throws {
    let key = String(decoding: log.verifierKey.serialized, as: UTF8.self)
    let policy = try TLogPolicy(parsing: Array("log \(key)\nquorum none\n".utf8), named: "policy")
    let sink = CountingSink()
    let opened = try SnapshotVerifier(trustRoots: [], policy: policy).open(listing, in: files)
    _ = try #require(opened.first).verify(after: nil, in: files, beside: NothingKept(), into: sink)
    #expect(sink.tiles == 4 && sink.entries == 88)
  }

  func tar(_ more: (inout TarWriter) -> Void = { _ in }) throws -> SnapshotTar {
    let archive = TarWriter.archive { writer in
      writer.header("./a/", type: "5")
      writer.header("a/tile/", type: "5")
      writer.header("a/tile/0/000.p", type: "5")
      for (name, contents) in snapshot.files.sorted(by: { $0.key < $1.key }) {
        writer.file(Array("./\(name)".utf8), contents)
      }
      more(&writer)
    }
    return try SnapshotTar(OpenFile(path: home.write("snapshot.tar", archive)), named: "snapshot.tar")
  }

  @Test func readsATar() throws {
    let tar = try tar()
    try verify(tar.listing, tar)
  }

  @Test func readsAFolder() throws {
    for (name, contents) in snapshot.files { try home.write("there/\(name)", contents) }
    let tree = try SnapshotTree(Directory(path: home.path("there")), named: "there")
    try verify(tree.listing, tree)
  }

  @Test func refusesStrangersInATar() throws {
    func refuses(_ reason: Reason, _ more: (inout TarWriter) -> Void, _ location: SourceLocation = #_sourceLocation) {
      #expect(sourceLocation: location) { try tar(more) } throws: { ($0 as? Failure)?.reason == reason }
    }
    refuses(.logSnapshotMalformed) { $0.file("a/other", "") }
    refuses(.logSnapshotMalformed) { $0.file("a/checkpoint", "x") }
    refuses(.logSnapshotMalformed) { $0.file("a/../a/checkpoint.3", "x") }
    refuses(.logSnapshotMalformed) { $0.file("/a/checkpoint.3", "x") }
    refuses(.logSnapshotMalformed) { $0.header("a/other", type: "5") }
    refuses(.logSnapshotMalformed) { $0.header("..", type: "5") }
    refuses(.archiveForbiddenEntry) { $0.header("a/checkpoint.3", type: "2", link: "checkpoint") }
    refuses(.archiveForbiddenEntry) { $0.header("a/checkpoint.3", type: "1", link: "a/checkpoint") }
    refuses(.archiveTrailingData) { writer in
      writer.end()
      writer.append([1])
    }
    // Of 100 MB, of which nothing is there: its size is enough.
    refuses(.archiveTruncated) { $0.header("a/checkpoint.3", size: 100_000_000) }
    refuses(.logSnapshotMalformed) { writer in
      writer.header("a/checkpoint.3", size: 1 << 20)
      writer.contents([UInt8](repeating: 0, count: 1 << 20))
    }
  }

  @Test func refusesCutArchives() throws {
    let whole = TarWriter.archive { $0.file("a/checkpoint", "x") }
    for size in [100, 512, 513, 1023, 1024] {
      let path = try home.write("cut.tar", Array(whole.prefix(size)))
      #expect { try SnapshotTar(OpenFile(path: path), named: "cut.tar") } throws: {
        ($0 as? Failure)?.reason == .archiveTruncated
      }
    }
  }

  @Test func refusesStrangersInAFolder() throws {
    for (name, contents) in snapshot.files { try home.write("there/\(name)", contents) }
    func tree() throws -> SnapshotTree { try SnapshotTree(Directory(path: home.path("there")), named: "there") }
    let stray = home.path("there/a/checkpoint.3")
    try #require(symlink("checkpoint", stray) == 0)
    #expect { try tree() } throws: { ($0 as? Failure)?.reason == .archiveForbiddenEntry }
    try DurableFile.remove(stray)
    try home.write("there/a/tile/0/x001/x002/README", [1])
    #expect { try tree() } throws: { ($0 as? Failure)?.reason == .logSnapshotMalformed }
  }

  /// The medium gives other bytes than it listed.
  @Test func noticesAFileThatChanged() throws {
    for (name, contents) in snapshot.files { try home.write("there/\(name)", contents) }
    let tree = try SnapshotTree(Directory(path: home.path("there")), named: "there")
    try home.write("there/a/tile/0/000", [1, 2, 3])
    #expect { try verify(tree.listing, tree) } throws: { ($0 as? Failure)?.reason == .archiveUnreadable }
  }
}
