package import DER
package import Cryptography
package import Octets
package import Reasons

/// What a time-stamping authority states: these bytes existed at this time. A claim, until the signature around it is
/// verified.
///
/// RFC 3161 §2.4.2:
/// ```
/// TSTInfo ::= SEQUENCE {
///   version INTEGER { v1(1) }, policy OBJECT IDENTIFIER, messageImprint MessageImprint, serialNumber INTEGER,
///   genTime GeneralizedTime, accuracy Accuracy OPTIONAL, ordering BOOLEAN DEFAULT FALSE, nonce INTEGER OPTIONAL,
///   tsa [0] GeneralName OPTIONAL, extensions [1] IMPLICIT Extensions OPTIONAL }
/// ```
package struct TimestampInfo: Hashable, Sendable {
  /// `id-ct-TSTInfo`, the type of a token's content (RFC 3161 §2.4.2).
  package static let contentType = OID(1, 2, 840, 113549, 1, 9, 16, 1, 4)

  package let policy: OID
  package let imprintAlgorithm: HashAlgorithm
  /// `imprintAlgorithm.size` bytes.
  package let imprint: [UInt8]
  /// Two's complement, big-endian.
  package let serial: [UInt8]
  /// The fraction of a second is cut off.
  package let time: UnixTime
  package let accuracy: Accuracy?
  package let isOrdered: Bool
  package let nonce: [UInt8]?

  /// How far `time` may be off, either way.
  package struct Accuracy: Hashable, Sendable {
    package let seconds: Int
    /// 1…999, or 0 where absent.
    package let milliseconds: Int
    /// 1…999, or 0 where absent.
    package let microseconds: Int
  }

  /// - Throws: `time.timestamp-malformed`; `signature.algorithm-unsupported` for an imprint by another hash than
  ///   SHA-256, SHA-384 and SHA-512.
  ///
  /// - Parameter bytes: the content of the token, whose type is `contentType`.
  package init(parsing bytes: [UInt8]) throws(Failure) {
    var document = DERReader(bytes, of: "TSTInfo", failing: .timestampMalformed)
    var fields = try document.sequence("TSTInfo")
    try document.finish("TSTInfo")

    guard try fields.smallInteger("version") == 1 else { throw fields.failure("version is not 1") }
    policy = OID(contents: try fields.objectIdentifier("policy"))
    var message = try fields.sequence("messageImprint")
    imprintAlgorithm = try Self.hashAlgorithm(&message)
    imprint = [UInt8](try message.octetString("hashedMessage"))
    try message.finish("messageImprint")
    guard imprint.count == imprintAlgorithm.size else {
      throw message.failure("hashedMessage: \(imprint.count) bytes are no \(imprintAlgorithm.rawValue)")
    }
    serial = [UInt8](try fields.integer("serialNumber"))
    let genTime = try fields.element(DERTag.generalizedTime, "genTime")
    guard let time = UnixTime(generalizedTime: bytes[genTime.contents]) else {
      throw fields.failure("genTime is no YYYYMMDDhhmmss[.f…]Z")
    }
    self.time = time
    accuracy = try fields.optional(DERTag.sequence).map { element throws(Failure) in
      try Accuracy(fields.inside(element))
    }
    isOrdered = try fields.flag("ordering")
    nonce = fields.nextTag == DERTag.integer ? [UInt8](try fields.integer("nonce")) : nil
    // The name is a hint only: the signed certificate hash says which certificate is meant (RFC 3161 §2.4.2).
    _ = try fields.optional(DERTag.context(0))
    if let element = try fields.optional(DERTag.context(1)) {
      var extensions = fields.inside(element)
      while !extensions.isAtEnd { try Self.refuseCritical(try extensions.sequence("extension")) }
    }
    try fields.finish("TSTInfo")
  }

  /// RFC 5754 §2: SHA-2, parameters absent or NULL.
  private static func hashAlgorithm(_ message: inout DERReader) throws(Failure) -> HashAlgorithm {
    var fields = try message.sequence("hashAlgorithm")
    let identifier = OID(contents: try fields.objectIdentifier("hashAlgorithm"))
    if let parameters = try fields.optional(DERTag.null), !parameters.contents.isEmpty {
      throw fields.failure("hashAlgorithm: NULL with contents")
    }
    try fields.finish("hashAlgorithm")
    guard let algorithm = hashAlgorithms[identifier] else {
      throw Failure(.signatureAlgorithmUnsupported, "timestamp", "imprint by \(identifier)")
    }
    return algorithm
  }

  private static let hashAlgorithms: [OID: HashAlgorithm] = [
    OID(2, 16, 840, 1, 101, 3, 4, 2, 1): .sha256,
    OID(2, 16, 840, 1, 101, 3, 4, 2, 2): .sha384,
    OID(2, 16, 840, 1, 101, 3, 4, 2, 3): .sha512,
  ]

  /// RFC 5280 §4.2: who does not know a critical extension must refuse. None is defined for timestamps; others are
  /// passed over.
  private static func refuseCritical(_ fields: DERReader) throws(Failure) {
    var fields = fields
    let identifier = OID(contents: try fields.objectIdentifier("extnID"))
    guard try !fields.flag("critical") else { throw fields.failure("critical extension \(identifier)") }
    _ = try fields.octetString("extnValue")
    try fields.finish("extension")
  }
}

extension TimestampInfo.Accuracy {
  /// `SEQUENCE { seconds INTEGER OPTIONAL, millis [0] INTEGER (1..999) OPTIONAL, micros [1] INTEGER (1..999) OPTIONAL }`
  fileprivate init(_ fields: DERReader) throws(Failure) {
    var fields = fields
    seconds = fields.nextTag == DERTag.integer ? try fields.smallInteger("accuracy.seconds") : 0
    milliseconds = try fields.thousandths(DERTag.primitiveContext(0), "accuracy.millis")
    microseconds = try fields.thousandths(DERTag.primitiveContext(1), "accuracy.micros")
    try fields.finish("accuracy")
  }
}

extension DERReader {
  /// `BOOLEAN DEFAULT FALSE`: DER leaves the default out (X.690 §11.5).
  fileprivate mutating func flag(_ name: StaticString) throws(Failure) -> Bool {
    guard nextTag == DERTag.boolean else { return false }
    guard try boolean(name) else { throw failure("\(name): a default that DER leaves out") }
    return true
  }

  fileprivate mutating func thousandths(_ tag: UInt8, _ name: StaticString) throws(Failure) -> Int {
    guard nextTag == tag else { return 0 }
    let value = try smallInteger(name, tag: tag)
    guard (1...999).contains(value) else { throw failure("\(name): not within 1…999") }
    return value
  }
}
