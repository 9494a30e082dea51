import Base64
import DER
import COpenSSL

/// A public key, decoded once and kept. Two are equal where their encodings are.
package struct PublicKey: Hashable, Sendable {
  package enum Curve: Hashable, Sendable { case p256, p384, p521 }

  package enum Kind: Hashable, Sendable {
    case ecdsa(Curve)
    case rsa(bits: Int)
    case ed25519
  }

  /// Bits of an RSA modulus: below, NIST SP 800-131A disallows; above, verification becomes a way to waste time.
  package static let rsaBits = 2048...4096

  package let kind: Kind
  /// DER of `SubjectPublicKeyInfo` (RFC 5280 §4.1.2.7); one key, one spelling.
  package let spki: [UInt8]
  /// SHA-256 of `spki`; a log's identifier among others.
  package let fingerprint: ComputedDigest
  let decoded: DecodedKey

  /// - Throws: `.malformed` for anything but one whole DER `SubjectPublicKeyInfo`, a point off its curve, or an even
  ///   or tiny RSA number; `.unsupported` for other algorithms, curves, sizes and compressed points.
  package init(spki der: [UInt8]) throws(CryptographyError) { try self.init(spki: der, with: .shared) }

  /// One `PUBLIC KEY` block, as `cosign.pub` has it.
  package init(pem text: [UInt8]) throws(CryptographyError) {
    let blocks: [[UInt8]]
    do { blocks = try PEM.blocks(text, label: "PUBLIC KEY", atMost: 1) } catch { throw .malformed(error.detail) }
    guard let der = blocks.first else { throw .malformed("no PEM block") }
    try self.init(spki: der)
  }

  /// `RSAPublicKey` (RFC 8017 §A.1.1), as the `PKCS1_…` key details of older trust roots have it.
  package init(pkcs1 der: [UInt8]) throws(CryptographyError) {
    _ = try RSANumbers(der)
    func header(_ tag: UInt8, _ count: Int) -> [UInt8] { [tag, 0x82, UInt8(count >> 8), UInt8(count & 0xff)] }
    // RSANumbers bounds both integers, so that every length here takes two bytes.
    let bits = header(DERTag.bitString, der.count + 1) + [0] + der
    let contents = KeyAlgorithm.rsaIdentifier + bits
    try self.init(spki: header(DERTag.sequence, contents.count) + contents)
  }

  /// The 32 bytes of RFC 8032, as notes have them.
  package init(ed25519 key: [UInt8]) throws(CryptographyError) {
    try self.init(spki: PrivateKey.Kind.ed25519.spkiPrefix + key)
  }

  init(spki der: [UInt8], with provider: Provider) throws(CryptographyError) {
    var outer = DERWalker(der)
    let info = try outer.next(DERTag.sequence, "public key")
    try outer.end("public key")
    var reader = outer.inside(info)
    let algorithm = try reader.next(DERTag.sequence, "key algorithm")
    let bits = try reader.next(DERTag.bitString, "key bits")
    try reader.end("public key")
    guard der[bits.contents].first == 0 else { throw .malformed("key bits are not whole bytes") }
    let key = Array(der[bits.contents].dropFirst())

    let made: OpaquePointer?
    switch try KeyAlgorithm(identifier: reader.bytes(of: algorithm.whole)) {
    case .ecdsa(let curve, let group, let fieldSize):
      guard let form = key.first, key.count > 1 else { throw .malformed("key without a point") }
      guard form == 4 else { throw .unsupported("compressed point") }
      guard key.count == 1 + 2 * fieldSize else { throw .malformed("point of the wrong size") }
      kind = .ecdsa(curve)
      made = provider.curve(group).flatMap { assay_key_ec($0, key, key.count) }
    case .rsa:
      let numbers = try RSANumbers(key)
      kind = .rsa(bits: numbers.bits)
      made = assay_key_rsa(
        provider.library, provider.properties, numbers.modulus, numbers.modulus.count, numbers.exponent,
        numbers.exponent.count)
    case .ed25519:
      guard key.count == 32 else { throw .malformed("Ed25519 key of \(key.count) bytes") }
      kind = .ed25519
      made = EVP_PKEY_new_raw_public_key_ex(provider.library, "ED25519", provider.properties, key, key.count)
    }
    guard let made else {
      ERR_clear_error()
      throw .malformed("OpenSSL takes these for no key")
    }
    spki = der
    fingerprint = digest(der)
    decoded = DecodedKey(made, provider)
  }

  package static func == (one: PublicKey, other: PublicKey) -> Bool { one.spki == other.spki }
  package func hash(into hasher: inout Hasher) { hasher.combine(spki) }
}

