import Testing

@testable import Cryptography

@Suite struct Ed25519phTests {
  /// RFC 8032 §7.3.
  static let spki = unhex("302a300506032b6570032100ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf")
  static let message = Array("abc".utf8)
  static let signature = unhex(
    "98a70222f0b8121aa9d30f813d683f809e462b469c7ff87639499bb94e6dae41"
      + "31f85042463c2a355a2003d062adf5aaa10b8c61e636062aaad11c2a26083406")

  private func key() throws -> PublicKey { try PublicKey(spki: Self.spki) }

  @Test func verifiesTheVector() throws {
    try key().verify(Self.signature, over: Self.message, .ed25519ph)
    try key().verify(Self.signature, digest: digest(Self.message, .sha512), .ed25519ph)
  }

  @Test func isNotPlainEd25519() throws {
    #expect(throws: CryptographyError.invalidSignature) {
      try key().verify(Self.signature, over: Self.message, .ed25519)
    }
    let plain = TestKey(.ed25519)
    let signature = plain.sign(Self.message)
    try plain.publicKey.verify(signature, over: Self.message, .ed25519)
    #expect(throws: CryptographyError.invalidSignature) {
      try plain.publicKey.verify(signature, over: Self.message, .ed25519ph)
    }
    #expect(throws: CryptographyError.invalidSignature) {
      try plain.publicKey.verify(signature, digest: digest(Self.message, .sha512), .ed25519ph)
    }
  }

  /// One bit of each byte of the signature, by both ways of verifying.
  @Test(arguments: 0..<64) func refusesAlteredSignatures(index: Int) throws {
    var signature = Self.signature
    signature[index] ^= 1
    #expect(throws: CryptographyError.invalidSignature) {
      try key().verify(signature, over: Self.message, .ed25519ph)
    }
    #expect(throws: CryptographyError.invalidSignature) {
      try key().verify(signature, digest: digest(Self.message, .sha512), .ed25519ph)
    }
  }

  @Test func refusesOtherMessages() throws {
    #expect(throws: CryptographyError.invalidSignature) {
      try key().verify(Self.signature, over: Self.message + [0], .ed25519ph)
    }
    #expect(throws: CryptographyError.invalidSignature) {
      try key().verify(Self.signature, digest: digest(Self.message + [0], .sha512), .ed25519ph)
    }
  }

  /// S + L verifies the same equation; a second signature must not exist.
  @Test func refusesTheSameScalarUnreduced() throws {
    let order = unhex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010")
    var signature = Self.signature
    var carry = 0
    for index in 0..<32 {
      let sum = Int(signature[32 + index]) + Int(order[index]) + carry
      signature[32 + index] = UInt8(sum & 0xff)
      carry = sum >> 8
    }
    #expect(throws: CryptographyError.invalidSignature) {
      try key().verify(signature, digest: digest(Self.message, .sha512), .ed25519ph)
    }
    #expect(throws: CryptographyError.invalidSignature) {
      try key().verify(signature, over: Self.message, .ed25519ph)
    }
  }

  /// Under a key of small order some signatures verify for many messages.
  @Test func refusesKeysOfSmallOrder() throws {
    let identity: [UInt8] = [1] + [UInt8](repeating: 0, count: 31)
    let weak = try PublicKey(spki: Self.spki.dropLast(32) + identity)
    // R = [S]B with S = 1: B itself.
    let base = unhex("5866666666666666666666666666666666666666666666666666666666666666")
    let signature = base + identity
    #expect(throws: CryptographyError.invalidSignature) {
      try weak.verify(signature, digest: digest(Self.message, .sha512), .ed25519ph)
    }
    #expect(throws: CryptographyError.invalidSignature) { try weak.verify(signature, over: Self.message, .ed25519ph) }
  }

  @Test(arguments: [[], [UInt8](signature.dropLast()), signature + [0]]) func refusesOtherLengths(
    signature: [UInt8]
  ) throws {
    #expect(throws: CryptographyError.invalidSignature) {
      try key().verify(signature, over: Self.message, .ed25519ph)
    }
    #expect(throws: CryptographyError.invalidSignature) {
      try key().verify(signature, digest: digest(Self.message, .sha512), .ed25519ph)
    }
  }

  @Test func nothingStandsInForAValidatedModule() throws {
    let strict = Provider(properties: "fips=yes")
    let refused = { (error: CryptographyError?) in if case .unsupported = error { true } else { false } }
    #expect(
      refused(
        #expect(throws: CryptographyError.self) {
          try key().verify(Self.signature, over: Self.message, .ed25519ph, with: strict)
        }))
    #expect(
      refused(
        #expect(throws: CryptographyError.self) {
          try key().verify(
            Self.signature, digest: .sha512, digest(Self.message, .sha512).bytes, .ed25519ph, with: strict)
        }))
  }
}
