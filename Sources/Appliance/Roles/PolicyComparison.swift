import Dossier
import Findings
import LedgerLeaf
import OCIImage
package import Octets
package import Policy
import ProofRequests
package import Reasons
import Report
package import Store
import TrustRoot
import TrustStore
import Verification

/// Two policies over the past: every verdict whose evidence was kept, judged by both.
package struct PolicyComparison: Sendable {
  package enum Outcome: Sendable {
    case same(Verdict)
    /// What the old policy says, what the new one says, and why.
    case changed(Verdict, Verdict, [Failure])
    /// What it rests on is gone, damaged or not readable any more.
    case unprovable(String)
  }

  package struct Result: Sendable {
    package let image: ClaimedDigest
    package let leaf: UInt64
    package let recorded: UnixTime
    /// What was recorded then, by the policy of then.
    package let recordedVerdict: Verdict
    package let outcome: Outcome
  }

  private let custodian: Custodian
  private let policies: (old: Policy, new: Policy)
  private let given: GivenTrust
  private let trust: TrustInForce
  private let now: UnixTime

  /// - Parameters:
  ///   - given: what the operator brought along; before what was kept with a verdict.
  ///   - trust: today's.
  package init(
    _ custodian: Custodian, _ old: Policy, _ new: Policy, with given: GivenTrust, under trust: TrustInForce,
    now: UnixTime
  ) {
    self.custodian = custodian
    policies = (old, new)
    self.given = given
    self.trust = trust
    self.now = now
  }

  package func run(by crew: Crew, _ report: (Result) throws -> Void) throws {
    for leaf in custodian.state.verdictLeaves {
      guard let found = try custodian.leaf(at: leaf), case .verdict(let record) = found.event,
        let kept = record.dossier
      else { continue }
      try report(
        Result(
          image: record.image, leaf: leaf, recorded: found.claimed, recordedVerdict: Verdict(record.verdict),
          outcome: outcome(kept, crew)))
    }
  }

  /// - Throws: `RoleTrouble` alone.
  private func outcome(_ kept: ClaimedDigest, _ crew: Crew) throws -> Outcome {
    do {
      let dossier = try custodian.dossier(kept)
      let (old, new) = (
        try judge(dossier, by: policies.old, crew), try judge(dossier, by: policies.new, crew)
      )
      return old.verdict == new.verdict ? .same(old.verdict) : .changed(old.verdict, new.verdict, new.reasons)
    } catch let trouble as RoleTrouble {
      throw trouble
    } catch {
      return .unprovable(Recheck.words(error))
    }
  }

  private func judge(_ dossier: Dossier, by policy: Policy, _ crew: Crew) throws -> ImageJudgement {
    var given = given
    given.keys += dossier.question.keys
    for kept in dossier.question.trustRoots where trust.root(named: kept.name) == nil {
      let root = try TrustRoot(parsing: kept.bytes, named: kept.name)
      // Also for authorities that name none, where it was theirs then.
      let names = dossier.question.isUnnamed(kept) ? [kept.name, nil] : [kept.name]
      given.roots += names.map { GivenTrust.Root(name: $0, file: kept.name, root: root, bytes: kept.bytes) }
    }
    let inForce = try PolicyInForce(policy, from: .file("policy"), with: given, under: trust, now: now)
    let kept: (any EntrySource)? =
      dossier.entries.isEmpty ? nil : RecordedEntries(entries: dossier.entries, histories: trust.entries)
    let prover = try ConfinedProver(
      kept == nil ? inForce.request : inForce.request.consultingEverywhere, entries: kept ?? inForce.entries,
      about: "\(dossier.image.digest)", of: crew)
    let findings = try prover.prove(dossier.evidence)
    let occasion = dossier.question.occasion.again(now: now, ages: trust.policyAges)
    let index = FindingIndex(findings)
    try policy.verifyBounded([(dossier.image, dossier.parts)], index, on: occasion)
    let matter = Matter(
      index, under: policy, standings: inForce.standings, denying: trust.denials,
      of: dossier.documents, archiveFailures: dossier.archiveFailures, on: occasion)
    return policy.judge(dossier.image, dossier.parts, matter)
  }
}

extension Dossier.Question {
  /// Whether an authority stood on this trust root that names none.
  fileprivate func isUnnamed(_ root: Dossier.Root) -> Bool {
    zip(policy.authorities, anchors).contains { $0.trustRoot == nil && $1 == .trustRoot(root.name) }
  }
}
