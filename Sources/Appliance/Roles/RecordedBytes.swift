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
  /// Of a failure beside its texts, and of a digest in a report.
  private static let line = 110

  /// - Parameter documents: of the images' parts.
  /// - Throws: `archive.limit-exceeded`.
  package static func verifyBounded(
    _ judgements: [ImageJudgement], _ findings: [Finding], _ evidence: [Evidence],
    _ documents: [ClaimedDigest: ImageDocument], under policy: Policy
  ) throws(Failure) {
    // Pieces that findings do not tell apart stand in a dossier together.
    let sizes = Dictionary(evidence.map { (Origin($0), size($0)) }, uniquingKeysWith: +)
    var findingSizes: [Int: Int] = [:]
    var bytes = 0
    for judgement in judgements {
      // Once in the report, and once in the dossier.
      bytes += 2 * (policy.canonical.count + size(judgement.parts[0].archiveFailures))
      // Warnings with the part, and with the rule.
      for part in judgement.parts { bytes += size(part.reasons) + 2 * size(part.warnings) }
      for part in judgement.image.parts { bytes += documents[part.digest]?.bytes.count ?? 0 }
      var pieces: Set<Origin> = []
      for position in Set(judgement.parts.flatMap(\.concerning)) {
        let finding = findings[position]
        let size = findingSizes[position] ?? FindingsDocument.size(of: finding)
        findingSizes[position] = size
        bytes += size + line * finding.subjects.count
        // Several findings may be about one origin, which stands in the dossier once.
        let piece = Origin(finding)
        if pieces.insert(piece).inserted { bytes += 2 * (sizes[piece] ?? 0) }
      }
      guard bytes <= most else {
        throw Failure(
          .archiveLimitExceeded, "archive",
          "what is to be recorded of its \(judgements.count) images takes more than \(most) bytes: evidence about many of "
            + "them, manifests that many list, or failures of all")
      }
    }
  }

  /// With what its record says beside its bytes, as annotations are.
  private static func size(_ piece: Evidence) -> Int {
    (piece.bytes?.count ?? 0) + EvidenceRecord.recorded(piece).serialized().count
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
