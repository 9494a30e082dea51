import LogHistory
import LogSnapshot
import MerkleTree
import Reasons
import SignedNote
import SnapshotSketch
import Testing

/// Heads: rewinding, forks, and how states connect.
@Suite struct HistoryTests {
  @Test func acceptsACheckpointAlone() throws {
    let log = try SketchedTlog(leaves: 5)
    let verified = try SketchedSnapshot(of: log).verify(under: log.policy)
    #expect(verified.isNew && verified.heads.isEmpty && verified.quorum == .notAsked)
    #expect(verified.origin == log.origin)
    #expect(verified.checkpoint.head == log.head(5))
    #expect(verified.note.starts(with: verified.checkpoint.note.text))
  }

  @Test func continuesByPath() throws {
    let log = try SketchedTlog(leaves: 700)
    var snapshot = try SketchedSnapshot(of: log)
    for size: UInt64 in [1, 256, 300] { try snapshot.carry(checkpointOf: size, log) }
    snapshot.carry(pathFrom: 300, to: 700, log)
    snapshot.carry(pathFrom: 256, to: 300, log)
    snapshot.carry(pathFrom: 1, to: 300, log)
    // 500 is not carried, and was accepted last.
    snapshot.carry(pathFrom: 500, to: 700, log)
    let verified = try snapshot.verify(under: log.policy, after: log.accepted(500, heads: [20, 499]))
    #expect(verified.heads == [1, 20, 256, 300, 499, 500].map(log.head))
    #expect(!verified.isNew)
  }

  @Test func continuesByTiles() throws {
    let log = try SketchedTlog(leaves: 700)
    var snapshot = try SketchedSnapshot(of: log)
    try snapshot.carry(checkpointOf: 0, log)
    try snapshot.carry(checkpointOf: 255, log)
    snapshot.carry(tilesOf: 700, log)
    let verified = try snapshot.verify(under: log.policy, after: log.accepted(513))
    #expect(verified.heads == [0, 255, 513].map(log.head))
  }

  /// The old part of the tree was kept before.
  @Test func continuesByKeptTiles() throws {
    let log = try SketchedTlog(leaves: 700)
    var snapshot = try SketchedSnapshot(of: log)
    snapshot.carry(tilesOf: 700, log) { level, tile in level > 0 || tile.number == 2 }
    let kept = KeptSketch(log: log, size: 512)
    let verified = try snapshot.verify(under: log.policy, after: log.accepted(512), beside: kept)
    #expect(verified.heads == [log.head(512)])
    // The leaves up to 400 end within a tile that is only kept: by a store that somebody edited nothing is shown.
    try snapshot.verify(under: log.policy, after: log.accepted(400), beside: kept)
    snapshot.expectRefusal(
      .logSnapshotConsistencyMissing, "400", under: try log.policy, after: try log.accepted(400),
      beside: KeptSketch(log: try log.forked(at: 300, leaves: 512), size: 512))
  }

  /// What was accepted before the last state needs no second proof.
  @Test func knowsWhatItAccepted() throws {
    let log = try SketchedTlog(leaves: 40)
    var snapshot = try SketchedSnapshot(of: log)
    try snapshot.carry(checkpointOf: 7, log)
    snapshot.carry(pathFrom: 30, to: 40, log)
    try snapshot.verify(under: log.policy, after: log.accepted(30, heads: [7]))
    snapshot.expectRefusal(.logSnapshotConsistencyMissing, "7", under: try log.policy, after: try log.accepted(30))
  }

  @Test func refusesARewoundLog() throws {
    let log = try SketchedTlog(leaves: 40)
    let (policy, accepted) = (try log.policy, try log.accepted(40))
    let shorter = try log.forked(at: 39, leaves: 39)
    try SketchedSnapshot(of: shorter).expectRefusal(.logSnapshotRewound, "39", under: policy, after: accepted)
    try SketchedSnapshot(of: log).verify(under: policy, after: accepted)
  }

  @Test func refusesAStateThatNothingConnects() throws {
    let log = try SketchedTlog(leaves: 40)
    var snapshot = try SketchedSnapshot(of: log)
    snapshot.expectRefusal(.logSnapshotConsistencyMissing, "30", under: try log.policy, after: try log.accepted(30))
    try snapshot.carry(checkpointOf: 20, log)
    snapshot.expectRefusal(.logSnapshotConsistencyMissing, "20", under: try log.policy)
  }

  @Test func refusesAPathThatProvesNothing() throws {
    let log = try SketchedTlog(leaves: 40)
    var snapshot = try SketchedSnapshot(of: log)
    var path = log.tree.consistencyPath(from: 30, to: 40)!
    path[1][0] ^= 1
    snapshot[.consistency(from: 30, to: 40)] = SketchedSnapshot.lines(path)
    snapshot.expectRefusal(.logConsistencyProofMismatch, "30-40", under: try log.policy, after: try log.accepted(30))
    // Also where tiles connect the two.
    snapshot.carry(tilesOf: 40, log)
    snapshot.expectRefusal(.logConsistencyProofMismatch, "30-40", under: try log.policy, after: try log.accepted(30))
    snapshot[.consistency(from: 30, to: 40)] = SketchedSnapshot.lines(Array(path.dropLast()))
    snapshot.expectRefusal(.logConsistencyProofMismatch, "30-40", under: try log.policy, after: try log.accepted(30))
  }

