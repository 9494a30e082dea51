import COpenSSL
import DER

/// The fields of a revocation list, read strictly from its DER (RFC 5280 §5.1).
///
/// 1. Version 1 or 2; only version 2 has extensions (§5.1.2.1). Applications are required to process both (§5).
/// 2. The algorithm outside is the one that is signed (§5.1.1.2).
/// 3. No critical extension, of the list or of an entry, that nobody here claims: with one, nothing of the list may be
///    used (§5.2, §5.3). Of the known ones, deltas, indirect lists, and lists of a part of the certificates are named.
/// 4. No certificate stands in it twice: two readers would see two dates.
struct RevocationListFields {
  let tbs: Range<Int>
  /// `AlgorithmIdentifier`, whole.
  let algorithm: Range<Int>
  /// The BIT STRING's bytes.
  let signature: Range<Int>
  let thisUpdate: Int64
  let nextUpdate: Int64?
  /// Big-endian, without leading zeros.
  let number: [UInt8]?
  let authorityKeyIdentifier: [UInt8]?
  /// By the contents of the serial number's INTEGER.
  let entries: [[UInt8]: Revocation]

  init(_ der: [UInt8]) throws(CryptographyError) {
    var list = try DERWalker.wellFormedSequence(der, "revocation list")
    let tbs = try list.next(DERTag.sequence, "list contents")
    let algorithm = try list.next(DERTag.sequence, "signature algorithm")
    let bits = try list.next(DERTag.bitString, "signature")
    try list.end("revocation list")
    guard der[bits.contents].first == 0 else { throw .malformed("signature is not whole bytes") }

    var reader = list.inside(tbs)
    let version = try reader.nextIf(DERTag.integer)
    if let version, !der[version.contents].elementsEqual([1]) { throw .malformed("neither version 1 nor 2") }
    let signed = try reader.next(DERTag.sequence, "signed algorithm")
    guard der[signed.whole].elementsEqual(der[algorithm.whole]) else {
      throw .malformed("revocation list names two signature algorithms")
    }
    _ = try reader.next(DERTag.sequence, "issuer")
    thisUpdate = try Self.time(try reader.next(), in: der, "this update")
    nextUpdate =
      try Self.isTime(reader.nextTag) ? Self.time(try reader.next(), in: der, "next update") : nil
    let revoked = try reader.nextIf(DERTag.sequence)
    let field = try reader.nextIf(0xa0)
    try reader.end("list contents")
    if let nextUpdate, nextUpdate < thisUpdate { throw .malformed("the next update lies before this one") }
    guard version != nil || field == nil else { throw .malformed("extensions in version 1") }

    let extensions =
      try field.map { field throws(CryptographyError) in
        try CertificateFields.extensions(reader.inside(field))
      } ?? []
    let meaning = try ListExtensions(extensions, in: der)
    number = meaning.number
    authorityKeyIdentifier = meaning.authorityKeyIdentifier
    entries =
      try revoked.map { revoked throws(CryptographyError) in
        try Self.entries(reader.inside(revoked), hasExtensions: version != nil)
      } ?? [:]
    self.tbs = tbs.whole
    self.algorithm = algorithm.whole
    signature = bits.contents.dropFirst()
  }

  private static func entries(
    _ list: DERWalker, hasExtensions: Bool
  ) throws(CryptographyError) -> [[UInt8]: Revocation] {
    var list = list
    let der = list.bytes
    var entries: [[UInt8]: Revocation] = [:]
    while !list.isAtEnd {
      var entry = list.inside(try list.next(DERTag.sequence, "revoked certificate"))
      let serial: [UInt8]
      do throws(DERError) { serial = Array(try entry.integer("serial number")) } catch {
        throw CryptographyError(error)
      }
      let date = try time(try entry.next(), in: der, "revocation date")
      let field = try entry.nextIf(DERTag.sequence)
      try entry.end("revoked certificate")
      guard hasExtensions || field == nil else { throw .malformed("extensions in version 1") }
      let extensions =
        try field.map { field throws(CryptographyError) in
          try CertificateFields.extensions(in: entry.inside(field))
        } ?? []
      let revocation = try revocation(on: date, extensions, in: der)
      guard entries.updateValue(revocation, forKey: serial) == nil else {
        throw .malformed("certificate \(RevocationList.text(serial)) stands twice in the revocation list")
      }
    }
    return entries
  }

  private static func revocation(
    on date: Int64, _ extensions: [CertificateFields.Extension], in der: [UInt8]
  ) throws(CryptographyError) -> Revocation {
    var reason: Revocation.Reason?
    var invalidity: Int64?
    for field in extensions {
      let value = Array(der[field.value])
      switch Array(der[field.name]) {
      case ExtensionName.reasonCode:
        // ENUMERATED of one byte. 8, “remove from list”, is for deltas.
        guard value.count == 3, value[0] == 0x0a, value[1] == 1, let known = Revocation.Reason(rawValue: value[2])
        else { throw .malformed("reason of a revocation") }
        reason = known
      case ExtensionName.invalidityDate:
        var inside = DERWalker(value)
        let element = try inside.next(DERTag.generalizedTime, "invalidity date")
        try inside.end("invalidity date")
        invalidity = try time(element, in: value, "invalidity date")
      case ExtensionName.certificateIssuer: throw .unsupported("an indirect revocation list")
      default:
        guard !field.isCritical else {
          throw .criticalExtension("\(OID(contents: der[field.name])) of a revoked certificate")
        }
      }
    }
    return Revocation(date: date, invalidity: invalidity, reason: reason)
  }

  static func isTime(_ tag: UInt8?) -> Bool { tag == DERTag.utcTime || tag == DERTag.generalizedTime }

  static func time(
    _ element: DERElement, in der: [UInt8], _ name: StaticString
  ) throws(CryptographyError) -> Int64 {
    let text = Array(der[element.contents])
    var seconds: Int64 = 0
    guard isTime(element.tag), assay_time(Int32(element.tag), text, text.count, &seconds) == 1 else {
      ERR_clear_error()
      throw .malformed("\(name) that is no UTC time in whole seconds")
    }
    return seconds
  }
}
