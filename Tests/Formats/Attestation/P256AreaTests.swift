import Attestation
import Cryptography
import Testing

/// What follows from the public area of a key; no TPM is needed for it.
@Suite struct P256AreaTests {
  private static let head: [UInt8] = [1, 2, 3]
  private static let x = [UInt8](repeating: 0x11, count: 32)
  private static let y = [UInt8](repeating: 0x22, count: 32)
  private static let area = head + [0, 32] + x + [0, 32] + y

  @Test func nameAndKeyFollowFromIt() throws {
    let point = try #require(P256Area.point(Self.area, after: Self.head))
    #expect(point == Self.x + Self.y)
    let spki = P256Area.spki(point)
    #expect(spki.count == 91)
    #expect(spki.suffix(65) == [4] + point)
    #expect(P256Area.point(spki: spki) == point)
    #expect(P256Area.name(Self.area) == [0, 11] + digest(Self.area).bytes)
  }

  @Test func shortCoordinatesArePadded() {
    let point = P256Area.point(Self.head + [0, 31] + Self.x.dropLast() + [0, 1, 5], after: Self.head)
    #expect(point == [0] + Self.x.dropLast() + [UInt8](repeating: 0, count: 31) + [5])
  }

  static let malformed: [(String, [UInt8])] = [
    ("empty", []),
    ("no point", head),
    ("half a point", head + [0, 32] + x),
    ("cut short", Array(area.dropLast())),
    ("one byte more", area + [0]),
    ("another head", [1, 2, 4] + area.dropFirst(3)),
    ("a coordinate of 33 bytes", head + [0, 33, 0] + x + [0, 32] + y),
    ("a coordinate of 0 bytes", head + [0, 0, 0, 32] + y),
    ("a coordinate of 256 bytes and more", head + [1, 32] + x + [0, 32] + y),
  ]

  @Test(arguments: malformed) func refusesAnotherShape(_ name: String, _ area: [UInt8]) {
    #expect(P256Area.point(area, after: Self.head) == nil, "\(name)")
  }
}
