import Cryptography
import Dossier
package import Findings
package import OCIImage
package import Octets
package import Policy
package import Reasons
package import Report
package import SiteRules
package import Store
import TPM
import TrustStore

/// The role that judges, signs and keeps. It never opens a medium: digests and findings are all it gets.
package struct Keeper: Sendable {
  package let custodian: Custodian?
  let pin: PIN

  /// - Parameters:
  ///   - custodian: nil on a machine without a store: verdicts are given, nothing is signed or kept.
  ///   - pin: the report key's, where it has one.
  package init(_ custodian: Custodian?, pin: PIN? = nil) {
    self.custodian = custodian
    self.pin = pin ?? PIN()
  }

  /// Tries the PIN before long work begins: a wrong one is found now, at the price of one try.
  package func verifyPIN() throws(StoreError) {
    guard let custodian, custodian.store.hasPIN else { return }
    do throws(TPMError) {
      _ = try custodian.tpm.signReport(digest(Array("assay/pin-check/v1".utf8)), pin: pin.typed)
    } catch {
      throw .tpm(error)
    }
  }

  /// Judges every selected image.
  /// - Parameter documents: theirs; none where only facts about them are at hand.
  /// - Throws: `image.not-found`, `image.none-carried`, `archive.limit-exceeded`.
  package func judge(
    _ images: [Image], of documents: [ImageDocument], _ findings: [Finding], by policy: Policy,
    standing standings: [AuthorityStanding], denying denials: DenialsInForce, selecting selection: Selection,
    archiveFailures: [Failure], on occasion: Occasion
  ) throws(Failure) -> [ImageJudgement] {
    let index = FindingIndex(findings)
    let ambiguous = selection.ambiguousNames(among: images)
    let selected = try selection.parts(of: images)
    try policy.verifyBounded(selected, index, on: occasion)
    let matter = Matter(
      index, under: policy, standings: standings, denying: denials, of: documents, archiveFailures: archiveFailures,
      on: occasion)
    return selected.map { (image, parts) in
      policy.judge(image, parts, matter, against: ambiguous[image.digest] ?? [])
    }
  }

  /// Who signs reports here.
  package var verifier: Verifier {
    guard let store = custodian?.store else { return .unprovisioned }
    return .store(
      id: store.id, tpm: store.driver.name, isSoftwareTPM: store.driver.isSoftware, bootBinding: store.bootBinding,
      keyFingerprint: store.keys.report.fingerprint)
  }

  /// What the store trusts and denies.
  package func trust(now: UnixTime) throws -> TrustInForce {
    try custodian.map { try TrustInForce($0, now: now) } ?? .none
  }

  /// The time for every check of expiry: the machine's clock, and never before what was surely reached.
  package func effectiveTime(clock: UnixTime) -> UnixTime {
    TimeRules.effective(clock: clock, floor: custodian?.state.standing.floor?.time)
  }

  /// What a report states of the time.
  package func time(clock: UnixTime) throws(StoreError) -> TimeFacts {
    guard let custodian else { return TimeFacts(claimed: clock) }
    let state = custodian.state
    let tpm = try custodian.clock()
    let floor = state.standing.floor
    return TimeFacts(
      claimed: clock,
      custody: TimeFacts.Custody(
        floor: floor, tpm: tpm,
        check: TimeRules.check(clock: clock, tpm: tpm, since: state.lastClocks, floor: floor?.time)))
  }
}