/// Owns OpenSSL's object. Verification reads it only, so that any thread may.
final class DecodedKey: @unchecked Sendable {
  let pointer: OpaquePointer
  let provider: Provider

  init(_ pointer: OpaquePointer, _ provider: Provider) {
    self.pointer = pointer
    self.provider = provider
  }

  deinit { EVP_PKEY_free(pointer) }
}

/// The key algorithms that Assay reads, each by its one `AlgorithmIdentifier` (RFC 5480 §2.1.1, RFC 3279 §2.3.1,
/// RFC 8410 §3). Explicit curve parameters (CVE-2020-0601) have no entry.
enum KeyAlgorithm {
  case ecdsa(PublicKey.Curve, group: String, fieldSize: Int)
  case rsa, ed25519

  static let rsaIdentifier: [UInt8] = [
    0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
  ]
  private static let ecPublicKey: [UInt8] = [0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01]
  private static let p256: [UInt8] = [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07]
  private static let p384: [UInt8] = [0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22]
  private static let p521: [UInt8] = [0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x23]

  private static let byIdentifier: [[UInt8]: KeyAlgorithm] = [
    [0x30, 0x13] + ecPublicKey + p256: .ecdsa(.p256, group: "P-256", fieldSize: 32),
    [0x30, 0x10] + ecPublicKey + p384: .ecdsa(.p384, group: "P-384", fieldSize: 48),
    [0x30, 0x10] + ecPublicKey + p521: .ecdsa(.p521, group: "P-521", fieldSize: 66),
    rsaIdentifier: .rsa,
    [0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70]: .ed25519,
  ]

  init(identifier der: [UInt8]) throws(CryptographyError) {
    guard let known = Self.byIdentifier[der] else {
      var outer = DERWalker(der)
      var reader = outer.inside(try outer.next())
      throw .unsupported("key of \(try reader.nextIdentifier("key algorithm")), or its parameters")
    }
    self = known
  }
}

/// Modulus and exponent, read strictly.
struct RSANumbers {
  let modulus: [UInt8]
  let exponent: [UInt8]
  let bits: Int

  init(_ der: [UInt8]) throws(CryptographyError) {
    var outer = DERWalker(der)
    let sequence = try outer.next(DERTag.sequence, "RSA key")
    try outer.end("RSA key")
    var reader = outer.inside(sequence)
    modulus = try Self.number(&reader, "modulus")
    exponent = try Self.number(&reader, "exponent")
    try reader.end("RSA key")
    bits = modulus.count * 8 - (modulus.first?.leadingZeroBitCount ?? 8)
    guard PublicKey.rsaBits.contains(bits) else { throw .unsupported("RSA key of \(bits) bits") }
    // An even modulus is no product of odd primes; an even exponent has no inverse. Eight bytes of exponent are more
    // than anybody uses, and OpenSSL's own bound for large keys.
    guard modulus.last.map({ $0 & 1 }) == 1 else { throw .malformed("even RSA modulus") }
    guard exponent.count <= 8, exponent.last.map({ $0 & 1 }) == 1, exponent != [1] else {
      throw .malformed("RSA exponent that is even, 1 or longer than 8 bytes")
    }
  }

  /// A positive INTEGER in its shortest form (X.690 §8.3.2), big-endian without the sign byte.
  private static func number(_ reader: inout DERWalker, _ what: StaticString) throws(CryptographyError) -> [UInt8] {
    let contents = reader.bytes[try reader.next(DERTag.integer, what).contents]
    guard let first = contents.first, first & 0x80 == 0 else { throw .malformed("RSA \(what) is not positive") }
    guard first == 0 else { return Array(contents) }
    let rest = Array(contents.dropFirst())
    guard let next = rest.first, next & 0x80 != 0 else { throw .malformed("RSA \(what) is not the shortest integer") }
    return rest
  }
}
