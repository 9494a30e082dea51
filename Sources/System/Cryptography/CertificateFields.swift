import DER

/// Where the fields of a certificate stand in its DER (RFC 5280 §4.1). OpenSSL reads the same bytes and judges what
/// the extensions mean; this is for what is compared, signed or handed on byte for byte.
struct CertificateFields {
  struct Extension {
    /// Contents of the OBJECT IDENTIFIER.
    let name: Range<Int>
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
    var certificate = try DERWalker.wellFormedSequence(der, "certificate")
    let tbs = try certificate.next(DERTag.sequence, "certificate contents")
    let algorithm = try certificate.next(DERTag.sequence, "signature algorithm")
    let bits = try certificate.next(DERTag.bitString, "signature")
    try certificate.end("certificate")
    guard der[bits.contents].first == 0 else { throw .malformed("signature is not whole bytes") }

    var reader = certificate.inside(tbs)
    _ = try reader.nextIf(0xa0)
    serial = try reader.next(DERTag.integer, "serial number").contents
    let signed = try reader.next(DERTag.sequence, "signed algorithm")
    // §4.1.1.2: otherwise the algorithm that is used is one that nobody signed.
    guard der[signed.whole].elementsEqual(der[algorithm.whole]) else {
      throw .malformed("certificate names two signature algorithms")
    }
    issuer = try reader.next(DERTag.sequence, "issuer").whole
    _ = try reader.next(DERTag.sequence, "validity")
    subject = try reader.next(DERTag.sequence, "subject").whole
    publicKey = try reader.next(DERTag.sequence, "public key").whole
    _ = try reader.nextIf(0x81)
    _ = try reader.nextIf(0x82)
    extensions =
      try reader.nextIf(0xa3).map { field throws(CryptographyError) in
        try Self.extensions(reader.inside(field))
      } ?? []
    try reader.end("certificate contents")
    self.tbs = tbs.whole
    self.algorithm = algorithm.whole
    signature = bits.contents.dropFirst()
  }

  /// The value of an extension by the contents of its identifier; nil where there is none.
  func value(_ name: [UInt8], in der: [UInt8]) -> [UInt8]? {
    extensions.first { der[$0.name].elementsEqual(name) }.map { Array(der[$0.value]) }
  }

  /// `[n] EXPLICIT Extensions`, of certificates and of revocation lists.
  static func extensions(_ field: DERWalker) throws(CryptographyError) -> [Extension] {
    var field = field
    let list = try field.next(DERTag.sequence, "extensions")
    try field.end("extensions")
    return try extensions(in: field.inside(list))
  }

  /// What stands in one `Extensions`.
  static func extensions(in list: DERWalker) throws(CryptographyError) -> [Extension] {
    var reader = list
    var extensions: [Extension] = []
    while !reader.isAtEnd {
      guard extensions.count < extensionLimit else { throw .malformed("more than \(extensionLimit) extensions") }
      var inside = reader.inside(try reader.next(DERTag.sequence, "extension"))
      let name = try inside.next(DERTag.objectIdentifier, "extension name")
      var isCritical = false
      if let flag = try inside.nextIf(DERTag.boolean) {
        // FALSE is the default and should be left out; some authorities write it all the same.
        let byte = reader.bytes[flag.contents].first
        guard flag.contents.count == 1, byte == 0xff || byte == 0 else { throw .malformed("critical is no BOOLEAN") }
        isCritical = byte == 0xff
      }
      let value = try inside.next(DERTag.octetString, "extension value")
      try inside.end("extension")
      let oid = reader.bytes[name.contents]
      guard OID.isWellFormed(oid) else { throw .malformed("extension name that is no object identifier") }
      // §4.2: at most one of each; of two, two readers would each see another.
      guard !extensions.contains(where: { $0.name.count == oid.count && reader.bytes[$0.name].elementsEqual(oid) })
      else { throw .malformed("extension \(OID(contents: oid)) stands twice") }
      extensions.append(Extension(name: name.contents, isCritical: isCritical, value: value.contents))
    }
    return extensions
  }
}

/// Extensions by the contents of their identifiers, 2.5.29.n (RFC 5280 §4.2.1).
enum ExtensionName {
  static let keyUsage: [UInt8] = [0x55, 0x1d, 15]
  static let subjectAlternativeName: [UInt8] = [0x55, 0x1d, 17]
  static let basicConstraints: [UInt8] = [0x55, 0x1d, 19]
  static let nameConstraints: [UInt8] = [0x55, 0x1d, 30]
  static let certificatePolicies: [UInt8] = [0x55, 0x1d, 32]
  static let extendedKeyUsage: [UInt8] = [0x55, 0x1d, 37]
}
