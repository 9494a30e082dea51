import Files
import LogHistory
import LogSnapshot
import LogSnapshotMaking
import LogStore
import MerkleTree
import Reasons
import SignedNote
import SnapshotReader
import TestSupport
import Testing
import TrustRoot

/// What the desk makes, an appliance takes: read, verified and kept by the appliance's own modules.
@Suite struct SnapshotRoundTripTests {
  /// An appliance's log store, and what it accepted last.
  struct Appliance {
    let home: TemporaryFolder
    let verifier: SnapshotVerifier
    var accepted: [[UInt8]: AcceptedLog] = [:]

    init(trustRoots: [TrustRoot] = [], policy: String? = nil) throws {
      home = try TemporaryFolder()
      let policy = try policy.map { try TLogPolicy(parsing: Array($0.utf8), named: "policy") }
      verifier = try SnapshotVerifier(trustRoots: trustRoots, policy: policy)
    }

    var store: LogStore { LogStore(in: home.path) }

    @discardableResult
    mutating func take(_ snapshot: String) throws -> [VerifiedLog] {
      let tar = try SnapshotTar(OpenFile(path: snapshot), named: "snapshot")
      return try verifier.open(tar.listing, in: tar).map { log in
        let intake = try store.intake(of: log.origin)
        let verified = try log.verify(
          after: accepted[log.origin], in: tar, beside: store.hashes(of: log.origin), into: intake)
        try intake.finish()
        accepted[log.origin] = AcceptedLog(checkpoint: verified.checkpoint, heads: verified.heads)
        return verified
      }
    }
  }

  @Test func entriesOfRekor() throws {
    var desk = try RekorSnapshotTests.Desk()
    var appliance = try Appliance(trustRoots: [TrustRoot(parsing: desk.log.trustRoot, named: "root")])
    let old = try desk.home.write("old", desk.log.note(4))
    var first = RekorSnapshot()
    first.checkpoints = [old]
    _ = try first.write(to: desk.home.path("first.tar"))
    #expect(try appliance.take(desk.home.path("first.tar")).map(\.checkpoint.size) == [4])
    // Without the proof from there on, an appliance would refuse it.
    _ = try desk.make()
    let error = #expect(throws: Failure.self) { try appliance.take(desk.home.path("out.tar")) }
    #expect(error?.reason == .logSnapshotConsistencyMissing)

    desk.snapshot.previous = [old]
    desk.snapshot.consistency.append(try desk.home.write("4-10.json", desk.log.consistency(4, 10)))
    _ = try desk.snapshot.write(to: desk.home.path("second.tar"))
    let verified = try appliance.take(desk.home.path("second.tar"))
    #expect(verified.map(\.checkpoint.size) == [30])
    #expect(verified.map(\.entryCount) == [2])
    #expect(verified.map { $0.heads.map(\.size) } == [[4, 10, 20, 21]])
  }

  @Test(.enabled(if: Corpus.isPresent, Comment(rawValue: Corpus.absence)))
  func entriesOfTheRealRekor() throws {
    let home = try TemporaryFolder()
    var appliance = try Appliance(trustRoots: [RealRekorTests.trustRoot()])
    var snapshot = RekorSnapshot()
    snapshot.entries = [try home.write("answer.json", RealRekorTests.answer("happy-path-v0.3"))]
    _ = try snapshot.write(to: home.path("out.tar"))
    let verified = try appliance.take(home.path("out.tar"))
    #expect(verified.map(\.entryCount) == [1])
    let log = try #require(appliance.accepted.values.first)
    let digest = try EntryChoiceTests.artifact()
    #expect(appliance.store.log(log).entries(signing: digest).entries.map(\.proof.index) == [75_408_392])
  }

  @Test func tilesOfALogThatGrows() throws {
    var desk = try TiledSnapshotTests.Desk(70_000)
    var appliance = try Appliance(policy: "log \(desk.log.vkey)\nquorum none\n")
    var last: [String] = []
    for size in [300, 512, 65_792, 70_000] as [UInt64] {
      let note = try desk.home.write("checkpoint.\(size)", desk.log.note(size))
      try runChecked(["rm", "-r", desk.home.path("log")])
      try desk.log.fetch(size, into: desk.home)
      desk.snapshot.previous = last
      desk.snapshot.choice.ranges = [size - 1...size - 1]
      _ = try desk.snapshot.write(to: desk.home.path("\(size).tar"))
      let verified = try appliance.take(desk.home.path("\(size).tar"))
      #expect(verified.map(\.checkpoint.size) == [size])
      let log = try #require(appliance.accepted.values.first)
      #expect(appliance.store.log(log).inclusionProof(of: size - 1) != nil)
      last = [note]
    }
  }

  @Test func allTilesProveAnyEntry() throws {
    var desk = try TiledSnapshotTests.Desk(600)
    var appliance = try Appliance(policy: "log \(desk.log.vkey)\nquorum none\n")
    desk.snapshot.allTiles = true
    _ = try desk.make()
    #expect(try appliance.take(desk.home.path("out.tar")).map(\.tileCount) == [4])
    let log = appliance.store.log(try #require(appliance.accepted.values.first))
    for index in 0..<600 as Range<UInt64> { #expect(log.inclusionProof(of: index) != nil) }
  }
}
