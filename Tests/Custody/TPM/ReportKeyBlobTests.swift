import Cryptography
import TPM
import Testing

/// Reading a key that lay on disk; no TPM is needed for it.
@Suite struct ReportKeyBlobTests {
  private static let head: [UInt8] = [
    0x00, 0x23, 0x00, 0x0B, 0x00, 0x04, 0x04, 0x72, 0x00, 0x00, 0x00, 0x10, 0x00, 0x18, 0x00, 0x0B, 0x00, 0x03, 0x00,
    0x10,
  ]
  private static let x = [UInt8](repeating: 0x11, count: 32)
  private static let y = [UInt8](repeating: 0x22, count: 32)
  private static let area = head + [0, 32] + x + [0, 32] + y
  private static let parent: [UInt8] = [0, 11] + [UInt8](repeating: 7, count: 32)

  private static func blob(
    _ area: [UInt8] = area, private blob: [UInt8] = [1], parent: [UInt8] = parent
  ) throws -> ReportKeyBlob {
    try ReportKeyBlob(publicArea: area, privateBlob: blob, parentName: parent)
  }

  @Test func nameAndKeyFollowFromThePublicArea() throws {
    let blob = try Self.blob()
    #expect(blob.name == [0, 11] + digest(Self.area).bytes)
    #expect(blob.spki.count == 91)
    #expect(blob.spki.suffix(65) == [4] + Self.x + Self.y)
    #expect(blob.fingerprint == digest(blob.spki))
  }

  @Test func shortCoordinatesArePadded() throws {
    let blob = try Self.blob(Self.head + [0, 31] + Self.x.dropLast() + [0, 1, 5])
    let x: [UInt8] = [0] + Self.x.dropLast()
    let y = [UInt8](repeating: 0, count: 31) + [5]
    #expect(Array(blob.spki.suffix(64)) == x + y)
  }

  static let malformed: [(String, [UInt8])] = [
    ("empty", []),
    ("no point", head),
    ("half a point", head + [0, 32] + x),
    ("cut short", Array(area.dropLast())),
    ("one byte more", area + [0]),
    ("a coordinate of 33 bytes", head + [0, 33, 0] + x + [0, 32] + y),
    ("a coordinate of 0 bytes", head + [0, 0, 0, 32] + y),
    ("a coordinate of 256 bytes and more", head + [1, 32] + x + [0, 32] + y),
  ]

  @Test(arguments: malformed) func refusesAnotherShape(_ name: String, _ area: [UInt8]) {
    let error = #expect(throws: TPMError.self) { try Self.blob(area) }
    #expect(error?.kind == .keyMalformed, "\(name)")
  }

  /// A key that may leave the TPM, is restricted, has another scheme or curve, is no report key.
  @Test(arguments: head.indices) func refusesOtherAttributes(_ index: Int) {
    var area = Self.area
    area[index] ^= 0x02
    let error = #expect(throws: TPMError.self) { try Self.blob(area) }
    #expect(error?.kind == .keyMalformed)
  }

  @Test func refusesImpossiblePrivateParts() {
    #expect(throws: TPMError.self) { try Self.blob(private: []) }
    #expect(throws: TPMError.self) {
      try Self.blob(private: [UInt8](repeating: 0, count: ReportKeyBlob.privateLimit + 1))
    }
  }

  @Test func refusesWhatIsNoName() {
    #expect(throws: TPMError.self) { try Self.blob(parent: Self.parent + [0]) }
    #expect(throws: TPMError.self) { try Self.blob(parent: [0, 12] + Self.parent.dropFirst(2)) }
  }

  static let signatures: [(r: [UInt8], s: [UInt8], der: [UInt8])] = [
    ([1], [2], [0x30, 6, 2, 1, 1, 2, 1, 2]),
    ([0, 0, 1], [0x80], [0x30, 7, 2, 1, 1, 2, 2, 0, 0x80]),
    ([0], [0x7F], [0x30, 6, 2, 1, 0, 2, 1, 0x7F]),
    (
      [UInt8](repeating: 0xFF, count: 32), [UInt8](repeating: 0xFF, count: 32),
      [0x30, 70, 2, 33, 0] + [UInt8](repeating: 0xFF, count: 32) + [2, 33, 0] + [UInt8](repeating: 0xFF, count: 32)
    ),
  ]

  @Test(arguments: signatures) func signaturesAreShortestDER(_ r: [UInt8], _ s: [UInt8], _ der: [UInt8]) {
    #expect(ECDSASignature.der(r: r, s: s) == der)
  }
}
