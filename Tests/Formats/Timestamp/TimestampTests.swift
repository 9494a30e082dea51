import Cryptography
import Octets
import Reasons
import TestSupport
import Testing
import Timestamp

@Suite struct TimestampTests {
  /// A token that reads, with a signature that is none.
  static func sound() -> TokenSketch {
    var sketch = TokenSketch()
    sketch.attributes = [
      TokenSketch.contentTypeAttribute(), TokenSketch.digestAttribute([1, 2, 3]),
      TokenSketch.certificateAttribute([4, 5, 6]),
    ]
    return sketch
  }

  static func bytes(_ change: (inout TokenSketch) -> Void = { _ in }) -> [UInt8] {
    var sketch = sound()
    change(&sketch)
    return sketch.token { _ in [9, 9] }
  }

  static func reason(_ bytes: [UInt8]) -> Reason? {
    do {
      _ = try TimestampToken(parsing: bytes)
      return nil
    } catch {
      return error.reason
    }
  }

  @Test func readsWhatIsThere() throws {
    var sketch = Self.sound()
    let attributes = sketch.attributes
    let describe: (inout TokenSketch) -> Void = {
      $0.certificates = [DERWriter.sequence([5, 0]), DERWriter.element(0xA1, [1]), DERWriter.sequence([])]
      $0.infoTail =
        DERWriter.sequence(DERWriter.integer(2), [0x80, 1, 3], [0x81, 1, 4]) + DERWriter.boolean(true)
        + DERWriter.integer(42) + DERWriter.element(0xA0, [1, 2])
        + DERWriter.element(
          0xA1, DERWriter.sequence(DERWriter.oid("1.2.3"), DERWriter.boolean(false), DERWriter.octets([])))
    }
    describe(&sketch)
    let token = try TimestampToken(parsing: sketch.token { _ in [9, 9] })
    #expect(token.info.imprintAlgorithm == .sha256)
    #expect(token.info.imprint == [UInt8](repeating: 7, count: 32))
    #expect(token.info.time == UnixTime(1_785_585_600))
    #expect(token.info.accuracy?.seconds == 2)
    #expect(token.info.accuracy?.milliseconds == 3)
    #expect(token.info.accuracy?.microseconds == 4)
    #expect(token.info.isOrdered)
    #expect(token.info.nonce == [42])
    #expect(token.info.serial == [5])
    #expect(token.info.policy.description == "1.3.6.1.4.1.57264.2")
    #expect(token.certificates == [DERWriter.sequence([5, 0]), DERWriter.sequence([])])
    #expect(token.signer.identifier == .issuer(DERWriter.name("nobody"), serial: [1]))
    #expect(token.signer.messageDigest == [1, 2, 3])
    #expect(token.signer.certificateHashes == [.sha2(.sha256, [4, 5, 6])])
    #expect(token.signer.scheme == .ecdsa(.sha256))
    #expect(token.signer.signature == [9, 9])
    #expect(token.signer.signedAttributes == DERWriter.element(0x31, Array(attributes.joined())))
    #expect(token.content == sketch.statement)
  }

  @Test(
    "Forms that are as good as the usual one",
    arguments: [
      Departure("granted with modifications") { $0.status = 1 },
      Departure("a bare token") { $0.status = nil },
      Departure("a hash without parameters") {
        $0.digestAlgorithm = DERWriter.algorithm("2.16.840.1.101.3.4.2.1", null: true)
      },
      Departure("named by key") {
        $0.signerVersion = 3
        $0.signerIdentifier = [0x80, 1, 7]
      },
      Departure("the old certificate hash") { $0.attributes[2] = TokenSketch.oldCertificateAttribute([1]) },
      Departure("an attribute that nobody knows") { $0.attributes.append(TokenSketch.attribute("1.2.3", [5, 0])) },
      Departure("a fraction") { $0.time = DERWriter.time("20260801120000.25Z") },
    ] as [Departure<TokenSketch>])
  func accepts(departure: Departure<TokenSketch>) throws {
    #expect(Self.reason(Self.bytes(departure.apply)) == nil)
  }

