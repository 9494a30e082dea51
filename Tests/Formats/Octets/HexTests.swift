import Octets
import Testing

@Suite struct HexTests {
  @Test func hexBothWays() {
    let all = (0...255).map { UInt8($0) }
    #expect(Hex.encode([0x00, 0x9a, 0xff]) == "009aff")
    #expect(Hex.decode(Array("009aff".utf8)) == [0x00, 0x9a, 0xff])
    #expect(Hex.decode(Hex.encode(all).utf8) == all)
    #expect(Hex.encode(all[2..<4]) == "0203")
    #expect(Hex.decode([]) == [])
  }

  @Test(arguments: ["0", "0g", "g0", "AB", "aB", "0x", " 0", "00 ", "00é", "٠٠"])
  func refusesOtherHex(_ text: String) {
    #expect(Hex.decode(Array(text.utf8)) == nil)
  }
}
