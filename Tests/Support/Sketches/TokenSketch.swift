/// An RFC 3161 timestamp for tests, every field of which can be drawn wrongly before it is signed.
package struct TokenSketch {
  /// Nil writes the bare token without a response around it.
  package var status: UInt8? = 0
  /// Behind the token, within the response.
  package var behindToken: [UInt8] = []
  package var signedDataType = "1.2.840.113549.1.7.2"
  package var signedDataVersion: UInt8 = 3
  package var contentType = "1.2.840.113549.1.9.16.1.4"
  /// In the order that they are to stand in.
  package var certificates: [[UInt8]] = []

  package var infoVersion: UInt8 = 1
  package var imprintAlgorithm = DERWriter.algorithm("2.16.840.1.101.3.4.2.1")
  package var imprint = [UInt8](repeating: 7, count: 32)
  package var time = DERWriter.time("20260801120000Z")
  /// DER of accuracy, ordering, nonce, tsa and extensions, as far as wanted.
  package var infoTail: [UInt8] = []
  /// Replaces the whole statement, where set.
  package var content: [UInt8]?

  package var signerVersion: UInt8 = 1
  /// DER of the signer identifier.
  package var signerIdentifier = DERWriter.sequence(DERWriter.name("nobody"), DERWriter.integer(1))
  package var digestAlgorithm = DERWriter.algorithm("2.16.840.1.101.3.4.2.1")
  package var signatureAlgorithm = DERWriter.algorithm("1.2.840.10045.4.3.2")
  /// DER of each signed attribute, in order.
  package var attributes: [[UInt8]] = []
  /// More SignerInfos, as they are.
  package var moreSigners: [UInt8] = []

  package init() {}

  package static func attribute(_ type: String, _ values: [UInt8]...) -> [UInt8] {
    DERWriter.sequence(DERWriter.oid(type), DERWriter.set(Array(values.joined())))
  }

  package static func contentTypeAttribute(_ type: String = "1.2.840.113549.1.9.16.1.4") -> [UInt8] {
    attribute("1.2.840.113549.1.9.3", DERWriter.oid(type))
  }

  package static func digestAttribute(_ digest: [UInt8]) -> [UInt8] {
    attribute("1.2.840.113549.1.9.4", DERWriter.octets(digest))
  }

  /// `signingCertificateV2` of a SHA-256 hash.
  package static func certificateAttribute(_ hash: [UInt8]) -> [UInt8] {
    attribute(
      "1.2.840.113549.1.9.16.2.47", DERWriter.sequence(DERWriter.sequence(DERWriter.sequence(DERWriter.octets(hash)))))
  }

  /// `signingCertificate`, whose hash is SHA-1.
  package static func oldCertificateAttribute(_ hash: [UInt8]) -> [UInt8] {
    attribute(
      "1.2.840.113549.1.9.16.2.12", DERWriter.sequence(DERWriter.sequence(DERWriter.sequence(DERWriter.octets(hash)))))
  }

  package var statement: [UInt8] {
    content
      ?? DERWriter.sequence(
        DERWriter.integer(infoVersion), DERWriter.oid("1.3.6.1.4.1.57264.2"),
        DERWriter.sequence(imprintAlgorithm, DERWriter.octets(imprint)), DERWriter.integer(5), time, infoTail)
  }

  /// - Parameter sign: given the attributes as they are signed.
  package func token(signing sign: ([UInt8]) throws -> [UInt8]) rethrows -> [UInt8] {
    let set = Array(attributes.joined())
    let signature = try sign(DERWriter.element(0x31, set))
    let signer = DERWriter.sequence(
      DERWriter.integer(signerVersion), signerIdentifier, digestAlgorithm, DERWriter.element(0xA0, set),
      signatureAlgorithm, DERWriter.octets(signature))
    let signedData = DERWriter.sequence(
      DERWriter.integer(signedDataVersion), DERWriter.set(digestAlgorithm),
      DERWriter.sequence(DERWriter.oid(contentType), DERWriter.element(0xA0, DERWriter.octets(statement))),
      certificates.isEmpty ? [] : DERWriter.element(0xA0, Array(certificates.joined())),
      DERWriter.set(signer, moreSigners))
    let token = DERWriter.sequence(DERWriter.oid(signedDataType), DERWriter.element(0xA0, signedData))
    guard let status else { return token }
    return DERWriter.sequence(DERWriter.sequence(DERWriter.integer(status)), token, behindToken)
  }
}
