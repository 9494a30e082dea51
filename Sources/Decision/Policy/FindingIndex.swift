import Octets
package import Findings

/// The findings about an archive, by the digests that they are about, so that judging ten thousand parts does not look at
/// every finding each time.
package struct FindingIndex: Sendable {
  package let findings: [Finding]
  private let positions: [ClaimedDigest: [Int]]

  package init(_ findings: [Finding]) {
    self.findings = findings
    var positions: [ClaimedDigest: [Int]] = [:]
    for (position, finding) in findings.enumerated() {
      // Evidence is about an image if the archive hangs it there, or if it says so itself.
      for digest in Set(finding.subjects + (finding.attachedTo.map { [$0] } ?? [])) {
        positions[digest, default: []].append(position)
      }
    }
    self.positions = positions
  }

  /// Positions of the findings about any of these digests, in order.
  func concerning(_ digests: Set<ClaimedDigest>) -> [Int] {
    digests.reduce(into: Set<Int>()) { $0.formUnion(positions[$1] ?? []) }.sorted()
  }
}
