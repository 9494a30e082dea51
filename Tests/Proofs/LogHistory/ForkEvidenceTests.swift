import LogHistory
import LogSnapshot
import Reasons
import SnapshotSketch
import Testing

/// What the ledger keeps of a fork is read again as it was found.
@Suite struct ForkEvidenceTests {
  let log: SketchedTlog
  let other: SketchedTlog

  init() throws {
    // Its origin has spaces.
    log = try SketchedTlog("rekor.example", .rekorVersion1, leaves: 120)
    other = try log.forked(at: 50, leaves: 200)
  }

  enum Kind: CaseIterable {
    case oneSize, twoSizes, onlyAHead
  }

  private func fork(_ kind: Kind) throws -> LogFork {
    var snapshot = try SketchedSnapshot(of: other, witnesses: [SketchedWitness("witness.example/w")])
    var accepted = try log.accepted(120)
    switch kind {
    case .oneSize: try snapshot.carry(checkpointOf: 120, other)
    case .twoSizes: snapshot.carry(tilesOf: 200, other)
    case .onlyAHead:
      try snapshot.carry(checkpointOf: 100, other)
      accepted = try log.accepted(120, heads: [100])
    }
    do {
      try snapshot.verify(under: log.policy, after: accepted)
    } catch let fork as LogFork {
      return fork
    }
    throw Failure(.logFork, "test", "there was none")
  }

  @Test(arguments: Kind.allCases) func isReadAgain(_ kind: Kind) throws {
    let fork = try fork(kind)
    #expect((fork.earlierNote == nil) == (kind == .onlyAHead) && fork.path.isEmpty == (kind != .twoSizes))
    let read = try LogFork(evidence: fork.evidence, named: fork.evidenceName)
    #expect(read.origin == fork.origin && read.earlier == fork.earlier && read.later == fork.later)
    #expect(read.earlierNote == fork.earlierNote && read.laterNote == fork.laterNote && read.path == fork.path)
    let named = try #require(LogFork.named(fork.evidenceName))
    #expect(named.origin == log.origin && named.earlier == fork.earlier.size && named.later == fork.later.size)
  }

  @Test func readsNothingElse() throws {
    let (whole, note) = (try fork(.twoSizes).evidence, try log.checkpoint())
    for bytes in [[], [0x0a], Array(whole.prefix(100)), whole + Array("x\n".utf8), note] {
      #expect(throws: Failure.self) { try LogFork(evidence: bytes, named: []) }
    }
    #expect(LogFork.named(Array("alone".utf8)) == nil && LogFork.named(Array("log 07 9".utf8)) == nil)
  }
}
