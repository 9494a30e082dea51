import QRCode
import TestSupport
import Testing

/// Under a reader that shares no code with the maker: zbarimg.
@Suite struct QRCodeTests {
  static let hello = "urn:x-assay:ledger:07070707070707070707070707070707"

  /// What a camera sees of the lines: each module some pixels wide, as a portable grey map.
  static func picture(_ lines: [String], _ screen: QRCode.Screen, pixels: Int = 4) throws -> [UInt8] {
    let halves: [Character: (Bool, Bool)] = [
      "█": (true, true), "▀": (true, false), "▄": (false, true), " ": (false, false),
    ]
    var rows: [[Bool]] = []
    for line in lines {
      let drawn = try line.map { try #require(halves[$0]) }
      rows += [drawn.map(\.0), drawn.map(\.1)]
    }
    let width = try #require(rows.first).count * pixels
    var bytes = Array("P5\n\(width) \(rows.count * pixels)\n255\n".utf8)
    for row in rows {
      let line = row.flatMap { [UInt8](repeating: $0 == (screen == .dark) ? 255 : 0, count: pixels) }
      for _ in 0..<pixels { bytes += line }
    }
    return bytes
  }

  static func read(_ picture: [UInt8]) throws -> RunResult {
    let home = try TemporaryFolder()
    return try run([
      "zbarimg", "--quiet", "--raw", "--nodbus", "-Sdisable", "-Sqrcode.enable", home.write("code.pgm", picture),
    ])
  }

  @Test(arguments: QRCode.Screen.allCases)
  func isReadFromEitherScreen(_ screen: QRCode.Screen) throws {
    let code = try QRCode(Self.hello)
    let result = try Self.read(Self.picture(code.lines(for: screen), screen))
    #expect(result.output == Self.hello + "\n")
  }

  @Test(arguments: [1, 14, 15, 300, 2_331])
  func isReadAtEverySize(_ count: Int) throws {
    let text = String(decoding: (0..<count).map { UInt8(0x21 + $0 * 7 % 94) }, as: UTF8.self)
    let code = try QRCode(text)
    #expect(try Self.read(Self.picture(code.lines(for: .dark), .dark)).output == text + "\n")
  }

  @Test func keepsLineBreaks() throws {
    let code = try QRCode("one\ntwo\n")
    #expect(try Self.read(Self.picture(code.lines(for: .light), .light)).output == "one\ntwo\n\n")
  }

  /// Version 1 holds 14 bytes at level M; each further version adds four modules a side.
  @Test func isAsSmallAsItCanBe() throws {
    #expect(try QRCode(String(repeating: "a", count: 14)).side == 21)
    #expect(try QRCode(String(repeating: "a", count: 15)).side == 25)
    #expect(try QRCode(String(repeating: "a", count: QRCode.mostBytes)).side == 177)
  }

  @Test(arguments: QRCode.Screen.allCases)
  func hasAQuietZone(_ screen: QRCode.Screen) throws {
    let code = try QRCode(Self.hello)
    let lines = code.lines(for: screen)
    let light: Character = screen == .dark ? "█" : " "
    #expect(lines.count == (code.side + 8 + 1) / 2)
    #expect(lines.allSatisfy { $0.count == code.side + 8 })
    #expect((lines[0] + lines[1]).allSatisfy { $0 == light })
    #expect(lines.allSatisfy { $0.prefix(4) == $0.suffix(4) })
    #expect(lines.dropLast().allSatisfy { $0.prefix(4).allSatisfy { $0 == light } })
    // The last line is half a line: the number of rows is odd.
    #expect(lines[lines.count - 1].allSatisfy { $0 == (screen == .dark ? "▀" : " ") })
    #expect(!code.isDark(row: -1, column: 0) && !code.isDark(row: 0, column: code.side))
    #expect(code.isDark(row: 0, column: 0) && !code.isDark(row: 1, column: 1))
  }

  @Test func refusesWhatItCannotHold() {
    #expect(throws: QRCodeError.empty) { try QRCode("") }
    #expect(throws: QRCodeError.notASCII) { try QRCode("é") }
    let tooLong = #expect(throws: QRCodeError.self) { try QRCode(String(repeating: "a", count: 2_332)) }
    #expect(tooLong == .tooLong(2_332))
    #expect(tooLong?.description.contains("2332") == true)
  }
}
