import Cryptography
import TestSupport
import Testing

/// What a credential for a TPM is made of, each part against published vectors or OpenSSL's command line.
@Suite struct KeyEncryptionTests {
  private static func secret(_ bytes: [UInt8]) -> SecretBytes {
    var bytes = bytes
    return SecretBytes(wiping: &bytes)
  }
  private static func hex(_ bytes: [UInt8]) -> String {
    bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
  }

  /// RFC 4231 §4.3, whose key is short, and §4.7, whose key is longer than a block.
  @Test(arguments: [
    ("Jefe", "what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
    (
      "", "Test Using Larger Than Block-Size Key - Hash Key First",
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
    ),
  ])
  func authenticatesAsPublished(_ key: String, _ message: String, _ expected: String) throws {
    let key = key.isEmpty ? [UInt8](repeating: 0xaa, count: 131) : Array(key.utf8)
    #expect(Self.hex(try hmac(.sha256, key: Self.secret(key), over: Array(message.utf8))) == expected)
  }

  @Test func authenticatesWithEachHash() throws {
    for algorithm in HashAlgorithm.allCases {
      let own = try hmac(algorithm, key: Self.secret([1, 2, 3]), over: [4, 5])
      let name = algorithm.rawValue
      let other = try runChecked(
        ["openssl", "dgst", "-\(name)", "-mac", "HMAC", "-macopt", "hexkey:010203", "-binary"], input: [4, 5])
      #expect(own == other)
    }
  }

  @Test func comparesWhole() {
    #expect(areEqual([1, 2, 3], [1, 2, 3]))
    #expect(areEqual([], []))
    #expect(!areEqual([1, 2, 3], [1, 2]))
    #expect(!areEqual([1, 2, 3], [1, 2, 4]))
    #expect(!areEqual([0, 2, 3], [1, 2, 3]))
  }

  /// The definition itself: HMAC over counter, label, zero, context, bits.
  @Test(arguments: HashAlgorithm.allCases, [16, 32, 48, 80])
  func derivesAsTheTPMDoes(_ algorithm: HashAlgorithm, _ count: Int) throws {
    let context: [UInt8] = [0, 11, 9, 9]
    let derived = try kdfa(algorithm, key: Self.secret([7, 8]), label: "STORAGE", context: context, count: count)
    var expected: [UInt8] = []
    for counter: UInt8 in 1...8 {
      let bits = UInt16(count * 8)
      let input =
        [0, 0, 0, counter] + Array("STORAGE".utf8) + [0] + context + [0, 0, UInt8(bits >> 8), UInt8(bits & 255)]
      expected += try hmac(algorithm, key: Self.secret([7, 8]), over: input)
    }
    #expect(derived.copied() == Array(expected.prefix(count)))

    let shared = try kdfe(algorithm, secret: Self.secret([7, 8]), use: "IDENTITY", parties: context, count: count)
    var other: [UInt8] = []
    for counter: UInt8 in 1...8 {
      other += digest([0, 0, 0, counter, 7, 8] + Array("IDENTITY".utf8) + [0] + context, algorithm).bytes
    }
    #expect(shared.copied() == Array(other.prefix(count)))
  }

  /// NIST SP 800-38A §F.3.13 has another vector than zero, so that OpenSSL's command line is asked.
  @Test(arguments: [16, 32], [1, 16, 34, 50]) func encryptsAsOpenSSLDoes(_ key: Int, _ size: Int) throws {
    let secret = (0..<key).map { UInt8($0) }
    let text = (0..<size).map { UInt8($0) }
    let own = try encryptCFB(Self.secret(text), key: Self.secret(secret))
    let other = try runChecked(
      [
        "openssl", "enc", "-aes-\(key * 8)-cfb", "-K", Self.hex(secret), "-iv", String(repeating: "0", count: 32),
      ], input: text)
    #expect(own == other)
    #expect(throws: CryptographyError.malformed("an AES key of 24 bytes")) {
      _ = try encryptCFB(Self.secret(text), key: Self.secret([UInt8](repeating: 0, count: 24)))
    }
  }

  @Test(arguments: ["P-256", "P-384"]) func agreesWithTheHolder(_ curve: String) throws {
    let folder = try TemporaryFolder()
    let key = folder.path("key.pem")
    try runChecked(
      ["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:\(curve)", "-out", key])
    let spki = try runChecked(["openssl", "pkey", "-in", key, "-pubout", "-outform", "DER"])
    let size = curve == "P-256" ? 32 : 48
    let holder = try PublicKey(spki: spki)
    let agreement = try holder.agree()
    #expect(agreement.point.count == 2 * size)
    let made = spki.dropLast(2 * size) + agreement.point
    let peer = try folder.write(
      "peer.pem", try runChecked(["openssl", "pkey", "-pubin", "-inform", "DER"], input: Array(made)))
    let shared = try runChecked(["openssl", "pkeyutl", "-derive", "-inkey", key, "-peerkey", peer])
    #expect(agreement.shared.copied() == shared)
    #expect(try holder.agree().point != agreement.point)
  }

  @Test(arguments: [HashAlgorithm.sha256, .sha384]) func encryptsForTheHolder(_ algorithm: HashAlgorithm) throws {
    let folder = try TemporaryFolder()
    let key = try SigningKey(.rsa2048)
    let file = try folder.write("key.pem", key.pem)
    let label = Array("IDENTITY".utf8) + [0]
    let text = (0..<48).map { UInt8($0) }
    let sealed = try PublicKey(spki: key.spki).encryptOAEP(Self.secret(text), label: label, algorithm)
    func open(_ label: [UInt8]) throws -> RunResult {
      try run(
        [
          "openssl", "pkeyutl", "-decrypt", "-inkey", file, "-pkeyopt", "rsa_padding_mode:oaep", "-pkeyopt",
          "rsa_oaep_md:\(algorithm.rawValue)", "-pkeyopt", "rsa_mgf1_md:\(algorithm.rawValue)", "-pkeyopt",
          "rsa_oaep_label:\(Self.hex(label))",
        ], input: sealed)
    }
    #expect(try open(label).stdout == text)
    #expect(try open(label.dropLast()).status != 0)
  }

  @Test func keysAreForTheirUse() throws {
    let (curve, rsa) = (try PublicKey(spki: try SigningKey().spki), try PublicKey(spki: try SigningKey(.rsa2048).spki))
    #expect(throws: CryptographyError.self) { _ = try rsa.agree() }
    #expect(throws: CryptographyError.self) { _ = try curve.encryptOAEP(Self.secret([1]), label: [], .sha256) }
    // More than a modulus of 2,048 bits holds beside the padding.
    #expect(throws: CryptographyError.self) {
      _ = try rsa.encryptOAEP(Self.secret([UInt8](repeating: 0, count: 191)), label: [], .sha256)
    }
  }
}
