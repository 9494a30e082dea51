import DER
import Octets
package import Reasons

/// An authority's answer as carried: the token that it granted, still to be verified.
///
/// RFC 3161 §2.4.2:
/// ```
/// TimeStampResp ::= SEQUENCE { status PKIStatusInfo, timeStampToken ContentInfo OPTIONAL }
/// PKIStatusInfo ::= SEQUENCE { status INTEGER, statusString SEQUENCE OPTIONAL, failInfo BIT STRING OPTIONAL }
/// ```
/// A bare token, which begins with an object identifier, is read too.
package struct TimestampResponse: Hashable, Sendable {
  /// Bytes. Responses have 700, with a chain 5,000.
  package static let sizeLimit = 64 * 1024

  /// DER of the `ContentInfo`.
  package let token: [UInt8]

  /// - Throws: `time.timestamp-malformed`, also for an answer that grants nothing.
  package init(parsing bytes: [UInt8]) throws(Failure) {
    guard bytes.count <= Self.sizeLimit else {
      throw Failure(.timestampMalformed, "timestamp", "\(bytes.count) bytes, above the limit of \(Self.sizeLimit)")
    }
    var document = DERReader(bytes, of: "timestamp", failing: .timestampMalformed)
    var fields = try document.sequence("TimeStampResp")
    try document.finish("TimeStampResp")
    guard fields.nextTag == DERTag.sequence else {
      token = bytes
      return
    }
    var information = try fields.sequence("PKIStatusInfo")
    let status = try information.smallInteger("status")
    // granted and grantedWithMods; the others carry no token.
    guard status <= 1 else { throw information.failure("the authority granted no timestamp: status \(status)") }
    _ = try information.optional(DERTag.sequence)
    _ = try information.optional(DERTag.bitString)
    try information.finish("PKIStatusInfo")
    token = [UInt8](bytes[try fields.element(DERTag.sequence, "timeStampToken").whole])
    try fields.finish("TimeStampResp")
  }
}
