package import Cryptography
package import Octets
import Report

/// A report as it leaves the appliance.
package struct IssuedReport: Sendable {
  package let bytes: [UInt8]
  package let digest: ComputedDigest
  package let isSigned: Bool
  /// Where the store keeps it; nil without a store.
  package let keptAt: String?

  init(signed report: SignedReport, keptAt path: String) {
    bytes = report.bytes
    digest = report.digest
    isSigned = true
    keptAt = path
  }

  init(unsigned statement: [UInt8]) {
    bytes = statement
    digest = Cryptography.digest(statement)
    isSigned = false
    keptAt = nil
  }

  /// What `--report DIR` calls the copy, after the image that it is about.
  package func fileName(for image: ClaimedDigest) -> String {
    "\(image.algorithm.rawValue)-\(image.hex).vsa" + (isSigned ? ".sigstore.json" : ".unsigned.json")
  }
}
