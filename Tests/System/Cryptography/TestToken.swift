import COpenSSL

@testable import Cryptography

/// A time-stamp token to be made for a test, and every way to spoil it.
struct TestToken {
  var signer: CertificateRecipe
  var outerType: [UInt64] = [1, 2, 840, 113549, 1, 7, 2]
  var contentType: [UInt64] = [1, 2, 840, 113549, 1, 9, 16, 1, 4]
  var content = Array("what the authority says".utf8)
  /// What is in the token where it is not what was signed.
  var carriedContent: [UInt8]?
  var hash = HashAlgorithm.sha256
  var digestAlgorithm: [UInt8]?
  var signatureAlgorithm: [UInt8]?
  var signerIdentifier: [UInt8]?
  var attributes: [Attribute]
  var embedded: [[UInt8]]
  /// Signer infos behind the first.
  var moreSigners = 0
  var unsignedAttributes: [UInt8] = []
  var hasAttributes = true
  /// Lays hands on the finished SignerInfo's signature.
  var alter: ([UInt8]) -> [UInt8] = { $0 }

  struct Attribute {
    var oid: [UInt64]
    var values: [[UInt8]]
    var der: [UInt8] { DER.sequence(DER.oid(oid), DER.value(0x31, values)) }
  }

  static let contentTypeName: [UInt64] = [1, 2, 840, 113549, 1, 9, 3]
  static let messageDigestName: [UInt64] = [1, 2, 840, 113549, 1, 9, 4]
  static let signingCertificateName: [UInt64] = [1, 2, 840, 113549, 1, 9, 16, 2, 12]
  static let signingCertificateV2Name: [UInt64] = [1, 2, 840, 113549, 1, 9, 16, 2, 47]

  init(signer: CertificateRecipe, hash: HashAlgorithm = .sha256) {
    let certificate = signer.der
    self.signer = signer
    self.hash = hash
    embedded = [certificate]
    attributes = [
      Attribute(oid: Self.contentTypeName, values: [DER.oid(contentType)]),
      Attribute(oid: Self.messageDigestName, values: [DER.octets(digest(content, hash).bytes)]),
      Self.names(certificate),
    ]
  }

  /// ESSCertIDv2 by SHA-256, which goes unnamed, or by another hash.
  static func names(_ certificate: [UInt8], _ hash: HashAlgorithm = .sha256) -> Attribute {
    let algorithm = hash == .sha256 ? [] : Self.algorithm(hash)
    let identifier = DER.sequence(algorithm, DER.octets(digest(certificate, hash).bytes))
    return Attribute(oid: signingCertificateV2Name, values: [DER.sequence(DER.sequence(identifier))])
  }

  /// ESSCertID, by SHA-1.
  static func namesBySHA1(_ certificate: [UInt8]) -> Attribute {
    let identifier = DER.sequence(DER.octets(Provider.shared.sha1(certificate)!))
    return Attribute(oid: signingCertificateName, values: [DER.sequence(DER.sequence(identifier))])
  }

  static func algorithm(_ hash: HashAlgorithm) -> [UInt8] {
    DER.sequence(DER.oid([2, 16, 840, 1, 101, 3, 4, 2, [.sha256: 1, .sha384: 2, .sha512: 3][hash]!]))
  }

  static func issuerAndSerial(_ issuer: String, _ serial: [UInt8]) -> [UInt8] {
    DER.sequence(CertificateRecipe.name(issuer), DER.value(2, serial))
  }

  var der: [UInt8] {
    let list = attributes.map(\.der)
    let message = hasAttributes ? DER.value(0x31, list) : content
    let signature = alter(signer.key.sign(message, hash))
    let info = DER.sequence(
      DER.integer(1), signerIdentifier ?? Self.issuerAndSerial(signer.issuer, signer.serial),
      digestAlgorithm ?? Self.algorithm(hash), hasAttributes ? DER.value(0xa0, list) : [],
      signatureAlgorithm ?? signer.key.signatureAlgorithm(hash), DER.octets(signature), unsignedAttributes)
    let infos = [[UInt8]](repeating: info, count: 1 + moreSigners)
    return DER.sequence(
      DER.oid(outerType),
      DER.value(
        0xa0,
        DER.sequence(
          DER.integer(3), DER.set(Self.algorithm(hash)),
          DER.sequence(DER.oid(contentType), DER.value(0xa0, DER.octets(carriedContent ?? content))),
          embedded.isEmpty ? [] : DER.value(0xa0, embedded), DER.value(0x31, infos))))
  }
}
