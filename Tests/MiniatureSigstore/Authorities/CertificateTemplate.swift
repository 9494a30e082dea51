/// A distinguished name: `O=…, CN=…`, or empty.
struct DistinguishedName {
  var organization: String?
  var commonName: String?

  static let empty = DistinguishedName()

  var der: [UInt8] {
    func attribute(_ oid: String, _ value: String?) -> [UInt8] {
      value.map { DER.set(DER.sequence(DER.oid(oid), DER.utf8String($0))) } ?? []
    }
    return DER.sequence(attribute("2.5.4.10", organization), attribute("2.5.4.3", commonName))
  }
}

/// One X.509 extension; `value` is what the OCTET STRING holds.
struct CertificateExtension {
  let oid: String
  var critical: Bool
  let value: [UInt8]

  var der: [UInt8] {
    DER.sequence(DER.oid(oid), critical ? DER.boolean(true) : [], DER.octetString(value))
  }
}

/// What a certificate is to say, RFC 5280 §4.1.
struct CertificateTemplate {
  var serial: [UInt8]
  var issuer: DistinguishedName
  var subject: DistinguishedName
  /// Unix seconds.
  var notBefore: Int64
  var notAfter: Int64
  var spki: [UInt8]
  var extensions: [CertificateExtension]

  /// TBSCertificate, as `method` will sign it.
  func tbs(_ method: SignatureMethod) -> [UInt8] {
    DER.sequence(
      DER.context(0, DER.integer(2)),
      DER.integer(serial),
      SampleKey.identifier(of: method),
      issuer.der,
      DER.sequence(DER.time(notBefore), DER.time(notAfter)),
      subject.der,
      spki,
      extensions.isEmpty ? [] : DER.context(3, DER.sequence(of: extensions.map(\.der))))
  }

  func signed(by key: SampleKey) -> [UInt8] {
    let method = key.usualMethod
    let tbs = tbs(method)
    return DER.sequence(tbs, SampleKey.identifier(of: method), DER.bitString(key.sign(tbs)))
  }
}

extension CertificateExtension {
  /// §4.2.1.9. `pathLength` is written where it is not nil.
  static func basicConstraints(isAuthority: Bool, pathLength: UInt64? = nil) -> CertificateExtension {
    let contents = (isAuthority ? DER.boolean(true) : []) + (pathLength.map { DER.integer($0) } ?? [])
    return CertificateExtension(oid: "2.5.29.19", critical: true, value: DER.element(0x30, contents))
  }

  /// §4.2.1.3.
  enum KeyUse {
    case digitalSignature, keyEncipherment, certificateSigning
  }

  static func keyUsage(_ use: KeyUse) -> CertificateExtension {
    let bits: [UInt8] =
      switch use {
      case .digitalSignature: DER.bitString([0x80], unused: 7)
      case .keyEncipherment: DER.bitString([0x20], unused: 5)
      case .certificateSigning: DER.bitString([0x06], unused: 1)
      }
    return CertificateExtension(oid: "2.5.29.15", critical: true, value: bits)
  }

  /// §4.2.1.12.
  static func extendedKeyUsage(_ purposes: [String], critical: Bool = false) -> CertificateExtension {
    CertificateExtension(oid: "2.5.29.37", critical: critical, value: DER.sequence(of: purposes.map(DER.oid)))
  }

  static let codeSigning = "1.3.6.1.5.5.7.3.3"
  static let timeStamping = "1.3.6.1.5.5.7.3.8"
  static let serverAuthentication = "1.3.6.1.5.5.7.3.1"

  /// §4.2.1.2, method 1 with SHA-256 cut to 160 bits (RFC 7093 §2).
  static func subjectKeyIdentifier(_ spki: [UInt8]) -> CertificateExtension {
    CertificateExtension(oid: "2.5.29.14", critical: false, value: DER.octetString(keyIdentifier(spki)))
  }

  /// §4.2.1.1.
  static func authorityKeyIdentifier(_ spki: [UInt8]) -> CertificateExtension {
    CertificateExtension(
      oid: "2.5.29.35", critical: false, value: DER.sequence(DER.contextPrimitive(0, keyIdentifier(spki))))
  }

  private static func keyIdentifier(_ spki: [UInt8]) -> [UInt8] { Array(sha256(spki).prefix(20)) }

  /// §4.2.1.6.
  static func subjectAlternativeNames(_ names: [SampleName], critical: Bool) -> CertificateExtension {
    CertificateExtension(oid: "2.5.29.17", critical: critical, value: DER.sequence(of: names.map(\.der)))
  }
}
