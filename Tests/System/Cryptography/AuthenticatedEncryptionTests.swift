import Cryptography
import Testing

@Suite struct AuthenticatedEncryptionTests {
  static let nonce = Array("ABCDEFGHIJKLMNOPQRSTUVWX".utf8)
  static let text = Array("XAES-256-GCM".utf8)

  static func cipher(_ byte: UInt8 = 1) throws -> AuthenticatedEncryption {
    var key = [UInt8](repeating: byte, count: 32)
    return try AuthenticatedEncryption(wiping: &key)
  }

  /// The vectors of C2SP XAES-256-GCM: the two cover both values of the bit that CMAC's subkey turns on.
  @Test(arguments: [
    (UInt8(1), "", "ce546ef63c9cc60765923609b33a9a1974e96e52daf2fcf7075e2271"),
    (3, "c2sp.org/XAES-256-GCM", "986ec1832593df5443a179437fd083bf3fdb41abd740a21f71eb769d"),
  ])
  func agreesWithThePublishedVectors(_ key: UInt8, _ associated: String, _ expected: String) throws {
    var cipher = try Self.cipher(key)
    let sealed = try cipher.seal(Self.text, nonce: Self.nonce, authenticating: Array(associated.utf8))
    #expect(sealed.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined() == expected)
    #expect(try cipher.open(sealed, nonce: Self.nonce, authenticating: Array(associated.utf8)) == Self.text)
  }

  @Test func switchesBetweenDerivedKeys() throws {
    var cipher = try Self.cipher()
    let nonces = (0..<3).map { [UInt8](repeating: $0, count: 24) }
    let sealed = try nonces.map { try cipher.seal(Self.text, nonce: $0, authenticating: []) }
    #expect(Set(sealed).count == 3)
    for (nonce, sealed) in zip(nonces, sealed).reversed() {
      #expect(try cipher.open(sealed, nonce: nonce, authenticating: []) == Self.text)
    }
  }

  @Test(arguments: ["text", "tag", "salt", "counter", "associated", "short", "key"])
  func refusesWhatWasChanged(_ what: String) throws {
    var cipher = try Self.cipher()
    var sealed = try cipher.seal(Self.text, nonce: Self.nonce, authenticating: [7])
    var nonce = Self.nonce
    var associated: [UInt8] = [7]
    switch what {
    case "text": sealed[0] ^= 1
    case "tag": sealed[sealed.count - 1] ^= 1
    case "salt": nonce[0] ^= 1
    case "counter": nonce[23] ^= 1
    case "associated": associated = []
    case "short": sealed = Array(sealed.prefix(15))
    default: break
    }
    #expect(throws: CryptographyError.invalidSignature) {
      var other = what == "key" ? try Self.cipher(2) : try Self.cipher()
      _ = try other.open(sealed, nonce: nonce, authenticating: associated)
    }
  }

  @Test func sealsNothing() throws {
    var cipher = try Self.cipher()
    let sealed = try cipher.seal([], nonce: Self.nonce, authenticating: [])
    #expect(sealed.count == AuthenticatedEncryption.tagSize)
    #expect(try cipher.open(sealed, nonce: Self.nonce, authenticating: []) == [])
  }

  @Test func takesTheKeyAway() throws {
    var key = [UInt8](repeating: 5, count: 32)
    _ = try AuthenticatedEncryption(wiping: &key)
    #expect(key == [UInt8](repeating: 0, count: 32))
  }

  @Test(arguments: [0, 31, 33]) func refusesKeysOfOtherSizes(_ size: Int) {
    #expect(throws: CryptographyError.malformed("a key of \(size) bytes")) {
      var key = [UInt8](repeating: 5, count: size)
      _ = try AuthenticatedEncryption(wiping: &key)
    }
  }

  @Test func givesRandomBytes() throws {
    #expect(try randomBytes(32) != randomBytes(32))
    #expect(try randomBytes(0).isEmpty)
  }
}
