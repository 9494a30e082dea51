import Base64
import Findings
import LogSnapshot
import Octets
import Reasons
import SignedNote
import SigstoreBundle
import StrictJSON
import TestSupport
import Testing
import TrustRoot
import Verification

/// Real entries that the evidence no longer carries, given beside it: as log snapshots give them.
@Suite(.enabled(if: Corpus.isPresent, Comment(rawValue: Corpus.absence)))
struct EntrySourceTests {
  private static let entries = "verificationMaterial.tlogEntries"
  private static let proof = "verificationMaterial.tlogEntries.0.inclusionProof"

  /// Gives these entries to whoever asks for what they are.
  private struct Shelf: EntrySource {
    var shelved: [SnapshotEntry] = []
    var check = HistoryCheck.unknown

    func entries(leafHash: [UInt8]) -> [SnapshotEntry] { shelved.filter { $0.leafHash == leafHash } }
    func entries(signing digest: ClaimedDigest) -> [SnapshotEntry] { shelved.filter { $0.signs(digest) } }
    func history(of checkpoint: Checkpoint) -> HistoryCheck { check }
  }

  /// The first entry of a real bundle, as a snapshot would have it.
  private func entry(
    of name: String, promised: Bool = true, tooOld: Failure? = nil, flipping place: Int? = nil
  ) throws -> SnapshotEntry {
    let bundle = try SigstoreBundle(parsing: Spoiling.bundle(name).serialized(), named: name)
    let logged = try #require(bundle.logEntries.first)
    let carried = try #require(logged.proof)
    var path = carried.hashes
    if let place { path[place][0] ^= 1 }
    // Rekor v2's bundles may carry another index beside the proof; the entry's own counts.
    let index = logged.promise == nil ? logged.logIndex : carried.logIndex
    let proof = try LogProof(index: index, path: path, checkpoint: try #require(carried.checkpoint))
    let promise = try logged.promise.map { signature in
      CarriedEntry.Promise(
        signature: signature, integratedTime: try #require(logged.integratedTime), logID: logged.logID,
        logIndex: logged.logIndex)
    }
    return SnapshotEntry(body: logged.body, promise: promised ? promise : nil, proof: proof, tooOld: tooOld)
  }

  private func prove(_ bundle: JSON, _ shelf: Shelf, root: JSON? = nil) throws -> Proven {
    let root = try TrustRoot(parsing: (root ?? Spoiling.trustRoot()).serialized(), named: "trusted_root.json")
    let verifier = SignatureVerifier(
      trustRoot: root, now: UnixTime(1_795_000_000), revocations: .none, entries: shelf)
    return try verifier.verify(
      bundle: bundle.serialized(), artifact: Artifact(bytes: Corpus.bytes("sigstore-conformance/a.txt")))
  }

  private func reason(_ bundle: JSON, _ shelf: Shelf, root: JSON? = nil) throws -> Reason? {
    do {
      _ = try prove(bundle, shelf, root: root)
      return nil
    } catch let failure as Failure {
      return failure.reason
    }
  }

  @Test func aPromiseIsProven() throws {
    let bundle = try Spoiling.bundle("happy-path-v0.2").setting(Self.proof, nil)
    #expect(try reason(bundle, Shelf()) == .logInclusionProofMissing)
    let proven = try prove(bundle, Shelf(shelved: [entry(of: "happy-path-v0.2")]))
    #expect(proven.log.map(\.proofs) == [[.promise, .snapshot]])
    #expect(proven.checks.contains { $0.name == "2.5 inclusion-proof" && $0.result == .passed })
    // What the evidence has itself is what counts.
    let whole = try prove(Spoiling.bundle("happy-path-v0.2"), Shelf(shelved: [entry(of: "happy-path-v0.2")]))
    #expect(whole.log.map(\.proofs) == [[.promise, .inclusion]])
  }

  @Test func aSignatureWithoutEntryIsFound() throws {
    let bundle = try Spoiling.bundle("happy-path-v0.2").setting(Self.entries, .array([]))
    #expect(try reason(bundle, Shelf()) == .logEntryMissing)
    let proven = try prove(bundle, Shelf(shelved: [entry(of: "happy-path-v0.2")]))
    #expect(proven.log.map(\.proofs) == [[.promise, .snapshot]])
    #expect(proven.times.count == 1)
    // Presence is no time.
    #expect(try reason(bundle, Shelf(shelved: [entry(of: "happy-path-v0.2", promised: false)])) == .timeMissing)
    // The same bytes signed by somebody else are somebody else's entry.
    #expect(try reason(bundle, Shelf(shelved: [entry(of: "happy-path-v0.3")])) == .logEntryMissing)
  }

  @Test func secondGenerationTooIsFound() throws {
    let root = try Spoiling.trustRoot("rekor2-happy-path")
    let bundle = try Spoiling.bundle("rekor2-happy-path").setting(Self.entries, .array([]))
    #expect(try reason(bundle, Shelf(), root: root) == .logEntryMissing)
    let proven = try prove(bundle, Shelf(shelved: [entry(of: "rekor2-happy-path")]), root: root)
    #expect(proven.log.map(\.proofs) == [[.snapshot]])
    // A log that the trust root does not name proves nothing.
    let stranger = root.setting("tlogs", try Spoiling.trustRoot()[at: "tlogs"])
    #expect(
      try reason(bundle, Shelf(shelved: [entry(of: "rekor2-happy-path")]), root: stranger) == .logEntryMissing
        || Spoiling.trustRoot()[at: "tlogs"] == root[at: "tlogs"])
  }

