import Base64
package import Cryptography
import DER
package import Enrolment

/// Whether a maker of TPMs vouches for an endorsement key.
package enum EndorsementFinding: Hashable, Sendable {
  /// The subject of the root that a chain leads to.
  case verified(by: String)
  /// Why not. Then it may be anybody's key, a software TPM's as well.
  case notCertified(String)

  package var isVerified: Bool {
    if case .verified = self { true } else { false }
  }

  package var text: String {
    switch self {
    case .verified(let root): "verified by \(root)"
    case .notCertified(let reason): "not certified: \(reason)"
    }
  }
}

/// The makers of TPMs that a desk trusts, from a file that it got where it trusts the place.
package struct EndorsementRoots: Sendable {
  /// Certificates in the file: makers have dozens of roots.
  package static let limit = 256
  /// Bytes of the file.
  package static let lengthLimit = PEM.lengthLimit

  /// Each one anchors, be it a root or not: what is in the file is trusted.
  package let anchors: [Certificate]

  /// - Parameter text: `CERTIFICATE` blocks (RFC 7468) and nothing else.
  /// - Throws: `malformed`.
  package init(pem text: [UInt8]) throws(CryptographyError) {
    let blocks: [[UInt8]]
    do { blocks = try PEM.blocks(text, label: "CERTIFICATE", atMost: Self.limit) } catch {
      throw .malformed(error.detail)
    }
    guard !blocks.isEmpty else { throw .malformed("no certificate") }
    var anchors: [Certificate] = []
    for block in blocks { anchors.append(try Certificate(der: block)) }
    self.anchors = anchors
  }

  /// tcg-kp-EKCertificate (EK Credential Profile 2.5 §3.2.16).
  private static let purpose = OID(2, 23, 133, 8, 1)

  /// Looks for a certificate of the endorsement key, and for a path from it to an anchor (RFC 5280 §6.1).
  ///
  /// The certificate must be for an endorsement key and no CA's: what a maker signs for other uses says nothing of
  /// where a key lies.
  ///
  /// - Parameters:
  ///   - certificates: DER; hostile.
  ///   - time: Unix seconds.
  package func finding(
    for key: EndorsementKey, certificates: [[UInt8]], at time: Int64
  ) -> EndorsementFinding {
    let carried = certificates.compactMap { try? Certificate(der: $0) }
    let own = carried.filter { (try? $0.publicKey) == key.key }
    guard !own.isEmpty else {
      return .notCertified(
        certificates.isEmpty ? "the request carries no certificate" : "no certificate in the request is of this key")
    }
    // Of many roots, only those that a carried certificate names as its issuer are worth a search.
    let named = anchors.filter { anchor in
      carried.contains { $0.issuer.utf8.elementsEqual(anchor.subject.utf8) }
    }
    var reason = ""
    for leaf in own {
      guard !leaf.isAuthority, leaf.purposes?.contains(Self.purpose) == true else {
        reason = "its certificate is not for an endorsement key"
        continue
      }
      for anchor in named {
        do throws(CryptographyError) {
          let path = try CertificateAuthority(anchor: anchor, intermediates: [])
            .verify(leaf, untrusted: carried.filter { $0 != leaf }, at: time, for: .any)
          // A path of itself alone proves nothing about who issued it.
          if path.count > 1 { return .verified(by: anchor.subject) }
        } catch .outsideValidity(let detail) {
          reason = detail
        } catch .criticalExtension(let detail), .notPermitted(let detail) {
          reason = detail
        } catch {
          if reason.isEmpty { reason = "no trusted root leads to its certificate" }
        }
      }
    }
    return .notCertified(reason.isEmpty ? "no trusted root leads to its certificate" : reason)
  }
}
