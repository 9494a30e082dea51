import Octets
package import Reasons
package import StrictJSON

/// What a desk keeps to itself between challenge and answer, `assay-enrolment-record/1`: whoever reads it can answer in
/// the TPM's place.
package struct EnrolmentRecord: Sendable {
  package static let format = "assay-enrolment-record/1"
  /// Bytes of a whole record; ours have about 500.
  package static let limit = 16 << 10
  /// Bytes of the secret.
  package static let secretSize = 32
  private static let textLimit = 4096

  /// SHA-256 of request and challenge, byte for byte.
  package let request: [UInt8]
  package let challenge: [UInt8]
  package let secret: [UInt8]
  /// Whether a maker of TPMs vouches for the endorsement key.
  package let isCertified: Bool
  /// What the desk found about it; text for people.
  package let endorsement: [UInt8]

  package init(
    request: [UInt8], challenge: [UInt8], secret: [UInt8], isCertified: Bool, endorsement: [UInt8]
  ) {
    self.request = request
    self.challenge = challenge
    self.secret = secret
    self.isCertified = isCertified
    self.endorsement = endorsement
  }

  /// - Throws: `enrolment.malformed`, and `json.…`.
  package init(parsing bytes: [UInt8], named subject: String = "secret") throws(Failure) {
    let root = try enrolmentDocument(bytes, named: subject, Self.format, atMost: Self.limit)
    try root.verifyMembers(["format", "request", "challenge", "secret", "certified", "endorsement"])
    request = try root.required("request").hexadecimal(count: 32)
    challenge = try root.required("challenge").hexadecimal(count: 32)
    secret = try root.required("secret").hexadecimal(count: Self.secretSize)
    isCertified = try root.required("certified").bool()
    endorsement = try root.required("endorsement").bytes(atMost: Self.textLimit)
  }

  /// The file's bytes. Wipe them.
  package func serialized() -> [UInt8] { json.serialized(pretty: true) + [0x0a] }

  package var json: JSON {
    [
      "format": .text(Self.format), "request": .text(Hex.encode(request)), "challenge": .text(Hex.encode(challenge)),
      "secret": .text(Hex.encode(secret)), "certified": .bool(isCertified),
      "endorsement": .string(endorsement),
    ]
  }
}
