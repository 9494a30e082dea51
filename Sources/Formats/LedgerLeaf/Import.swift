package import Octets
import Reasons

/// A medium was taken in: what it carried, by digest, and the TPM's clock at that moment. A medium with more images or
/// evidence than one leaf holds has several leaves, which agree in all else.
package struct Import: Hashable, Sendable {
  /// SHA-256 of the medium's inventory; of the file itself where nothing in it could be read.
  package let medium: ClaimedDigest
  /// Its bytes.
  package let size: UInt64
  /// The name that the operator gave it.
  package let label: [UInt8]
  package let clock: TPMClock
  /// Images found.
  package let images: DigestSet
  /// Signatures, attestations and the like; kept under these digests.
  package let evidence: DigestSet

  package init(
    medium: ClaimedDigest, size: UInt64, label: [UInt8], clock: TPMClock, images: DigestSet, evidence: DigestSet
  ) {
    self.medium = medium
    self.size = size
    self.label = label
    self.clock = clock
    self.images = images
    self.evidence = evidence
  }

  init(reading reader: inout LeafReader) throws(Failure) {
    medium = try reader.digest()
    size = try reader.number()
    label = try reader.text(atMost: LedgerLeaf.mostText)
    clock = try TPMClock(reading: &reader)
    images = try reader.digests()
    evidence = try reader.digests()
  }

  func write(to writer: inout LeafWriter) throws(Failure) {
    try writer.digest(medium)
    writer.number(size)
    try writer.text(label, atMost: LedgerLeaf.mostText)
    clock.write(to: &writer)
    try writer.digests(images)
    try writer.digests(evidence)
  }
}

/// What the TPM's clock showed (TPM 2.0 Part 2 §10.11.1): beside the claim of the machine's clock, it tells whether that
/// one was set meanwhile.
package struct TPMClock: Hashable, Sendable {
  /// Milliseconds that the TPM was powered.
  package let milliseconds: UInt64
  /// Starts of the machine, and resumes from sleep since the last one.
  package let resets: UInt64
  package let restarts: UInt64
  /// False where it may show a time again that it showed before.
  package let isSafe: Bool

  package init(milliseconds: UInt64, resets: UInt64, restarts: UInt64, isSafe: Bool) {
    self.milliseconds = milliseconds
    self.resets = resets
    self.restarts = restarts
    self.isSafe = isSafe
  }

  init(reading reader: inout LeafReader) throws(Failure) {
    milliseconds = try reader.number()
    resets = try reader.number()
    restarts = try reader.number()
    isSafe = try reader.code(Safety.self) == .safe
  }

  func write(to writer: inout LeafWriter) {
    writer.number(milliseconds)
    writer.number(resets)
    writer.number(restarts)
    writer.code(isSafe ? Safety.safe : .unsafe)
  }

  private enum Safety: UInt8 { case unsafe = 0, safe = 1 }
}
