package import Cryptography
package import Octets
import Report

/// A report as it leaves the appliance.
package struct IssuedReport: Sendable {
  package let bytes: [UInt8]
  package let digest: ComputedDigest
  /// What the history says of it; nil without a store.
  package let record: Recorded?

  package var isSigned: Bool { record != nil }

  /// A signed report's place in the history, and where its files lie.
  package struct Recorded: Sendable {
    /// The leaf that issued it.
    package let leaf: UInt64
    /// Number of the commit that brought it.
    package let commit: UInt64
    /// The receipt's file, for whoever has the report.
    package let receipt: [UInt8]
    /// Where the store keeps the report.
    package let path: String
  }

  init(signed report: SignedReport, _ record: Recorded) {
    bytes = report.bytes
    digest = report.digest
    self.record = record
  }

  /// One that was issued before.
  init(kept bytes: [UInt8], _ record: Recorded) {
    self.bytes = bytes
    digest = Cryptography.digest(bytes)
    self.record = record
  }

  init(unsigned statement: [UInt8]) {
    bytes = statement
    digest = Cryptography.digest(statement)
    record = nil
  }

  /// What `--report DIR` calls the copy, after the image that it is about.
  /// - Parameter earlier: the digest of a report that is not the last one there.
  package func fileName(for image: ClaimedDigest, _ earlier: ComputedDigest? = nil) -> String {
    Self.stem(image, earlier) + (isSigned ? ".sigstore.json" : ".unsigned.json")
  }

  /// What it calls the receipt's copy.
  package static func receiptName(for image: ClaimedDigest, _ earlier: ComputedDigest? = nil) -> String {
    stem(image, earlier) + ".receipt.json"
  }

  private static func stem(_ image: ClaimedDigest, _ earlier: ComputedDigest?) -> String {
    "\(image.algorithm.rawValue)-\(image.hex).vsa" + (earlier.map { ".\(Hex.encode($0.bytes.prefix(8)))" } ?? "")
  }
}
