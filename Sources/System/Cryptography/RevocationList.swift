import Base64
import COpenSSL
import DER

/// A certificate revocation list, decoded once and kept: the certificates of one CA that are not to be relied on any
/// more, and since when (RFC 5280 §5). It proves nothing by itself: `verify(under:)` says who signed it.
///
/// Read are complete lists alone, of either version: what is not in one is not revoked, as far as its CA knew when it
/// made it.
package struct RevocationList: Hashable, Sendable {
  /// Bytes of one list in DER, some 200,000 certificates.
  package static let lengthLimit = 8 << 20

  package let der: [UInt8]
  /// SHA-256 of `der`.
  package let fingerprint: ComputedDigest
  /// When it was made; Unix seconds.
  package let thisUpdate: Int64
  /// By when the next one was to be made; Unix seconds. RFC 5280 wants every CA to say so, and old ones do not.
  package let nextUpdate: Int64?
  private let fields: RevocationListFields
  private let name: DecodedName

  /// - Parameter file: DER, or PEM with one `X509 CRL` block and nothing beside it.
  /// - Throws: `.malformed`; `.unsupported` for a delta, an indirect list, and one of a part of the certificates;
  ///   `.criticalExtension`. The algorithm of its signature is not looked at.
  package init(_ file: [UInt8]) throws(CryptographyError) {
    let der = file.first == DERTag.sequence ? file : try Self.decode(pem: file)
    guard der.count <= Self.lengthLimit else {
      throw .malformed("revocation list of more than \(Self.lengthLimit) bytes")
    }
    fields = try RevocationListFields(der)
    name = try DecodedName(issuerOf: der)
    self.der = der
    fingerprint = digest(der)
    (thisUpdate, nextUpdate) = (fields.thisUpdate, fields.nextUpdate)
  }

  /// RFC 2253, UTF-8. Hostile text.
  package var issuer: String { Certificate.text(name.pointer) }

  /// How many certificates are revoked.
  package var count: Int { fields.entries.count }

  /// Which list of its CA it is, in decimal up to 64 bits and in hexadecimal beyond; nil where the CA does not count.
  package var number: String? { fields.number.map(Self.text) }

  /// What it says of a certificate of its issuer; nil where it does not revoke it.
  package func revocation(of certificate: Certificate) -> Revocation? { fields.entries[certificate.serialNumber] }

  /// Whether the certificate bears the name of this list's issuer as its own issuer's (§7.1: names are compared, not
  /// their bytes).
  package func concerns(_ certificate: Certificate) -> Bool {
    X509_NAME_cmp(name.pointer, X509_get_issuer_name(certificate.decoded.pointer)) == 0
  }

  /// Whether this certificate is the issuer's by name, and by key identifier where both state one (§5.2.1). Only a
  /// hint: the signature decides.
  package func mayBeIssued(by certificate: Certificate) -> Bool {
    if let mine = certificate.subjectKeyIdentifier, let wanted = fields.authorityKeyIdentifier, mine != wanted {
      return false
    }
    return X509_NAME_cmp(name.pointer, X509_get_subject_name(certificate.decoded.pointer)) == 0
  }

  /// Verifies that the holder of this certificate signed the list, and may (§6.3.3 (f), (g)).
  ///
  /// - Throws: `.untrusted` for another issuer; `.notPermitted` for one that is no CA, or states a key usage without
  ///   `cRLSign`; `.invalidSignature`, `.unsupported`, `.malformed`.
  package func verify(under issuer: Certificate) throws(CryptographyError) {
    guard mayBeIssued(by: issuer) else { throw .untrusted("the list of “\(self.issuer)” is not “\(issuer.subject)”’s") }
    guard issuer.isAuthority else { throw .notPermitted("“\(issuer.subject)” is no CA") }
    guard issuer.decoded.keyUsage.map({ $0 & UInt32(KU_CRL_SIGN) != 0 }) ?? true else {
      throw .notPermitted("“\(issuer.subject)” may not sign revocation lists")
    }
    let scheme = try SignatureScheme(algorithmIdentifier: Array(der[fields.algorithm]))
    try issuer.publicKey.verify(Array(der[fields.signature]), over: Array(der[fields.tbs]), scheme)
  }

  /// Whether its CA made it before the other one: its number or its date is lower (§5.2.3: numbers only grow).
  package func isOlder(than other: RevocationList) -> Bool {
    if let mine = fields.number, let theirs = other.fields.number, mine != theirs {
      let isLower = mine.count == theirs.count ? mine.lexicographicallyPrecedes(theirs) : mine.count < theirs.count
      if isLower { return true }
    }
    return thisUpdate < other.thisUpdate
  }

  package static func == (one: RevocationList, other: RevocationList) -> Bool { one.der == other.der }
  package func hash(into hasher: inout Hasher) { hasher.combine(fingerprint) }

  private static func decode(pem text: [UInt8]) throws(CryptographyError) -> [UInt8] {
    let blocks: [[UInt8]]
    do throws(PEMError) {
      // Base64 takes a third more, and its line breaks.
      blocks = try PEM.blocks(text, label: "X509 CRL", atMost: 1, length: lengthLimit / 2 * 3)
    } catch {
      throw .malformed(error.detail)
    }
    guard let block = blocks.first else { throw .malformed("neither DER nor an “X509 CRL” PEM block") }
    return block
  }

  /// A positive number of any size.
  static func text(_ number: [UInt8]) -> String {
    let digits = number.drop { $0 == 0 }
    guard digits.count > 8 else { return "\(digits.reduce(UInt64(0)) { $0 << 8 | UInt64($1) })" }
    return "0x" + digits.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}

/// Owns OpenSSL's copy of a name. Never changed after it is made, so that any thread may read.
private final class DecodedName: @unchecked Sendable {
  let pointer: OpaquePointer

  init(issuerOf list: [UInt8]) throws(CryptographyError) {
    let name = assay_x509_crl_issuer(Provider.withoutAlgorithms, list, list.count)
    ERR_clear_error()
    guard let name else { throw .malformed("OpenSSL takes these bytes for no revocation list") }
    pointer = name
  }

  deinit { X509_NAME_free(pointer) }
}
