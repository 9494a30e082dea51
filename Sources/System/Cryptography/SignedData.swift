package import DER

/// CMS `SignedData` with one signer (RFC 5652 §5), in the shape that RFC 3161 §2.4.2 gives to time-stamp tokens.
///
/// DER throughout: the authorities' own encodings, and one token has one spelling. Reading proves nothing; `verify`
/// does.
package struct SignedData: Sendable {
  /// Bytes of a token. Ordinary ones have 700 to 8,000, by the certificates they embed.
  package static let lengthLimit = 64 << 10

  /// Which certificate the signer names as its own.
  package enum SignerIdentifier: Hashable, Sendable {
    /// DER of the issuer's `Name`, and contents of the serial number's INTEGER.
    case issuerAndSerial(issuer: [UInt8], serial: [UInt8])
    case subjectKeyIdentifier([UInt8])
  }

  /// `eContentType`
  package let contentType: OID
  /// `eContent`: for a time-stamp token, DER of its `TSTInfo`.
  package let content: [UInt8]
  package let signerIdentifier: SignerIdentifier
  /// DER of what was embedded, in the token's order, which means nothing (a SET). At most `Certificate.countLimit`.
  package let embeddedCertificates: [[UInt8]]

  let attributes: SignedAttributes
  let digestAlgorithm: HashAlgorithm
  let scheme: SignatureScheme
  let signature: [UInt8]

  /// Signed data, by RFC 5652 §5.1.
  private static let signedDataType = OID(1, 2, 840, 113549, 1, 7, 2)

  /// - Parameter der: a `ContentInfo`, all of it.
  /// - Throws: `.malformed` for anything but one `SignedData` in DER with its content, one signer and signed
  ///   attributes; `.unsupported` for algorithms that are none of ours.
  package init(der: [UInt8]) throws(CryptographyError) {
    guard der.count <= Self.lengthLimit else { throw .malformed("token of more than \(Self.lengthLimit) bytes") }
    var info = try DERWalker.wellFormedSequence(der, "signed data")
    guard try info.nextIdentifier("content type") == Self.signedDataType else {
      throw .malformed("content that is not signed data")
    }
    var wrapped = info.inside(try info.next(0xa0, "signed data"))
    try info.end("token")
    var reader = wrapped.inside(try wrapped.next(DERTag.sequence, "signed data"))
    try wrapped.end("token")

    _ = try reader.next(DERTag.integer, "version")
    _ = try reader.next(DERTag.set, "digest algorithms")
    var encapsulated = reader.inside(try reader.next(DERTag.sequence, "content"))
    contentType = try encapsulated.nextIdentifier("type of content")
    var explicit = encapsulated.inside(try encapsulated.next(0xa0, "content"))
    content = reader.bytes(of: try explicit.next(DERTag.octetString, "content").contents)
    try explicit.end("content")
    try encapsulated.end("content")
    embeddedCertificates =
      try reader.nextIf(0xa0).map { field throws(CryptographyError) in
        try Self.certificates(reader.inside(field))
      } ?? []
    _ = try reader.nextIf(0xa1)
    var signers = reader.inside(try reader.next(DERTag.set, "signers"))
    try reader.end("signed data")
    var signer = signers.inside(try signers.next(DERTag.sequence, "signer"))
    // RFC 3161 §2.4.2: no other signature than the authority's.
    guard signers.isAtEnd else { throw .malformed("more than one signer") }

    _ = try signer.next(DERTag.integer, "version")
    signerIdentifier = try Self.identifier(&signer)
    digestAlgorithm = try Self.hash(&signer)
    attributes = try SignedAttributes(signer, try signer.next(0xa0, "signed attributes"))
    scheme = try Self.scheme(&signer, digestAlgorithm)
    signature = signer.bytes(of: try signer.next(DERTag.octetString, "signature").contents)
    _ = try signer.nextIf(0xa1)
    try signer.end("signer")
  }

  /// Embedded certificates that can be read, in the token's order. A stranger may have put them there.
  package var certificates: [Certificate] {
    embeddedCertificates.compactMap { try? Certificate(der: $0) }
  }

  /// Whether this is the certificate that the signer names. `verify` asks it too.
  package func names(_ certificate: Certificate) -> Bool {
    switch signerIdentifier {
    case .issuerAndSerial(let issuer, let serial):
      issuer == certificate.issuerName && serial == certificate.serialNumber
    case .subjectKeyIdentifier(let identifier):
      identifier == certificate.subjectKeyIdentifier
    }
  }

  /// Verifies that the holder of `signer` signed the content (RFC 5652 §5.4, §5.6; RFC 5816 §2.2.1):
  ///
  /// 1. the signer names this certificate;
  /// 2. the signed content type is the content's, and the signed digest is its digest;
  /// 3. the signing-certificate attribute is there, and its first hash is this certificate's;
  /// 4. the signature over the signed attributes verifies.
  ///
  /// Says nothing about trust in `signer`: `CertificateAuthority.verify` does.
  ///
  /// - Throws: `.untrusted` for 1; `.invalidSignature` for 2 to 4; `.malformed` for an attribute that is missing;
  ///   `.unsupported` where the key is none of ours, or fits not.
  package func verify(signer: Certificate) throws(CryptographyError) {
    guard names(signer) else { throw .untrusted("the token was signed by another than “\(signer.subject)”") }
    guard try attributes.contentType == contentType,
      try attributes.messageDigest == digest(content, digestAlgorithm).bytes
    else { throw .invalidSignature }
    try attributes.verifySigningCertificate(signer, with: .shared)
    try signer.publicKey.verify(signature, over: attributes.signedBytes, scheme)
  }

  // MARK: Fields

  private static func certificates(_ field: DERWalker) throws(CryptographyError) -> [[UInt8]] {
    var reader = field
    var certificates: [[UInt8]] = []
    while !reader.isAtEnd {
      let value = try reader.next()
      guard certificates.count < Certificate.countLimit else {
        throw .malformed("more than \(Certificate.countLimit) embedded certificates")
      }
      // §10.2.2: the other choices are attribute certificates and obsolete forms.
      if value.tag == DERTag.sequence { certificates.append(reader.bytes(of: value.whole)) }
    }
    return certificates
  }

  private static func identifier(_ signer: inout DERWalker) throws(CryptographyError) -> SignerIdentifier {
    if let identifier = try signer.nextIf(0x80) {
      return .subjectKeyIdentifier(signer.bytes(of: identifier.contents))
    }
    var reader = signer.inside(try signer.next(DERTag.sequence, "issuer and serial number"))
    let issuer = try reader.next(DERTag.sequence, "issuer")
    let serial = try reader.next(DERTag.integer, "serial number")
    try reader.end("issuer and serial number")
    return .issuerAndSerial(issuer: reader.bytes(of: issuer.whole), serial: reader.bytes(of: serial.contents))
  }

  /// SHA-2 by its `AlgorithmIdentifier`; parameters absent or NULL (RFC 5754 §2).
  static func hash(_ reader: inout DERWalker) throws(CryptographyError) -> HashAlgorithm {
    var inside = reader.inside(try reader.next(DERTag.sequence, "digest algorithm"))
    let name = try inside.nextIdentifier("digest algorithm")
    if let parameters = try inside.nextIf(DERTag.null), !parameters.contents.isEmpty {
      throw .malformed("NULL that is not empty")
    }
    try inside.end("digest algorithm")
    guard let algorithm = digestAlgorithms[name] else { throw .unsupported("digest algorithm \(name)") }
    return algorithm
  }

  private static let digestAlgorithms: [OID: HashAlgorithm] = [
    OID(2, 16, 840, 1, 101, 3, 4, 2, 1): .sha256,
    OID(2, 16, 840, 1, 101, 3, 4, 2, 2): .sha384,
    OID(2, 16, 840, 1, 101, 3, 4, 2, 3): .sha512,
  ]

  /// The signature's algorithm must use the digest algorithm that the signer states (RFC 8933 §3.1).
  private static func scheme(
    _ signer: inout DERWalker, _ digestAlgorithm: HashAlgorithm
  ) throws(CryptographyError) -> SignatureScheme {
    let identifier = signer.bytes(of: try signer.next(DERTag.sequence, "signature algorithm").whole)
    // RFC 3370 §3.2: `rsaEncryption` leaves the hash to the digest algorithm.
    if identifier == KeyAlgorithm.rsaIdentifier { return .rsaPKCS1(digestAlgorithm) }
    let scheme = try SignatureScheme(algorithmIdentifier: identifier)
    // RFC 8419 §3.1: Ed25519 goes with SHA-512.
    guard (scheme.hash ?? .sha512) == digestAlgorithm else {
      throw .malformed("signature and digest by different hashes")
    }
    return scheme
  }
}
