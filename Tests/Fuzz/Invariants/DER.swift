import Cryptography
import DER
import Octets
import Reasons

@testable import SigningIdentity

/// What stands in certificates, and lists of revoked ones: read by us and by OpenSSL it is the same, and what is read has
/// one encoding.
///
/// Lengths of what is around an extension hardly survive a change within it, so the input is read as a certificate, as a
/// list of extensions in one, and as the value of each extension that is read.
enum DERInvariant {
  static func check(_ bytes: [UInt8]) throws -> Bool {
    try checkElements(bytes)
    try checkKey(bytes)
    try checkRevocations(bytes)
    var isTaken = try checkCertificate(bytes)
    guard bytes.count < 1 << 14 else { return isTaken }
    isTaken = try checkCertificate(certificate(extensions: bytes)) || isTaken
    for identifier in identifiers {
      let value = element(0x04, bytes)
      let part = element(0x30, element(0x06, identifier) + value)
      isTaken = try checkCertificate(certificate(extensions: part)) || isTaken
    }
    isTaken = try checkTimestamps(bytes) || isTaken
    return isTaken
  }

  // MARK: Certificates

  /// - Returns: whether it names somebody.
  static func checkCertificate(_ der: [UInt8]) throws -> Bool {
    let claimed = try reading(der) { bytes throws(Failure) in try ClaimedIdentity(reading: bytes) }
    guard let layout = try reading(der, { bytes throws(Failure) in try CertificateLayout(der: bytes) }) else {
      try hold(claimed == nil, "an identity in what is no certificate")
      return false
    }
    for part in layout.extensions {
      let (value, whole) = (part.value, part.element.whole)
      try hold(value.upperBound <= der.count && whole.lowerBound < value.lowerBound, "a value's place")
      try hold(value.upperBound == whole.upperBound, "a value that does not end with its extension")
      let rest = layout.toBeSigned(without: part)
      // Without it, all lengths around it are right again.
      let outer = element(0x30, rest)
      let again = try? CertificateLayout(der: outer)
      try hold(again?.extensions.count == layout.extensions.count - 1, "cut out, it leaves no certificate")
    }
    if let claimed, claimed.issuer != nil {
      try hold(claimed.identities.allSatisfy { !$0.isEmpty }, "an empty identity")
    }
    guard let certificate = try? Certificate(der: der) else { return claimed?.identities.isEmpty == false }
    for part in layout.extensions {
      let value = certificate.extensionValue(part.identifier)
      try hold(value == Array(der[part.value]), "OpenSSL's way to \(part.identifier) leads elsewhere")
    }
    try hold(certificate.tbs == Array(der[layout.toBeSigned.whole]), "another part is signed")
    if let claimed {
      // Keys of other kinds than ours are none.
      let key = try? certificate.publicKey
      try hold(key.map { $0.fingerprint == claimed.keyFingerprint } ?? true, "another key")
      try hold((try? certificate.statedIdentities()) == claimed.identities, "other identities")
    }
    _ = (certificate.subject, certificate.issuer, certificate.purposes, certificate.criticalExtensions)
    return true
  }

  /// SAN, SCT list, Fulcio's issuer (old and new) and its other names.
  private static let identifiers: [[UInt8]] = [
    [0x55, 0x1d, 0x11], [0x2b, 0x06, 0x01, 0x04, 0x01, 0xd6, 0x79, 0x02, 0x04, 0x02],
    [0x2b, 0x06, 0x01, 0x04, 0x01, 0x83, 0xbf, 0x30, 0x01, 0x01],
    [0x2b, 0x06, 0x01, 0x04, 0x01, 0x83, 0xbf, 0x30, 0x01, 0x08],
  ]

  /// RFC 5280 §4.1, with nothing in it but the extensions.
  private static func certificate(extensions: [UInt8]) -> [UInt8] {
    let empty = element(0x30, [])
    let fields = element(0x02, [1]) + empty + empty + empty + empty + element(0x30, [])
    return element(0x30, element(0x30, fields + element(0xa3, element(0x30, extensions))))
  }

  private static func checkTimestamps(_ bytes: [UInt8]) throws -> Bool {
    // As the extension's value, and as the list within its OCTET STRING.
    var isTaken = false
    for value in [bytes, element(0x04, bytes)] {
      guard
        let list = try reading(value, { bytes throws(Failure) in try SignedCertificateTimestamp.list(bytes[...]) })
      else { continue }
      try hold(list.count <= SignedCertificateTimestamp.countLimit, "timestamps out of bounds")
      for timestamp in list {
        try hold(timestamp.logID.count == 32, "a log ID of another length")
        let size = timestamp.extensions.count + timestamp.signature.count
        try hold(size <= bytes.count, "more was read than is there")
        let log = [UInt8](repeating: 1, count: 32)
        let signed = try? timestamp.signedBytes(precertificate: bytes, issuerKeyHash: log)
        try hold(signed.map { $0.count == 15 + 32 + bytes.count + timestamp.extensions.count + 2 } ?? true, "signed")
      }
      isTaken = isTaken || !list.isEmpty
    }
    return isTaken
  }

  // MARK: Other documents

  static func checkKey(_ der: [UInt8]) throws {
    guard let key = try? PublicKey(spki: der) else { return }
    try hold(key.spki == der && key.fingerprint == digest(der), "a key of two encodings")
  }

  private static func checkRevocations(_ bytes: [UInt8]) throws {
    guard let list = try? RevocationList(bytes) else { return }
    try hold(list.fingerprint == digest(list.der), "a list with another fingerprint")
    try hold((try? RevocationList(list.der)) == list, "a list that is not read again")
  }

  /// Every element that is taken is written as the same bytes.
  private static func checkElements(_ bytes: [UInt8]) throws {
    guard let whole = try? DERWalker.checkWellFormed(bytes, "input") else { return }
    try hold(try encoded(whole, in: DERWalker(bytes)) == bytes, "a second encoding was taken")
  }

  private static func encoded(_ item: DERElement, in walker: DERWalker) throws -> [UInt8] {
    guard item.tag & 0x20 != 0 else { return element(item.tag, Array(walker.bytes[item.contents])) }
    var parts = walker.inside(item)
    var contents: [UInt8] = []
    while !parts.isAtEnd {
      guard let part = try? parts.element() else { throw Broken("well-formed, and not read") }
      contents += try encoded(part, in: parts)
    }
    return element(item.tag, contents)
  }

  /// X.690 §8.1.3, §10.1.
  static func element(_ tag: UInt8, _ contents: [UInt8]) -> [UInt8] {
    var (length, rest) = ([UInt8](), contents.count)
    while rest > 0 {
      length.insert(UInt8(rest & 0xff), at: 0)
      rest >>= 8
    }
    let short = contents.count < 0x80
    return [tag] + (short ? [UInt8(contents.count)] : [0x80 | UInt8(length.count)] + length) + contents
  }
}
