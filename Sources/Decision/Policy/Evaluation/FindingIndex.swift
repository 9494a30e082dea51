package import Findings
package import OCIImage
import Octets
package import Reasons

/// The findings about an archive, by the digests that they are about, so that judging ten thousand parts does not look at
/// every finding each time.
package struct FindingIndex: Sendable {
  /// Pairs of a part and a finding about it, in one archive; our own choice. A repository of 5,000 parts with eight
  /// pieces of evidence on each has 40,000. Evidence on an index is about each of its children, so that two megabytes of
  /// archive can make a million pairs; and judgement and report say something of each.
  package static let pairLimit = 100_000

  package let findings: [Finding]
  private let positions: [ClaimedDigest: [Int]]
  /// Of the statements that are proven about each digest.
  private let statementBytes: [ClaimedDigest: Int]
  /// Against how many anchors each piece was proven: so often it stands there.
  private let anchors: Int

  package init(_ findings: [Finding]) {
    self.findings = findings
    var positions: [ClaimedDigest: [Int]] = [:]
    var statementBytes: [ClaimedDigest: Int] = [:]
    for (position, finding) in findings.enumerated() {
      // Evidence is about an image if the archive hangs it there, or if it says so itself.
      for digest in Set(finding.subjects + (finding.attachedTo.map { [$0] } ?? [])) {
        positions[digest, default: []].append(position)
        if case .success(let proven) = finding.outcome, let statement = proven.statement {
          statementBytes[digest, default: 0] += statement.statement.count
        }
      }
    }
    self.positions = positions
    self.statementBytes = statementBytes
    anchors = max(1, Set(findings.map(\.anchor)).count)
  }

  /// - Throws: `archive.limit-exceeded` where the findings about these parts are more than anybody could weigh.
  package func verifyBounded(_ parts: some Sequence<Part>) throws(Failure) {
    var pairs = 0
    for part in parts {
      pairs += count(concerning: part)
      guard pairs / anchors <= Self.pairLimit else {
        throw Failure(
          .archiveLimitExceeded, "evidence",
          "parts of images and the evidence about each make more than \(Self.pairLimit) pairs")
      }
    }
  }

  func count(concerning part: Part) -> Int { part.coveringDigests.reduce(0) { $0 + (positions[$1]?.count ?? 0) } }

  /// What rules about contents would read for a part.
  func statementBytes(concerning part: Part) -> Int {
    part.coveringDigests.reduce(0) { $0 + (statementBytes[$1] ?? 0) }
  }

  /// Positions of the findings about any of these digests, in order.
  func concerning(_ digests: Set<ClaimedDigest>) -> [Int] {
    digests.reduce(into: Set<Int>()) { $0.formUnion(positions[$1] ?? []) }.sorted()
  }
}
