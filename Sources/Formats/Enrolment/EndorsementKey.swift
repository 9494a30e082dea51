import Attestation
package import Cryptography
import Octets
package import Reasons

/// The key that a TPM is known by, as its public area says: it decrypts, for its own TPM alone (TPM 2.0 Part 2 §12.2.4;
/// TCG EK Credential Profile 2.5 §B).
///
/// An inert value: that it lies in a TPM, its maker's certificate says.
package struct EndorsementKey: Hashable, Sendable {
  /// TPMT_PUBLIC.
  package let publicArea: [UInt8]
  /// nameAlg: the hash of everything that is done with the key.
  package let algorithm: HashAlgorithm
  /// Bytes of the AES key with which it protects what it is given.
  package let cipherKeySize: Int
  /// Of P-256, P-384 or RSA.
  package let key: PublicKey

  /// Bytes: RSA-4096 and a policy of SHA-384 need 600.
  package static let limit = 1024

  /// - Throws: `enrolment.key-unsuitable` for anything but a restricted decryption key that was made in its TPM and
  ///   never leaves it, of P-256, P-384 or RSA, with AES in CFB mode.
  package init(publicArea: [UInt8]) throws(Failure) {
    guard publicArea.count <= Self.limit else {
      throw Failure(.enrolmentKeyUnsuitable, "endorsement key", "\(publicArea.count) bytes")
    }
    var cursor = ByteCursor(publicArea, of: "endorsement key", failing: .enrolmentKeyUnsuitable)
    let type = try cursor.bigEndian(2)
    switch try cursor.bigEndian(2) {
    case 0x000B: algorithm = .sha256
    case 0x000C: algorithm = .sha384
    default: throw cursor.failure("its nameAlg is neither SHA-256 nor SHA-384")
    }
    // fixedTPM, fixedParent, sensitiveDataOrigin, restricted, decrypt; and not sign (§8.3).
    guard try cursor.bigEndian(4) & 0x0007_0032 == 0x0003_0032 else {
      throw cursor.failure("it is not a restricted decryption key that was made in its TPM and never leaves it")
    }
    _ = try Self.sized(&cursor, atMost: 64)
    guard try cursor.bigEndian(2) == 0x0006 else { throw cursor.failure("its cipher is not AES") }
    switch try cursor.bigEndian(2) {
    case 128: cipherKeySize = 16
    case 256: cipherKeySize = 32
    default: throw cursor.failure("its AES key has neither 128 nor 256 bits")
    }
    guard try cursor.bigEndian(2) == 0x0043 else { throw cursor.failure("its cipher is not in CFB mode") }
    guard try cursor.bigEndian(2) == 0x0010 else { throw cursor.failure("it has a scheme") }
    switch type {
    case 0x0023: key = try Self.curve(&cursor)
    case 0x0001: key = try Self.rsa(&cursor)
    default: throw cursor.failure("it is neither of RSA nor of a curve")
    }
    guard cursor.isAtEnd else { throw cursor.failure("\(cursor.remaining) bytes too many") }
    self.publicArea = publicArea
  }

  private static func curve(_ cursor: inout ByteCursor) throws(Failure) -> PublicKey {
    let (size, head): (Int, [UInt8])
    switch try cursor.bigEndian(2) {
    case 0x0003: (size, head) = (32, p256)
    case 0x0004: (size, head) = (48, p384)
    default: throw cursor.failure("its curve is neither P-256 nor P-384")
    }
    guard try cursor.bigEndian(2) == 0x0010 else { throw cursor.failure("it has a key derivation") }
    // Chips of before revision 1.38 leave out leading zeros.
    func coordinate() throws(Failure) -> [UInt8] {
      let number = try sized(&cursor, atMost: size)
      return [UInt8](repeating: 0, count: size - number.count) + number
    }
    return try key(head + coordinate() + coordinate(), cursor)
  }

  private static func rsa(_ cursor: inout ByteCursor) throws(Failure) -> PublicKey {
    let bits = Int(try cursor.bigEndian(2))
    let exponent = try cursor.bigEndian(4)
    // 0 is the usual one (§12.2.3.5).
    guard exponent == 0 || exponent == 65537 else { throw cursor.failure("its exponent is not 65537") }
    let modulus = try sized(&cursor, atMost: 512)
    guard bits % 8 == 0, modulus.count == bits / 8, modulus.count >= 256, modulus[0] & 0x80 != 0 else {
      throw cursor.failure("its modulus does not have the \(bits) bits that it should, or not 2,048")
    }
    func header(_ tag: UInt8, _ count: Int) -> [UInt8] { [tag, 0x82, UInt8(count >> 8), UInt8(count & 0xFF)] }
    let numbers = header(0x02, modulus.count + 1) + [0] + modulus + [0x02, 0x03, 0x01, 0x00, 0x01]
    do {
      return try PublicKey(pkcs1: header(0x30, numbers.count) + numbers)
    } catch {
      throw cursor.failure("its modulus is none")
    }
  }

  private static func key(_ spki: [UInt8], _ cursor: ByteCursor) throws(Failure) -> PublicKey {
    do {
      return try PublicKey(spki: spki)
    } catch {
      throw cursor.failure("its point is not on its curve")
    }
  }

  /// A TPM2B: two bytes of size, and as many bytes.
  private static func sized(_ cursor: inout ByteCursor, atMost limit: Int) throws(Failure) -> [UInt8] {
    let size = Int(try cursor.bigEndian(2))
    guard size <= limit else { throw cursor.failure("\(size) bytes where at most \(limit) fit") }
    return Array(try cursor.take(size))
  }

  /// SubjectPublicKeyInfo up to the point (RFC 5480 §2.1.1).
  private static let p256 = PrivateKey.Kind.p256.spkiPrefix + [0x04]
  private static let p384: [UInt8] = [
    0x30, 0x76, 0x30, 0x10, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x05, 0x2B, 0x81, 0x04, 0x00,
    0x22, 0x03, 0x62, 0x00, 0x04,
  ]
}
