import DER
package import Cryptography
import Octets
package import Reasons

/// The subject alternative names of a certificate, as text (RFC 5280 §4.2.1.6).
enum AlternativeNames {
  private static let subjectAlternativeName = OID(2, 5, 29, 17)
  /// The type of Fulcio's OtherName: a user name, as a UTF8String.
  private static let fulcioOtherName = OID(1, 3, 6, 1, 4, 1, 57264, 1, 7)

  /// Email addresses, URIs, DNS names and Fulcio's user names, in the certificate's order. A name of another type is
  /// listed as `TYPE:HEX`, which no identity of the four looks like.
  ///
  /// Fulcio writes one name. Other authorities that write its extensions write several, and vouch for each of them.
  ///
  /// What a name is must fit its kind: constraints on the names that an issuer may give are by kind, and a mail address that
  /// stands as a host's name would be under none of them.
  ///
  /// - Parameters:
  ///   - required: whether at least one name must be there: an issuer vouches for somebody.
  ///   - isConstrained: whether a certificate above limits names. It cannot limit Fulcio's user names.
  /// - Throws: `certificate.malformed`; `certificate.not-for-signing` for a name that nobody above could limit.
  static func read(
    _ layout: CertificateLayout, required: Bool, isConstrained: Bool = false
  ) throws(Failure) -> [String] {
    var identities: [String] = []
    if let part = layout[subjectAlternativeName] {
      var document = DERReader(
        [UInt8](layout.bytes[part.value]), of: "certificate: subjectAltName", failing: .certificateMalformed)
      var names = try document.sequence("GeneralNames")
      try document.finish("GeneralNames")
      while !names.isAtEnd { identities.append(try name(&names, isConstrained)) }
    }
    guard !required || !identities.isEmpty else {
      throw Failure(.certificateMalformed, "certificate", "it has an issuer of identities, and names nobody")
    }
    return identities
  }

  private static func name(_ names: inout DERReader, _ isConstrained: Bool) throws(Failure) -> String {
    let element = try names.element()
    let contents = names.bytes[element.contents]
    switch element.tag {
    // rfc822Name, dNSName, uniformResourceIdentifier: IA5String
    case DERTag.primitiveContext(1), DERTag.primitiveContext(2), DERTag.primitiveContext(6):
      // A NUL or a line break has cut names short in other verifiers; no real name has one.
      guard !contents.isEmpty, contents.allSatisfy({ (0x20...0x7E).contains($0) }) else {
        throw names.failure("a name that is empty or no printable ASCII")
      }
      guard fits(contents, element.tag) else {
        throw names.failure(
          "“\(printable(Array(contents), limit: 200))” as \(kindNames[element.tag & 0x1F] ?? "a name"), which it is not"
        )
      }
      return String(decoding: contents, as: UTF8.self)
    case DERTag.context(0):
      var fields = names.inside(element)
      let type = try fields.objectIdentifier("type-id")
      var value = fields.inside(try fields.element(DERTag.context(0), "value"))
      try fields.finish("otherName")
      guard fulcioOtherName == type else {
        return "\(OID(contents: type)):\(Hex.encode(names.bytes[element.contents]))"
      }
      guard !isConstrained else {
        throw Failure(
          .certificateNotForSigning, "certificate",
          "a user name, under an issuer whose names are limited by other kinds")
      }
      let text = try value.element(DERTag.utf8String, "user name")
      try value.finish("value")
      guard !text.contents.isEmpty, let name = String(validating: names.bytes[text.contents], as: UTF8.self) else {
        throw names.failure("a user name that is empty or no UTF-8")
      }
      return name
    default:
      return "\(String(element.tag & 0x1F)):\(Hex.encode(contents))"
    }
  }

  private static let kindNames: [UInt8: String] = [1: "a mail address", 2: "a host's name", 6: "a URI"]

  /// RFC 5280 §4.2.1.6: a mailbox, a host's name (perhaps with `*` for its first label), a URI with its scheme.
  private static func fits(_ name: ArraySlice<UInt8>, _ tag: UInt8) -> Bool {
    func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }
    func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    func isHost(_ name: ArraySlice<UInt8>, mayBeWild: Bool) -> Bool {
      let labels = name.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
      return labels.enumerated().allSatisfy { place, label in
        mayBeWild && place == 0 && labels.count > 1 && label.elementsEqual("*".utf8)
          || !label.isEmpty && label.allSatisfy { isLetter($0) || isDigit($0) || "-_".utf8.contains($0) }
      }
    }
    switch tag & 0x1F {
    case 1:
      // A URI may hold an @, too.
      let parts = name.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
      return parts.count == 2 && !parts[0].isEmpty && !parts[0].contains { ":/ ".utf8.contains($0) }
        && isHost(parts[1], mayBeWild: false)
    case 2: return isHost(name, mayBeWild: true)
    default:
      guard let colon = name.firstIndex(of: UInt8(ascii: ":")), let first = name.first, isLetter(first) else {
        return false
      }
      return name[..<colon].allSatisfy { isLetter($0) || isDigit($0) || "+-.".utf8.contains($0) }
    }
  }
}

extension Certificate {
  /// Whom it names. Nobody vouches for that until `IdentityVerifier` has found who issued it.
  /// - Throws: `certificate.malformed`.
  package func statedIdentities() throws(Failure) -> [String] {
    try AlternativeNames.read(CertificateLayout(self), required: false)
  }
}
