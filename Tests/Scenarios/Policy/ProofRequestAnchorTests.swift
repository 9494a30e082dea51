import Cryptography
import Findings
import MiniatureSigstore
import OCIImage
import Octets
import Policy
import ProofRequests
import Reasons
import Roles
import SignedNote
import TestSupport
import Testing
import TrustRoot
import Verification

/// What a prover in a process of its own is asked gives the findings that a policy's own anchors give.
@Suite struct ProofRequestAnchorTests {
  @Test(arguments: PolicyScenarioTests.tables)
  func requestsProveTheSame(table: PolicyTable) throws {
    let bench = ScenarioBench.shared
    let policy = try bench.policy(Array(table.document.utf8))
    var proven = 0
    for scenario in table.scenarios.prefix(12) {
      let (evidence, inForce) = try (bench.evidence(scenario), bench.inForce(policy, scenario))
      let asked = try ProofRequest(parsing: inForce.request.serialized())
      #expect(asked == inForce.request && asked.anchorNames == inForce.anchors.map(\.name))
      let direct = Prover.prove(evidence, against: inForce.anchors)
      let again = Prover.prove(evidence, against: try asked.anchors(consulting: nil))
      let (written, expected) = try (FindingsDocument.serialized(again), FindingsDocument.serialized(direct))
      #expect(written == expected, "\(scenario)")
      proven += direct.count { (try? $0.outcome.get()) != nil }
    }
    #expect(proven > 0)
  }

  /// Nothing goes to a prover that no authority stands on.
  @Test(arguments: PolicyScenarioTests.tables) func nothingMoreIsAsked(table: PolicyTable) throws {
    let bench = ScenarioBench.shared
    let inForce = try bench.inForce(bench.policy(Array(table.document.utf8)), table.scenarios[0])
    let request = inForce.request
    #expect(request.roots.isEmpty == (request.witnessPolicy == nil))
    #expect(request.keys.isEmpty == !inForce.standings.contains { $0.anchor == .keys })
  }

  // MARK: Each member of a request counts

  private static let identity = SampleIdentity.releaseWorkflow
  private static let signed = PolicySite.issued(
    SigningRequest(.statement(PolicySite.image.signingStatement), as: .certificate(identity)))
  private static let evidence = Evidence(
    .sigstoreBundle(signed.bundle()), by: .bundleFile("b"), attachedTo: nil, digest: digest(signed.bundle()))
  private static let root = ProofRequest.Root(
    name: "plant", bytes: PolicySite.world.trustedRoot(), consultsEntries: false)

  private static func request(
    keys: [[UInt8]] = [], roots: [ProofRequest.Root] = [root], lists: [[UInt8]] = [], now: Int64 = PolicySite.now
  ) -> ProofRequest {
    ProofRequest(keys: keys, roots: roots, revocationLists: lists, witnessPolicy: nil, now: UnixTime(now))
  }

  private static func reasons(_ request: ProofRequest) throws -> [Reason?] {
    Prover.prove([evidence], against: try request.anchors(consulting: nil)).map { finding in
      if case .failure(let failure) = finding.outcome { failure.reason } else { nil }
    }
  }

  @Test func revocationListsCount() throws {
    let fulcio = PolicySite.world.fulcio
    let authority = try RevokingAuthority(fulcio.chain[0], key: Array(fulcio.intermediateKey.privatePEM.utf8))
    let serial = try Certificate(der: #require(Self.signed.certificate).der).serialNumber
    let list = try RevocationList(authority.list([.init(serial, on: "250101000000Z")]))
    #expect(try Self.reasons(Self.request()) == [nil])
    #expect(try Self.reasons(Self.request(lists: [list.der])) == [.certificateRevoked])
  }

  @Test func keysComeFirst() throws {
    let request = Self.request(keys: [PolicySite.keys["build"]!.spki])
    #expect(try request.anchors(consulting: nil).map(\.name) == [.keys, .trustRoot("plant")])
    #expect(request.anchorNames == [.keys, .trustRoot("plant")])
  }

  @Test func entriesAreConsultedWhereTheyMayBe() throws {
    let roots = [
      Self.root, ProofRequest.Root(name: "other", bytes: Self.root.bytes, consultsEntries: true),
    ]
    func consulting(_ request: ProofRequest) throws -> [Bool] {
      try request.anchors(consulting: NoEntries()).map { anchor in
        guard case .trustRoot(_, _, _, _, let entries, _) = anchor else { return false }
        return entries != nil
      }
    }
    #expect(try consulting(Self.request(roots: roots)) == [false, true])
    #expect(try consulting(Self.request(roots: roots).consultingEverywhere) == [true, true])
  }

  @Test func whatDoesNotReadIsRefused() throws {
    let broken = ProofRequest.Root(name: "plant", bytes: [0x7b], consultsEntries: false)
    let lists = ProofRequest(
      keys: [], roots: [Self.root], revocationLists: [[0x30]], witnessPolicy: nil, now: UnixTime(0))
    let witnesses = ProofRequest(
      keys: [], roots: [Self.root], revocationLists: [], witnessPolicy: Array("?".utf8), now: UnixTime(0))
    for (request, reason) in [
      (Self.request(keys: [[1]], roots: []), Reason.proofRequestMalformed),
      (Self.request(roots: [broken]), .jsonMalformed), (lists, .revocationListMalformed),
      (witnesses, .witnessPolicyMalformed),
    ] {
      do throws(Failure) {
        _ = try request.anchors(consulting: nil)
        Issue.record("read, not \(reason)")
      } catch {
        #expect(error.reason == reason)
      }
    }
  }
}

private struct NoEntries: EntrySource {
  func entries(leafHash: [UInt8]) -> [SnapshotEntry] { [] }
  func entries(signing digest: ClaimedDigest) -> [SnapshotEntry] { [] }
  func history(of checkpoint: Checkpoint) -> HistoryCheck { .unknown }
}
