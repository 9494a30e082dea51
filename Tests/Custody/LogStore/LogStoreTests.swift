import Cryptography
import Files
import LogHistory
import LogSnapshot
import LogStore
import MerkleTree
import Octets
import Reasons
import SignedNote
import SnapshotSketch
import TestSupport
import Testing

/// What is kept, and what can be proven from it.
@Suite struct LogStoreTests {
  @Test func provesEveryLeafInEveryState() throws {
    var rig = try LogStoreRig()
    let log = try SketchedTlog(leaves: 700)
    for size: UInt64 in [1, 255, 256, 300, 700] {
      let part = try log.cut(to: size)
      var snapshot = try SketchedSnapshot(of: part)
      snapshot.carry(tilesOf: size, part)
      try rig.take(snapshot, part)
    }
    let kept = rig.log
    #expect(kept.accepted.heads.map(\.size) == [1, 255, 256, 300])
    for head in kept.accepted.heads + [kept.accepted.head] {
      for index in stride(from: 0, to: head.size, by: 7) {
        let found = try #require(kept.inclusionProof(of: index, in: head))
        #expect(found.leafHash == leafHash(log.leaves[Int(index)]))
        #expect(found.proof == log.tree.inclusionProof(of: index, inFirst: head.size))
      }
      #expect(kept.inclusionProof(of: head.size, in: head) == nil)
      let path = kept.consistencyPath(from: head, to: kept.accepted.head)
      #expect(path == log.tree.consistencyPath(from: head.size, to: 700))
    }
    #expect(kept.consistencyPath(from: kept.accepted.head, to: kept.accepted.heads[0]) == nil)
    #expect(kept.unreadable.isEmpty)
  }

