import Cryptography
import Testing

@Suite struct PublicKeyTests {
  private static let rsa = TestKey(.rsa2048)
  private static let p256 = TestKey(.p256)

  /// `RSAPublicKey` of any two integers, in the form of X.690.
  private static func spki(modulus: [UInt8], exponent: [UInt8]) -> [UInt8] {
    let key = DER.sequence(DER.value(2, modulus), DER.value(2, exponent))
    return DER.sequence(DER.sequence(DER.oid([1, 2, 840, 113549, 1, 1, 1]), DER.null), DER.bits(key))
  }

  private static func modulus(bits: Int) -> [UInt8] {
    let count = (bits + 7) / 8
    var bytes = [UInt8](repeating: 0xff, count: count)
    bytes[0] = 0xff >> UInt8(count * 8 - bits)
    return (bytes[0] & 0x80 != 0 ? [0] : []) + bytes
  }

  @Test(arguments: [
    (TestKey.Kind.p256, PublicKey.Kind.ecdsa(.p256), SignatureScheme.ecdsa(.sha256), HashAlgorithm.sha256),
    (.p384, .ecdsa(.p384), .ecdsa(.sha384), .sha384),
    (.p521, .ecdsa(.p521), .ecdsa(.sha512), .sha512),
    (.ed25519, .ed25519, .ed25519, .sha512),
    (.rsa2048, .rsa(bits: 2048), .rsaPKCS1(.sha256), .sha256),
  ])
  func verifiesWhatItsKindSigns(
    made: TestKey.Kind, kind: PublicKey.Kind, scheme: SignatureScheme, hash: HashAlgorithm
  ) throws {
    let signer = TestKey(made)
    let key = try PublicKey(spki: signer.spki)
    #expect(key.kind == kind)
    #expect(key.spki == signer.spki)
    #expect(key.fingerprint == digest(signer.spki))
    #expect(SignatureScheme.usual(for: kind) == scheme)
    let message = Array("message".utf8)
    let signature = signer.sign(message, hash)
    try key.verify(signature, over: message, scheme)
    #expect(throws: CryptographyError.invalidSignature) { try key.verify(signature, over: message + [0], scheme) }
    #expect(throws: CryptographyError.invalidSignature) { try key.verify([], over: message, scheme) }
    let other = try PublicKey(spki: TestKey(made).spki)
    #expect(throws: CryptographyError.invalidSignature) { try other.verify(signature, over: message, scheme) }
    #expect(other != key)
    #expect(try PublicKey(spki: signer.spki) == key)
  }

