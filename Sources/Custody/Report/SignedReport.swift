import Base64
package import Cryptography
import Envelope
import Octets
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
  ///   - fingerprint: SHA-256 of the report key's SubjectPublicKeyInfo; becomes the hint, as cosign writes it.
  ///   - sign: makes an ECDSA P-256 signature (DER) over a SHA-256 digest, inside the TPM.
  package init<E: Error>(
    _ statement: JSON, by fingerprint: ComputedDigest, signing sign: (ComputedDigest) throws(E) -> [UInt8]
  ) throws(E) {
    let payload = statement.serialized()
    let unsigned = DSSEEnvelope(payload: payload, payloadType: DSSEEnvelope.inTotoPayloadType, signatures: [])
    let signature = try sign(Cryptography.digest(unsigned.preAuthenticationEncoding))
    let envelope = DSSEEnvelope(
      payload: payload, payloadType: DSSEEnvelope.inTotoPayloadType,
      signatures: [DSSEEnvelope.Signature(keyID: [], bytes: signature)])
    let bundle: JSON = [
      "mediaType": .text(Self.mediaType),
      "verificationMaterial": ["publicKey": ["hint": .text(Base64.encode(fingerprint.bytes))]],
      "dsseEnvelope": envelope.json,
    ]
    bytes = bundle.serialized()
    digest = Cryptography.digest(bytes)
  }

  static let mediaType = "application/vnd.dev.sigstore.bundle.v0.3+json"
}
