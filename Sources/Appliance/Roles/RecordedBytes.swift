package import Findings
import Octets
package import OCIImage
package import Policy
import Readings
package import Reasons

/// What would be recorded of an archive. Each image's report and dossier repeat what concerns it, and one piece of evidence
/// may concern all of them, as a failure of the archive does: of ten thousand images that is ten thousand times ten thousand.
package enum RecordedBytes {
  /// Bytes, roughly.
  static let most = 256 << 20
  /// Of a finding or a failure, beside its texts.
  private static let line = 110

  /// - Throws: `archive.limit-exceeded`.
  package static func verifyBounded(
    _ judgements: [ImageJudgement], _ findings: [Finding], _ evidence: [Evidence]
  ) throws(Failure) {
    let sizes = Dictionary(evidence.map { ($0.digest, $0.bytes?.count ?? 0) }, uniquingKeysWith: max)
    var bytes = 0
    for judgement in judgements {
      for part in judgement.parts {
        bytes += part.reasons.reduce(0) { $0 + line + $1.subject.utf8.count + $1.detail.utf8.count }
      }
      for position in Set(judgement.parts.flatMap(\.concerning)) {
        // In Base64 in the dossier, and what it says, as the digests that it is about, in the report.
        bytes += line + 3 * (sizes[findings[position].evidence] ?? 0)
      }
      guard bytes <= most else {
        throw Failure(
          .archiveLimitExceeded, "archive",
          "what is to be recorded of its \(judgements.count) images takes more than \(most) bytes: evidence about many of "
            + "them, or failures of all")
      }
    }
  }
}
