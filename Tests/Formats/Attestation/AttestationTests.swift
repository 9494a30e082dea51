import Attestation
import Cryptography
import Reasons
import TestSupport
import Testing

/// Reading attestations; no TPM is needed for it.
@Suite struct AttestationTests {
  private static func big(_ number: UInt64, _ size: Int) -> [UInt8] {
    (0..<size).reversed().map { UInt8(truncatingIfNeeded: number >> (8 * UInt64($0))) }
  }
  private static func sized(_ bytes: [UInt8]) -> [UInt8] { big(UInt64(bytes.count), 2) + bytes }

  private static let signer: [UInt8] = [0, 11] + [UInt8](repeating: 1, count: 32)
  private static let magic: [UInt8] = [0xFF, 0x54, 0x43, 0x47]
  private static let clock = big(0x0102_0304_0506, 8) + big(7, 4) + big(8, 4)
  private static let firmware = big(0x2019_1023_0016_3636, 8)
  private static func head(_ kind: UInt64, safe: UInt8 = 1, magic: [UInt8] = magic) -> [UInt8] {
    magic + big(kind, 2) + sized(signer) + sized([9, 9]) + clock + [safe] + firmware
  }
  private static let bank: [UInt8] = [0, 0, 0, 1, 0, 11, 3]
  private static let hash = [UInt8](repeating: 5, count: 32)
  private static let quote = head(0x8018) + bank + [0x80, 0x08, 0] + sized(hash)
  private static let index = head(0x8014) + sized(signer) + [0, 0] + sized(hash)
  private static let creation = head(0x801A, safe: 0) + sized(signer) + sized(hash)

