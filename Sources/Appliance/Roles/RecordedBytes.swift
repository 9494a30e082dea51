import Cryptography
package import Findings
package import Octets
package import OCIImage
package import Policy
import Readings
package import Reasons
import StrictJSON

/// What would be recorded of an archive. Each image's report and dossier repeat what concerns it, and one piece of evidence
/// may concern all of them, as a failure of the archive does, and a manifest that all of them list: of ten thousand images
/// that is ten thousand times ten thousand.
package enum RecordedBytes {
  /// Bytes, roughly.
  static let most = 256 << 20
  /// Of one report before it is signed, which makes it a third larger (`ReportShelf.mostBytes`).
  static let mostOfReport = 40 << 20
  /// Of a failure beside its texts, and of a digest in a report.
  private static let line = 110
  /// Of a part in a report, and of each requirement and each rule that it answers to, beside texts.
  private static let part = 300

  /// - Parameter documents: of the images' parts.
  /// - Throws: `archive.limit-exceeded`.
  package static func verifyBounded(
    _ judgements: [ImageJudgement], _ findings: [Finding], _ evidence: [Evidence],
    _ documents: [ClaimedDigest: ImageDocument], under policy: Policy
  ) throws(Failure) {
    // Pieces that findings do not tell apart stand in a dossier together.
    let sizes = Dictionary(evidence.map { (Origin($0), size($0)) }, uniquingKeysWith: +)
    let findingSizes = findings.map(\.recordedBytes)
    let ruleSizes = policy.rules.map { size($0, under: policy) }
    var bytes = 0
    for judgement in judgements {
      let failures = size(judgement.parts[0].archiveFailures)
      var (report, dossier) = (policy.canonical.count + failures, policy.canonical.count + failures)
      for part in judgement.parts {
        // At the top, and with the part; and with each requirement what speaks against it, whatever came of the whole.
        report += 2 * size(part.reasons) + size(part.warnings)
        report += part.rules.compactMap(\.outcome).flatMap(\.nodes).reduce(0) { $0 + size($1) }
        report += part.choice.rules.reduce(Self.part) { $0 + ruleSizes[$1] }
      }
      for name in ImageDocument.names(in: [judgement.image]) { dossier += documents[name]?.bytes.count ?? 0 }
      var pieces: Set<Origin> = []
      for position in Set(judgement.parts.flatMap(\.concerning)) {
        let finding = findings[position]
        report += findingSizes[position]
        // Several findings may be about one origin, which stands in the dossier once.
        let piece = Origin(finding)
        if pieces.insert(piece).inserted { dossier += 2 * (sizes[piece] ?? 0) }
      }
      bytes += report + dossier
      guard bytes <= most, report <= mostOfReport else {
        throw Failure(
          .archiveLimitExceeded, "archive",
          "what is to be recorded of its \(judgements.count) images takes more than \(most) bytes, or the report about "
            + "one of them more than \(mostOfReport): evidence about many of them, manifests that many list, failures "
            + "of all, or the policy, which stands with each")
      }
    }
  }

  /// What every part that answers to a rule repeats of it: whom it is for, and by whom what is required.
  private static func size(_ rule: Rule, under policy: Policy) -> Int {
    let requirement = rule.requirement
    let authorities =
      requirement?.demands.flatMap(\.by).reduce(0) { $0 + policy.authorities[$1].name.utf8.count + 3 } ?? 0
    return rule.scope.json.serialized().count + part * (1 + (requirement?.nodeCount ?? 0)) + authorities
  }

  private static func size(_ outcome: Outcome) -> Int {
    let own = outcome.parts.isEmpty || outcome.waivedBy != nil ? size(outcome.reasons) + size(outcome.warnings) : 0
    return own + line * outcome.satisfiedBy.count + outcome.notes.reduce(0) { $0 + line + $1.utf8.count }
  }

  /// With what its record says beside its bytes, as annotations are.
  private static func size(_ piece: Evidence) -> Int {
    let mediaType = if case .unsupported(let mediaType) = piece.form { mediaType } else { "" }
    return piece.provenBytes + piece.carrier.description.utf8.count + mediaType.utf8.count + 5 * line
  }

  private static func size(_ failures: [Failure]) -> Int {
    failures.reduce(0) { $0 + line + $1.subject.utf8.count + $1.detail.utf8.count }
  }
}

/// Which evidence it is, as far as findings say: cosign's signatures over one payload differ in annotations alone, and are one
/// origin. One piece may give several findings.
package struct Origin: Hashable {
  private let digest: ComputedDigest
  package let carrier: String

  package init(_ finding: Finding) { (digest, carrier) = (finding.evidence, finding.carrier) }
  package init(_ piece: Evidence) { (digest, carrier) = (piece.digest, piece.carrier.description) }
}