  @Test(
    "Each departure from RFC 3161 is refused",
    arguments: [
      Departure("rejected") { $0.status = 2 },
      Departure("waiting") { $0.status = 3 },
      Departure("data behind the token") { $0.behindToken = [5, 0] },
      Departure("plain data") { $0.signedDataType = "1.2.840.113549.1.7.1" },
      Departure("another SignedData version") { $0.signedDataVersion = 1 },
      Departure("another content") { $0.contentType = "1.2.840.113549.1.7.1" },
      Departure("another version") { $0.infoVersion = 2 },
      Departure("a short imprint") { $0.imprint.removeLast() },
      Departure("a long imprint") { $0.imprint.append(0) },
      Departure("UTCTime") { $0.time = DERWriter.element(0x17, Array("260801120000Z".utf8)) },
      Departure("an explicit default") { $0.infoTail = DERWriter.boolean(false) },
      Departure("milliseconds of 0") { $0.infoTail = DERWriter.sequence([0x80, 1, 0]) },
      Departure("milliseconds of 1000") { $0.infoTail = DERWriter.sequence([0x80, 2, 3, 0xE8]) },
      Departure("microseconds of 1000") { $0.infoTail = DERWriter.sequence([0x81, 2, 3, 0xE8]) },
      Departure("negative seconds") { $0.infoTail = DERWriter.sequence([0x02, 1, 0xFF]) },
      Departure("an unknown part of the accuracy") { $0.infoTail = DERWriter.sequence([0x82, 1, 1]) },
      Departure("fields out of order") { $0.infoTail = DERWriter.integer(1) + DERWriter.boolean(true) },
      Departure("a critical extension") {
        $0.infoTail = DERWriter.element(
          0xA1, DERWriter.sequence(DERWriter.oid("1.2.3"), DERWriter.boolean(true), DERWriter.octets([])))
      },
      Departure("a statement that is none") { $0.content = [0x04, 0x00] },
      Departure("data behind the statement") { $0.content = $0.statement + [5, 0] },
      Departure("the wrong signer version") { $0.signerVersion = 3 },
      Departure("the wrong signer version, by key") { $0.signerIdentifier = [0x80, 1, 7] },
      Departure("two signers") { $0.moreSigners = DERWriter.sequence([]) },
      Departure("no content type") { $0.attributes.remove(at: 0) },
      Departure("another signed content type") {
        $0.attributes[0] = TokenSketch.contentTypeAttribute("1.2.840.113549.1.7.1")
      },
      Departure("no message digest") { $0.attributes.remove(at: 1) },
      Departure("no certificate hash") { $0.attributes.remove(at: 2) },
      Departure("an attribute twice") { $0.attributes.append($0.attributes[1]) },
      Departure("two values in an attribute") {
        $0.attributes[1] = TokenSketch.attribute(
          "1.2.840.113549.1.9.4", DERWriter.octets([1, 2, 3]), DERWriter.octets([1, 2, 3]))
      },
      Departure("NULL with contents") {
        $0.digestAlgorithm = DERWriter.sequence(DERWriter.oid("2.16.840.1.101.3.4.2.1"), [5, 1, 0])
      },
    ] as [Departure<TokenSketch>])
  func refuses(departure: Departure<TokenSketch>) {
    #expect(Self.reason(Self.bytes(departure.apply)) == .timestampMalformed)
  }

  @Test(
    "Algorithms that are none of ours are told apart from damage",
    arguments: [
      Departure("a SHA-1 imprint") { $0.imprintAlgorithm = DERWriter.algorithm("1.3.14.3.2.26", null: true) },
      Departure("a SHA-1 digest") { $0.digestAlgorithm = DERWriter.algorithm("1.3.14.3.2.26", null: true) },
      Departure("an unknown signature") { $0.signatureAlgorithm = DERWriter.algorithm("1.2.3") },
      Departure("PSS parameters") {
        $0.signatureAlgorithm = DERWriter.sequence(
          DERWriter.oid("1.2.840.113549.1.1.10"), DERWriter.sequence([0xA0, 0]))
      },
    ] as [Departure<TokenSketch>])
  func tellsUnsupported(departure: Departure<TokenSketch>) {
    #expect(Self.reason(Self.bytes(departure.apply)) == .signatureAlgorithmUnsupported)
  }

  @Test(
    "An RSA key type takes the digest's hash",
    arguments: [
      ("2.16.840.1.101.3.4.2.1", HashAlgorithm.sha256), ("2.16.840.1.101.3.4.2.3", .sha512),
    ])
  func pairsRSA(digest: String, hash: HashAlgorithm) throws {
    let bytes = Self.bytes {
      $0.digestAlgorithm = DERWriter.algorithm(digest)
      $0.signatureAlgorithm = DERWriter.algorithm("1.2.840.113549.1.1.1", null: true)
    }
    #expect(try TimestampToken(parsing: bytes).signer.scheme == .rsaPKCS1(hash))
  }

  @Test func refusesWhatIsTooLarge() {
    // Valid in itself: only its size speaks against it.
    let filler = DERWriter.sequence([UInt8](repeating: 0, count: TimestampToken.sizeLimit))
    #expect(Self.reason(Self.bytes { $0.certificates = [filler] }) == .timestampMalformed)
    let smaller = DERWriter.sequence([UInt8](repeating: 0, count: TimestampToken.sizeLimit - 1000))
    #expect(Self.reason(Self.bytes { $0.certificates = [smaller] }) == nil)
  }

  @Test("Every cut and every changed byte is refused or read, never fatal")
  func survivesDamage() {
    let sound = Self.bytes()
    for count in 0..<sound.count { #expect(Self.reason(Array(sound.prefix(count))) != nil) }
    #expect(Self.reason(sound + [0]) == .timestampMalformed)
    var refused = 0
    for place in sound.indices {
      for value in [0x00, 0x7F, 0x80, 0xFF] as [UInt8] where sound[place] != value {
        var damaged = sound
        damaged[place] = value
        if Self.reason(damaged) != nil { refused += 1 }
      }
    }
    #expect(refused > sound.count)
  }

  @Test(
    arguments: [
      ("20260801120000Z", 1_785_585_600), ("20260801120000.5Z", 1_785_585_600), ("19691231235959Z", -1),
      ("20240229000000.001Z", 1_709_164_800),
    ] as [(String, Int64)])
  func readsTimes(text: String, seconds: Int64) {
    #expect(UnixTime(generalizedTime: Array(text.utf8)[...]) == UnixTime(seconds))
  }

  @Test(arguments: [
    "", "Z", "20260801120000", "20260801120000+0000", "202608011200Z", "20260801120000.Z", "20260801120000.50Z",
    "20260801120000.0Z", "20260801120000,5Z", "20260801120000.5.5Z", "20260801120060Z", "20260801240000Z",
    "20260229000000Z", "20261301000000Z", "2026-801120000Z", "20260801120000z", "20260801120000.5",
  ])
  func refusesOtherTimes(text: String) {
    #expect(UnixTime(generalizedTime: Array(text.utf8)[...]) == nil)
  }
}
