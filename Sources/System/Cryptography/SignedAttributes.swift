import DER

/// The attributes that a CMS signature covers in the content's stead (RFC 5652 §5.3).
struct SignedAttributes: Sendable {
  private static let contentTypeName = OID(1, 2, 840, 113549, 1, 9, 3)
  private static let messageDigestName = OID(1, 2, 840, 113549, 1, 9, 4)
  /// RFC 2634 §5.4, by SHA-1; RFC 5035 §3, by any hash.
  private static let signingCertificateName = OID(1, 2, 840, 113549, 1, 9, 16, 2, 12)
  private static let signingCertificateV2Name = OID(1, 2, 840, 113549, 1, 9, 16, 2, 47)

  /// What is signed: the attributes as they came, under the tag of a SET (§5.4).
  let signedBytes: [UInt8]
  /// Contents of each attribute's SET of values, by the attribute's name.
  private let values: [OID: [UInt8]]

  init(_ signer: DERWalker, _ field: DERElement) throws(CryptographyError) {
    var bytes = signer.bytes(of: field.whole)
    bytes[0] = DERTag.set
    signedBytes = bytes
    var reader = signer.inside(field)
    var values: [OID: [UInt8]] = [:]
    while !reader.isAtEnd {
      var attribute = reader.inside(try reader.next(DERTag.sequence, "attribute"))
      let oid = try attribute.nextIdentifier("attribute's name")
      let set = try attribute.next(DERTag.set, "attribute's values")
      try attribute.end("attribute")
      // §5.3: one instance of each attribute; of two, two readers would each take another.
      guard values.updateValue(reader.bytes(of: set.contents), forKey: oid) == nil else {
        throw .malformed("attribute \(oid) stands twice")
      }
    }
    self.values = values
  }

  /// §11.1
  var contentType: OID {
    get throws(CryptographyError) {
      let contents = try single(Self.contentTypeName, DERTag.objectIdentifier, "content type")
      guard OID.isWellFormed(contents[...]) else { throw .malformed("content type that is no object identifier") }
      return OID(contents: contents[...])
    }
  }

  /// §11.2
  var messageDigest: [UInt8] {
    get throws(CryptographyError) { try single(Self.messageDigestName, DERTag.octetString, "message digest") }
  }

  /// Without it, a token by one key under two certificates would count for either (RFC 3161 §2.4.2, RFC 5816 §2.2.1).
  /// Where both forms are there, both must hold. The hash covers issuer and serial number, so that the copy of these
  /// beside it is not asked.
  func verifySigningCertificate(_ signer: Certificate, with provider: Provider) throws(CryptographyError) {
    let old = values[Self.signingCertificateName]
    let new = values[Self.signingCertificateV2Name]
    guard old != nil || new != nil else { throw .malformed("no signing-certificate attribute") }
    if old != nil {
      var identifier = try certificateIdentifier(Self.signingCertificateName)
      let claimed = identifier.bytes(of: try identifier.next(DERTag.octetString, "certificate hash").contents)
      guard let hash = provider.sha1(signer.der) else { throw .unsupported("SHA-1, which names the certificate") }
      guard claimed == hash else { throw .invalidSignature }
    }
    if new != nil {
      var identifier = try certificateIdentifier(Self.signingCertificateV2Name)
      // The hash algorithm is left out where it is SHA-256.
      var ahead = identifier
      let algorithm = try ahead.nextIf(DERTag.sequence) == nil ? HashAlgorithm.sha256 : SignedData.hash(&identifier)
      let claimed = identifier.bytes(of: try identifier.next(DERTag.octetString, "certificate hash").contents)
      guard claimed == digest(signer.der, algorithm).bytes else { throw .invalidSignature }
    }
  }

  /// A reader of the first `ESSCertID` or `ESSCertIDv2`, which is the signer's (RFC 5035 §3, §4).
  private func certificateIdentifier(_ oid: OID) throws(CryptographyError) -> DERWalker {
    let contents = try single(oid, DERTag.sequence, "signing certificate")
    var reader = DERWalker(contents)
    var list = reader.inside(try reader.next(DERTag.sequence, "signing certificates"))
    return list.inside(try list.next(DERTag.sequence, "signing certificate"))
  }

  /// The contents of the one value of an attribute.
  private func single(_ oid: OID, _ tag: UInt8, _ what: StaticString) throws(CryptographyError) -> [UInt8] {
    guard let set = values[oid] else { throw .malformed("no signed attribute for the \(what)") }
    var reader = DERWalker(set)
    let value = try reader.next(tag, what)
    try reader.end(what)
    return reader.bytes(of: value.contents)
  }
}
