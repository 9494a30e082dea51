import Base64
import TestSupport
import Testing

@testable import Cryptography

/// Against the openssl program, in both directions.
@Suite struct PrivateKeyTests {
  static let message = Array("a checkpoint's text\n".utf8)

  static func arguments(_ kind: PrivateKey.Kind) -> [String] {
    switch kind {
    case .ed25519: ["openssl", "genpkey", "-algorithm", "ed25519"]
    case .p256: ["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]
    }
  }

  static func read(_ pem: [UInt8]) throws(CryptographyError) -> PrivateKey {
    var pem = pem
    return try PrivateKey(wipingPEM: &pem)
  }

  static func pem(_ der: [UInt8]) -> [UInt8] { Array(PEM.encode(der, label: "PRIVATE KEY").utf8) }

  /// Throws unless the program verifies the signature.
  static func verify(_ signature: [UInt8], by key: PrivateKey, over message: [UInt8]) throws {
    let home = try TemporaryFolder()
    let pub = try home.write("pub.pem", Array(PEM.encode(key.publicKey.spki, label: "PUBLIC KEY").utf8))
    let input = try home.write("message", message)
    let signature = try home.write("signature", signature)
    let hash = key.kind == .p256 ? ["-digest", "sha256"] : []
    try runChecked(
      ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", pub, "-rawin", "-in", input, "-sigfile", signature] + hash)
  }

  @Test(arguments: PrivateKey.Kind.allCases)
  func signsWithOpenSSLsKeys(_ kind: PrivateKey.Kind) throws {
    let pem = try runChecked(Self.arguments(kind))
    let key = try Self.read(pem)
    #expect(key.kind == kind)
    #expect(key.publicKey.spki == (try runChecked(["openssl", "pkey", "-pubout", "-outform", "DER"], input: pem)))
    let signature = try key.sign(Self.message)
    try Self.verify(signature, by: key, over: Self.message)
    #expect(throws: RunError.self) { try Self.verify(signature, by: key, over: Self.message + [0]) }
    try key.publicKey.verify(signature, over: Self.message, key.scheme)
    // What is written is what openssl wrote.
    #expect(key.pem().copied() == pem)
  }

  @Test(arguments: PrivateKey.Kind.allCases)
  func makesKeysThatOpenSSLSignsWith(_ kind: PrivateKey.Kind) throws {
    let key = try PrivateKey.generate(kind)
    let home = try TemporaryFolder()
    let file = try home.write("key.pem", key.pem().copied())
    let input = try home.write("message", Self.message)
    let signature = try runChecked(
      ["openssl", "pkeyutl", "-sign", "-inkey", file, "-rawin", "-in", input]
        + (kind == .p256 ? ["-digest", "sha256"] : []))
    try key.publicKey.verify(signature, over: Self.message, key.scheme)
    #expect(try runChecked(["openssl", "pkey", "-in", file, "-check", "-noout"]).isEmpty == false)
    #expect(try Self.read(home.read("key.pem")).publicKey == key.publicKey)
    #expect(try PrivateKey.generate(kind).publicKey != key.publicKey)
  }

  /// RFC 8032 §7.1, test 2.
  @Test func signsTheStandardsMessage() throws {
    var seed: [UInt8] = [
      0x4c, 0xcd, 0x08, 0x9b, 0x28, 0xff, 0x96, 0xda, 0x9d, 0xb6, 0xc3, 0x46, 0xec, 0x11, 0x4e, 0x0f, 0x5b, 0x8a, 0x31,
      0x9f, 0x35, 0xab, 0xa6, 0x24, 0xda, 0x8c, 0xf6, 0xed, 0x4f, 0xb8, 0xa6, 0xfb,
    ]
    let key = try PrivateKey(.ed25519, wiping: &seed, point: [])
    #expect(seed.isEmpty)
    #expect(key.publicKey.spki.suffix(32).starts(with: [0x3d, 0x40, 0x17, 0xc3]))
    #expect(try key.sign([0x72]).starts(with: [0x92, 0xa0, 0x09, 0xa9, 0xf0, 0xd4, 0xca, 0xb8]))
  }

  @Test func wipesWhatItRead() throws {
    var pem = try runChecked(Self.arguments(.ed25519))
    _ = try PrivateKey(wipingPEM: &pem)
    #expect(!pem.isEmpty && pem.allSatisfy { $0 == 0 })
    var other = Array("-----BEGIN PRIVATE KEY-----\nsecret\n-----END PRIVATE KEY-----\n".utf8)
    #expect(throws: CryptographyError.self) { try PrivateKey(wipingPEM: &other) }
    #expect(other.allSatisfy { $0 == 0 })
  }

  @Test(arguments: [
    (["openssl", "genpkey", "-algorithm", "ed25519", "-aes256", "-pass", "pass:p"], "is encrypted"),
    (["openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout"], "older form"),
    (["openssl", "ecparam", "-name", "prime256v1", "-genkey"], "older form"),
    (["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"], "neither Ed25519 nor P-256"),
    (["openssl", "genpkey", "-algorithm", "RSA"], "neither Ed25519 nor P-256"),
    (["openssl", "genpkey", "-algorithm", "ed448"], "1.3.101.113"),
  ])
  func refusesOtherKeysInWords(_ command: [String], _ words: String) throws {
    let pem = try runChecked(command)
    let error = #expect(throws: CryptographyError.self) { try Self.read(pem) }
    guard case .unsupported(let said) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(said.contains(words))
  }

  // MARK: Strictness

  static let seed = DER.octets([UInt8](repeating: 5, count: 32))
  static let ed25519 = DER.sequence(DER.oid([1, 3, 101, 112]))
  static let good = DER.sequence(DER.integer(0), ed25519, DER.octets(seed))

  static let spoiled: [[UInt8]] = [
    [], good + [0], Array(good.dropLast()),
    DER.sequence(DER.integer(1), ed25519, DER.octets(seed)),
    DER.sequence(DER.integer(0), ed25519, DER.octets(seed), DER.value(0xa0, [])),
    DER.sequence(DER.integer(0), ed25519, DER.octets(seed + [5, 0])),
    DER.sequence(DER.integer(0), ed25519, DER.octets(DER.octets([UInt8](repeating: 5, count: 31)))),
    DER.sequence(DER.integer(0), ed25519, DER.octets(DER.octets([UInt8](repeating: 5, count: 33)))),
    DER.sequence(DER.integer(0), DER.sequence(DER.oid([1, 3, 101, 112]), DER.null), DER.octets(seed)),
  ]

  @Test(arguments: spoiled) func refuses(_ der: [UInt8]) throws {
    #expect(throws: Never.self) { try Self.read(Self.pem(Self.good)) }
    #expect(throws: CryptographyError.self) { try Self.read(Self.pem(der)) }
  }

  @Test func refusesOtherTexts() {
    let good = Self.pem(Self.good)
    for text in [
      [], good + good, Array("x\n".utf8) + good, good + Array("x\n".utf8), Array(good.dropLast(10)),
      good + [UInt8](repeating: 0x0a, count: PrivateKey.fileLimit),
      Array(PEM.encode(Self.good, label: "PUBLIC KEY").utf8), Array("-----BEGIN PRIVATE KEY-----\n".utf8),
    ] {
      #expect(throws: CryptographyError.self) { try Self.read(text) }
    }
  }

  /// `ECPrivateKey` of one's own making, around a real key's numbers.
  static func p256(
    version: UInt8 = 1, scalar: [UInt8], curve: [UInt8]? = nil, point: [UInt8]?, more: [UInt8] = []
  ) -> [UInt8] {
    let algorithm = DER.sequence(DER.oid([1, 2, 840, 10045, 2, 1]), DER.oid([1, 2, 840, 10045, 3, 1, 7]))
    let key = DER.sequence(
      [DER.integer(version), DER.octets(scalar)] + (curve.map { [DER.value(0xa0, $0)] } ?? [])
        + (point.map { [DER.value(0xa1, DER.bits($0))] } ?? []) + (more.isEmpty ? [] : [more]))
    return pem(DER.sequence(DER.integer(0), algorithm, DER.octets(key)))
  }

  @Test func readsP256InItsTwoSpellingsAlone() throws {
    let key = try PrivateKey.generate(.p256)
    let other = try PrivateKey.generate(.p256)
    let scalar = key.secret.copied()
    let point = Array(key.publicKey.spki.suffix(65))
    let p256 = DER.oid([1, 2, 840, 10045, 3, 1, 7])
    #expect(try Self.read(Self.p256(scalar: scalar, point: point)).publicKey == key.publicKey)
    #expect(try Self.read(Self.p256(scalar: scalar, curve: p256, point: point)).publicKey == key.publicKey)
    for (spoiled, words) in [
      (Self.p256(version: 2, scalar: scalar, point: point), "version"),
      (Self.p256(scalar: scalar, point: nil), "public half"),
      (Self.p256(scalar: scalar, curve: DER.oid([1, 3, 132, 0, 34]), point: point), "another curve"),
      (Self.p256(scalar: scalar, point: Array(point.dropLast())), "point"),
      (Self.p256(scalar: scalar, point: [2] + point[1...]), "point"),
      (Self.p256(scalar: scalar, point: Array(other.publicKey.spki.suffix(65))), "belong together"),
      (Self.p256(scalar: [UInt8](repeating: 0, count: 32), point: point), "belong together"),
      (Self.p256(scalar: [UInt8](repeating: 0xff, count: 32), point: point), "belong together"),
      (Self.p256(scalar: [0] + scalar, point: point), "33 bytes"),
      (Self.p256(scalar: scalar, point: point, more: DER.null), "EC key"),
    ] {
      let error = #expect(throws: CryptographyError.self) { try Self.read(spoiled) }
      #expect("\(String(describing: error))".contains(words), "\(String(describing: error))")
    }
  }
}
