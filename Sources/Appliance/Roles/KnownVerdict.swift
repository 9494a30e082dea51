package import Dossier
package import LedgerLeaf
package import OCIImage
package import Octets
package import Policy
import Reasons
import Report
package import Store
import TrustStore

/// A verdict of the past that still holds: the history has it, and everything it rests on is as it was.
package struct KnownVerdict: Sendable {
  package let record: VerdictRecord
  /// Its leaf: the receipt's name.
  package let leaf: UInt64
  /// What the machine's clock claimed then.
  package let recorded: UnixTime
  package let report: ClaimedDigest
  /// Where the store keeps that report.
  package let path: String
}

extension Keeper {
  /// Admissions of one image that are looked through, the newest first, and verdicts altogether.
  private static let mostCandidates = 64
  private static let mostVerdicts = 512

  /// The newest admission of an image by the same policy, requirements, trust state and evidence.
  /// - Parameter now: the effective time: a verdict holds until the earliest age limit that it rests on.
  package func known(_ image: ClaimedDigest, on basis: VerdictBasis, now: UnixTime) throws(StoreError) -> KnownVerdict?
  {
    try known(image, now: now) { record throws(StoreError) in
      record.requirements == basis.requirements && record.evidence == basis.evidence && record.policy == basis.policy
        && record.trust == basis.trust
    }
  }

  /// The newest admission of a whole image by the same policy, trust state and version of the program, confined, whatever
  /// evidence it had: for a question that brings a digest, and no archive. Where only some platforms were judged, the image was not.
  /// - Parameter occasion: what is said now; it must be what was said then, and lead to the same rules under the names of
  ///   then.
  package func known(
    _ image: ClaimedDigest, under inForce: PolicyInForce, on occasion: Occasion, program: String
  ) throws(StoreError) -> KnownVerdict? {
    let policy = ClaimedDigest(inForce.policy.digest)
    return try known(image, now: occasion.now) { record throws(StoreError) in
      guard record.policy == policy, record.trust == inForce.trustBasis, let dossier = record.dossier else {
        return false
      }
      guard let (image, shape) = try judgedWhole(dossier) else { return false }
      return record.requirements
        == inForce.requirements(
          of: image.parts, in: image, shape, on: occasion, program: program, isConfined: true)
    }
  }

  private func known(
    _ image: ClaimedDigest, now: UnixTime, _ holds: (VerdictRecord) throws(StoreError) -> Bool
  ) throws(StoreError) -> KnownVerdict? {
    guard let custodian else { return nil }
    let state = custodian.state
    // Of verdicts that lacked something, the evidence that did not suffice.
    var insufficient: Set<ClaimedDigest> = []
    var candidates = 0
    for leaf in state.verdicts(of: image).prefix(Self.mostVerdicts) where candidates < Self.mostCandidates {
      guard let found = try custodian.leaf(at: leaf), case .verdict(let record) = found.event else { continue }
      guard record.verdict == .admit else {
        // A later refusal on the same grounds stands above an earlier admission. Where something was lacking, only of the
        // same evidence: anybody can bring an image without its own.
        guard try holds(record) else { continue }
        if record.verdict == .refuse { return nil }
        insufficient.insert(record.evidence)
        continue
      }
      candidates += 1
      guard !insufficient.contains(record.evidence), record.validUntil.map({ now < $0 }) ?? true, try holds(record),
        let report = state.report(ofVerdictAt: leaf),
        // A verdict whose report is gone or altered is no answer: it is given anew.
        (try? custodian.store.reports.read(report)) != nil
      else { continue }
      return KnownVerdict(
        record: record, leaf: leaf, recorded: found.claimed, report: report,
        path: custodian.store.reports.path(of: report))
    }
    return nil
  }

  /// The reports of verdicts of the past, with receipts under the head of now: one quote for all.
  package func issued(_ known: [KnownVerdict]) throws -> [IssuedReport] {
    guard let custodian, !known.isEmpty else { return [] }
    let receipts = try Receipts(custodian)
    return try known.map { known in
      guard let leaf = custodian.state.leaf(ofReport: known.report) else {
        throw StoreError.unreadable("report \(known.report) is not in the history")
      }
      return IssuedReport(
        kept: try custodian.store.reports.read(known.report),
        IssuedReport.Recorded(
          leaf: leaf, commit: try custodian.commit(ofLeaf: leaf),
          receipt: try receipts.receipt(for: known.report, issuedAt: leaf).serialized(), path: known.path))
    }
  }

  /// The image, if all its parts were judged; without the evidence.
  private func judgedWhole(
    _ dossier: ClaimedDigest
  ) throws(StoreError) -> (image: Image, shape: ImageArchive.Shape)? {
    guard let custodian else { return nil }
    // What cannot be read proves nothing.
    guard let bytes = try? custodian.store.objects.read(dossier) else { return nil }
    return (try? Dossier.judgedWhole(bytes)) ?? nil
  }
}

extension PolicyInForce {
  /// What was asked for beside the policy.
  package func requirements(
    of parts: [Part], in image: Image, _ shape: ImageArchive.Shape, on occasion: Occasion, program: String,
    isConfined: Bool
  ) -> ClaimedDigest {
    let choices = policy.choices(for: parts, of: image, on: occasion)
    return VerdictBasis.requirements(
      program: program, isConfined: isConfined, said: occasion, shape: shape,
      parts: zip(parts, choices).map { ($0.digest, $1) })
  }
}