  /// Whoever edits the disk takes proofs away, and makes none.
  @Test func whatDoesNotVerifyIsAsIfItWereNotThere() throws {
    let spoilt = try entry(of: "happy-path-v0.2", flipping: 0)
    let bundle = try Spoiling.bundle("happy-path-v0.2")
    #expect(try reason(bundle.setting(Self.proof, nil), Shelf(shelved: [spoilt])) == .logInclusionProofMissing)
    #expect(try reason(bundle.setting(Self.entries, .array([])), Shelf(shelved: [spoilt])) == .logEntryMissing)
    let edited = try entry(of: "happy-path-v0.2")
    let promise = try #require(edited.promise)
    let later = CarriedEntry.Promise(
      signature: promise.signature, integratedTime: UnixTime(promise.integratedTime.seconds + 1),
      logID: promise.logID, logIndex: promise.logIndex)
    let moved = SnapshotEntry(body: edited.body, promise: later, proof: edited.proof)
    #expect(try reason(bundle.setting(Self.entries, .array([])), Shelf(shelved: [moved])) == .logEntryMissing)
    #expect(try reason(bundle, Shelf(shelved: [spoilt])) == nil)
  }

  @Test func aSnapshotThatIsTooOldDecidesNothing() throws {
    let old = try entry(of: "happy-path-v0.2", tooOld: Failure(.trustTooOld, "log snapshot"))
    let bundle = try Spoiling.bundle("happy-path-v0.2")
    #expect(try reason(bundle.setting(Self.proof, nil), Shelf(shelved: [old])) == .trustTooOld)
    #expect(try reason(bundle.setting(Self.entries, .array([])), Shelf(shelved: [old])) == .trustTooOld)
    #expect(try reason(bundle, Shelf(shelved: [old])) == nil)
  }

  @Test func aCarriedProofIsComparedWithTheAcceptedHistory() throws {
    let bundle = try Spoiling.bundle("happy-path-v0.2")
    func history(_ check: HistoryCheck) throws -> Check.Result? {
      try prove(bundle, Shelf(check: check)).checks.first { $0.name == "2.6 history" }?.result
    }
    #expect(try history(.consistent) == .passed)
    #expect(try history(.unknown) == .notApplicable)
    #expect(try reason(bundle, Shelf(check: .forked)) == .logFork)
  }
}
