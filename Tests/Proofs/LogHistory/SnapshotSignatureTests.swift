import LogHistory
import LogSnapshot
import Octets
import Reasons
import SignedNote
import SnapshotSketch
import Testing
import TrustRoot

/// Who signed a checkpoint, and who cosigned it.
@Suite struct SnapshotSignatureTests {
  static func open(
    _ snapshot: SketchedSnapshot, _ logs: [SketchedTlog], policy: TLogPolicy? = nil
  ) throws -> [SignedLog] {
    let root = try TrustRoot(parsing: SketchedTlog.trustRoot(logs), named: "root")
    return try SnapshotVerifier(trustRoots: [root], policy: policy).open(snapshot.listing, in: snapshot)
  }

  /// A note with a signature line more, or others.
  static func note(_ note: [UInt8], _ edit: (inout [SignedNote.Signature]) throws -> Void) throws -> [UInt8] {
    let parsed = try SignedNote(parsing: note)
    var signatures = parsed.signatures
    try edit(&signatures)
    return SignedNote.serialized(text: parsed.text, signatures: signatures.map { ($0.name, $0.keyID, $0.bytes) })
  }

  @Test(arguments: [SketchedTlog.Generation.rekorVersion1, .rekorVersion2])
  func takesKeysFromTrustRoots(_ generation: SketchedTlog.Generation) throws {
    let log = try SketchedTlog("rekor.example", generation, leaves: 3)
    let opened = try Self.open(SketchedSnapshot(of: log), [log])
    #expect(opened.map(\.origin) == [log.origin])
  }

  @Test(arguments: [SketchedTlog.Generation.rekorVersion1, .rekorVersion2, .other])
  func takesKeysFromThePolicy(_ generation: SketchedTlog.Generation) throws {
    let log = try SketchedTlog("rekor.example", generation, leaves: 3)
    try SketchedSnapshot(of: log).verify(under: log.policy)
  }

  @Test func refusesAStrangersLog() throws {
    let (log, other) = (try SketchedTlog(leaves: 3), try SketchedTlog("log.example/b", leaves: 3))
    try SketchedSnapshot(of: other).expectRefusal(.logUnknown, "log.example/b", under: log.policy)
    // Of a known name, and another key.
    try SketchedSnapshot(of: SketchedTlog(leaves: 3))
      .expectRefusal(.logCheckpointInvalid, "no signature", under: log.policy)
  }

  /// The key is known, and says this origin to nobody.
  @Test func refusesAnotherOriginUnderAKnownKey() throws {
    let log = try SketchedTlog(leaves: 3)
    let other = try SketchedTlog("log.example/b", key: log.key, leaves: 3)
    try SketchedSnapshot(of: other).expectRefusal(.logUnknown, "log.example/b", under: log.policy)
  }