  @Test func refusesAPathBetweenSizesThatNobodySigned() throws {
    let log = try SketchedTlog(leaves: 40)
    var snapshot = try SketchedSnapshot(of: log)
    snapshot.carry(pathFrom: 30, to: 40, log)
    snapshot.expectRefusal(.logSnapshotMalformed, "30-40", under: try log.policy)
    try snapshot.carry(checkpointOf: 30, log)
    try snapshot.verify(under: log.policy)
  }

  @Test func refusesAnEmptyTreeWithAnotherRoot() throws {
    let log = try SketchedTlog(leaves: 4)
    var snapshot = try SketchedSnapshot(of: log)
    try snapshot.carry(checkpointOf: 0, log)
    #expect(try snapshot.verify(under: log.policy).heads == [log.head(0)])
    try snapshot.carry(checkpointOf: 0, log, root: log.head(1).root)
    snapshot.expectRefusal(.logConsistencyProofMismatch, "empty", under: try log.policy)
  }

  /// It would be accepted, and nothing could continue it.
  @Test func refusesAnEmptyLogWithAnotherRoot() throws {
    let log = try SketchedTlog()
    var snapshot = try SketchedSnapshot(of: log)
    try snapshot.verify(under: log.policy)
    snapshot[.checkpoint] = try log.checkpoint(0, root: [UInt8](repeating: 1, count: 32))
    snapshot.expectRefusal(.logConsistencyProofMismatch, "empty", under: try log.policy)
  }

  // MARK: Forks

  func fork(_ snapshot: SketchedSnapshot, _ policy: TLogPolicy, after accepted: AcceptedLog? = nil) throws -> LogFork {
    let error = #expect(throws: LogFork.self) { try snapshot.verify(under: policy, after: accepted) }
    return try #require(error)
  }

  @Test func seesAForkOfOneSize() throws {
    let log = try SketchedTlog(leaves: 40)
    let other = try log.forked(at: 20, leaves: 40)
    let found = try fork(SketchedSnapshot(of: other), log.policy, after: log.accepted(40))
    #expect(found.failure.reason == .logFork)
    #expect(found.earlier == log.head(40) && found.later == other.head(40))
    #expect(found.earlierNote == (try log.checkpoint(40)) || found.earlierNote != nil)
    #expect(try Checkpoint(parsing: found.laterNote).head == other.head(40))
  }

  /// Two carried notes of one size, and one that was accepted long ago.
  @Test func seesAForkAmongEarlierStates() throws {
    let log = try SketchedTlog(leaves: 40)
    let other = try log.forked(at: 10, leaves: 40)
    var snapshot = try SketchedSnapshot(of: log)
    snapshot.carry(tilesOf: 40, log)
    snapshot[.earlierCheckpoint(size: 40)] = try other.checkpoint(40)
    #expect(try fork(snapshot, log.policy).path.isEmpty)
    snapshot[.earlierCheckpoint(size: 40)] = nil
    snapshot[.earlierCheckpoint(size: 20)] = try other.checkpoint(20)
    let found = try fork(snapshot, log.policy, after: log.accepted(40, heads: [20]))
    #expect(found.earlierNote == nil && found.earlier == log.head(20))
  }

  @Test func seesAForkByTiles() throws {
    let log = try SketchedTlog(leaves: 600)
    let other = try log.forked(at: 300, leaves: 600)
    var snapshot = try SketchedSnapshot(of: other)
    snapshot.carry(tilesOf: 600, other)
    for size: UInt64 in [400, 512] {
      let found = try fork(snapshot, log.policy, after: log.accepted(size))
      #expect(found.earlier == log.head(size) && found.later == other.head(600))
      #expect(found.earlierNote != nil)
      // The path convinces whoever has the two notes.
      let roots = try consistencyRoots(end: size, hash: other.head(size).root, size: 600, path: found.path)
      #expect(roots.later == other.head(600).root && roots.earlier == other.head(size).root)
    }
    try snapshot.verify(under: log.policy, after: log.accepted(300))
  }

  @Test func seesAForkByPath() throws {
    let log = try SketchedTlog(leaves: 600)
    let other = try log.forked(at: 300, leaves: 600)
    var snapshot = try SketchedSnapshot(of: other)
    snapshot.carry(pathFrom: 400, to: 600, other)
    let found = try fork(snapshot, log.policy, after: log.accepted(400))
    #expect(found.earlier == log.head(400) && found.later == other.head(600))
    #expect(found.path == other.tree.consistencyPath(from: 400, to: 600))
    // From a complete subtree no path holds the earlier hash: it proves nothing, and is refused all the same.
    snapshot[.consistency(from: 400, to: 600)] = nil
    snapshot.carry(pathFrom: 512, to: 600, other)
    snapshot.expectRefusal(.logConsistencyProofMismatch, "512-600", under: try log.policy, after: try log.accepted(512))
  }

  /// No log is ever full.
  @Test func theSmallestOfTooManyStatesAreForgotten() throws {
    let log = try SketchedTlog(leaves: 65_700)
    let stranger = [UInt8](repeating: 1, count: 32)
    let heads = (1...UInt64(LogHeads.most)).map { LogHead(size: $0, root: stranger) }
    let accepted = AcceptedLog(checkpoint: try Checkpoint(parsing: log.checkpoint(65_600)), heads: heads)
    var snapshot = try SketchedSnapshot(of: log)
    snapshot.carry(pathFrom: 65_600, to: 65_700, log)
    let verified = try snapshot.verify(under: log.policy, after: accepted)
    #expect(verified.heads == heads.dropFirst() + [log.head(65_600)])
  }
}
