/// A certificate for tests, every field of which can be drawn wrongly before it is signed.
package struct CertificateSketch {
  package var serial: UInt8 = 1
  /// DER of the names.
  package var issuer: [UInt8]
  package var subject: [UInt8]
  /// UTCTime: `260801120000Z`.
  package var notBefore = "260101000000Z"
  package var notAfter = "270101000000Z"
  package var spki: [UInt8]
  /// DER of each extension, in order.
  package var extensions: [[UInt8]]
  /// DER of the AlgorithmIdentifier that the issuer signs with.
  package var algorithm = DERWriter.algorithm("1.2.840.10045.4.3.2")

  package init(issuer: String, subject: String, key: SigningKey, extensions: [[UInt8]]) {
    self.issuer = DERWriter.name(issuer)
    self.subject = DERWriter.name(subject)
    spki = key.spki
    self.extensions = extensions
  }

  /// A CA certificate.
  package static func authority(_ subject: String, key: SigningKey, issuer: String? = nil) -> CertificateSketch {
    CertificateSketch(
      issuer: issuer ?? subject, subject: subject, key: key,
      extensions: [
        part("2.5.29.19", critical: true, DERWriter.sequence(DERWriter.boolean(true))),
        part("2.5.29.15", critical: true, [0x03, 0x02, 0x01, 0x06]),
      ])
  }

  package static func part(_ identifier: String, critical: Bool = false, _ value: [UInt8]) -> [UInt8] {
    DERWriter.sequence(
      DERWriter.oid(identifier), critical ? DERWriter.boolean(true) : [], DERWriter.octets(value))
  }

  package static func purpose(_ identifiers: String..., critical: Bool = false) -> [UInt8] {
    part("2.5.29.37", critical: critical, DERWriter.sequence(Array(identifiers.map(DERWriter.oid).joined())))
  }

  /// Each name with its tag: 0x81 an email address, 0x82 DNS, 0x86 a URI.
  package static func names(_ names: [(tag: UInt8, bytes: [UInt8])]) -> [UInt8] {
    part(
      "2.5.29.17", critical: true,
      DERWriter.sequence(Array(names.map { DERWriter.element($0.tag, $0.bytes) }.joined())))
  }

  package var toBeSigned: [UInt8] {
    DERWriter.sequence(
      DERWriter.element(0xA0, DERWriter.integer(2)), DERWriter.integer(serial), algorithm, issuer,
      DERWriter.sequence(
        DERWriter.element(0x17, Array(notBefore.utf8)), DERWriter.element(0x17, Array(notAfter.utf8))),
      subject, spki, DERWriter.element(0xA3, DERWriter.sequence(Array(extensions.joined()))))
  }

  package func signed(by key: SigningKey) throws -> [UInt8] {
    let toBeSigned = toBeSigned
    return DERWriter.sequence(toBeSigned, algorithm, DERWriter.bits(try key.sign(toBeSigned)))
  }
}
