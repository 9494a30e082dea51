import Octets
package import Reasons

/// An RFC 3161 timestamp as carried: the statement, and a signature that is yet to be verified.
///
/// Read from a `TimeStampResp` (§2.4.2), or from the bare token inside one:
/// ```
/// TimeStampResp ::= SEQUENCE { status PKIStatusInfo, timeStampToken ContentInfo OPTIONAL }
/// ContentInfo   ::= SEQUENCE { contentType OBJECT IDENTIFIER, content [0] EXPLICIT SignedData }
/// SignedData    ::= SEQUENCE { version INTEGER, digestAlgorithms SET, encapContentInfo EncapsulatedContentInfo,
///                              certificates [0] IMPLICIT SET OPTIONAL, crls [1] IMPLICIT SET OPTIONAL,
///                              signerInfos SET OF SignerInfo }                          (RFC 5652 §5.1)
/// ```
package struct TimestampToken: Hashable, Sendable {
  /// Bytes. Tokens measure 700 bytes, with a chain 5 KiB.
  package static let sizeLimit = 64 * 1024

  /// The signed bytes that `info` was read from.
  package let content: [UInt8]
  package let info: TimestampInfo
  package let signer: TimestampSigner
  /// DER of each certificate that came along, in the order of a set: in none. Anybody can add to it, so nothing may
  /// follow from a certificate's place or presence.
  package let certificates: [[UInt8]]

  /// - Throws: `time.timestamp-malformed`, also for a response that grants no timestamp and for one beyond
  ///   `sizeLimit`; `signature.algorithm-unsupported`.
  package init(parsing bytes: [UInt8]) throws(Failure) {
    guard bytes.count <= Self.sizeLimit else {
      throw Failure(.timestampMalformed, "timestamp", "\(bytes.count) bytes, above the limit of \(Self.sizeLimit)")
    }
    var document = DERReader(bytes, of: "timestamp", failing: .timestampMalformed)
    var outer = try document.sequence("TimeStampResp")
    try document.finish("TimeStampResp")
    var token = outer
    if outer.nextTag == DERTag.sequence {
      try Self.requireGranted(try outer.sequence("status"))
      token = try outer.sequence("timeStampToken")
      try outer.finish("TimeStampResp")
    }

    guard try token.objectIdentifier("contentType").elementsEqual(Self.signedData.contents) else {
      throw token.failure("the token is no SignedData")
    }
    var explicit = token.inside(try token.element(DERTag.context(0), "content"))
    try token.finish("ContentInfo")
    var fields = try explicit.sequence("SignedData")
    try explicit.finish("content")

    // 3 is what RFC 5652 §5.1 computes for a content other than plain data.
    guard try fields.smallInteger("version") == 3 else { throw fields.failure("SignedData version is not 3") }
    _ = try fields.set("digestAlgorithms")
    var encapsulated = try fields.sequence("encapContentInfo")
    guard try encapsulated.objectIdentifier("eContentType").elementsEqual(Self.timestampInfo.contents) else {
      throw encapsulated.failure("the content is no TSTInfo")
    }
    var wrapped = encapsulated.inside(try encapsulated.element(DERTag.context(0), "eContent"))
    content = [UInt8](try wrapped.octetString("eContent"))
    try wrapped.finish("eContent")
    try encapsulated.finish("encapContentInfo")

    var certificates: [[UInt8]] = []
    if let element = try fields.optional(DERTag.context(0)) {
      var set = fields.inside(element)
      while !set.isAtEnd {
        let member = try set.element()
        // Attribute certificates and other formats have context tags (RFC 5652 §10.2.2).
        if member.tag == DERTag.sequence { certificates.append([UInt8](bytes[member.whole])) }
      }
    }
    self.certificates = certificates
    _ = try fields.optional(DERTag.context(1))
    var signers = try fields.set("signerInfos")
    signer = try TimestampSigner(&signers)
    // RFC 3161 §2.4.2: no signature but the authority's.
    try signers.finish("signerInfos")
    try fields.finish("SignedData")
    info = try TimestampInfo(parsing: content)
  }

  /// RFC 3161 §2.4.2: only granted (0) and grantedWithMods (1) carry a token.
  private static func requireGranted(_ fields: DERReader) throws(Failure) {
    var fields = fields
    let status = try fields.smallInteger("status")
    guard status <= 1 else { throw fields.failure("the authority granted no timestamp: status \(status)") }
    _ = try fields.optional(DERTag.sequence)
    _ = try fields.optional(DERTag.bitString)
    try fields.finish("PKIStatusInfo")
  }

  private static let signedData = OID(1, 2, 840, 113549, 1, 7, 2)
  static let timestampInfo = OID(1, 2, 840, 113549, 1, 9, 16, 1, 4)
}
