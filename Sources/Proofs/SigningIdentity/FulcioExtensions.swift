import DER
import Findings
import Octets
import Reasons

/// What Fulcio writes into a certificate about the token that it saw (sigstore/fulcio docs/oid-info.md).
struct FulcioExtensions {
  /// The OIDC issuer; nil in certificates of other authorities.
  let issuer: String?
  /// In the order of the numbers.
  let named: [NamedValue]

  /// Fulcio's arc, `1.3.6.1.4.1.57264.1`; the extensions have one number below it.
  private static let arc = OID(1, 3, 6, 1, 4, 1, 57264, 1).contents

  /// Names by number. 7 is missing: it is no extension, but the type of a subject alternative name.
  private static let names: [UInt8: String] = [
    1: "Issuer",
    2: "GitHub Workflow Trigger",
    3: "GitHub Workflow SHA",
    4: "GitHub Workflow Name",
    5: "GitHub Workflow Repository",
    6: "GitHub Workflow Ref",
    8: "Issuer (V2)",
    9: "Build Signer URI",
    10: "Build Signer Digest",
    11: "Runner Environment",
    12: "Source Repository URI",
    13: "Source Repository Digest",
    14: "Source Repository Ref",
    15: "Source Repository Identifier",
    16: "Source Repository Owner URI",
    17: "Source Repository Owner Identifier",
    18: "Build Config URI",
    19: "Build Config Digest",
    20: "Build Trigger",
    21: "Run Invocation URI",
    22: "Source Repository Visibility At Signing",
    23: "Deployment Environment",
    24: "Token Subject",
  ]

  /// - Throws: `certificate.malformed` where a value is none of its documented type, or the two issuers differ.
  init(_ layout: CertificateLayout) throws(Failure) {
    var found: [(number: UInt64, value: NamedValue)] = []
    var rawIssuer: String?
    var issuer: String?
    for part in layout.extensions {
      guard let number = Self.number(of: part.identifier) else { continue }
      guard number < 256, let name = Self.names[UInt8(number)] else {
        let hex = Hex.encode(layout.bytes[part.value])
        found.append((number, NamedValue(part.identifier.description, hex)))
        continue
      }
      // 1…6 are the bare text; from 8 on a DER UTF8String holds it.
      let text = number <= 6 ? layout.bytes[part.value] : try Self.utf8String(layout.bytes[part.value], name)
      guard let value = String(validating: text, as: UTF8.self) else {
        throw Failure(.certificateMalformed, "certificate", "\(name) is no UTF-8")
      }
      found.append((number, NamedValue(name, value)))
      if number == 1 { rawIssuer = value }
      if number == 8 { issuer = value }
    }
    if let rawIssuer, let issuer, !rawIssuer.utf8.elementsEqual(issuer.utf8) {
      throw Failure(
        .certificateMalformed, "certificate",
        "two issuers, “\(printable(rawIssuer, limit: 200))” and “\(printable(issuer, limit: 200))”")
    }
    self.issuer = issuer ?? rawIssuer
    named = found.sorted { $0.number < $1.number }.map(\.value)
  }

  /// The number below Fulcio's arc; nil for an identifier that is not directly below it.
  private static func number(of identifier: OID) -> UInt64? {
    guard identifier.contents.starts(with: arc) else { return nil }
    let rest = identifier.contents.dropFirst(arc.count)
    guard rest.filter({ $0 < 0x80 }).count == 1 else { return nil }
    return rest.reduce(0) { $0 << 7 | UInt64($1 & 0x7F) }
  }

  static func utf8String(_ value: ArraySlice<UInt8>, _ name: String) throws(Failure) -> ArraySlice<UInt8> {
    var reader = DERReader([UInt8](value), of: "certificate: \(name)", failing: .certificateMalformed)
    let element = try reader.element(DERTag.utf8String, "value")
    try reader.finish("value")
    return reader.bytes[element.contents]
  }
}
