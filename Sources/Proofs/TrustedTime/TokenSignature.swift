import Cryptography
import Octets
import Reasons
import Timestamp

extension TimestampSigner {
  /// Whether the token names this certificate as its signer's, in the part that is not signed (RFC 5652 §5.3).
  func names(_ certificate: [UInt8]) -> Bool {
    // A certificate that cannot be read is nobody's.
    guard let fields = try? NamedFields(certificate) else { return false }
    switch identifier {
    case .issuer(let issuer, let serial): return fields.issuer == issuer && fields.serial == serial
    case .subjectKeyIdentifier(let identifier): return fields.subjectKeyIdentifier == identifier
    }
  }

  /// Whether each signed hash is this certificate's.
  func hashes(_ certificate: Certificate) -> Bool {
    certificateHashes.allSatisfy { hash in
      switch hash {
      case .sha2(let algorithm, let bytes): digest(certificate.der, algorithm).bytes == bytes
      case .sha1(let bytes): certificate.sha1Fingerprint == bytes
      }
    }
  }
}

extension TimestampToken {
  /// That the signed attributes are about this statement and this certificate. Without the first, a signature could be
  /// moved to another statement; without the second, to another certificate of the same key (RFC 5035 §1.2).
  func verifyAttributes(naming leaf: Certificate) throws(Failure) {
    guard digest(content, signer.digestAlgorithm).bytes == signer.messageDigest else {
      throw Failure(.timestampInvalid, "timestamp", "the signed message-digest is not the statement’s")
    }
    guard signer.hashes(leaf) else {
      throw Failure(.timestampInvalid, "timestamp", "the signed certificate hash is not the authority’s certificate’s")
    }
  }

  /// RFC 5652 §5.6.
  func verifySignature(by leaf: Certificate) throws(Failure) {
    do {
      try leaf.publicKey.verify(signer.signature, over: signer.signedAttributes, signer.scheme)
    } catch .unsupported(let detail) {
      throw Failure(.signatureAlgorithmUnsupported, "timestamp", detail)
    } catch {
      throw Failure(.timestampInvalid, "timestamp", "\(error)")
    }
  }
}

/// The fields of a certificate that a CMS signer is named by (RFC 5280 §4.1).
private struct NamedFields {
  let issuer: [UInt8]
  let serial: [UInt8]
  let subjectKeyIdentifier: [UInt8]?

  private static let subjectKeyIdentifier = OID(2, 5, 29, 14)

  init(_ der: [UInt8]) throws(Failure) {
    var document = DERReader(der, of: "certificate", failing: .timestampInvalid)
    var certificate = try document.sequence("Certificate")
    var fields = try certificate.sequence("tbsCertificate")
    _ = try fields.optional(DERTag.context(0))
    serial = [UInt8](try fields.integer("serialNumber"))
    _ = try fields.sequence("signature")
    issuer = [UInt8](der[try fields.element(DERTag.sequence, "issuer").whole])
    var identifier: [UInt8]?
    while !fields.isAtEnd {
      let field = try fields.element()
      guard field.tag == DERTag.context(3) else { continue }
      var explicit = fields.inside(field)
      var extensions = try explicit.sequence("extensions")
      while !extensions.isAtEnd {
        var part = try extensions.sequence("extension")
        guard try part.objectIdentifier("extnID").elementsEqual(Self.subjectKeyIdentifier.contents) else { continue }
        _ = try part.optional(DERTag.boolean)
        var value = part.inside(try part.element(DERTag.octetString, "extnValue"))
        identifier = [UInt8](try value.octetString("subjectKeyIdentifier"))
      }
    }
    subjectKeyIdentifier = identifier
  }
}
