package import Cryptography
import Envelope
import Octets
package import Reasons
package import StrictJSON

/// A statement under the report key: a DSSE envelope in a Sigstore bundle v0.3 with public-key material and no log
/// entry, so that other people's tools can check it (docs/formats/Report.md).
package struct SignedReport: Sendable {
  /// The Sigstore bundle's bytes.
  package let bytes: [UInt8]
  /// SHA-256 of them, under which the store keeps them.
  package let digest: ComputedDigest

  /// - Parameters:
  ///   - statement: in-toto Statement v1.
  ///   - key: the report key's public half.
  ///   - sign: makes an ECDSA P-256 signature (DER) over a SHA-256 digest, inside the TPM.
  package init<E: Error>(
    _ statement: JSON, by key: PublicKey, signing sign: (ComputedDigest) throws(E) -> [UInt8]
  ) throws(E) {
    let payload = statement.serialized()
    let envelope = DSSEEnvelope.preAuthenticationEncoding(payloadType: Self.payloadType, payload: payload)
    let signature = try sign(Cryptography.digest(envelope))
    let bundle: JSON = [
      "mediaType": .text(Self.mediaType),
      "verificationMaterial": ["publicKey": ["hint": .text(Base64.encode(key.fingerprint.bytes))]],
      "dsseEnvelope": [
        "payload": .text(Base64.encode(payload)), "payloadType": .text(Self.payloadType),
        "signatures": [["sig": .text(Base64.encode(signature))]],
      ],
    ]
    bytes = bundle.serialized()
    digest = Cryptography.digest(bytes)
  }

  static let payloadType = "application/vnd.in-toto+json"
  static let mediaType = "application/vnd.dev.sigstore.bundle.v0.3+json"
}
