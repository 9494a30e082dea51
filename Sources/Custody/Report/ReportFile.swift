package import ApplianceIdentity
package import Cryptography
import Envelope
import Octets
package import Reasons
package import StrictJSON

/// A report as somebody hands it in: signed or not, and believed in nothing until `verify`.
package struct ReportFile: Sendable {
  /// The statement, which anybody may have written.
  package let statement: JSONNode
  private let envelope: DSSEEnvelope?

  package var isSigned: Bool { envelope != nil }

  /// Reads a signed report (a Sigstore bundle) or an unsigned statement.
  /// - Throws: `report.malformed`, and `json.…`.
  package init(parsing bytes: [UInt8], named subject: String) throws(Failure) {
    let node = try JSONNode(parsing: bytes, named: subject, malformed: .reportMalformed)
    var payload = bytes
    if let wrapped = try node.optional("dsseEnvelope") {
      let envelope = try DSSEEnvelope(parsing: wrapped)
      guard envelope.payloadType == DSSEEnvelope.inTotoPayloadType else {
        throw wrapped.failure("payloadType is “\(printable(envelope.payloadType))”, not in-toto's")
      }
      payload = envelope.payload
      self.envelope = envelope
    } else {
      envelope = nil
    }
    statement = try JSONNode(parsing: payload, named: "\(subject): statement", malformed: .reportMalformed)
    let type = try statement.required("predicateType")
    guard try type.bytes().elementsEqual(VerificationSummary.predicateType.utf8) else {
      throw type.failure("no verification summary")
    }
  }

  /// Whether the appliance signed this report, as the one that the statement names. That it also issued it, its receipt
  /// says.
  /// - Throws: `report.unsigned`, `report.invalid`.
  package func verify(_ identity: ApplianceIdentity) throws(Failure) {
    try verify(identity.reportKey)
    let id = try statement.required("predicate").required("verifier").required("id")
    guard try id.bytes() == Array(Verifier.uri(ofStore: Hex.encode(identity.storeID)).utf8) else {
      throw Failure(.reportInvalid, "report", "it names another appliance than the one that signed it")
    }
  }

  /// Whether the holder of `key` signed this report.
  /// - Throws: `report.unsigned`, `report.invalid`.
  package func verify(_ key: PublicKey) throws(Failure) {
    guard let envelope else { throw Failure(.reportUnsigned, "report", "there is no signature in the file") }
    guard envelope.signatures.count == 1 else {
      throw Failure(.reportInvalid, "report", "\(envelope.signatures.count) signatures; a report has one")
    }
    do throws(CryptographyError) {
      try key.verify(
        envelope.signatures[0].bytes, over: envelope.preAuthenticationEncoding, .usual(for: key.kind))
    } catch {
      throw Failure(.reportInvalid, "report", "the signature is not by this key over this report (\(error))")
    }
  }
}
