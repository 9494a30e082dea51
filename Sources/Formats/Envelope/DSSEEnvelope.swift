import Base64
import Octets
package import Reasons
package import StrictJSON

/// A Dead Simple Signing Envelope (secure-systems-lab/dsse 1.0, envelope.md): a payload, its type, and signatures over both.
///
/// Inert: that it could be read says nothing about its signatures.
///
///     {"payload": "<Base64>", "payloadType": "application/vnd.in-toto+json", "signatures": [{"keyid": "", "sig": "<Base64>"}]}
package struct DSSEEnvelope: Hashable, Sendable {
  package struct Signature: Hashable, Sendable {
    /// A hint, unsigned: nothing may be decided by it. Empty where there is none.
    package let keyID: [UInt8]
    package let bytes: [UInt8]

    package init(keyID: [UInt8], bytes: [UInt8]) {
      self.keyID = keyID
      self.bytes = bytes
    }
  }

  /// The type of in-toto statements (in-toto attestation spec, envelope.md).
  package static let inTotoPayloadType = Array("application/vnd.in-toto+json".utf8)
  /// Signatures in one envelope; our own bound.
  package static let mostSignatures = 64

  package let payload: [UInt8]
  package let payloadType: [UInt8]
  /// At least one.
  package let signatures: [Signature]

  package init(payload: [UInt8], payloadType: [UInt8], signatures: [Signature]) {
    self.payload = payload
    self.payloadType = payloadType
    self.signatures = signatures
  }

  /// Reads an envelope; fields that the specification does not know are ignored.
  /// - Throws: `envelope.malformed`, or `json.limit-exceeded` beyond `mostSignatures`.
  package init(parsing node: JSONNode) throws(Failure) {
    let node = node.failing(.envelopeMalformed)
    payload = try Self.base64(node.required("payload"))
    payloadType = try node.required("payloadType").bytes()
    guard !payloadType.isEmpty else {
      throw try node.required("payloadType").failure("empty")
    }
    var signatures: [Signature] = []
    for signature in try node.required("signatures").elements(atMost: Self.mostSignatures) {
      let bytes = try Self.base64(signature.required("sig"))
      guard !bytes.isEmpty else { throw try signature.required("sig").failure("empty") }
      signatures.append(Signature(keyID: try signature.optional("keyid")?.bytes() ?? [], bytes: bytes))
    }
    guard !signatures.isEmpty else {
      throw try node.required("signatures").failure("no signature")
    }
    self.signatures = signatures
  }

  /// Reads an envelope that is a document of its own, as in cosign's `.att` layers.
  package init(parsing bytes: [UInt8], named subject: String) throws(Failure) {
    try self.init(parsing: try JSONNode(parsing: bytes, named: subject, malformed: .envelopeMalformed))
  }

  /// envelope.md: standard or URL-safe, at the writer's choice. What is signed is the decoded payload.
  private static func base64(_ node: JSONNode) throws(Failure) -> [UInt8] {
    guard let bytes = Base64.decodeEitherAlphabet(try node.bytes()) else {
      throw node.failure("neither standard nor URL-safe Base64, padded and canonical")
    }
    return bytes
  }

  /// The bytes that the signatures cover: `PAE(payloadType, payload)` of protocol.md.
  package var preAuthenticationEncoding: [UInt8] {
    Self.preAuthenticationEncoding(payloadType: payloadType, payload: payload)
  }

  /// The same for a signer, who has no signatures yet.
  package static func preAuthenticationEncoding(payloadType: String, payload: [UInt8]) -> [UInt8] {
    preAuthenticationEncoding(payloadType: Array(payloadType.utf8), payload: payload)
  }

  private static func preAuthenticationEncoding(payloadType: [UInt8], payload: [UInt8]) -> [UInt8] {
    var bytes = Array("DSSEv1 \(payloadType.count) ".utf8)
    bytes.reserveCapacity(bytes.count + payloadType.count + payload.count + 24)
    bytes += payloadType
    bytes += Array(" \(payload.count) ".utf8)
    bytes += payload
    return bytes
  }

  /// The envelope as JSON, with standard Base64.
  package var json: JSON {
    [
      "payload": .text(Base64.encode(payload)), "payloadType": .string(payloadType),
      "signatures": .array(
        signatures.map { ["keyid": .string($0.keyID), "sig": .text(Base64.encode($0.bytes))] }),
    ]
  }
}
