import Attestation
import Cryptography
import Enrolment
import Octets
import Reasons
import Testing
import TestSupport

/// Public areas of endorsement keys (TCG EK Credential Profile 2.5 §B).
@Suite struct EndorsementKeyTests {
  private static let policy = [0, 32] + [UInt8](repeating: 0x83, count: 32)
  private static let longPolicy = [0, 48] + [UInt8](repeating: 0xB2, count: 48)
  private static let aes128: [UInt8] = [0, 6, 0, 128, 0, 0x43]
  private static let aes256: [UInt8] = [0, 6, 1, 0, 0, 0x43]

  /// Templates L-2, H-3, L-1 and H-6, up to the key itself.
  static let p256: [UInt8] = [0, 0x23, 0, 0x0B, 0, 3, 0, 0xB2] + policy + aes128 + [0, 0x10, 0, 3, 0, 0x10]
  private static let p384: [UInt8] =
    [0, 0x23, 0, 0x0C, 0, 3, 0, 0xF2] + longPolicy + aes256 + [0, 0x10, 0, 4, 0, 0x10]
  private static let rsa2048: [UInt8] =
    [0, 1, 0, 0x0B, 0, 3, 0, 0xB2] + policy + aes128 + [0, 0x10, 8, 0, 0, 0, 0, 0, 1, 0]
  private static let rsa3072: [UInt8] =
    [0, 1, 0, 0x0C, 0, 3, 0, 0xF2] + longPolicy + aes256 + [0, 0x10, 12, 0, 0, 0, 0, 0, 1, 0x80]

  private static func point(_ curve: String) throws -> [UInt8] {
    let pem = try runChecked(["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:\(curve)"])
    let spki = try runChecked(["openssl", "pkey", "-pubout", "-outform", "DER"], input: pem)
    let size = curve == "P-256" ? 32 : 48
    let point = spki.suffix(2 * size)
    return [0, UInt8(size)] + point.prefix(size) + [0, UInt8(size)] + point.suffix(size)
  }
  private static let p256Point = try! point("P-256")
  private static let modulus = [0xC1] + [UInt8](repeating: 0x11, count: 254) + [0x33]
  private static let longModulus = [0xC1] + [UInt8](repeating: 0x11, count: 382) + [0x33]

  @Test func readsEachKind() throws {
    let small = try EndorsementKey(publicArea: Self.p256 + Self.p256Point)
    #expect(small.key.kind == .ecdsa(.p256))
    #expect(small.algorithm == .sha256)
    #expect(small.cipherKeySize == 16)
    let large = try EndorsementKey(publicArea: Self.p384 + Self.point("P-384"))
    #expect(large.key.kind == .ecdsa(.p384))
    #expect(large.algorithm == .sha384)
    #expect(large.cipherKeySize == 32)
    let rsa = try EndorsementKey(publicArea: Self.rsa2048 + Self.modulus)
    #expect(rsa.key.kind == .rsa(bits: 2048))
    #expect(rsa.algorithm == .sha256)
    #expect(try EndorsementKey(publicArea: Self.rsa3072 + Self.longModulus).key.kind == .rsa(bits: 3072))
    // The usual exponent, spelt out.
    var explicit = Self.rsa2048
    explicit.replaceSubrange(explicit.count - 6..<explicit.count - 2, with: [0, 1, 0, 1])
    #expect(try EndorsementKey(publicArea: explicit + Self.modulus).key == rsa.key)
  }

  /// A coordinate that begins with a zero, as chips of before revision 1.38 write it, is the same key.
  @Test func shortCoordinatesAreOfTheSameKey() throws {
    // 379 times the generator of P-256 (SEC 2 §2.4.2), the first multiple whose x begins with a zero.
    let (x, y) = (
      Hex.decode("005543894af3d00ed7d740abdbd75c96b06877b787db5f70eea78b90a8d7c00a".utf8)!,
      Hex.decode("bb4c85a3d8ea29efaafa24406912dd84d5b14dc32bf656ef6c6bd58a5d943f92".utf8)!
    )
    let whole = try EndorsementKey(publicArea: Self.p256 + [0, 32] + x + [0, 32] + y)
    let short = try EndorsementKey(publicArea: Self.p256 + [0, 31] + x.dropFirst() + [0, 32] + y)
    #expect(short.key == whole.key)
  }

  private static let refused: [(String, [UInt8])] = {
    func changed(_ area: [UInt8], _ index: Int, _ value: UInt8) -> [UInt8] {
      var area = area
      area[index] = value
      return area
    }
    let (curve, rsa) = (p256 + p256Point, rsa2048 + modulus)
    return [
      ("nothing", []), ("another type", changed(curve, 1, 8)), ("SHA-1", changed(curve, 3, 4)),
      ("not fixedTPM", changed(curve, 7, 0xB0)), ("not fixedParent", changed(curve, 7, 0xA2)),
      ("made elsewhere", changed(curve, 7, 0x92)), ("not restricted", changed(curve, 5, 2)),
      ("not for decryption", changed(curve, 5, 1)), ("signs too", changed(curve, 5, 7)),
      ("a policy without end", changed(curve, 9, 65)), ("no AES", changed(curve, 43, 0x10)),
      ("AES-192", changed(curve, 45, 192)), ("CTR", changed(curve, 47, 0x40)), ("a scheme", changed(curve, 49, 0x18)),
      ("P-521", changed(curve, 51, 5)), ("a KDF", changed(curve, 53, 0x20)),
      ("off its curve", changed(curve, curve.count - 1, curve.last! ^ 1)), ("a byte more", curve + [0]),
      ("a long coordinate", p256 + [0, 33, 0] + p256Point.dropFirst(2)),
      ("no modulus", Array(rsa.prefix(rsa.count - 256 - 2)) + [0, 0]),
      ("other bits", changed(rsa, 51, 8)), ("an exponent of 3", changed(rsa, 55, 3)),
      ("an even modulus", changed(rsa, rsa.count - 1, 2)), ("a short modulus", changed(rsa, 58, 0x41)),
      ("RSA-1024", Array(rsa2048.dropLast(8)) + [4, 0, 0, 0, 0, 0, 0, 128] + modulus.prefix(127) + [0x33]),
      ("larger than any", curve + [UInt8](repeating: 0, count: 1024)),
    ]
  }()

  @Test(arguments: refused) func refusesOtherKeys(_ name: String, _ area: [UInt8]) {
    let failure = #expect(throws: Failure.self, "\(name)") { try EndorsementKey(publicArea: area) }
    #expect(failure?.reason == .enrolmentKeyUnsuitable, "\(name)")
  }

  @Test func refusesEveryTruncation() {
    let area = Self.p256 + Self.p256Point
    for count in 0..<area.count {
      #expect(throws: Failure.self, "\(count) bytes") { try EndorsementKey(publicArea: Array(area.prefix(count))) }
    }
  }
}
