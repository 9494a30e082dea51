package import Dossier
package import Octets
package import Report

/// One matter that the keeper decided: what its report says, what it rests on, and what it can be proven from again.
package struct Case: Sendable {
  package let summary: VerificationSummary
  package let basis: VerdictBasis
  /// Nil for an archive of which no image could be judged.
  package let dossier: Dossier?
  /// When an admission ends by itself: the first of the site's limits that it rests on. Nil where there is none.
  package let until: UnixTime?

  package init(
    _ summary: VerificationSummary, _ basis: VerdictBasis, _ dossier: Dossier?, until: UnixTime? = nil
  ) {
    self.until = until
    self.summary = summary
    self.basis = basis
    self.dossier = dossier
  }
}

/// A medium as the history remembers it.
package struct TakenMedium: Sendable {
  /// SHA-256 of its inventory; where nothing in it could be read, of the file itself or of what it was called.
  package let digest: ClaimedDigest
  package let size: UInt64
  /// The name that the operator gave it.
  package let label: String
  package let images: [ClaimedDigest]
  /// Digests of the evidence's own bytes.
  package let evidence: [ClaimedDigest]

  package init(digest: ClaimedDigest, size: UInt64, label: String, images: [ClaimedDigest], evidence: [ClaimedDigest]) {
    self.digest = digest
    self.size = size
    self.label = label
    self.images = images
    self.evidence = evidence
  }
}
