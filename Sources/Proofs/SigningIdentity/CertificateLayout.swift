import DER
import Cryptography
import Octets
import Reasons

/// Where the parts of a certificate stand in its own bytes, so that a part can be cut out of what was signed without
/// writing the rest anew (RFC 5280 §4.1).
struct CertificateLayout {
  struct Extension {
    let identifier: OID
    /// Places in the certificate's bytes.
    let element: DERElement
    /// Contents of the OCTET STRING.
    let value: Range<Int>
  }

  let bytes: [UInt8]
  let toBeSigned: DERElement
  /// SubjectPublicKeyInfo.
  let key: DERElement
  /// `[3] EXPLICIT`, the last field; nil in a certificate without extensions.
  let explicitExtensions: DERElement?
  let extensionList: DERElement?
  let extensions: [Extension]

  /// - Parameter certificate: read strictly already, so that each extension stands in it once.
  /// - Throws: `certificate.malformed`
  init(_ certificate: Certificate) throws(Failure) {
    try self.init(der: certificate.der)
  }

  /// - Parameter der: where nothing was read before, an extension may stand in it twice.
  init(der: [UInt8]) throws(Failure) {
    bytes = der
    var document = DERReader(der, of: "certificate", failing: .certificateMalformed)
    var certificate = try document.sequence("Certificate")
    try document.finish("Certificate")
    toBeSigned = try certificate.element(DERTag.sequence, "tbsCertificate")
    var fields = certificate.inside(toBeSigned)
    _ = try fields.optional(DERTag.context(0))  // version
    _ = try fields.integer("serialNumber")
    _ = try fields.sequence("signature")
    _ = try fields.sequence("issuer")
    _ = try fields.sequence("validity")
    _ = try fields.sequence("subject")
    key = try fields.element(DERTag.sequence, "subjectPublicKeyInfo")
    _ = try fields.optional(DERTag.primitiveContext(1))  // issuerUniqueID
    _ = try fields.optional(DERTag.primitiveContext(2))  // subjectUniqueID
    explicitExtensions = try fields.optional(DERTag.context(3))
    try fields.finish("tbsCertificate")
    guard let explicitExtensions else {
      extensionList = nil
      extensions = []
      return
    }
    var explicit = fields.inside(explicitExtensions)
    let list = try explicit.element(DERTag.sequence, "extensions")
    try explicit.finish("extensions")
    extensionList = list
    var rest = explicit.inside(list)
    var extensions: [Extension] = []
    while !rest.isAtEnd {
      let element = try rest.element(DERTag.sequence, "extension")
      var parts = rest.inside(element)
      let identifier = OID(contents: try parts.objectIdentifier("extnID"))
      if parts.nextTag == DERTag.boolean { _ = try parts.boolean("critical") }
      let value = try parts.element(DERTag.octetString, "extnValue")
      try parts.finish("extension")
      extensions.append(Extension(identifier: identifier, element: element, value: value.contents))
    }
    self.extensions = extensions
  }

  subscript(_ identifier: OID) -> Extension? { extensions.first { $0.identifier == identifier } }

  /// The TBSCertificate as it was before this one extension was put in (RFC 6962 §3.2): every other byte as it is, only
  /// the three lengths around it anew.
  func toBeSigned(without removed: Extension) -> [UInt8] {
    guard let explicitExtensions, let extensionList else { return [UInt8](bytes[toBeSigned.whole]) }
    let kept = extensionList.contents.count - removed.element.whole.count
    let list = Self.header(DERTag.sequence, kept)
    let explicit = Self.header(DERTag.context(3), list.count + kept)
    let before = bytes[toBeSigned.contents.lowerBound..<explicitExtensions.whole.lowerBound]
    var result = Self.header(DERTag.sequence, before.count + explicit.count + list.count + kept)
    result.reserveCapacity(toBeSigned.whole.count)
    result += before
    result += explicit
    result += list
    result += bytes[extensionList.contents.lowerBound..<removed.element.whole.lowerBound]
    result += bytes[removed.element.whole.upperBound..<extensionList.contents.upperBound]
    return result
  }

  /// Identifier and length octets, the length in its fewest (X.690 §10.1).
  private static func header(_ tag: UInt8, _ length: Int) -> [UInt8] {
    guard length >= 0x80 else { return [tag, UInt8(length)] }
    var octets: [UInt8] = []
    var rest = length
    while rest > 0 {
      octets.insert(UInt8(truncatingIfNeeded: rest), at: 0)
      rest >>= 8
    }
    return [tag, 0x80 | UInt8(octets.count)] + octets
  }
}