  /// A curve does not fix the hash.
  @Test func verifiesEcdsaByOtherHashes() throws {
    let signer = TestKey(.p384)
    let message = Array("message".utf8)
    try signer.publicKey.verify(signer.sign(message, .sha256), over: message, .ecdsa(.sha256))
    #expect(throws: CryptographyError.invalidSignature) {
      try signer.publicKey.verify(signer.sign(message, .sha256), over: message, .ecdsa(.sha384))
    }
  }

  @Test(arguments: [
    (TestKey.Kind.p256, SignatureScheme.rsaPKCS1(.sha256)), (.p256, .ed25519), (.ed25519, .ecdsa(.sha256)),
    (.rsa2048, .ecdsa(.sha256)), (.rsa2048, .ed25519ph), (.ed25519, .rsaPSS(.sha256)),
  ])
  func refusesSchemesOfOtherKeys(made: TestKey.Kind, scheme: SignatureScheme) throws {
    let key = TestKey(made).publicKey
    expectUnsupported { try key.verify([1], over: [], scheme) }
    expectUnsupported { try key.verify([1], digest: digest([], .sha512), scheme) }
  }

  /// ECDSA looks at as many bits as the curve has: a longer digest would verify by its beginning.
  @Test(arguments: [0, 31, 33, 64]) func takesStatedDigestsOfTheirSizeOnly(size: Int) throws {
    let message = Array("message".utf8)
    let signature = Self.p256.sign(message)
    let stated = Array((digest(message).bytes + [UInt8](repeating: 0, count: 32)).prefix(size))
    let error = #expect(throws: CryptographyError.self) {
      try Self.p256.publicKey.verify(signature, digest: .sha256, stated, .ecdsa(.sha256))
    }
    guard case .malformed = error else { return #expect(Bool(false), "\(size): \(String(describing: error))") }
  }

  @Test func takesDigestsOfTheSchemesHashOnly() throws {
    let message = Array("message".utf8)
    let signature = Self.p256.sign(message)
    let key = Self.p256.publicKey
    try key.verify(signature, digest: digest(message), .ecdsa(.sha256))
    try key.verify(signature, digest: .sha256, digest(message).bytes, .ecdsa(.sha256))
    expectUnsupported { try key.verify(signature, digest: digest(message, .sha512), .ecdsa(.sha256)) }
    let plain = TestKey(.ed25519)
    expectUnsupported {
      try plain.publicKey.verify(plain.sign(message), digest: digest(message, .sha512), .ed25519)
    }
  }

  @Test(
    arguments: [
      ("nothing", []),
      ("trailing byte", p256.spki + [0]),
      ("cut off", p256.spki.dropLast()),
      ("point off the curve", p256.spki.dropLast() + [p256.spki.last! ^ 1]),
      ("point at infinity", DER.sequence(Array(p256.spki[2..<23]), DER.bits([0]))),
      ("empty point", DER.sequence(Array(p256.spki[2..<23]), DER.bits([]))),
      ("unused bits", DER.sequence(Array(p256.spki[2..<23]), DER.bits(Array(p256.spki[26...]), unused: 1))),
      ("point of another curve", DER.sequence(Array(p256.spki[2..<23]), DER.bits(Array(TestKey(.p384).spki[23...])))),
      ("longer length than needed", [0x30, 0x81, 0x59] + p256.spki[2...]),
      ("indefinite length", [0x30, 0x80] + p256.spki[2...] + [0, 0]),
      ("extra field", DER.sequence(Array(p256.spki[2...]), DER.null)),
      (
        "short Ed25519",
        DER.sequence(DER.sequence(DER.oid([1, 3, 101, 112])), DER.bits([UInt8](repeating: 1, count: 31)))
      ),
      ("even modulus", spki(modulus: [0] + [UInt8](repeating: 0xfe, count: 256), exponent: [1, 0, 1])),
      ("negative modulus", spki(modulus: [UInt8](repeating: 0xff, count: 256), exponent: [1, 0, 1])),
      ("padded modulus", spki(modulus: [0, 0] + [UInt8](repeating: 0xff, count: 256), exponent: [1, 0, 1])),
      ("even exponent", spki(modulus: modulus(bits: 2048), exponent: [1, 0, 0])),
      ("exponent 1", spki(modulus: modulus(bits: 2048), exponent: [1])),
      ("long exponent", spki(modulus: modulus(bits: 2048), exponent: [1] + [UInt8](repeating: 1, count: 8))),
      ("zero exponent", spki(modulus: modulus(bits: 2048), exponent: [0])),
    ] as [(String, [UInt8])])
  func refusesMalformed(what: String, der: [UInt8]) {
    let error = #expect(throws: CryptographyError.self, "\(what)") { try PublicKey(spki: der) }
    guard case .malformed = error else { return #expect(Bool(false), "\(what): \(String(describing: error))") }
  }

  @Test(
    arguments: [
      ("RSA 2047", spki(modulus: modulus(bits: 2047), exponent: [1, 0, 1])),
      ("RSA 4097", spki(modulus: modulus(bits: 4097), exponent: [1, 0, 1])),
      ("compressed point", DER.sequence(Array(p256.spki[2..<23]), DER.bits([2] + p256.spki[27..<59]))),
      (
        "secp256k1",
        DER.sequence(
          DER.sequence(DER.oid([1, 2, 840, 10045, 2, 1]), DER.oid([1, 3, 132, 0, 10])), DER.bits([4] + p256.spki[27...])
        )
      ),
      (
        "explicit parameters",
        DER.sequence(
          DER.sequence(DER.oid([1, 2, 840, 10045, 2, 1]), DER.sequence(DER.integer(1))),
          DER.bits([4] + p256.spki[27...]))
      ),
      (
        "RSA without NULL",
        DER.sequence(DER.sequence(DER.oid([1, 2, 840, 113549, 1, 1, 1])), DER.bits(DER.sequence()))
      ),
      ("X25519", DER.sequence(DER.sequence(DER.oid([1, 3, 101, 110])), DER.bits([UInt8](repeating: 9, count: 32)))),
    ] as [(String, [UInt8])])
  func refusesUnsupported(what: String, der: [UInt8]) {
    expectUnsupported(what) { try PublicKey(spki: der) }
  }

  @Test(arguments: [2048, 4096]) func takesTheEndsOfTheRange(bits: Int) throws {
    let der = Self.spki(modulus: Self.modulus(bits: bits), exponent: [1, 0, 1])
    #expect(try PublicKey(spki: der).kind == .rsa(bits: bits))
  }

  @Test func readsPKCS1() throws {
    // Behind the headers of SEQUENCE, algorithm (15 bytes) and BIT STRING with its byte of unused bits.
    let key = try PublicKey(pkcs1: Array(Self.rsa.spki[24...]))
    #expect(key == Self.rsa.publicKey)
    #expect(throws: CryptographyError.self) { try PublicKey(pkcs1: Self.rsa.spki) }
    #expect(throws: CryptographyError.self) { try PublicKey(pkcs1: []) }
  }

  private static let pem = """
    -----BEGIN PUBLIC KEY-----
    MCowBQYDK2VwAyEA7Bcrk61eVjv0kyxw4SRQNMNUZ+8u/U1k6/gZaDRn4r8=
    -----END PUBLIC KEY-----

    """

  @Test func readsPEM() throws {
    let key = try PublicKey(pem: Array(Self.pem.utf8))
    #expect(key.spki == Ed25519phTests.spki)
    let lines = Self.pem.split(separator: "\n").joined(separator: "\r\n")
    #expect(try PublicKey(pem: Array(lines.utf8)) == key)
  }

  @Test(arguments: [
    "", "\n", pem + pem, "text\n" + pem, pem + "text\n", String(pem.dropLast(12)),
    pem.split(separator: "\n").map { $0.replacing("PUBLIC", with: "PRIVATE") }.joined(separator: "\n"),
    // Spare bits that are not zero; padding left out; a character of another alphabet.
    pem.replacing("r8=", with: "r9="), pem.replacing("r8=", with: "r8"), pem.replacing("Z+8u", with: "Z-8u"),
    pem.replacing("MCow", with: "MC=w"),
  ])
  func refusesOtherPEM(text: String) {
    #expect(throws: CryptographyError.self) { try PublicKey(pem: Array(text.utf8)) }
  }
}

func expectUnsupported<Value>(_ what: String = "", _ body: () throws -> Value) {
  let error = #expect(throws: CryptographyError.self, "\(what)") { _ = try body() }
  guard case .unsupported = error else { return #expect(Bool(false), "\(what): \(String(describing: error))") }
}
