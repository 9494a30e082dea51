import Base64
package import DER
import COpenSSL

/// An X.509 certificate, decoded once and kept. Two are equal where their bytes are. It proves nothing by itself:
/// `CertificateAuthority.verify` does.
package struct Certificate: Hashable, Sendable {
  /// Bytes of one certificate. A Fulcio certificate has about 1,500.
  package static let lengthLimit = 64 << 10
  /// Certificates in one PEM text or token.
  package static let countLimit = 16

  package let der: [UInt8]
  /// SHA-256 of `der`.
  package let fingerprint: ComputedDigest
  let decoded: DecodedCertificate

  /// - Throws: `.malformed` for anything but one whole certificate in DER, whose extensions stand once each and are
  ///   well formed. Its key is not looked at.
  package init(der: [UInt8]) throws(CryptographyError) {
    guard der.count <= Self.lengthLimit else { throw .malformed("certificate of more than \(Self.lengthLimit) bytes") }
    decoded = try DecodedCertificate(der)
    self.der = der
    fingerprint = digest(der)
  }

  /// The `CERTIFICATE` blocks of a PEM text in their order, none included.
  ///
  /// - Throws: `.malformed` for more than `countLimit` blocks, text around them, or a block that is no certificate.
  package static func chain(pem text: [UInt8]) throws(CryptographyError) -> [Certificate] {
    let blocks: [[UInt8]]
    do { blocks = try PEM.blocks(text, label: "CERTIFICATE", atMost: countLimit) } catch {
      throw .malformed(error.detail)
    }
    var chain: [Certificate] = []
    for block in blocks {
      chain.append(try Certificate(der: block))
    }
    return chain
  }

  /// Decoded at the first call, then kept.
  ///
  /// - Throws: as `PublicKey.init(spki:)`.
  package var publicKey: PublicKey {
    get throws(CryptographyError) { try decoded.publicKey(of: der) }
  }

  /// Unix seconds; the certificate is valid from this second on.
  package var notBefore: Int64 { decoded.notBefore }
  /// Unix seconds; the certificate is valid through this second.
  package var notAfter: Int64 { decoded.notAfter }

  /// RFC 2253, UTF-8: `CN=sigstore-intermediate,O=sigstore.dev`. Empty where the name is. Hostile text.
  package var subject: String { Self.text(X509_get_subject_name(decoded.pointer)) }
  package var issuer: String { Self.text(X509_get_issuer_name(decoded.pointer)) }

  /// Whether subject and issuer are one name (RFC 5280 §3.2). Says nothing about who signed it.
  package var isSelfIssued: Bool { decoded.flags & UInt32(EXFLAG_SI) != 0 }

  /// Whether it is a CA's (RFC 5280 §4.2.1.9).
  package var isAuthority: Bool { decoded.flags & UInt32(EXFLAG_CA) != 0 }

  /// What the key is for (RFC 5280 §4.2.1.12); nil where the certificate does not say.
  package var purposes: [OID]? { decoded.extendedKeyUsage?.map { OID(contents: $0[...]) } }

  /// The value of an extension, contents of its OCTET STRING; nil where there is none.
  package func extensionValue(_ oid: OID) -> [UInt8]? { decoded.fields.value(oid.contents, in: der) }

  /// Object identifiers, in the certificate's order.
  package var criticalExtensions: [String] {
    decoded.fields.extensions.filter(\.isCritical).map { OID(contents: der[$0.name]).description }
  }

  /// `TBSCertificate` as it was signed, tag and length included.
  package var tbs: [UInt8] { Array(der[decoded.fields.tbs]) }

  /// Contents of the serial number's INTEGER, big-endian two's complement.
  package var serialNumber: [UInt8] { Array(der[decoded.fields.serial]) }
  /// DER of the issuer's `Name`.
  package var issuerName: [UInt8] { Array(der[decoded.fields.issuer]) }
  package var subjectKeyIdentifier: [UInt8]? { decoded.subjectKeyIdentifier }

  package static func == (one: Certificate, other: Certificate) -> Bool { one.der == other.der }
  package func hash(into hasher: inout Hasher) { hasher.combine(fingerprint) }

  static func text(_ name: OpaquePointer?) -> String {
    var size = 0
    guard let text = assay_x509_name_text(name, &size) else {
      ERR_clear_error()
      return ""
    }
    defer { assay_free(text) }
    return text.withMemoryRebound(to: UInt8.self, capacity: size) {
      String(decoding: UnsafeBufferPointer(start: $0, count: size), as: UTF8.self)
    }
  }
}
