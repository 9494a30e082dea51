package import Octets
import Reasons

/// A report was signed, and may be released once this leaf is anchored.
package struct ReportIssued: Hashable, Sendable {
  /// What it is about.
  package let image: ClaimedDigest
  /// The signed envelope's bytes.
  package let report: ClaimedDigest
  /// Leaf of the verdict that it states.
  package let verdictIndex: UInt64

  package init(
    image: ClaimedDigest, report: ClaimedDigest, verdictIndex: UInt64
  ) {
    self.image = image
    self.report = report
    self.verdictIndex = verdictIndex
  }

  init(reading reader: inout LeafReader) throws(Failure) {
    image = try reader.digest()
    report = try reader.digest()
    verdictIndex = try reader.number()
  }

  func write(to writer: inout LeafWriter) throws(Failure) {
    try writer.digest(image)
    try writer.digest(report)
    writer.number(verdictIndex)
  }
}
