package import ApplianceIdentity
package import Attestation
import Base64
package import Cryptography
import Ledger
import LedgerLeaf
package import Octets
package import Reasons
package import SignedNote
import StrictJSON

/// What travels beside a report: that its leaf is in the appliance's history, under a checkpoint that the TPM quoted
/// (docs/formats/Receipt.md). Inert until `verify`.
package struct ReportReceipt: Sendable {
  package static let format = "assay-receipt/1"
  /// Bytes of a whole receipt: a proof with all its signatures, and a quote.
  package static let limit = 512 << 10

  package let storeID: [UInt8]
  package let report: ClaimedDigest
  /// The leaf that issued the report, as it is hashed.
  package let leaf: [UInt8]
  package let proof: LogProof
  /// TPMS_ATTEST of a quote, and its signature.
  package let quote: (attest: [UInt8], signature: [UInt8])
  /// What the quoted PCRs held, by number.
  package let pcrs: [Int: [UInt8]]

  package init(
    storeID: [UInt8], report: ClaimedDigest, leaf: [UInt8], proof: LogProof,
    quote: (attest: [UInt8], signature: [UInt8]),
    pcrs: [Int: [UInt8]]
  ) {
    self.storeID = storeID
    self.report = report
    self.leaf = leaf
    self.proof = proof
    self.quote = quote
    self.pcrs = pcrs
  }

  /// What the TPM binds into its quote: the checkpoint's signed text.
  package static func qualifying(_ checkpointText: [UInt8]) -> [UInt8] {
    digest(Array("assay-quote/v1\n".utf8) + checkpointText).bytes
  }

  // MARK: Reading and writing

  /// - Throws: `report.malformed`, `log.…-malformed`, and `json.…`.
  package init(parsing bytes: [UInt8], named subject: String) throws(Failure) {
    guard bytes.count <= Self.limit else {
      throw Failure(.reportMalformed, subject, "\(bytes.count) bytes; at most \(Self.limit) are read")
    }
    let root = try JSONNode(parsing: bytes, named: subject, malformed: .reportMalformed)
    try root.verifyFormat(Self.format)
    try root.verifyMembers(["format", "store", "report", "leaf", "proof", "quote", "pcrs"])
    storeID = try root.required("store").hexadecimal(count: ApplianceIdentity.storeIDSize)
    let report = try root.required("report")
    self.report = try ClaimedDigest(report.bytes(), in: "\(subject): report", malformed: .reportMalformed)
    leaf = try root.required("leaf").base64()
    proof = try LogProof(parsing: root.required("proof").bytes(), named: "\(subject): proof")
    let quote = try root.required("quote")
    try quote.verifyMembers(["attest", "signature"])
    self.quote = (try quote.required("attest").base64(), try quote.required("signature").base64())
    var pcrs: [Int: [UInt8]] = [:]
    for (key, value) in try root.required("pcrs").members() {
      guard let number = Int(String(decoding: key, as: UTF8.self)), PCRSelection.all.contains(number),
        Array("\(number)".utf8) == key
      else { throw value.failure("no PCR has this number") }
      pcrs[number] = try value.hexadecimal(count: 32)
    }
    self.pcrs = pcrs
  }

  package func serialized() -> [UInt8] {
    let document: JSON = [
      "format": .text(Self.format),
      "store": .text(Hex.encode(storeID)),
      "report": "\(report)",
      "leaf": .text(Base64.encode(leaf)),
      "proof": .string(proof.serialized()),
      "quote": ["attest": .text(Base64.encode(quote.attest)), "signature": .text(Base64.encode(quote.signature))],
      "pcrs": .object(
        JSONObject(
          pcrs.sorted { $0.key < $1.key }.map {
            .init(key: Array("\($0.key)".utf8), value: .text(Hex.encode($0.value)))
          }
        )),
    ]
    return document.serialized(pretty: true) + [0x0a]
  }

  // MARK: Verification

  /// Proves from files alone that the appliance issued the report, in the order of docs/formats/Receipt.md:
  ///
  /// 1. the receipt is the appliance's, and this report's; 2. the leaf issued this report; 3. the leaf is under the
  /// checkpoint, which the commit key signed; 4. the attestation key quoted that checkpoint; 5. the PCRs are those quoted.
  /// - Parameters:
  ///   - report: SHA-256 of the report's bytes, computed by the caller.
  ///   - identity: as enrolled, never from beside the report.
  /// - Throws: `report.receipt-mismatch`, `log.…`, `report.invalid`.
  package func verify(_ report: ComputedDigest, of identity: ApplianceIdentity) throws(Failure) -> VerifiedReceipt {
    func mismatch(_ detail: String) -> Failure { Failure(.reportReceiptMismatch, "receipt", detail) }
    guard storeID == identity.storeID else { throw mismatch("it is another appliance's") }
    guard self.report == report else { throw mismatch("it is for another report") }
    let leaf = try LedgerLeaf(decoding: self.leaf, named: "receipt: leaf")
    guard case .reportIssued(let issued) = leaf.event, issued.report == report else {
      throw mismatch("its leaf does not issue this report")
    }
    try verifyLogged(self.leaf, by: proof, storeID: storeID, key: identity.commitKey.spki)
    let quote = try identity.attestationKey.verifyQuote(
      self.quote.attest, signature: self.quote.signature,
      qualifying: Self.qualifying(proof.checkpoint.note.text))
    guard quote.pcrs == .quoted, quote.pcrs.numbers == pcrs.keys.sorted(),
      digest(quote.pcrs.numbers.flatMap { pcrs[$0] ?? [] }).bytes == quote.digest
    else { throw mismatch("the PCRs are not those that were quoted") }
    return VerifiedReceipt(
      leafIndex: proof.index, size: proof.checkpoint.size, recorded: leaf.claimed, image: issued.image, quote: quote)
  }
}

/// That a report is in its appliance's history. Only verification makes one.
package struct VerifiedReceipt: Sendable {
  package let leafIndex: UInt64
  /// Leaves under the checkpoint.
  package let size: UInt64
  /// What the machine's clock claimed when it was recorded.
  package let recorded: UnixTime
  package let image: ClaimedDigest
  package let quote: VerifiedQuote

  fileprivate init(leafIndex: UInt64, size: UInt64, recorded: UnixTime, image: ClaimedDigest, quote: VerifiedQuote) {
    self.leafIndex = leafIndex
    self.size = size
    self.recorded = recorded
    self.image = image
    self.quote = quote
  }
}
