import Octets
package import Reasons
package import StrictJSON

/// An appliance's answer: that its TPM read the secret, `assay-enrolment-answer/1`.
package struct EnrolmentAnswer: Hashable, Sendable {
  package static let format = "assay-enrolment-answer/1"
  /// Bytes of a whole answer; ours have about 1,500.
  package static let limit = 16 << 10

  /// What it answers: `enrolmentTranscript`.
  package let transcript: [UInt8]
  /// HMAC-SHA-256 of the transcript by the secret.
  package let hmac: [UInt8]
  /// For the transcript.
  package let quote: EnrolmentQuote

  package init(transcript: [UInt8], hmac: [UInt8], quote: EnrolmentQuote) {
    self.transcript = transcript
    self.hmac = hmac
    self.quote = quote
  }

  /// - Throws: `enrolment.malformed`, and `json.…`.
  package init(parsing bytes: [UInt8], named subject: String = "answer") throws(Failure) {
    let root = try enrolmentDocument(bytes, named: subject, Self.format, atMost: Self.limit)
    try root.verifyMembers(["format", "transcript", "hmac", "quote"])
    transcript = try root.required("transcript").hexadecimal(count: 32)
    hmac = try root.required("hmac").hexadecimal(count: 32)
    quote = try EnrolmentQuote(root.required("quote"))
  }

  /// The file's bytes.
  package func serialized() -> [UInt8] { json.serialized(pretty: true) + [0x0a] }

  package var json: JSON {
    [
      "format": .text(Self.format), "transcript": .text(Hex.encode(transcript)), "hmac": .text(Hex.encode(hmac)),
      "quote": quote.json,
    ]
  }
}
