import Cryptography
import Dossier
import LedgerLeaf
package import Octets
package import Policy
package import Reasons
package import Store
package import TrustRoot
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
  private let trustRoot: TrustRoot?
  private let trust: TrustInForce
  private let now: UnixTime

  /// - Parameters:
  ///   - trustRoot: today's; nil takes the one that each verdict was given under.
  ///   - trust: today's: what was denied or revoked since would not be admitted again.
  ///   - now: the effective time.
  package init(_ custodian: Custodian, trustRoot: TrustRoot?, under trust: TrustInForce, now: UnixTime) {
    self.custodian = custodian
    self.trustRoot = trustRoot
    self.trust = trust
    self.now = now
  }

  /// - Parameter image: nil for all admissions.
  package func run(_ image: ClaimedDigest?, _ report: (Result) throws -> Void) throws {
    let state = custodian.state
    let leaves = image.map { state.verdicts(of: $0) } ?? state.verdictLeaves
    for leaf in leaves {
      guard let found = try custodian.leaf(at: leaf), case .verdict(let record) = found.event,
        record.verdict == .admit
      else { continue }
      try report(Result(image: record.image, leaf: leaf, recorded: found.claimed, outcome: outcome(of: record)))
    }
  }

  private func outcome(of record: VerdictRecord) -> Outcome {
    do {
      guard let digest = record.dossier else { return .unprovable("nothing was kept") }
      let dossier = try Dossier(parsing: try custodian.store.objects.read(digest)) {
        try custodian.store.objects.read($0)
      }
      let anchor = try anchor(dossier)
      let findings = Prover.prove(dossier.evidence, against: [anchor])
      let matter = Matter(
        FindingIndex(findings), under: dossier.policy, standings: [AuthorityStanding(anchor.name)],
        denying: trust.denials, archiveFailures: dossier.archiveFailures, on: Occasion(now: now))
      let judgement = dossier.policy.judge(dossier.image, dossier.parts, matter)
      return judgement.verdict == .admit ? .holds : .changed(judgement.verdict, judgement.reasons)
    } catch let failure as Failure {
      return .unprovable("\(failure.reason.rawValue): \(printable(failure.subject)): \(failure.detail)")
    } catch {
      return .unprovable("\(error)")
    }
  }

  private func anchor(_ dossier: Dossier) throws -> Prover.Anchor {
    guard let kept = dossier.trustRoot else { return .keys(dossier.keys) }
    let root = try trustRoot ?? TrustRoot(parsing: kept, named: "trust root")
    return .trustRoot(
      root, named: "trust root", now: now, revocations: trust.revocations(under: root),
      entries: dossier.entries.isEmpty ? nil : RecordedEntries(entries: dossier.entries), witnesses: trust.witnesses)
  }
}
