/// A name in a certificate's subjectAltName extension (RFC 5280 §4.2.1.6), in bytes: who compares identities compares
/// bytes.
package enum SubjectAlternativeName: Hashable, Sendable {
  case email([UInt8])
  case uri([UInt8])
  case dns([UInt8])
  /// `otherName`; the value is the DER of what stands inside its `[0] EXPLICIT`.
  case other(oid: String, value: [UInt8])
}

extension Certificate {
  /// The names in the certificate's order. Kinds that name no signer (addresses, directory names) are left out, and a
  /// list that cannot be read counts as empty, so that no identity matches.
  package var subjectAlternativeNames: [SubjectAlternativeName] {
    guard let value = decoded.fields.value(ExtensionName.subjectAlternativeName, in: der) else { return [] }
    return (try? Self.names(value)) ?? []
  }

  private static func names(_ value: [UInt8]) throws(CryptographyError) -> [SubjectAlternativeName] {
    var outer = DERReader(value)
    var reader = outer.inside(try outer.next(DERValue.sequence, "alternative names"))
    try outer.finish("alternative names")
    var names: [SubjectAlternativeName] = []
    while !reader.isAtEnd {
      let name = try reader.next()
      switch name.tag {
      case 0x81: names.append(.email(reader.bytes(of: name.contents)))
      case 0x82: names.append(.dns(reader.bytes(of: name.contents)))
      case 0x86: names.append(.uri(reader.bytes(of: name.contents)))
      case 0xa0:
        var inside = reader.inside(name)
        let type = try inside.next(DERValue.objectIdentifier, "kind of name")
        let wrapped = try inside.next(0xa0, "other name")
        try inside.finish("other name")
        let oid = try ObjectIdentifier.text(value[type.contents])
        names.append(.other(oid: oid, value: reader.bytes(of: wrapped.contents)))
      default: break
      }
    }
    return names
  }
}
