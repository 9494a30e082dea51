import DER

/// What the extensions of a revocation list say (RFC 5280 §5.2).
struct ListExtensions {
  private(set) var number: [UInt8]?
  private(set) var authorityKeyIdentifier: [UInt8]?

  /// Octets of a CRL number that issuers may use and verifiers must handle (§5.2.3).
  private static let numberLimit = 20

  init(_ extensions: [CertificateFields.Extension], in der: [UInt8]) throws(CryptographyError) {
    for field in extensions {
      let value = Array(der[field.value])
      switch Array(der[field.name]) {
      case ExtensionName.listNumber: number = try Self.number(value)
      case ExtensionName.authorityKeyIdentifier: authorityKeyIdentifier = try Self.keyIdentifier(value)
      case ExtensionName.deltaIndicator: throw .unsupported("a delta revocation list")
      case ExtensionName.issuingDistributionPoint:
        throw .unsupported(
          try Self.isIndirect(value)
            ? "an indirect revocation list" : "a revocation list of a part of the certificates (distribution point)")
      default:
        guard !field.isCritical else {
          throw .criticalExtension("\(OID(contents: der[field.name])) in a revocation list")
        }
      }
    }
  }

  private static func number(_ value: [UInt8]) throws(CryptographyError) -> [UInt8] {
    var reader = DERWalker(value)
    let contents: [UInt8]
    do throws(DERError) {
      contents = Array(try reader.integer("CRL number"))
      try reader.finish("CRL number")
    } catch {
      throw CryptographyError(error)
    }
    guard contents[0] < 0x80, contents.count <= numberLimit else { throw .malformed("CRL number out of range") }
    return Array(contents.drop { $0 == 0 })
  }

  /// §4.2.1.1: the key identifier, where it is stated; issuer and serial number are not used.
  private static func keyIdentifier(_ value: [UInt8]) throws(CryptographyError) -> [UInt8]? {
    var outer = DERWalker(value)
    let list = try outer.next(DERTag.sequence, "authority key identifier")
    try outer.end("authority key identifier")
    var reader = outer.inside(list)
    guard let identifier = try reader.nextIf(DERTag.primitiveContext(0)) else { return nil }
    return reader.bytes(of: identifier.contents)
  }

  /// §5.2.5: `[4] indirectCRL`, TRUE.
  private static func isIndirect(_ value: [UInt8]) throws(CryptographyError) -> Bool {
    var outer = DERWalker(value)
    var reader = outer.inside(try outer.next(DERTag.sequence, "issuing distribution point"))
    while !reader.isAtEnd {
      let element = try reader.next()
      if element.tag == DERTag.primitiveContext(4) { return value[element.contents] != [0] }
    }
    return false
  }
}

extension ExtensionName {
  static let authorityKeyIdentifier: [UInt8] = [0x55, 0x1d, 35]
  static let listNumber: [UInt8] = [0x55, 0x1d, 20]
  static let reasonCode: [UInt8] = [0x55, 0x1d, 21]
  static let invalidityDate: [UInt8] = [0x55, 0x1d, 24]
  static let deltaIndicator: [UInt8] = [0x55, 0x1d, 27]
  static let issuingDistributionPoint: [UInt8] = [0x55, 0x1d, 28]
  static let certificateIssuer: [UInt8] = [0x55, 0x1d, 29]
}
