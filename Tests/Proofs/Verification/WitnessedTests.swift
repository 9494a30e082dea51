import Findings
import LogSnapshot
import MiniatureSigstore
import Octets
import Reasons
import SignedNote
import SigstoreBundle
import SnapshotSketch
import StrictJSON
import TestSupport
import Testing
import TrustRoot
import Verification

/// Step 2.7: which witnesses of a policy cosigned the checkpoint that proves an entry.
@Suite struct WitnessedTests {
  // MARK: Real evidence

  private static let name = "rekor2-checkpoint-cosigned"
  private static let checkpoint = "verificationMaterial.tlogEntries.0.inclusionProof.checkpoint.envelope"

  static func policy(_ witnesses: [(name: String, key: NoteVerifierKey)]) throws -> TLogPolicy {
    let lines = witnesses.map { "witness \($0.name) \(String(decoding: $0.key.serialized, as: UTF8.self))\n" }
    return try TLogPolicy(parsing: Array((lines.joined() + "quorum none\n").utf8), named: "policy")
  }

  private func prove(
    _ bundle: JSON, _ witnesses: [TLogPolicy.Witness], _ entries: (any EntrySource)? = nil
  ) throws -> Proven {
    let root = try TrustRoot(parsing: Spoiling.trustRoot(Self.name).serialized(), named: "trusted_root.json")
    return try SignatureVerifier(
      trustRoot: root, now: UnixTime(1_795_000_000), revocations: .none, entries: entries, witnesses: witnesses
    ).verify(bundle: bundle.serialized(), artifact: Artifact(bytes: Corpus.bytes("sigstore-conformance/a.txt")))
  }

  /// A real bundle, with more lines under its checkpoint.
  private func bundle(adding lines: [SignedNote.Signature]) throws -> JSON {
    try Spoiling.bundle(Self.name).changing(Self.checkpoint) { value in
      guard case .string(let note) = value, let read = try? SignedNote(parsing: note) else { return value }
      return .string(read.serialized(adding: lines))
    }
  }

  private func text() throws -> [UInt8] {
    guard case .string(let note) = try Spoiling.bundle(Self.name)[at: Self.checkpoint] else { return [] }
    return try SignedNote(parsing: note).text
  }

  @Test(.enabled(if: Corpus.isPresent, Comment(rawValue: Corpus.absence)))
  func countsWhoeverTheSiteKnows() throws {
    let (one, other, idle) = try (
      SketchedWitness("one.example"), SketchedWitness("other.example"), SketchedWitness("idle.example")
    )
    let text = try text()
    let bundle = try bundle(adding: [
      one.cosign(text, at: 1_760_000_000), other.cosign(text, at: 1_760_000_001), one.cosign(text, at: 1_760_000_002),
    ])
    let policy = try Self.policy([
      ("I", idle.verifierKey), ("B", other.verifierKey), ("A", one.verifierKey),
    ])
    let proven = try prove(bundle, policy.witnesses)
    #expect(proven.log.map(\.witnesses) == [["B", "A"]])
    let check = try #require(proven.checks.first { $0.name == "2.7 witnesses" })
    #expect(check.result == .passed && check.detail == "B, A")
    // The bundle's own witness is a stranger here, and so is everybody where there is no policy.
    let stranger = try Self.policy([("W", SketchedWitness("witness.example").verifierKey)])
    #expect(try prove(bundle, stranger.witnesses).log.map(\.witnesses) == [[]])
    #expect(try prove(bundle, []).log.map(\.witnesses) == [[]])
    #expect(try prove(bundle, []).checks.first { $0.name == "2.7 witnesses" }?.result == .notApplicable)
  }

  @Test(.enabled(if: Corpus.isPresent, Comment(rawValue: Corpus.absence)))
  func aKeyCountsOnce() throws {
    let witness = try SketchedWitness("one.example")
    let bundle = try bundle(adding: [witness.cosign(text(), at: 1_760_000_000)])
    let policies = try ["A", "B"].map { try Self.policy([($0, witness.verifierKey)]) }
    #expect(try prove(bundle, policies.flatMap(\.witnesses)).log.map(\.witnesses) == [["A"]])
  }

  @Test(.enabled(if: Corpus.isPresent, Comment(rawValue: Corpus.absence)))
  func aWrongLineOfAKnownWitnessRefuses() throws {
    let witness = try SketchedWitness("one.example")
    let bundle = try bundle(adding: [witness.cosign(text() + [0x0a], at: 1_760_000_000)])
    let policy = try Self.policy([("A", witness.verifierKey)])
    #expect(try prove(bundle, []).log.map(\.witnesses) == [[]])
    do {
      _ = try prove(bundle, policy.witnesses)
      Issue.record("proven")
    } catch {
      #expect((error as? Failure)?.reason == .witnessCosignatureInvalid)
    }
  }

  // MARK: Out of a snapshot

  private struct Shelf: EntrySource {
    let entry: SnapshotEntry
    func entries(leafHash: [UInt8]) -> [SnapshotEntry] { leafHash == entry.leafHash ? [entry] : [] }
    func entries(signing digest: ClaimedDigest) -> [SnapshotEntry] { entry.signs(digest) ? [entry] : [] }
    func history(of checkpoint: Checkpoint) -> HistoryCheck { .unknown }
  }

