package import Octets
import Reasons

/// A verified signature says that a time was reached: the floor never lies below.
package struct TimeEvidence: Hashable, Sendable {
  /// Who may say so. The clock of the machine may not.
  package enum Source: UInt8, Hashable, Sendable, CaseIterable {
    case logCheckpoint = 1
    case timestampAuthority = 2
    case cosignature = 3
    /// The issue date of a trust bundle.
    case bundle = 4
  }

  /// Who said so.
  package let source: Source
  /// The time.
  package let reached: UnixTime
  /// The signed bytes; kept under this digest.
  package let evidence: ClaimedDigest

  package init(
    source: Source, reached: UnixTime, evidence: ClaimedDigest
  ) {
    self.source = source
    self.reached = reached
    self.evidence = evidence
  }

  init(reading reader: inout LeafReader) throws(Failure) {
    source = try reader.code(Source.self)
    reached = try reader.time()
    evidence = try reader.digest()
  }

  func write(to writer: inout LeafWriter) throws(Failure) {
    writer.code(source)
    writer.time(reached)
    try writer.digest(evidence)
  }
}
