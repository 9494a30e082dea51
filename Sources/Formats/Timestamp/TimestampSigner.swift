package import Cryptography
import Octets
import Reasons

/// The one signature of a token, and what it says of itself.
///
/// RFC 5652 §5.3:
/// ```
/// SignerInfo ::= SEQUENCE {
///   version INTEGER, sid SignerIdentifier, digestAlgorithm AlgorithmIdentifier, signedAttrs [0] IMPLICIT SET,
///   signatureAlgorithm AlgorithmIdentifier, signature OCTET STRING, unsignedAttrs [1] IMPLICIT SET OPTIONAL }
/// ```
/// Signed attributes are optional there; RFC 3161 §2.4.2 requires them.
package struct TimestampSigner: Hashable, Sendable {
  /// How the unsigned part names the certificate.
  package enum Identifier: Hashable, Sendable {
    /// DER of the issuer's Name, and the contents of the serial number.
    case issuer([UInt8], serial: [UInt8])
    case subjectKeyIdentifier([UInt8])
  }

  /// How the signed part names the certificate: a hash of its DER (RFC 5816, RFC 2634 §5.4).
  package enum CertificateHash: Hashable, Sendable {
    /// `signingCertificateV2`
    case sha2(HashAlgorithm, [UInt8])
    /// `signingCertificate`, which knows SHA-1 alone.
    case sha1([UInt8])
  }

  package let identifier: Identifier
  package let digestAlgorithm: HashAlgorithm
  /// The bytes that are signed: the attributes as a SET OF, whatever tag carried them (RFC 5652 §5.4).
  package let signedAttributes: [UInt8]
  /// What the attributes say is the digest of the content.
  package let messageDigest: [UInt8]
  /// The first certificate of each such attribute, which is the signer's own; one or two.
  package let certificateHashes: [CertificateHash]
  package let scheme: SignatureScheme
  package let signature: [UInt8]

  init(_ signers: inout DERReader) throws(Failure) {
    var fields = try signers.sequence("SignerInfo")
    let version = try fields.smallInteger("version")
    if let key = try fields.optional(DERTag.primitiveContext(0)) {
      guard version == 3 else { throw fields.failure("SignerInfo version is not 3") }
      identifier = .subjectKeyIdentifier([UInt8](fields.bytes[key.contents]))
    } else {
      guard version == 1 else { throw fields.failure("SignerInfo version is not 1") }
      var name = try fields.sequence("sid")
      let issuer = try name.element(DERTag.sequence, "issuer")
      identifier = .issuer([UInt8](name.bytes[issuer.whole]), serial: [UInt8](try name.integer("serialNumber")))
      try name.finish("sid")
    }
    digestAlgorithm = try fields.hashAlgorithm("digestAlgorithm")
    let attributes = try fields.element(DERTag.context(0), "signedAttrs")
    signedAttributes = [DERTag.set] + fields.bytes[attributes.whole].dropFirst()
    let read = try SignedAttributes(fields.inside(attributes))
    messageDigest = read.messageDigest
    certificateHashes = read.certificateHashes
    scheme = try fields.signatureScheme("signatureAlgorithm", hash: digestAlgorithm)
    signature = [UInt8](try fields.octetString("signature"))
    _ = try fields.optional(DERTag.context(1))
    try fields.finish("SignerInfo")
  }
}

/// The attributes that RFC 3161 §2.4.2 and RFC 5652 §11 require, each once and with one value. Others, such as the
/// signing time, which repeats genTime, are passed over.
private struct SignedAttributes {
  let messageDigest: [UInt8]
  let certificateHashes: [TimestampSigner.CertificateHash]

  private static let contentType = OID(1, 2, 840, 113549, 1, 9, 3)
  private static let messageDigest = OID(1, 2, 840, 113549, 1, 9, 4)
  private static let signingCertificate = OID(1, 2, 840, 113549, 1, 9, 16, 2, 12)
  private static let signingCertificateV2 = OID(1, 2, 840, 113549, 1, 9, 16, 2, 47)

  init(_ attributes: DERReader) throws(Failure) {
    var attributes = attributes
    var seen: Set<ArraySlice<UInt8>> = []
    var sawContentType = false
    var digest: [UInt8]?
    var hashes: [TimestampSigner.CertificateHash] = []
    while !attributes.isAtEnd {
      var attribute = try attributes.sequence("attribute")
      let type = try attribute.objectIdentifier("attrType")
      var values = try attribute.set("attrValues")
      try attribute.finish("attribute")
      guard seen.insert(type).inserted else { throw attributes.failure("attribute \(OID(contents: type)) twice") }
      if Self.contentType == type {
        guard try values.objectIdentifier("content-type").elementsEqual(TimestampToken.timestampInfo.contents) else {
          throw values.failure("the signed content-type is no TSTInfo")
        }
        sawContentType = true
      } else if Self.messageDigest == type {
        digest = [UInt8](try values.octetString("message-digest"))
      } else if Self.signingCertificate == type {
        hashes.append(.sha1(try Self.certificateHash(&values) { identifier throws(Failure) in
          [UInt8](try identifier.octetString("certHash"))
        }))
      } else if Self.signingCertificateV2 == type {
        hashes.append(try Self.certificateHash(&values) { identifier throws(Failure) in
          // hashAlgorithm DEFAULT sha256
          let algorithm = identifier.nextTag == DERTag.sequence ? try identifier.hashAlgorithm("hashAlgorithm") : .sha256
          return .sha2(algorithm, [UInt8](try identifier.octetString("certHash")))
        })
      } else {
        continue
      }
      try values.finish("attrValues")
    }
    guard sawContentType else { throw attributes.failure("no content-type is signed") }
    guard let digest else { throw attributes.failure("no message-digest is signed") }
    guard !hashes.isEmpty else { throw attributes.failure("no certificate hash is signed") }
    messageDigest = digest
    certificateHashes = hashes
  }

  /// `SigningCertificate(V2) ::= SEQUENCE { certs SEQUENCE OF ESSCertID(v2), policies SEQUENCE OPTIONAL }`. The first is
  /// the signer's own (RFC 5035 §5.4); the ones behind it only restrict chains, and are passed over.
  private static func certificateHash<Hash>(
    _ values: inout DERReader, _ read: (inout DERReader) throws(Failure) -> Hash
  ) throws(Failure) -> Hash {
    var fields = try values.sequence("signing-certificate")
    var certificates = try fields.sequence("certs")
    _ = try fields.optional(DERTag.sequence)
    try fields.finish("signing-certificate")
    var identifier = try certificates.sequence("ESSCertID")
    let hash = try read(&identifier)
    // issuerSerial: nothing that the hash does not say better.
    _ = try identifier.optional(DERTag.sequence)
    try identifier.finish("ESSCertID")
    return hash
  }
}