  /// What lies on the disk adds witnesses where it is good, and takes nothing away where it is not.
  @Test(.enabled(if: Corpus.isPresent, Comment(rawValue: Corpus.absence)))
  func aSnapshotsCheckpointHasWitnessesToo() throws {
    let witness = try SketchedWitness("one.example")
    let policy = try Self.policy([("A", witness.verifierKey)])
    let bare = try Spoiling.bundle(Self.name).setting("verificationMaterial.tlogEntries", .array([]))
    for (text, expected) in try [(text(), ["A"]), (text() + [0x0a], [])] {
      let bundle = try bundle(adding: [witness.cosign(text, at: 1_760_000_000)])
      let logged = try #require(try LoggedEntries.first(of: bundle))
      let proof = try LogProof(
        index: logged.index, path: logged.path, checkpoint: logged.checkpoint)
      let entry = SnapshotEntry(body: logged.body, promise: nil, proof: proof)
      let proven = try prove(bare, policy.witnesses, Shelf(entry: entry))
      #expect(proven.log.map(\.proofs) == [[.snapshot]])
      #expect(proven.log.map(\.witnesses) == [expected])
    }
  }

  /// A bundle's own proof serves as long as no snapshot has the leaf under a checkpoint with more witnesses.
  @Test(.enabled(if: Corpus.isPresent, Comment(rawValue: Corpus.absence)))
  func aSnapshotStandsInWhereMoreWitnessesCosigned() throws {
    let (one, other) = try (SketchedWitness("one.example"), SketchedWitness("other.example"))
    let policy = try Self.policy([("A", one.verifierKey), ("B", other.verifierKey)])
    let text = try text()
    func shelf(_ witnesses: [SketchedWitness], over text: [UInt8], tooOld: Failure? = nil) throws -> Shelf {
      let bundle = try bundle(adding: witnesses.map { try $0.cosign(text, at: 1_760_000_000) })
      let logged = try #require(try LoggedEntries.first(of: bundle))
      let proof = try LogProof(index: logged.index, path: logged.path, checkpoint: logged.checkpoint)
      return Shelf(entry: SnapshotEntry(body: logged.body, promise: nil, proof: proof, tooOld: tooOld))
    }
    let carried = try bundle(adding: [one.cosign(text, at: 1_760_000_000)])
    let both = try prove(carried, policy.witnesses, shelf([other, one], over: text))
    #expect(both.log.map(\.witnesses) == [["A", "B"]] && both.log.map(\.proofs) == [[.snapshot]])
    #expect(both.log.map(\.snapshotLeaf) == [try shelf([], over: text).entry.leafHash])
    for idle in [
      try shelf([other], over: text), try shelf([other, one], over: text + [0x0a]),
      try shelf([other, one], over: text, tooOld: Failure(.trustTooOld, "log snapshot")),
    ] {
      let proven = try prove(carried, policy.witnesses, idle)
      #expect(proven.log.map(\.witnesses) == [["A"]] && proven.log.map(\.proofs) == [[.inclusion]])
      #expect(proven.log.map(\.snapshotLeaf) == [nil])
    }
  }

  // MARK: The miniature's

  @Test func theMiniaturesWitnessesAreFound() throws {
    let shape = try #require(MiniatureShape.all.first { $0.name.contains("witnesses") })
    let world = MiniatureShape.world
    let issued = world.issue(shape.request)
    let policy = try Self.policy(
      world.witnesses.enumerated().map { place, witness in
        let key = try #require(
          NoteVerifierKey(name: Array(witness.name.utf8), type: .cosignature, key: Array(witness.key.spki.suffix(32))))
        return ("W\(place)", key)
      })
    let root = try TrustRoot(parsing: world.trustedRoot(leavingOut: [], spoil: nil), named: "trusted_root.json")
    func witnesses(_ policy: [TLogPolicy.Witness]) throws -> [[String]] {
      try SignatureVerifier(trustRoot: root, now: UnixTime(world.now), revocations: .none, witnesses: policy)
        .verify(bundle: issued.bundle(.v03), artifact: Artifact(bytes: MiniatureShape.artifact)).log.map(\.witnesses)
    }
    #expect(try witnesses(policy.witnesses) == [["W0", "W1"]])
    #expect(try witnesses(Array(policy.witnesses.suffix(1))) == [["W1"]])
  }
}

/// The first log entry of a bundle, apart.
private enum LoggedEntries {
  static func first(
    of bundle: JSON
  ) throws -> (index: UInt64, path: [[UInt8]], checkpoint: [UInt8], body: [UInt8])? {
    let parsed = try SigstoreBundle(parsing: bundle.serialized(), named: "bundle")
    guard let entry = parsed.logEntries.first, let proof = entry.proof, let checkpoint = proof.checkpoint else {
      return nil
    }
    return (entry.logIndex, proof.hashes, checkpoint, entry.body)
  }
}
