/// Where the fields of a certificate stand in its DER (RFC 5280 §4.1). OpenSSL reads the same bytes and judges what
/// the extensions mean; this is for what is compared, signed or handed on byte for byte.
struct CertificateFields {
  struct Extension {
    let oid: String
    let isCritical: Bool
    /// Contents of the OCTET STRING.
    let value: Range<Int>
  }

  /// Extensions of one certificate. Fulcio writes about 25.
  static let extensionLimit = 64

  let tbs: Range<Int>
  /// Contents of the INTEGER.
  let serial: Range<Int>
  /// `Name`, whole.
  let issuer: Range<Int>
  let subject: Range<Int>
  /// `SubjectPublicKeyInfo`, whole.
  let publicKey: Range<Int>
  /// `AlgorithmIdentifier`, whole; the one outside and the one that is signed are the same bytes.
  let algorithm: Range<Int>
  /// The BIT STRING's bytes.
  let signature: Range<Int>
  let extensions: [Extension]

  init(_ der: [UInt8]) throws(CryptographyError) {
    let outer = try DERReader.checkWellFormed(der, "certificate")
    guard outer.tag == DERValue.sequence else { throw .malformed("certificate that is no SEQUENCE") }
    var certificate = DERReader(der).inside(outer)
    let tbs = try certificate.next(DERValue.sequence, "certificate contents")
    let algorithm = try certificate.next(DERValue.sequence, "signature algorithm")
    let bits = try certificate.next(DERValue.bitString, "signature")
    try certificate.finish("certificate")
    guard der[bits.contents].first == 0 else { throw .malformed("signature is not whole bytes") }

    var reader = certificate.inside(tbs)
    _ = try reader.optional(0xa0)
    serial = try reader.next(DERValue.integer, "serial number").contents
    let signed = try reader.next(DERValue.sequence, "signed algorithm")
    // §4.1.1.2: otherwise the algorithm that is used is one that nobody signed.
    guard der[signed.whole].elementsEqual(der[algorithm.whole]) else {
      throw .malformed("certificate names two signature algorithms")
    }
    issuer = try reader.next(DERValue.sequence, "issuer").whole
    _ = try reader.next(DERValue.sequence, "validity")
    subject = try reader.next(DERValue.sequence, "subject").whole
    publicKey = try reader.next(DERValue.sequence, "public key").whole
    _ = try reader.optional(0x81)
    _ = try reader.optional(0x82)
    extensions =
      try reader.optional(0xa3).map { field throws(CryptographyError) in
        try Self.extensions(reader.inside(field))
      } ?? []
    try reader.finish("certificate contents")
    self.tbs = tbs.whole
    self.algorithm = algorithm.whole
    signature = bits.contents.dropFirst()
  }

  private static func extensions(_ field: DERReader) throws(CryptographyError) -> [Extension] {
    var field = field
    let list = try field.next(DERValue.sequence, "extensions")
    try field.finish("extensions")
    var reader = field.inside(list)
    var extensions: [Extension] = []
    while !reader.isAtEnd {
      guard extensions.count < extensionLimit else { throw .malformed("more than \(extensionLimit) extensions") }
      var inside = reader.inside(try reader.next(DERValue.sequence, "extension"))
      let name = try inside.next(DERValue.objectIdentifier, "extension name")
      let flag = try inside.optional(DERValue.boolean).map { reader.bytes(of: $0.contents) }
      // FALSE is the default and should be left out; some authorities write it all the same.
      guard flag == nil || flag == [0xff] || flag == [0x00] else { throw .malformed("critical is no BOOLEAN") }
      let value = try inside.next(DERValue.octetString, "extension value")
      try inside.finish("extension")
      let oid = try ObjectIdentifier.text(reader.bytes[name.contents])
      // §4.2: at most one of each; of two, two readers would each see another.
      guard !extensions.contains(where: { $0.oid == oid }) else { throw .malformed("extension \(oid) stands twice") }
      extensions.append(Extension(oid: oid, isCritical: flag == [0xff], value: value.contents))
    }
    return extensions
  }
}

/// Extensions by their names (RFC 5280 §4.2.1).
enum ExtensionName {
  static let keyUsage = "2.5.29.15"
  static let subjectAlternativeName = "2.5.29.17"
  static let basicConstraints = "2.5.29.19"
  static let nameConstraints = "2.5.29.30"
  static let certificatePolicies = "2.5.29.32"
  static let extendedKeyUsage = "2.5.29.37"
}