  @Test func refusesAKnownKeyWithABadSignature() throws {
    let log = try SketchedTlog(leaves: 3)
    var snapshot = try SketchedSnapshot(of: log)
    // The good signature beside it does not help.
    snapshot[.checkpoint] = try Self.note(log.checkpoint()) { signatures in
      let good = signatures[0]
      signatures.append(
        try #require(
          SignedNote.signatures(
            parsing: Array("— log.example/a \(base64(good.keyID + good.bytes.reversed()))\n".utf8), named: "line"
          ).first))
    }
    snapshot.expectRefusal(.logCheckpointInvalid, "a/checkpoint", under: try log.policy)
  }

  @Test func passesOverUnknownKeys() throws {
    let log = try SketchedTlog(leaves: 3)
    let (witness, stranger) = (try SketchedWitness("w.example"), try SketchedTlog("stranger.example"))
    var snapshot = try SketchedSnapshot(of: log, witnesses: [witness])
    snapshot[.checkpoint] = try Self.note(snapshot[.checkpoint]!) { signatures in
      let key = stranger.verifierKey
      // Another key's, and one of ML-DSA's size and type.
      for (name, id, size) in [(key.name, key.keyID, 64), (witness.name, [6, 6, 6, 6], 2428)] {
        let line = "— \(String(decoding: name, as: UTF8.self)) \(base64(id + [UInt8](repeating: 7, count: size)))\n"
        signatures += try SignedNote.signatures(parsing: Array(line.utf8), named: "line")
      }
    }
    let verified = try snapshot.verify(
      under: SketchedTlog.policy("", logs: [log], witnesses: [witness], "quorum W1\n"))
    #expect(verified.witnessed.map(\.witness) == [Array("W1".utf8)])
  }

  @Test func refusesEarlierCheckpointsThatNobodySigned() throws {
    let log = try SketchedTlog(leaves: 30)
    var snapshot = try SketchedSnapshot(of: log)
    snapshot.carry(tilesOf: 30, log)
    snapshot[.earlierCheckpoint(size: 20)] = try SketchedTlog(leaves: 30).checkpoint(20)
    snapshot.expectRefusal(.logCheckpointInvalid, "checkpoint.20", under: try log.policy)
    snapshot[.earlierCheckpoint(size: 20)] = try log.checkpoint(21)
    snapshot.expectRefusal(.logSnapshotMalformed, "checkpoint.20", under: try log.policy)
    snapshot[.earlierCheckpoint(size: 20)] = nil
    var longer = log
    longer.append(1)
    snapshot[.earlierCheckpoint(size: 31)] = try longer.checkpoint(31)
    snapshot.expectRefusal(.logSnapshotMalformed, "checkpoint.31", under: try log.policy)
  }

  /// Rekor v1's keys sign under any name: an installed log speaks for the origin of another one.
  @Test func refusesALogInAnothersPlace() throws {
    let log = try SketchedTlog("rekor.example", .rekorVersion1, leaves: 3)
    let second = try SketchedTlog("second.example", .rekorVersion1)
    let impostor = try SketchedTlog("rekor.example", .rekorVersion1, key: second.key, leaves: 3)
    func verify(_ snapshot: SketchedSnapshot, after accepted: AcceptedLog?, _ logs: [SketchedTlog]) throws {
      let signed = try #require(Self.open(snapshot, logs).first)
      _ = try signed.verify(after: accepted, in: snapshot, beside: NothingKept(), into: MemorySink())
    }
    var longer = impostor
    longer.append(2)
    var continued = try SketchedSnapshot(of: longer)
    continued.carry(tilesOf: 5, longer)
    // Also of a smaller size, and of the same with another root: no fork is seen in what is another log's.
    let others = [
      continued, try SketchedSnapshot(of: impostor), try SketchedSnapshot(of: impostor.forked(at: 1, leaves: 3)),
    ]
    for snapshot in others {
      let failure = #expect(throws: Failure.self) { try verify(snapshot, after: log.accepted(3), [log, second]) }
      #expect(failure?.reason == .logCheckpointInvalid)
      // As the first of its origin, too, where the one that bears its name is installed; another may begin it otherwise.
      #expect(throws: Failure.self) { try verify(snapshot, after: nil, [log, second]) }
      try verify(snapshot, after: nil, [second])
    }
    // The heir of a key that is gone.
    try verify(continued, after: log.accepted(3), [second])
    // Among the earlier ones.
    var mixed = try SketchedSnapshot(of: log)
    mixed.carry(tilesOf: 3, log)
    try mixed.carry(checkpointOf: 2, log)
    #expect(try Self.open(mixed, [log, second]).count == 1)
    try mixed.carry(checkpointOf: 2, impostor)
    let failure = #expect(throws: Failure.self) { try Self.open(mixed, [log, second]) }
    #expect(failure?.reason == .logCheckpointInvalid)
  }

  @Test func refusesAnotherOriginThanIsDescribed() throws {
    let log = try SketchedTlog(leaves: 3)
    var snapshot = try SketchedSnapshot(of: log)
    snapshot[.description] = SketchedSnapshot.description(try SketchedTlog("log.example/b"))
    snapshot.expectRefusal(.logSnapshotMalformed, "origin", under: try log.policy)
  }

  @Test func refusesALogThatIsThereTwice() throws {
    let log = try SketchedTlog(leaves: 3)
    var snapshot = try SketchedSnapshot(of: log)
    snapshot.files.merge(snapshot.files.map { ("b" + $0.key.dropFirst(), $0.value) }) { one, _ in one }
    snapshot.expectRefusal(.logSnapshotMalformed, "twice", under: try log.policy)
  }

  // MARK: Witnesses

  @Test func asksForTheQuorum() throws {
    let log = try SketchedTlog(leaves: 3)
    let witnesses = try (1...3).map { try SketchedWitness("w\($0).example") }
    func policy(_ quorum: String) throws -> TLogPolicy {
      try SketchedTlog.policy("group G 2 W1 W2 W3\n", logs: [log], witnesses: witnesses, quorum)
    }
    func snapshot(_ count: Int) throws -> SketchedSnapshot {
      try SketchedSnapshot(of: log, witnesses: Array(witnesses.prefix(count)), at: 1_700_000_123)
    }
    try snapshot(1).expectRefusal(.logSnapshotQuorumNotMet, "W1", under: policy("quorum G\n"))
    try snapshot(0).expectRefusal(.logSnapshotQuorumNotMet, "no witness", under: policy("quorum G\n"))
    let verified = try snapshot(2).verify(under: policy("quorum G\n"))
    #expect(verified.quorum == .met)
    #expect(verified.witnessed.map(\.time) == [UnixTime(1_700_000_123), UnixTime(1_700_000_123)])
    let unasked = try snapshot(1).verify(under: policy("quorum none\n"))
    #expect(unasked.quorum == .notAsked && unasked.witnessed.count == 1)
  }

  /// One of several who is wrong, or lies, does not set a clock.
  @Test func timeIsReachedByAQuorumsWord() throws {
    let log = try SketchedTlog(leaves: 5)
    let witnesses = try (1...3).map { try SketchedWitness("w\($0).example") }
    let checkpoint = try Checkpoint(parsing: log.checkpoint(5))
    let lines = try zip(witnesses, [1_700_000_100, 1_700_000_200, 4_000_000_000]).map { witness, time in
      try witness.cosign(checkpoint.note.text, at: time)
    }
    let cosigned = try Checkpoint(parsing: checkpoint.note.serialized(adding: lines))
    func reached(_ quorum: String) throws -> UnixTime? {
      let policy = try SketchedTlog.policy("group G 2 W1 W2 W3\n", logs: [log], witnesses: witnesses, quorum)
      return policy.reached(try cosigned.cosignatures(under: policy, named: "checkpoint"))
    }
    #expect(try reached("quorum G\n") == UnixTime(1_700_000_200))
    #expect(try reached("quorum W1\n") == UnixTime(1_700_000_100))
    #expect(try reached("quorum none\n") == nil)
  }

  /// One witness twice is one witness.
  @Test func countsWitnessesAndNotLines() throws {
    let log = try SketchedTlog(leaves: 3)
    let witnesses = try (1...2).map { try SketchedWitness("w\($0).example") }
    var snapshot = try SketchedSnapshot(of: log, witnesses: [witnesses[0], witnesses[0]])
    let policy = try SketchedTlog.policy("group G all W1 W2\n", logs: [log], witnesses: witnesses, "quorum G\n")
    snapshot.expectRefusal(.logSnapshotQuorumNotMet, "W1", under: policy)
    snapshot[.checkpoint] = try log.checkpoint(witnesses: witnesses)
    try snapshot.verify(under: policy)
  }

  @Test func refusesAKnownWitnessWithABadCosignature() throws {
    let log = try SketchedTlog(leaves: 3)
    let witness = try SketchedWitness("w.example")
    var snapshot = try SketchedSnapshot(of: log)
    let elsewhere = try witness.cosign(Array("another text\n".utf8), at: 1)
    snapshot[.checkpoint] = try Self.note(log.checkpoint()) { $0.append(elsewhere) }
    let policy = try SketchedTlog.policy("", logs: [log], witnesses: [witness], "quorum none\n")
    snapshot.expectRefusal(.witnessCosignatureInvalid, "w.example", under: policy)
    // Nobody knows it here.
    try snapshot.verify(under: log.policy)
  }

  /// A policy that names logs speaks of them alone; one that names none speaks of all.
  @Test func asksOnlyForLogsOfThePolicy() throws {
    let (log, other) = (try SketchedTlog("rekor.example", .rekorVersion1, leaves: 3), try SketchedTlog())
    let witness = try SketchedWitness("w.example")
    let snapshot = try SketchedSnapshot(of: log)
    let opened = try Self.open(
      snapshot, [log], policy: SketchedTlog.policy("", logs: [other], witnesses: [witness], "quorum W1\n"))
    #expect(opened.count == 1)
    for logs in [[], [log, other]] {
      #expect(throws: Failure(.logSnapshotQuorumNotMet, "a/checkpoint")) {
        try Self.open(
          snapshot, [log], policy: SketchedTlog.policy("", logs: logs, witnesses: [witness], "quorum W1\n"))
      }
    }
  }

  /// A key of the trust root's does not evade the quorum that the policy asks of its origin.
  @Test func asksForTheQuorumOfAnOriginWhateverKeySigned() throws {
    let log = try SketchedTlog("rekor.example", .rekorVersion2, leaves: 3)
    let named = try SketchedTlog("rekor.example", .rekorVersion2)
    let witness = try SketchedWitness("w.example")
    let policy = try SketchedTlog.policy("", logs: [named], witnesses: [witness], "quorum W1\n")
    #expect(throws: Failure(.logSnapshotQuorumNotMet, "a/checkpoint")) {
      try Self.open(SketchedSnapshot(of: log), [log], policy: policy)
    }
    let opened = try Self.open(SketchedSnapshot(of: log, witnesses: [witness]), [log], policy: policy)
    #expect(opened.count == 1)
  }
}
