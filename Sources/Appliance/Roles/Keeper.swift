package import Findings
package import OCIImage
package import Policy
package import Reasons
package import Report
package import Store
import StrictJSON
import TPM

/// The role that judges, signs and keeps. It never opens a medium: digests and findings are all it gets.
package struct Keeper {
  private let store: Store?

  /// - Parameter store: nil on a machine without one: verdicts are given, nothing is signed or kept.
  package init(_ store: Store?) { self.store = store }

  /// Judges every selected image.
  /// - Throws: `image.not-found`, `image.none-carried`, `archive.limit-exceeded`.
  package func judge(
    _ images: [Image], _ findings: [Finding], by policy: Policy, selecting selection: Selection,
    archiveFailures: [Failure], undecidable: Failure?
  ) throws(Failure) -> [ImageJudgement] {
    let index = FindingIndex(findings)
    let ambiguous = selection.ambiguousNames(among: images)
    let selected = try selection.parts(of: images)
    try index.verifyBounded(selected.lazy.flatMap(\.parts))
    return selected.map { (image, parts) in
      let failures = archiveFailures + (ambiguous[image.digest] ?? [])
      let judged = parts.map { policy.judge($0, index, archiveFailures: failures, undecidable: undecidable) }
      return ImageJudgement(image: image, first: judged[0], others: Array(judged.dropFirst()))
    }
  }

  /// Who signs reports here.
  package var verifier: Verifier {
    guard let store else { return .unprovisioned }
    return .store(
      id: store.id, tpm: store.driver.name, isSoftwareTPM: store.driver.isSoftware,
      keyFingerprint: store.reportKey.fingerprint)
  }

  /// Writes the report: signed in the TPM and kept where there is a store, otherwise the bare statement.
  package func report(_ summary: VerificationSummary) throws -> IssuedReport {
    guard let store else { return IssuedReport(unsigned: summary.statement.serialized(pretty: true)) }
    let report = try SignedReport(summary.statement, by: store.reportKey.fingerprint, signing: store.sign)
    let path = try store.keep(report: report.bytes)
    return IssuedReport(signed: report, keptAt: path)
  }
}
