import Cryptography
import Dossier
import Findings
import LedgerLeaf
package import Octets
package import Policy
import ProofRequests
package import Reasons
package import Store
import TrustRoot
import TrustStore

/// Past admissions proven again from the kept evidence, with the code and the trust of today.
package struct Recheck: Sendable {
  /// What became of one of them.
  package enum Outcome: Sendable {
    case holds
    /// Today it would be this, for these reasons.
    case changed(Verdict, [Failure])
    /// What it rests on is gone, damaged or not readable any more.
    case unprovable(String)
  }

  package struct Result: Sendable {
    package let image: ClaimedDigest
    package let leaf: UInt64
    package let recorded: UnixTime
    package let outcome: Outcome
  }

  private let custodian: Custodian
  private let trustRoots: @Sendable (String) -> [UInt8]?
  private let trust: TrustInForce
  private let now: UnixTime

  /// - Parameters:
  ///   - trustRoots: today's in place of the one of this name; nil takes the one that each verdict was given under.
  ///   - trust: today's: what was denied or revoked since would not be admitted again.
  ///   - now: the effective time.
  package init(
    _ custodian: Custodian, trustRoots: @escaping @Sendable (String) -> [UInt8]?, under trust: TrustInForce,
    now: UnixTime
  ) {
    self.custodian = custodian
    self.trustRoots = trustRoots
    self.trust = trust
    self.now = now
  }

  /// - Parameter image: nil for all admissions.
  package func run(_ image: ClaimedDigest?, by crew: Crew, _ report: (Result) throws -> Void) throws {
    let state = custodian.state
    let leaves = image.map { state.verdicts(of: $0) } ?? state.verdictLeaves
    for leaf in leaves {
      guard let found = try custodian.leaf(at: leaf), case .verdict(let record) = found.event,
        record.verdict == .admit
      else { continue }
      try report(Result(image: record.image, leaf: leaf, recorded: found.claimed, outcome: outcome(of: record, crew)))
    }
  }

  /// - Throws: `RoleTrouble` alone.
  private func outcome(of record: VerdictRecord, _ crew: Crew) throws -> Outcome {
    do {
      guard let digest = record.dossier else { return .unprovable("nothing was kept") }
      let dossier = try custodian.dossier(digest)
      let question = dossier.question
      let request = try request(dossier)
      let prover = try ConfinedProver(
        request, entries: RecordedEntries(entries: dossier.entries, histories: trust.entries), about: "\(record.image)",
        of: crew)
      let findings = try prover.prove(dossier.evidence)
      let occasion = question.occasion.again(now: now, ages: trust.policyAges)
      let index = FindingIndex(findings)
      try question.policy.verifyBounded([(dossier.image, dossier.parts)], index, on: occasion)
      let matter = Matter(
        index, under: question.policy, standings: standings(question, request.anchorNames),
        denying: trust.denials, of: dossier.documents, archiveFailures: dossier.archiveFailures, on: occasion)
      let judgement = question.policy.judge(dossier.image, dossier.parts, matter)
      return judgement.verdict == .admit ? .holds : .changed(judgement.verdict, judgement.reasons)
    } catch let trouble as RoleTrouble {
      throw trouble
    } catch {
      return .unprovable(Self.words(error))
    }
  }

  /// Why nothing can be proven again.
  static func words(_ error: any Error) -> String {
    guard let failure = error as? Failure else { return "\(error)" }
    return "\(failure.reason.rawValue): \(printable(failure.subject)): \(failure.detail)"
  }

  /// What there was then, with the revocations, witnesses and histories of today.
  private func request(_ dossier: Dossier) throws -> ProofRequest {
    let question = dossier.question
    let roots = question.trustRoots.map { kept in (kept.name, trustRoots(kept.name) ?? kept.bytes) }
    let read = try roots.map { name, bytes in try TrustRoot(parsing: bytes, named: name) }
    return ProofRequest(
      keys: question.keys.map(\.spki),
      roots: roots.map { name, bytes in
        // Of an installed root, the logs' histories are known, if any are.
        ProofRequest.Root(
          name: name, bytes: bytes,
          consultsEntries: !dossier.entries.isEmpty || trust.entries != nil && trust.root(named: name) != nil)
      }, revocationLists: trust.revocationLists(under: read).map(\.der),
      witnessPolicy: trust.witnesses.isEmpty ? question.witnessPolicy : trust.witnessPolicy, now: now)
  }

  /// What the authorities stood on; where one had nothing, it has nothing today.
  private func standings(_ question: Dossier.Question, _ anchors: [Finding.Anchor]) -> [AuthorityStanding] {
    zip(question.anchors, question.policy.authorities).map { anchor, authority in
      if let anchor, anchors.contains(anchor) { return AuthorityStanding(anchor) }
      return AuthorityStanding(
        nil, lacking: Failure(.trustRootMissing, "authority \(authority.name)", "nothing of it was kept"))
    }
  }
}

extension Custodian {
  /// With every object that it names, each hashed again.
  func dossier(_ digest: ClaimedDigest) throws -> Dossier {
    try Dossier(parsing: try store.objects.read(digest)) { try store.objects.read($0) }
  }
}
