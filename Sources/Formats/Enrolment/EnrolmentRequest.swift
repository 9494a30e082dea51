package import Attestation
import Base64
import Cryptography
import Octets
package import Reasons
package import StrictJSON

/// What the attestation key signed, and its signature.
package struct EnrolmentProof: Hashable, Sendable {
  /// TPMS_ATTEST (TPM 2.0 Part 2 §10.12.8).
  package let attest: [UInt8]
  /// ECDSA with SHA-256, DER.
  package let signature: [UInt8]

  /// Bytes of an ECDSA signature over P-256: at most 72.
  static let signatureLimit = 80

  package init(attest: [UInt8], signature: [UInt8]) {
    self.attest = attest
    self.signature = signature
  }
}

/// A quote and the values that it is of.
package struct EnrolmentQuote: Hashable, Sendable {
  package let proof: EnrolmentProof
  package let pcrs: PCRSelection
  /// Of 32 bytes each, in ascending order.
  package let values: [[UInt8]]

  package init(proof: EnrolmentProof, pcrs: PCRSelection, values: [[UInt8]]) {
    self.proof = proof
    self.pcrs = pcrs
    self.values = values
  }
}

/// An appliance's request to be enrolled: `assay-enrolment-request/1` (docs/formats/Enrolment.md).
package struct EnrolmentRequest: Hashable, Sendable {
  package static let format = "assay-enrolment-request/1"
  /// Bytes of a whole request: eight certificates of 4 KiB, and 10 KiB of the rest.
  package static let limit = 64 << 10

  package let claims: EnrolmentClaims
  /// That this TPM made the keys.
  package let reportKey: EnrolmentProof
  package let commitKey: EnrolmentProof
  /// What the anchor holds.
  package let anchor: EnrolmentProof
  package let quote: EnrolmentQuote

  package init(
    claims: EnrolmentClaims, reportKey: EnrolmentProof, commitKey: EnrolmentProof, anchor: EnrolmentProof,
    quote: EnrolmentQuote
  ) {
    self.claims = claims
    self.reportKey = reportKey
    self.commitKey = commitKey
    self.anchor = anchor
    self.quote = quote
  }

  /// - Throws: `enrolment.malformed`, `enrolment.key-unsuitable`, and `json.…`.
  package init(parsing bytes: [UInt8], named subject: String = "request") throws(Failure) {
    let root = try enrolmentDocument(bytes, named: subject, Self.format, atMost: Self.limit)
    try root.verifyMembers(["format", "claims", "proofs"])
    claims = try EnrolmentClaims(root.required("claims"))
    let proofs = try root.required("proofs")
    try proofs.verifyMembers(["reportKey", "commitKey", "anchor", "quote"])
    reportKey = try EnrolmentProof(proofs.required("reportKey"))
    commitKey = try EnrolmentProof(proofs.required("commitKey"))
    anchor = try EnrolmentProof(proofs.required("anchor"))
    quote = try EnrolmentQuote(proofs.required("quote"))
  }

  /// The file's bytes.
  package func serialized() -> [UInt8] { json.serialized(pretty: true) + [0x0a] }

  package var json: JSON {
    [
      "format": .text(Self.format),
      "claims": claims.json,
      "proofs": [
        "reportKey": reportKey.json, "commitKey": commitKey.json, "anchor": anchor.json, "quote": quote.json,
      ],
    ]
  }
}

/// The root of one of these documents: of bounded size, and of the format asked for.
func enrolmentDocument(
  _ bytes: [UInt8], named subject: String, _ format: String, atMost limit: Int
) throws(Failure) -> JSONNode {
  guard bytes.count <= limit else {
    throw Failure(.enrolmentMalformed, subject, "\(bytes.count) bytes; at most \(limit) are read")
  }
  let root = try JSONNode(parsing: bytes, named: subject, malformed: .enrolmentMalformed)
  try root.verifyFormat(format)
  return root
}

extension EnrolmentProof {
  init(_ node: JSONNode) throws(Failure) {
    try node.verifyMembers(["attest", "signature"])
    attest = try node.required("attest").base64(atMost: Attestation.limit)
    signature = try node.required("signature").base64(atMost: Self.signatureLimit)
  }

  var json: JSON { ["attest": .text(Base64.encode(attest)), "signature": .text(Base64.encode(signature))] }
}

extension EnrolmentQuote {
  init(_ node: JSONNode) throws(Failure) {
    try node.verifyMembers(["attest", "signature", "pcrs"])
    proof = EnrolmentProof(
      attest: try node.required("attest").base64(atMost: Attestation.limit),
      signature: try node.required("signature").base64(atMost: EnrolmentProof.signatureLimit))
    let registers = try node.required("pcrs")
    try registers.verifyMembers(Set(PCRSelection.all.map { String($0) }))
    var numbers: [Int] = []
    var values: [[UInt8]] = []
    for number in PCRSelection.all {
      guard let value = try registers.optional(String(number)) else { continue }
      numbers.append(number)
      values.append(try value.hexadecimal(count: 32))
    }
    guard let pcrs = PCRSelection(numbers) else { throw registers.failure("no such PCR") }
    self.pcrs = pcrs
    self.values = values
  }

  var json: JSON {
    var registers = JSONObject()
    for (number, value) in zip(pcrs.numbers, values) { registers.append(String(number), .text(Hex.encode(value))) }
    return [
      "attest": .text(Base64.encode(proof.attest)), "signature": .text(Base64.encode(proof.signature)),
      "pcrs": .object(registers),
    ]
  }
}
