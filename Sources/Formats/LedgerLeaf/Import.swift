package import Octets
import Reasons

/// A medium was taken in: what it carried, by digest.
package struct Import: Hashable, Sendable {
  /// The whole medium, as it was read.
  package let archive: ClaimedDigest
  /// Its bytes.
  package let size: UInt64
  /// The name that the operator gave it.
  package let label: [UInt8]
  /// Images found.
  package let images: DigestSet
  /// Signatures, attestations and the like; kept under these digests.
  package let evidence: DigestSet

  package init(
    archive: ClaimedDigest, size: UInt64, label: [UInt8], images: DigestSet, evidence: DigestSet
  ) {
    self.archive = archive
    self.size = size
    self.label = label
    self.images = images
    self.evidence = evidence
  }

  init(reading reader: inout LeafReader) throws(Failure) {
    archive = try reader.digest()
    size = try reader.number()
    label = try reader.text(atMost: LedgerLeaf.mostText)
    images = try reader.digests()
    evidence = try reader.digests()
  }

  func write(to writer: inout LeafWriter) throws(Failure) {
    try writer.digest(archive)
    writer.number(size)
    try writer.text(label, atMost: LedgerLeaf.mostText)
    try writer.digests(images)
    try writer.digests(evidence)
  }
}
