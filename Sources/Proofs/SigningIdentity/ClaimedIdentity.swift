package import Cryptography
import DER
import Octets
package import Reasons

/// Whom a certificate names, by its own word: no authority was asked, no signature and no time verified. To show people,
/// and to search by; nothing is admitted by it.
package struct ClaimedIdentity: Hashable, Sendable {
  /// In the certificate's order; empty where it names nobody.
  package let identities: [String]
  /// Who vouched for them; nil in certificates of other authorities than Fulcio's kind.
  package let issuer: String?
  /// Of the SubjectPublicKeyInfo as it stands in the certificate.
  package let keyFingerprint: ComputedDigest

  /// - Parameter der: a certificate from anywhere.
  /// - Throws: `certificate.malformed`.
  package init(reading der: [UInt8]) throws(Failure) {
    let layout = try CertificateLayout(der: der)
    var seen: Set<OID> = []
    for part in layout.extensions {
      // Of two, somebody would look at the other one.
      guard seen.insert(part.identifier).inserted else {
        throw Failure(.certificateMalformed, "certificate", "the extension \(part.identifier) stands in it twice")
      }
    }
    identities = try AlternativeNames.read(layout, required: false)
    issuer = try FulcioExtensions(layout).issuer
    keyFingerprint = digest(Array(der[layout.key.whole]))
  }
}
