import Cryptography

/// A certificate to be made for a test, and every way to spoil it.
struct CertificateRecipe {
  var subject: String
  var issuer: String
  var key: TestKey
  var signer: TestKey
  var hash = HashAlgorithm.sha256
  var serial: [UInt8] = [1]
  /// UTCTime.
  var notBefore = "260101000000Z"
  var notAfter = "261231235959Z"
  var extensions: [Extension] = []
  /// The algorithm inside what is signed; the signer's where nil.
  var signedAlgorithm: [UInt8]?
  /// Bits of the signature's last byte that do not count.
  var unusedBits: UInt8 = 0

  struct Extension {
    var oid: [UInt64]
    var isCritical: Bool
    var value: [UInt8]
    /// The flag as it is written; nil for DER's way.
    var flag: [UInt8]?

    var der: [UInt8] { DER.sequence(DER.oid(oid), flag ?? (isCritical ? [1, 1, 0xff] : []), DER.octets(value)) }
  }

  /// Unix seconds of the default validity's ends and of its middle.
  static let start: Int64 = 1_767_225_600
  static let end: Int64 = 1_798_761_599
  static let middle: Int64 = 1_780_000_000

  static func name(_ text: String) -> [UInt8] {
    text.isEmpty ? DER.sequence() : DER.sequence(DER.set(DER.sequence(DER.oid([2, 5, 4, 3]), DER.utf8(text))))
  }

  var der: [UInt8] {
    let algorithm = signer.signatureAlgorithm(hash)
    func time(_ text: String) -> [UInt8] { DER.value(text.utf8.count == 13 ? 0x17 : 0x18, Array(text.utf8)) }
    let list = extensions.isEmpty ? [] : DER.value(0xa3, DER.sequence(extensions.map(\.der)))
    let tbs = DER.sequence(
      DER.value(0xa0, DER.integer(2)), DER.value(2, serial), signedAlgorithm ?? algorithm, Self.name(issuer),
      DER.sequence(time(notBefore), time(notAfter)), Self.name(subject), key.spki, list)
    return DER.sequence(tbs, algorithm, DER.bits(signer.sign(tbs, hash), unused: unusedBits))
  }

  var certificate: Certificate { get throws { try Certificate(der: der) } }
}

extension CertificateRecipe.Extension {
  static func basicConstraints(isCA: Bool, pathLength: UInt8? = nil) -> Self {
    let contents = (isCA ? [1, 1, 0xff] : []) + (pathLength.map { DER.integer($0) } ?? [])
    return Self(oid: [2, 5, 29, 19], isCritical: true, value: DER.sequence(contents))
  }

  /// First bit digitalSignature (0x80), nonRepudiation 0x40, keyAgreement 0x08, keyCertSign 0x04.
  static func keyUsage(_ bits: UInt8) -> Self {
    Self(oid: [2, 5, 29, 15], isCritical: true, value: DER.bits([bits], unused: UInt8(bits.trailingZeroBitCount)))
  }

  static let codeSigning: [UInt64] = [1, 3, 6, 1, 5, 5, 7, 3, 3]
  static let timeStamping: [UInt64] = [1, 3, 6, 1, 5, 5, 7, 3, 8]
  static let anyPurpose: [UInt64] = [2, 5, 29, 37, 0]

  static func purposes(_ purposes: [[UInt64]], isCritical: Bool = false) -> Self {
    Self(oid: [2, 5, 29, 37], isCritical: isCritical, value: DER.sequence(purposes.map { DER.oid($0) }))
  }

  static func keyIdentifier(_ bytes: [UInt8]) -> Self {
    Self(oid: [2, 5, 29, 14], isCritical: false, value: DER.octets(bytes))
  }

  static func authorityKeyIdentifier(_ bytes: [UInt8]) -> Self {
    Self(oid: [2, 5, 29, 35], isCritical: false, value: DER.sequence(DER.value(0x80, bytes)))
  }

  static func names(_ names: [UInt8]...) -> Self {
    Self(oid: [2, 5, 29, 17], isCritical: false, value: DER.sequence(names))
  }

  /// Only addresses of this host are permitted.
  static func permittedEmail(_ host: String) -> Self {
    let subtree = DER.sequence(DER.value(0x81, Array(host.utf8)))
    return Self(oid: [2, 5, 29, 30], isCritical: true, value: DER.sequence(DER.value(0xa0, subtree)))
  }

  static func unknown(isCritical: Bool) -> Self {
    Self(oid: [1, 3, 6, 1, 4, 1, 99999, 1], isCritical: isCritical, value: DER.null)
  }
}
