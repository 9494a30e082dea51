import DER
package import Cryptography
package import Octets
import Reasons
import StrictJSON

/// A certificate authority or timestamp authority of the trust root (`dev.sigstore.trustroot.v1.CertificateAuthority`).
package struct TrustedAuthority: Sendable {
  /// Certificates in one chain; deeper ones exist nowhere.
  package static let chainLimit = 16

  /// As the trust root names it: `O=sigstore.dev, CN=sigstore`; the anchor's own subject where it names none.
  package let subject: String
  package let uri: String
  /// Who runs it; thresholds count operators once. Absent before v0.2.
  package let `operator`: String?
  /// As carried: a timestamp authority's signing certificate first, if it is there; the anchor last.
  package let chain: [Certificate]
  /// The authority's own signing certificate; only a timestamp authority's chain has one.
  package let leaf: Certificate?
  /// The chain without the leaf. Its anchor may be an intermediate.
  package let authority: CertificateAuthority
  /// When the whole chain may be relied on, beside the certificates' own validity; both ends included.
  package let validity: Validity

  init(parsing node: JSONNode, timestamping: Bool) throws(Failure) {
    uri = try node.optional("uri")?.string() ?? ""
    `operator` = try node.optional("operator")?.string()
    validity = try Validity(parsing: try node.required("validFor"))
    let list = try node.required("certChain").required("certificates")
    var chain: [Certificate] = []
    for element in try list.elements(atMost: Self.chainLimit) {
      let rawBytes = try element.required("rawBytes")
      do { chain.append(try Certificate(der: try rawBytes.base64())) } catch let failure as Failure {
        throw failure
      } catch {
        throw rawBytes.failure("no certificate: \(error)")
      }
    }
    guard let first = chain.first, let anchor = chain.last else { throw list.failure("a chain without certificates") }
    self.chain = chain
    leaf = timestamping && !first.isAuthority ? first : nil
    authority = CertificateAuthority(
      anchor: anchor, intermediates: Array(chain.dropLast().dropFirst(leaf == nil ? 0 : 1)))
    subject = try Self.name(node) ?? anchor.subject
  }

  private static func name(_ node: JSONNode) throws(Failure) -> String? {
    guard let subject = try node.optional("subject") else { return nil }
    var parts: [String] = []
    if let organization = try subject.optional("organization")?.string() { parts.append("O=\(organization)") }
    if let commonName = try subject.optional("commonName")?.string() { parts.append("CN=\(commonName)") }
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }
}

extension TrustedAuthority {
  /// Of the certificates that came along with a signature, those that may stand between it and the anchor. Who carries them
  /// chooses them: they must not lead a signer to another authority than the one that issued its certificate, nor around
  /// that one's window and revocation lists.
  ///
  /// - Parameter authorities: all of the trust root, this one among them.
  /// - Returns: none where the trust root names this authority's intermediates, and none that it names in another place.
  package func mayComplete(_ carried: [Certificate], beside authorities: [TrustedAuthority]) -> [Certificate] {
    guard authority.intermediates.isEmpty else { return [] }
    return carried.filter { one in !authorities.contains { $0.chain.contains(where: one.isSameAuthority) } }
  }
}

extension Certificate {
  /// Whether basic constraints say `cA TRUE` (RFC 5280 §4.2.1.9: SEQUENCE that begins with BOOLEAN TRUE in DER).
  fileprivate var isAuthority: Bool {
    guard let constraints = extensionValue(OID(2, 5, 29, 19)), constraints.count >= 5 else { return false }
    return constraints[0] == 0x30 && constraints[2...4].elementsEqual([0x01, 0x01, 0xff])
  }
}
