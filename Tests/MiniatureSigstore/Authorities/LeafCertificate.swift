/// A signing certificate and what a test may want to know of it.
package struct LeafCertificate: Sendable {
  package let der: [UInt8]
  package let key: SampleKey
  /// Unix seconds.
  package let notBefore: Int64
  package let notAfter: Int64

  package var pem: String { pemText("CERTIFICATE", der) }
}

extension SampleAuthority {
  /// How long a Fulcio certificate lives, seconds.
  static let leafLifetime: Int64 = 600

  /// A Fulcio leaf: critical SAN, EKU code signing, KU digital signature, empty subject, ten minutes, embedded SCT
  /// by the precertificate flow.
  func leaf(
    for identity: SampleIdentity, key: SampleKey, from start: Int64, log: CertificateLog?, strangerLog: CertificateLog,
    timestampExtensions: [UInt8], spoil: Spoil?
  ) -> LeafCertificate {
    var names = [identity.name]
    if spoil == .certificateTwoNames { names.append(SampleIdentity.stranger.name) }
    var extensions: [CertificateExtension] = [
      .keyUsage(spoil == .certificateOtherKeyUsage ? .keyEncipherment : .digitalSignature)
    ]
    if spoil == .certificateOtherPurpose {
      extensions.append(.extendedKeyUsage([CertificateExtension.serverAuthentication]))
    } else if spoil != .certificateWithoutPurpose {
      extensions.append(.extendedKeyUsage([CertificateExtension.codeSigning]))
    }
    extensions += [.subjectKeyIdentifier(key.spki), .authorityKeyIdentifier(intermediateKey.spki)]
    if spoil != .certificateWithoutName {
      extensions.append(.subjectAlternativeNames(names, critical: true))
    }
    extensions += identity.extensions.filter { fulcio in
      spoil != .certificateWithoutIssuer || !(fulcio.oid.hasSuffix(".1.1") || fulcio.oid.hasSuffix(".1.8"))
    }
    if spoil == .certificateUnknownCritical {
      extensions.append(CertificateExtension(oid: "1.3.6.1.4.1.57264.99.1", critical: true, value: DER.null))
    }
    var template = CertificateTemplate(
      serial: Self.serial(of: key), issuer: intermediateName, subject: .empty, notBefore: start,
      notAfter: start + Self.leafLifetime, spki: key.spki, extensions: extensions)
    if let log, spoil != .certificateTimestampMissing {
      template.extensions.append(
        CertificateLog.list([
          signedTimestamp(
            for: template, start: start, log: spoil == .certificateTimestampByStranger ? strangerLog : log,
            extensions: timestampExtensions, spoil: spoil)
        ]))
    }
    var der = template.signed(by: spoil == .certificateByImpostor ? SampleKey(.p384) : intermediateKey)
    if spoil == .certificateSignatureFlipped { der[der.count - 1] ^= 1 }
    return LeafCertificate(der: der, key: key, notBefore: template.notBefore, notAfter: template.notAfter)
  }

  private func signedTimestamp(
    for template: CertificateTemplate, start: Int64, log: CertificateLog, extensions: [UInt8], spoil: Spoil?
  ) -> [UInt8] {
    var logged = template
    if spoil == .certificateTimestampOverAnother { logged.serial[1] ^= 1 }
    return log.timestamp(
      tbs: logged.tbs(intermediateKey.usualMethod),
      issuerSPKI: spoil == .certificateTimestampOtherIssuer ? rootKey.spki : intermediateKey.spki,
      milliseconds: UInt64(start) * 1000 + 233, extensions: extensions,
      flipped: spoil == .certificateTimestampFlipped)
  }

  /// A leaf of a site's own authority: a subject, two years, a SAN, and nothing of Fulcio's.
  func siteLeaf(for identity: SampleIdentity, key: SampleKey, from start: Int64) -> LeafCertificate {
    let template = CertificateTemplate(
      serial: Self.serial(of: key), issuer: intermediateName,
      subject: DistinguishedName(organization: organization, commonName: "release-signer"), notBefore: start,
      notAfter: start + 2 * 365 * 86400, spki: key.spki,
      extensions: [
        .basicConstraints(isAuthority: false), .keyUsage(.digitalSignature),
        .extendedKeyUsage([CertificateExtension.codeSigning]),
        .subjectAlternativeNames([identity.name], critical: false),
        .subjectKeyIdentifier(key.spki), .authorityKeyIdentifier(intermediateKey.spki),
      ])
    return LeafCertificate(
      der: template.signed(by: intermediateKey), key: key, notBefore: template.notBefore, notAfter: template.notAfter)
  }
}
