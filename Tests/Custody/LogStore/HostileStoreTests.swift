import Cryptography
import Files
import FoundationEssentials
import Glibc
import LogHistory
import LogSnapshot
import LogStore
import MerkleTree
import Octets
import Reasons
import SnapshotSketch
import TestSupport
import Testing

/// Whoever edits the disk, or stops an import anywhere, takes proofs away and makes none that is wrong.
@Suite struct HostileStoreTests {
  let log: SketchedTlog
  let rig: LogStoreRig

  init() throws {
    log = try SketchedTlog.rekor(leaves: 600)
    var rig = try LogStoreRig()
    try rig.take(try Self.snapshot(log), log)
    self.rig = rig
  }

  static func snapshot(_ log: SketchedTlog) throws -> SketchedSnapshot {
    var snapshot = try SketchedSnapshot(of: log)
    snapshot.carry(tilesOf: log.size, log)
    snapshot.carry(bundle: 1, width: 256, log)
    try snapshot.carry(entry: 3, log, promisedAt: 1_650_000_000)
    try snapshot.carry(proofOf: 3, in: log.size, log)
    return snapshot
  }

  /// Every answer that is given is right; returns how many were given.
  @discardableResult
  func verifyAnswers(_ location: SourceLocation = #_sourceLocation) -> Int {
    let kept = rig.log
    var given = 0
    for index in stride(from: UInt64(0), to: 600, by: 3) {
      guard let found = kept.inclusionProof(of: index) else { continue }
      given += 1
      #expect(found.leafHash == leafHash(log.leaves[Int(index)]), sourceLocation: location)
      #expect(found.proof == log.tree.inclusionProof(of: index, inFirst: 600), sourceLocation: location)
    }
    for number in [3, 44, 200] {
      for entry in kept.entries(signing: SketchedTlog.digest(number)).entries {
        given += 1
        #expect(entry.leaf.body == log.leaves[Int(entry.leaf.index)], sourceLocation: location)
        #expect(
          (try? entry.proof.verify(leafHash: leafHash(entry.leaf.body), root: entry.head.root)) != nil,
          sourceLocation: location)
      }
      for entry in kept.entries(leafHash: leafHash(log.leaves[number])).entries {
        given += 1
        #expect(entry.leaf.body == log.leaves[Int(entry.leaf.index)], sourceLocation: location)
      }
    }
    var last: UInt64?
    kept.forEachLeaf(in: 0..<600) { leaf in
      given += 1
      #expect(leaf.body == log.leaves[Int(leaf.index)], sourceLocation: location)
      #expect(last.map { $0 < leaf.index } ?? true, sourceLocation: location)
      last = leaf.index
    }
    return given
  }

  func path(_ name: String) -> String { rig.folder(log) + "/" + name }
  private func edit(_ name: String, _ edit: (inout [UInt8]) -> Void) throws {
    var bytes = try readFile(path(name))
    edit(&bytes)
    try Data(bytes).write(to: URL(filePath: path(name)))
  }

  @Test func answersWhereNothingWasEdited() throws {
    #expect(verifyAnswers() > 450)
    #expect(try rig.names(log) == ["hashes-0", "hashes-1", "index", "pack-0"])
  }

  @Test(arguments: ["hashes-0", "hashes-1", "index", "pack-0"])
  func survivesEditsOfEveryFile(_ name: String) throws {
    let whole = try readFile(path(name))
    let complete = verifyAnswers()
    var random = SystemRandomNumberGenerator()
    for _ in 0..<40 {
      try edit(name) { $0[Int.random(in: 0..<$0.count, using: &random)] ^= UInt8.random(in: 1...255, using: &random) }
      verifyAnswers()
    }
    let edits: [(inout [UInt8]) -> Void] = [
      { $0 = [] }, { $0.removeLast($0.count / 2) }, { $0.removeFirst(13) }, { $0.reverse() },
      { $0 = [UInt8](repeating: 0, count: $0.count) }, { $0 = [UInt8](repeating: 0xff, count: $0.count) },
      { $0 += $0 }, { $0 = (0..<$0.count).map { _ in .random(in: 0...255) } },
      { bytes in
        bytes = stride(from: 0, to: bytes.count - 55, by: 56).reversed().flatMap { bytes[$0..<$0 + 56] }
      },
    ]
    for next in edits {
      try Data(whole).write(to: URL(filePath: path(name)))
      try edit(name, next)
      verifyAnswers()
      // An import still works, and the disk is as good as it was where it carried everything again.
      var again = rig
      try again.take(try Self.snapshot(log), log)
      verifyAnswers()
    }
    try Data(whole).write(to: URL(filePath: path(name)))
    #expect(verifyAnswers() == complete)
  }

  @Test(arguments: ["hashes-0", "hashes-1", "index", "pack-0"])
  func readsNoLinksPipesOrFolders(_ name: String) throws {
    let target = rig.home.path("elsewhere")
    try DurableFile.rename(path(name), to: target)
    try #require(symlink(target, path(name)) == 0)
    verifyAnswers()
    #expect(name == "pack-0" || rig.log.unreadable == [path(name)])
    try DurableFile.remove(path(name))
    try #require(mkfifo(path(name), 0o600) == 0)
    verifyAnswers()
    try DurableFile.remove(path(name))
    try DurableFile.makeFolder(path(name))
    verifyAnswers()
    // Nor does an import write through one, or take it for its own.
    var again = rig
    if name != "pack-0" {
      #expect(throws: FileError.self) { try again.take(try Self.snapshot(log), log) }
    }
  }

  /// Rows that lead to an entry of the same log, proven as it is, that was not asked for.
  @Test func givesNothingUnderAnothersName() throws {
    try edit("index") { bytes in
      let tail = Array(bytes[32..<56])
      for row in stride(from: 0, to: bytes.count, by: 56) { bytes.replaceSubrange(row + 32..<row + 56, with: tail) }
    }
    let named = [3, 44, 200].map { rig.log.entries(signing: SketchedTlog.digest($0)).entries }
    let leaves = [3, 300, 456].map { rig.log.entries(leafHash: leafHash(log.leaves[$0])).entries }
    // The one that all rows lead to may be among them.
    for (number, entries) in zip([3, 44, 200], named) { #expect(entries.allSatisfy { $0.leaf.index % 256 == number }) }
    for (index, entries) in zip([3, 300, 456], leaves) { #expect(entries.allSatisfy { $0.leaf.index == index }) }
    #expect(named.filter { !$0.isEmpty }.count <= 1)
  }

  /// The store has the hashes of one history: they lead from no state of another one.
  @Test func connectsNoStateOfAFork() throws {
    let other = try log.forked(at: 100, leaves: 600)
    for size: UInt64 in [99, 100] {
      #expect(rig.log.consistencyPath(from: other.head(size), to: log.head(600)) != nil)
    }
    for size: UInt64 in [101, 256, 400, 512, 600] {
      #expect(rig.log.consistencyPath(from: other.head(size), to: log.head(600)) == nil)
    }
  }

  /// A tile of a tree that is larger than any disk.
  @Test func refusesPlacesBeyondAnyFile() throws {
    let intake = try rig.store.intake(of: log.origin)
    let tile = [UInt8](repeating: 7, count: 8192)
    for number: UInt64 in [(1 << 51) - 1, 1 << 51, 1 << 50, .max >> 8] {
      #expect(throws: FileError.self) { try intake.keep(level: 0, number: number, hashes: tile) }
    }
    try intake.keep(level: 0, number: 0, hashes: tile)
  }

  /// Bytes of another log, of the same shape, under the same key.
  @Test func proveNothingOfAFork() throws {
    let other = try log.forked(at: 100, leaves: 600)
    var elsewhere = try LogStoreRig()
    try elsewhere.take(try Self.snapshot(other), other)
    for name in ["hashes-0", "hashes-1", "index", "pack-0"] {
      try Data(readFile(elsewhere.folder(other) + "/" + name)).write(to: URL(filePath: path(name)))
      verifyAnswers()
    }
    #expect(verifyAnswers() == 0)
  }

  // MARK: Imports that end early

  /// Everything verified and nothing was finished: the entries are not there, the state before is as it was.
  @Test func survivesAnImportThatWasNotFinished() throws {
    var longer = log
    longer.append(500)
    var next = try Self.snapshot(longer)
    next.carry(bundle: 3, width: 256, longer)
    var again = rig
    try again.take(next, longer, finishing: false)
    let complete = verifyAnswers()
    #expect(complete > 450)
    #expect(try rig.names(log).contains { $0.hasSuffix(".new") || $0.hasPrefix("run") || $0 == "pack-1" } == false)
    // The old state's root no longer covers leaves that came since; the new state takes them.
    try again.take(next, longer)
    for index in stride(from: UInt64(0), to: 1100, by: 9) {
      #expect(again.log.inclusionProof(of: index)?.proof == longer.tree.inclusionProof(of: index, inFirst: 1100))
    }
    #expect(again.log.entries(leafHash: leafHash(longer.leaves[900])).entries.count == 1)
    #expect(verifyAnswers() >= complete)
  }

  /// A refusal in the middle: the tiles that were verified before it are there, and lead nowhere else.
  @Test func survivesARefusedImport() throws {
    var longer = log
    longer.append(500)
    var next = try Self.snapshot(longer)
    next[.tile(level: 0, TilePath(number: 3))]![0] ^= 1
    var again = rig
    #expect { try again.take(next, longer) } throws: { ($0 as? Failure)?.reason == .logSnapshotTileMismatch }
    #expect(verifyAnswers() > 450)
    try again.take(try Self.snapshot(longer), longer)
    #expect(again.log.inclusionProof(of: 1099) != nil)
  }

  /// Files that a killed process left behind.
  @Test func survivesLeftovers() throws {
    for name in ["pack.new", "index.new", "run-0", "run-1", "run-0.new"] {
      try Data([1, 2, 3]).write(to: URL(filePath: path(name)))
    }
    try Data([1, 2, 3]).write(to: URL(filePath: path("pack-1")))
    #expect(verifyAnswers() > 450)
    var again = rig
    var next = try Self.snapshot(log)
    next.carry(bundle: 0, width: 256, log)
    try again.take(next, log)
    #expect(rig.log.entries(leafHash: leafHash(log.leaves[9])).entries.count == 1)
    #expect(try !rig.names(log).contains("run-0"))
  }

  /// No room, at any step: an error, and everything as before.
  @Test(arguments: ["pack.new", "pack-1", "index.new", "run-0.new"])
  func survivesADiskThatTakesNoMore(_ name: String) throws {
    // A folder in the file's place: nothing can be written there.
    try DurableFile.makeFolder(path(name))
    try Data([1]).write(to: URL(filePath: path(name) + "/x"))
    var next = try Self.snapshot(log)
    next.carry(bundle: 0, width: 256, log)
    let before = try readFile(path("index"))
    var again = rig
    // One pack further is as good as this one.
    if name == "pack-1" {
      try again.take(next, log)
      return
    }
    #expect(throws: FileError.self) { try again.take(next, log) }
    #expect(try readFile(path("index")) == before)
    #expect(verifyAnswers() > 450)
    try DurableFile.removeTree(path(name))
    try again.take(next, log)
    #expect(rig.log.entries(leafHash: leafHash(log.leaves[9])).entries.count == 1)
  }

  /// The disk is full after so many writes: what throws is the sink's own error, and the snapshot is not accepted.
  @Test(arguments: [0, 1, 3, 4, 100]) func passesTheDisksErrorOn(_ writes: Int) throws {
    let next = try Self.snapshot(log)
    let signed = try #require(
      SnapshotVerifier(trustRoots: [], policy: LogStoreRig.policy(log)).open(next.listing, in: next).first)
    let sink = FullSink(try rig.store.intake(of: log.origin), writes)
    #expect(throws: FileError("write", code: ENOSPC)) {
      try signed.verify(after: rig.accepted, in: next, beside: rig.store.hashes(of: log.origin), into: sink)
    }
    #expect(verifyAnswers() > 450)
  }
}

private final class FullSink: SnapshotSink {
  private let intake: LogIntake
  private var left: Int

  init(_ intake: LogIntake, _ writes: Int) {
    self.intake = intake
    left = writes
  }

  private func write() throws {
    guard left > 0 else { throw FileError("write", code: ENOSPC) }
    left -= 1
  }

  func keep(level: Int, number: UInt64, hashes: [UInt8]) throws {
    try write()
    try intake.keep(level: level, number: number, hashes: hashes)
  }

  func keep(_ entry: ProvenEntry) throws {
    try write()
    try intake.keep(entry)
  }
}
