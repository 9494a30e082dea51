import Base64
import Cryptography
import Octets
package import Reasons
package import StrictJSON

/// A desk's challenge: a secret that only the TPM of the request can read, `assay-enrolment-challenge/1`.
package struct EnrolmentChallenge: Hashable, Sendable {
  package static let format = "assay-enrolment-challenge/1"
  /// Bytes of a whole challenge; ours have about 1,000.
  package static let limit = 8 << 10
  /// Bytes of TPM2B_ID_OBJECT's contents: two TPM2B_DIGEST of SHA-512 at the most.
  static let credentialLimit = 132
  /// Bytes of TPM2B_ENCRYPTED_SECRET's contents: of RSA-4096 at the most.
  static let secretLimit = 512

  /// SHA-256 of the request, byte for byte.
  package let request: [UInt8]
  /// Contents of TPM2B_ID_OBJECT (TPM 2.0 Part 2 §12.4.3).
  package let credential: [UInt8]
  /// Contents of TPM2B_ENCRYPTED_SECRET (§11.4.3).
  package let secret: [UInt8]
  /// The desk's.
  package let nonce: [UInt8]

  package init(request: [UInt8], credential: [UInt8], secret: [UInt8], nonce: [UInt8]) {
    self.request = request
    self.credential = credential
    self.secret = secret
    self.nonce = nonce
  }

  /// - Throws: `enrolment.malformed`, and `json.…`.
  package init(parsing bytes: [UInt8], named subject: String = "challenge") throws(Failure) {
    let root = try enrolmentDocument(bytes, named: subject, Self.format, atMost: Self.limit)
    try root.verifyMembers(["format", "request", "credential", "secret", "nonce"])
    request = try root.required("request").hexadecimal(count: 32)
    credential = try root.required("credential").base64(atMost: Self.credentialLimit)
    secret = try root.required("secret").base64(atMost: Self.secretLimit)
    nonce = try root.required("nonce").hexadecimal(count: EnrolmentClaims.nonceSize)
  }

  /// The file's bytes.
  package func serialized() -> [UInt8] { json.serialized(pretty: true) + [0x0a] }

  package var json: JSON {
    [
      "format": .text(Self.format), "request": .text(Hex.encode(request)),
      "credential": .text(Base64.encode(credential)), "secret": .text(Base64.encode(secret)),
      "nonce": .text(Hex.encode(nonce)),
    ]
  }
}

/// What one enrolment is about, in 32 bytes: request and challenge, byte for byte, nonces and all.
package func enrolmentTranscript(request: [UInt8], challenge: [UInt8]) -> [UInt8] {
  digest(Array("assay-enrolment-transcript/1\n".utf8) + digest(request).bytes + digest(challenge).bytes).bytes
}
