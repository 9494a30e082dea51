/// An RFC 3161 timestamp authority with an intermediate of its own.
package final class TimestampAuthority: Sendable {
  package let uri: String
  package let authority: SampleAuthority
  private let key: SampleKey
  /// The signing certificate, DER.
  package let leaf: [UInt8]

  /// What can be wrong with the signing certificate, while the trust root describes it faithfully.
  enum Flaw {
    case purposeNotCritical, otherPurpose, expired
  }

  init(_ uri: String, organization: String, key algorithm: KeyAlgorithm, since: Int64, expiring: Int64? = nil) {
    self.uri = uri
    self.authority = SampleAuthority(
      organization, common: "timestamping", key: algorithm, for: CertificateExtension.timeStamping, since: since)
    self.key = SampleKey(algorithm)
    self.leaf = Self.certificate(authority, key, since: since, until: since + 5 * 365 * 86400, flaw: nil)
  }

  /// The same authority with a flawed signing certificate under it.
  init(_ sound: TimestampAuthority, flaw: Flaw, since: Int64, until: Int64) {
    self.uri = sound.uri
    self.authority = sound.authority
    self.key = SampleKey(sound.authority.intermediateKey.algorithm)
    self.leaf = Self.certificate(sound.authority, key, since: since, until: until, flaw: flaw)
  }

  /// The signing certificate, intermediate and root: a trust root's `certChain`.
  package var chain: [[UInt8]] { [leaf] + authority.chain }

  private static func certificate(
    _ authority: SampleAuthority, _ key: SampleKey, since: Int64, until: Int64, flaw: Flaw?
  ) -> [UInt8] {
    CertificateTemplate(
      serial: SampleAuthority.serial(of: key), issuer: authority.intermediateName, subject: subject(authority),
      notBefore: since, notAfter: until, spki: key.spki,
      extensions: [
        .keyUsage(.digitalSignature),
        .extendedKeyUsage(
          [flaw == .otherPurpose ? CertificateExtension.codeSigning : CertificateExtension.timeStamping],
          critical: flaw != .purposeNotCritical),
        .subjectKeyIdentifier(key.spki), .authorityKeyIdentifier(authority.intermediateKey.spki),
      ]
    ).signed(by: authority.intermediateKey)
  }

  private static func subject(_ authority: SampleAuthority) -> DistinguishedName {
    DistinguishedName(organization: authority.organization, commonName: "timestamping-signer")
  }

  /// What one response is to look like.
  struct Style {
    var time: Int64
    var hash: SampleHash = .sha256
    var embedsCertificate = true
    /// Certificates of others to put into the token's SET.
    var injected: [[UInt8]] = []
    var spoil: Spoil?
  }

  /// A TimeStampResp over `message`, RFC 3161 §2.4.2, RFC 5652 §5, RFC 5816 (ESSCertIDv2).
  func response(over message: [UInt8], _ style: Style) -> [UInt8] {
    let spoil = style.spoil
    let status: UInt64 = spoil == .timestampRejected ? 2 : 0
    let statusInfo = DER.sequence(DER.integer(status))
    let response = DER.sequence(statusInfo, spoil == .timestampRejected ? [] : token(over: message, style))
    return spoil == .timestampTruncated ? Array(response.dropLast(7)) : response
  }

  private func token(over message: [UInt8], _ style: Style) -> [UInt8] {
    let spoil = style.spoil
    let info = info(over: message, style)
    let certificates = (style.embedsCertificate ? [leaf] : []) + style.injected
    let attributes = attributes(of: info, style)
    var signature = (spoil == .timestampByStranger ? SampleKey(key.algorithm) : key)
      .sign(DER.element(0x31, DER.setContents(attributes)))
    if spoil == .timestampSignatureFlipped { signature[signature.count - 1] ^= 1 }
    let signer = DER.sequence(
      DER.integer(1),
      DER.sequence(authority.intermediateName.der, DER.integer(SampleAuthority.serial(of: key))),
      DER.sequence(DER.oid(key.usualMethod.hash.oid)),
      DER.context(0, DER.setContents(attributes)),
      SampleKey.identifier(of: key.usualMethod),
      DER.octetString(signature))
    let signedData = DER.sequence(
      DER.integer(3),
      DER.set(DER.sequence(DER.oid(key.usualMethod.hash.oid))),
      DER.sequence(DER.oid(Self.tstInfo), DER.context(0, DER.octetString(info))),
      certificates.isEmpty ? [] : DER.context(0, DER.setContents(certificates)),
      DER.set(signer))
    return DER.sequence(DER.oid("1.2.840.113549.1.7.2"), DER.context(0, signedData))
  }

  private static let tstInfo = "1.2.840.113549.1.9.16.1.4"

  private func info(over message: [UInt8], _ style: Style) -> [UInt8] {
    let imprinted = style.spoil == .timestampOverOtherBytes ? message + [0] : message
    return DER.sequence(
      DER.integer(1),
      DER.oid("1.3.6.1.4.1.57264.2"),
      DER.sequence(DER.sequence(DER.oid(style.hash.oid), DER.null), DER.octetString(style.hash(imprinted))),
      DER.integer(Array(sha256(message + bigEndian(UInt64(style.time), count: 8)).prefix(12))),
      DER.generalizedTime(style.time),
      DER.sequence(DER.integer(1)),
      DER.integer(Array(sha256(imprinted).suffix(8))),
      DER.context(0, DER.context(4, Self.subject(authority).der)))
  }

  private func attributes(of info: [UInt8], _ style: Style) -> [[UInt8]] {
    func attribute(_ oid: String, _ value: [UInt8]) -> [UInt8] { DER.sequence(DER.oid(oid), DER.set(value)) }
    var digest = key.usualMethod.hash(info)
    if style.spoil == .timestampDigestFlipped { digest[0] ^= 1 }
    let named = style.spoil == .timestampNamesAnotherCertificate ? authority.chain[0] : leaf
    return [
      attribute("1.2.840.113549.1.9.3", DER.oid(Self.tstInfo)),
      attribute("1.2.840.113549.1.9.5", DER.time(style.time)),
      attribute("1.2.840.113549.1.9.4", DER.octetString(digest)),
      attribute(
        "1.2.840.113549.1.9.16.2.47", DER.sequence(DER.sequence(DER.sequence(DER.octetString(sha256(named)))))),
    ]
  }
}