  @Test func readsEachKind() throws {
    let quote = try Attestation(parsing: Self.quote)
    #expect(quote.claim == .quote(PCRSelection([7, 11])!, digest: Self.hash))
    #expect(quote.signer == Self.signer)
    #expect(quote.qualifying == [9, 9])
    #expect(
      quote.clock == .init(milliseconds: 0x0102_0304_0506, resets: 7, restarts: 8, isSafe: true))
    #expect(quote.firmware == 0x2019_1023_0016_3636)
    #expect(try Attestation(parsing: Self.index).claim == .nv(indexName: Self.signer, contents: Self.hash))
    let creation = try Attestation(parsing: Self.creation)
    #expect(creation.claim == .creation(objectName: Self.signer, creationHash: Self.hash))
    #expect(!creation.clock.isSafe)
  }

  static let malformed: [(String, [UInt8])] = [
    ("no TPM made it", head(0x8018, magic: [0xFF, 0x54, 0x43, 0x48]) + bank + [0, 8, 0] + sized(hash)),
    ("another kind", head(0x8017) + bank + [0, 8, 0] + sized(hash)),
    ("safe is 2", head(0x8018, safe: 2) + bank + [0, 8, 0] + sized(hash)),
    (
      "two banks",
      head(0x8018) + [0, 0, 0, 2] + bank.dropFirst(4) + [0, 8, 0] + bank.dropFirst(4) + [0, 8, 0] + sized(hash)
    ),
    ("no bank", head(0x8018) + [0, 0, 0, 0] + sized(hash)),
    ("the SHA-1 bank", head(0x8018) + [0, 0, 0, 1, 0, 4, 3, 0, 8, 0] + sized(hash)),
    ("four octets of PCRs", head(0x8018) + [0, 0, 0, 1, 0, 11, 4, 0, 8, 0, 0] + sized(hash)),
    ("a short digest", head(0x8018) + bank + [0, 8, 0] + sized(Array(hash.dropLast()))),
    ("a part of an index", head(0x8014) + sized(signer) + [0, 1] + sized(hash)),
    ("a long Name", head(0x8014) + sized([UInt8](repeating: 0, count: 69)) + [0, 0] + sized(hash)),
    ("contents of 2,049 bytes", head(0x8014) + sized(signer) + [0, 0] + sized([UInt8](repeating: 0, count: 2049))),
    ("a creation hash of 20 bytes", head(0x801A) + sized(signer) + sized(Array(hash.prefix(20)))),
    ("one byte more", quote + [0]),
    ("larger than any", quote + [UInt8](repeating: 0, count: Attestation.limit)),
  ]

  @Test(arguments: malformed) func refusesAnotherShape(_ name: String, _ bytes: [UInt8]) {
    let error = #expect(throws: Failure.self) { try Attestation(parsing: bytes) }
    #expect(error?.reason == .reportMalformed, "\(name)")
  }

  @Test(arguments: [quote, index, creation]) func refusesEveryTruncation(_ bytes: [UInt8]) {
    for count in 0..<bytes.count {
      #expect(throws: Failure.self, "\(count) bytes") { try Attestation(parsing: Array(bytes.prefix(count))) }
    }
  }

  @Test func selectionsAreOfPCRs() {
    #expect(PCRSelection([24]) == nil)
    #expect(PCRSelection([-1]) == nil)
    #expect(PCRSelection(bits: 1 << 24) == nil)
    #expect(PCRSelection([11, 7, 7])?.numbers == [7, 11])
    #expect(PCRSelection([7, 11])!.marshalled == [0, 0, 0, 1, 0, 11, 3, 0x80, 0x08, 0])
    #expect(PCRSelection.none.isEmpty)
  }

  // MARK: Who signed it

  private struct Signer {
    let key: SigningKey
    let attestation: AttestationKey

    init() throws {
      key = try SigningKey()
      let point = key.spki.suffix(64)
      attestation = try AttestationKey(
        publicArea: AttestationKey.template.dropLast(4) + [0, 32] + point.prefix(32) + [0, 32] + point.suffix(32))
    }

    /// An attestation with this key's qualified Name in it, or another.
    func quote(signer: [UInt8]? = nil, kind: [UInt8] = AttestationTests.quote) -> [UInt8] {
      let rest = kind.dropFirst(6 + 2 + AttestationTests.signer.count)
      return kind.prefix(6) + AttestationTests.sized(signer ?? attestation.qualifiedName) + rest
    }
  }

  private func reason(_ body: () throws -> Void) -> Reason? {
    do {
      try body()
      return nil
    } catch {
      return (error as? Failure)?.reason
    }
  }

  @Test func verifiesWhatTheKeySigned() throws {
    let signer = try Signer()
    let quote = signer.quote()
    let signature = try signer.key.sign(quote)
    let verified = try signer.attestation.verifyQuote(quote, signature: signature, qualifying: [9, 9])
    #expect(verified.pcrs == PCRSelection([7, 11])!)
    #expect(verified.digest == Self.hash)

    // Each check alone: the purpose, the signature, the signer's place in the TPM, the kind.
    #expect(
      reason { _ = try signer.attestation.verifyQuote(quote, signature: signature, qualifying: [9, 8]) }
        == .reportInvalid)
    let stranger = try Signer()
    #expect(
      reason { _ = try stranger.attestation.verifyQuote(quote, signature: signature, qualifying: [9, 9]) }
        == .reportInvalid)
    // A key of the same public half in the owner's hierarchy, where the TPM scrambles clocks.
    let elsewhere = signer.quote(signer: [0, 11] + digest([0x40, 0, 0, 1] + signer.attestation.name).bytes)
    let itsSignature = try signer.key.sign(elsewhere)
    #expect(
      reason { _ = try signer.attestation.verifyQuote(elsewhere, signature: itsSignature, qualifying: [9, 9]) }
        == .reportInvalid)
    let index = signer.quote(kind: Self.index)
    let indexSignature = try signer.key.sign(index)
    #expect(
      reason { _ = try signer.attestation.verifyQuote(index, signature: indexSignature, qualifying: [9, 9]) }
        == .reportInvalid)
    #expect(
      try signer.attestation.verifyIndex(
        index, signature: indexSignature, qualifying: [9, 9], indexName: Self.signer
      ).contents == Self.hash)
    #expect(
      reason {
        _ = try signer.attestation.verifyIndex(
          index, signature: indexSignature, qualifying: [9, 9], indexName: Self.hash)
      } == .reportInvalid)
    #expect(
      reason {
        _ = try signer.attestation.verifyIndex(
          quote, signature: signature, qualifying: [9, 9], indexName: Self.signer)
      } == .reportInvalid)
  }

  @Test func verifiesACreationWithItsData() throws {
    let signer = try Signer()
    let data: [UInt8] = [1, 2, 3]
    let bytes = signer.quote(kind: Self.head(0x801A) + Self.sized(Self.signer) + Self.sized(digest(data).bytes))
    let signature = try signer.key.sign(bytes)
    func verify(_ name: [UInt8], _ data: [UInt8]) throws {
      _ = try signer.attestation.verifyCreation(
        bytes, signature: signature, qualifying: [9, 9], objectName: name, creationData: data)
    }
    try verify(Self.signer, data)
    #expect(reason { try verify(Self.signer, [1, 2, 4]) } == .reportInvalid)
    #expect(reason { try verify(Self.hash, data) } == .reportInvalid)
  }

  /// A key that may sign what others hashed, or leave its TPM, attests nothing.
  @Test(arguments: 0..<AttestationKey.template.count - 4) func refusesOtherKeys(_ index: Int) throws {
    let signer = try Signer()
    var area = signer.attestation.publicArea
    area[index] ^= 0x01
    #expect(reason { _ = try AttestationKey(publicArea: area) } == .reportMalformed)
  }

  @Test func refusesAPointOffTheCurve() {
    let half: [UInt8] = [0, 32] + Self.hash
    let area = Array(AttestationKey.template.prefix(20)) + half + half
    #expect(reason { _ = try AttestationKey(publicArea: area) } == .reportMalformed)
  }
}