  /// Full tiles of every kind, and tiles of three levels, sparse: what is not there is absent, not wrong.
  @Test func provesWhatASparseSnapshotCarried() throws {
    var rig = try LogStoreRig()
    let log = try SketchedTlog(leaves: 66_000)
    var snapshot = try SketchedSnapshot(of: log)
    snapshot.carry(tilesOf: log.size, log) { level, tile in level > 0 || tile.number == 7 || tile.number == 257 }
    try rig.take(snapshot, log)
    for index: UInt64 in [7 * 256, 8 * 256 - 1, 65_999, 257 * 256] {
      #expect(rig.log.inclusionProof(of: index)?.proof == log.tree.inclusionProof(of: index, inFirst: 66_000))
    }
    for index: UInt64 in [0, 7 * 256 - 1, 8 * 256, 66_000, .max] { #expect(rig.log.inclusionProof(of: index) == nil) }
  }

  /// Also states that were never accepted, by tiles of the accepted one.
  @Test func tellsAForkedStateFromAnUnknownOne() throws {
    var rig = try LogStoreRig()
    let log = try SketchedTlog(leaves: 700)
    var snapshot = try SketchedSnapshot(of: log)
    snapshot.carry(tilesOf: 700, log)
    try rig.take(snapshot, log)
    let stranger = [UInt8](repeating: 1, count: 32)
    for size: UInt64 in [1, 256, 300, 512, 699, 700] {
      #expect(rig.log.begins(with: log.head(size)) == true)
      #expect(rig.log.begins(with: LogHead(size: size, root: stranger)) == false)
    }
    #expect(rig.log.begins(with: LogHead(size: 701, root: stranger)) == nil)
    // Edited hashes say nothing.
    let path = rig.folder(log) + "/hashes-0"
    var bytes = try readFile(path)
    bytes[32 * 260] ^= 1
    try DurableFile.write(bytes, to: path)
    #expect(rig.log.begins(with: log.head(300)) == nil)
    #expect(rig.log.begins(with: LogHead(size: 300, root: stranger)) == nil)
  }

  @Test func findsEntries() throws {
    var rig = try LogStoreRig()
    let log = try SketchedTlog.rekor(leaves: 40)
    var snapshot = try SketchedSnapshot(of: log)
    try snapshot.carry(checkpointOf: 30, log)
    snapshot.carry(pathFrom: 30, to: 40, log)
    try snapshot.carry(entry: 7, log, promisedAt: 1_650_000_000)
    try snapshot.carry(proofOf: 7, in: 40, log)
    try snapshot.carry(entry: 9, log)
    try snapshot.carry(proofOf: 9, in: 30, log)
    try rig.take(snapshot, log)
    // Later snapshots carry no tiles and prove nothing of it again.
    var longer = log
    longer.append(100)
    var next = try SketchedSnapshot(of: longer)
    next.carry(pathFrom: 40, to: 140, longer)
    try rig.take(next, longer)

    let seven = try #require(rig.log.entries(signing: SketchedTlog.digest(7)).entries.first)
    #expect(seven.leaf.body == log.leaves[7] && seven.leaf.index == 7)
    #expect(seven.head == log.head(40))
    #expect(seven.leaf.promise?.integratedTime == UnixTime(1_650_000_000))
    #expect(seven.proof == log.tree.inclusionProof(of: 7, inFirst: 40))
    #expect(try Checkpoint(parsing: #require(seven.note)).head == log.head(40))
    let nine = try #require(rig.log.entries(leafHash: leafHash(log.leaves[9])).entries.first)
    #expect(nine.head == log.head(30) && nine.leaf.promise == nil)
    #expect(rig.log.entries(signing: SketchedTlog.digest(8)).entries.isEmpty)
    #expect(rig.log.entries(signing: SketchedTlog.digest(8)).unproven == 0)
    #expect(rig.log.entries(leafHash: [1, 2]).entries.isEmpty)
  }

  @Test func goesThroughRanges() throws {
    var rig = try LogStoreRig()
    let log = try SketchedTlog.rekor(leaves: 600)
    var snapshot = try SketchedSnapshot(of: log)
    snapshot.carry(tilesOf: 600, log)
    snapshot.carry(bundle: 1, width: 256, log)
    snapshot.carry(bundle: 2, width: 88, log)
    try snapshot.carry(entry: 3, log)
    try rig.take(snapshot, log)
    func indexes(_ range: Range<UInt64>) throws -> [UInt64] {
      var found: [UInt64] = []
      let unproven = rig.log.forEachLeaf(in: range) { leaf in
        found.append(leaf.index)
        #expect(leaf.body == log.leaves[Int(leaf.index)])
      }
      #expect(unproven == 0)
      return found
    }
    #expect(try indexes(0..<600) == [3] + Array(256..<600))
    #expect(try indexes(300..<302) == [300, 301])
    #expect(try indexes(4..<256).isEmpty)
    #expect(try indexes(0..<0).isEmpty)
    // The digest of number 300 is that of 44, which is not carried.
    #expect(rig.log.entries(signing: SketchedTlog.digest(44)).entries.map(\.leaf.index) == [300, 556])
    let cut = rig.log.entries(signing: SketchedTlog.digest(44), atMost: 1)
    #expect(cut.entries.count == 1 && cut.isCut)
  }

  /// What was known of an entry is not lost to a snapshot that says less, and not written twice.
  @Test func keepsTheFullestRecord() throws {
    var rig = try LogStoreRig()
    let log = try SketchedTlog.rekor(leaves: 40)
    var full = try SketchedSnapshot(of: log)
    try full.carry(entry: 7, log, promisedAt: 1_650_000_000)
    try full.carry(proofOf: 7, in: 40, log)
    var bare = try SketchedSnapshot(of: log)
    bare.carry(tilesOf: 40, log)
    try bare.carry(entry: 7, log)
    for snapshot in [bare, full, bare, full] { try rig.take(snapshot, log) }
    let found = rig.log.entries(signing: SketchedTlog.digest(7))
    #expect(found.entries.count == 1 && found.entries[0].leaf.promise != nil)
    #expect(try rig.names(log).filter { $0.hasPrefix("pack") } == ["pack-0", "pack-1"])
  }

  /// Whoever may append can do so with the same leaf again and again; the work per entry stays what it is.
  @Test(.timeLimit(.minutes(1))) func takesTheSameLeafAnyNumberOfTimes() throws {
    var rig = try LogStoreRig()
    var log = try SketchedTlog()
    for _ in 0..<128 * 256 { log.append(leaf: [1]) }
    var snapshot = try SketchedSnapshot(of: log)
    snapshot.carry(tilesOf: log.size, log)
    for number: UInt64 in 0..<128 { snapshot.carry(bundle: number, width: 256, log) }
    for _ in 0..<2 { try rig.take(snapshot, log) }
    #expect(try rig.names(log).filter { $0.hasPrefix("pack") } == ["pack-0"])
    #expect(rig.log.entries(leafHash: leafHash([1])).isCut)
  }

  @Test func keepsLogsApart() throws {
    var (one, other) = (try LogStoreRig(), try LogStoreRig())
    let (first, second) = (try SketchedTlog(leaves: 5), try SketchedTlog("log.example/b", leaves: 9))
    var snapshot = try SketchedSnapshot(of: first)
    snapshot.carry(tilesOf: 5, first)
    try one.take(snapshot, first)
    snapshot = try SketchedSnapshot(of: second)
    snapshot.carry(tilesOf: 9, second)
    try other.take(snapshot, second)
    #expect(one.folder(first) != one.folder(second))
    // Another log's state over these files: none of its proofs is there.
    #expect(one.store.log(try #require(other.accepted)).inclusionProof(of: 1) == nil)
  }
}

extension SketchedTlog {
  /// The same log when it was smaller.
  func cut(to size: UInt64) throws -> SketchedTlog {
    var log = try SketchedTlog(String(decoding: name, as: UTF8.self), generation, key: key)
    for leaf in leaves.prefix(Int(size)) { log.append(leaf: leaf) }
    return log
  }
}
