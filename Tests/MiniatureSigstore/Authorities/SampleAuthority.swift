/// A two-step authority: a root and an intermediate that issues leaves.
package final class SampleAuthority: Sendable {
  package let organization: String
  /// DER, intermediate first, root last: the order of a trust root's `certChain`.
  package let chain: [[UInt8]]
  let intermediateName: DistinguishedName
  package let intermediateKey: SampleKey
  let rootName: DistinguishedName
  package let rootKey: SampleKey
  private let purpose: String

  /// What can be wrong with the intermediate.
  enum Flaw {
    case expired, notAnAuthority, withoutPurpose, byAnotherRoot
  }

  /// - Parameters:
  ///   - purpose: the OID of the one extended key usage that it is for.
  ///   - since: both certificates begin here; the root lasts ten years, the intermediate five.
  ///   - roots: an earlier authority whose root issues this one's intermediate.
  init(
    _ organization: String, common: String, key: KeyAlgorithm, for purpose: String, since: Int64,
    sharingRootOf other: SampleAuthority? = nil, flaw: Flaw? = nil, flawedAt: Int64 = 0
  ) {
    self.organization = organization
    self.purpose = purpose
    let rootKey = other?.rootKey ?? SampleKey(key)
    let rootName = DistinguishedName(organization: organization, commonName: common)
    let intermediateKey = SampleKey(key)
    let intermediateName = DistinguishedName(organization: organization, commonName: common + "-intermediate")
    let root =
      other?.chain[1]
      ?? CertificateTemplate(
        serial: Self.serial(of: rootKey), issuer: rootName, subject: rootName, notBefore: since,
        notAfter: since + 10 * 365 * 86400, spki: rootKey.spki,
        extensions: [
          .keyUsage(.certificateSigning), .basicConstraints(isAuthority: true),
          .subjectKeyIdentifier(rootKey.spki),
        ]
      ).signed(by: rootKey)
    let issuerKey = flaw == .byAnotherRoot ? SampleKey(key) : rootKey
    let intermediate = CertificateTemplate(
      serial: Self.serial(of: intermediateKey), issuer: rootName, subject: intermediateName, notBefore: since,
      notAfter: flaw == .expired ? flawedAt : since + 5 * 365 * 86400, spki: intermediateKey.spki,
      extensions: [
        .keyUsage(.certificateSigning),
        .extendedKeyUsage([flaw == .withoutPurpose ? CertificateExtension.serverAuthentication : purpose]),
        flaw == .notAnAuthority
          ? .basicConstraints(isAuthority: false) : .basicConstraints(isAuthority: true, pathLength: 0),
        .subjectKeyIdentifier(intermediateKey.spki), .authorityKeyIdentifier(rootKey.spki),
      ]
    ).signed(by: issuerKey)
    self.rootKey = rootKey
    self.rootName = rootName
    self.intermediateKey = intermediateKey
    self.intermediateName = intermediateName
    self.chain = [intermediate, root]
  }

  /// A positive serial number of 19 octets that names the key.
  static func serial(of key: SampleKey) -> [UInt8] { [0x11] + sha256(key.spki).prefix(18) }
}
