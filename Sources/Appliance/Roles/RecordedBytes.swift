import Cryptography
package import Findings
import Octets
package import OCIImage
package import Policy
import Readings
package import Reasons
import StrictJSON

/// What would be recorded of an archive. Each image's report and dossier repeat what concerns it, and one piece of evidence
/// may concern all of them, as a failure of the archive does: of ten thousand images that is ten thousand times ten thousand.
package enum RecordedBytes {
  /// Bytes, roughly.
  static let most = 256 << 20
  /// Of a digest in a report, and of a finding or a failure beside its texts.
  private static let line = 110

  /// - Throws: `archive.limit-exceeded`.
  package static func verifyBounded(
    _ judgements: [ImageJudgement], _ findings: [Finding], _ evidence: [Evidence]
  ) throws(Failure) {
    let sizes = Dictionary(
      evidence.map { (Origin($0), size($0)) }, uniquingKeysWith: max)
    var bytes = 0
    for judgement in judgements {
      // Once in the report, and once in the dossier.
      bytes += 2 * size(judgement.parts[0].archiveFailures)
      for part in judgement.parts { bytes += size(part.reasons) }
      var pieces: Set<Origin> = []
      for position in Set(judgement.parts.flatMap(\.concerning)) {
        let finding = findings[position]
        bytes += line * (1 + finding.subjects.count) + finding.carrier.utf8.count
        // One piece may give several findings, and stands in the dossier once.
        let piece = Origin(finding)
        if pieces.insert(piece).inserted { bytes += 2 * (sizes[piece] ?? 0) }
      }
      guard bytes <= most else {
        throw Failure(
          .archiveLimitExceeded, "archive",
          "what is to be recorded of its \(judgements.count) images takes more than \(most) bytes: evidence about many of "
            + "them, or failures of all")
      }
    }
  }

  /// With what its record says beside its bytes, as annotations are.
  private static func size(_ piece: Evidence) -> Int {
    (piece.bytes?.count ?? 0) + EvidenceRecord.json(piece).serialized().count
  }

  private static func size(_ failures: [Failure]) -> Int {
    failures.reduce(0) { $0 + line + $1.subject.utf8.count + $1.detail.utf8.count }
  }
}

/// Which piece of evidence it is: one may give several findings.
package struct Origin: Hashable {
  private let digest: ComputedDigest
  package let carrier: String

  package init(_ finding: Finding) { (digest, carrier) = (finding.evidence, finding.carrier) }
  package init(_ piece: Evidence) { (digest, carrier) = (piece.digest, piece.carrier.description) }
}
