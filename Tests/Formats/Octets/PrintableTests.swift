import Octets
import Testing

@Suite struct PrintableTests {
  @Test(arguments: [
    ("plain é 漢 😀", "plain é 漢 😀"), ("a\u{1b}[2Jb", "a\\u{1b}[2Jb"), ("a\r\nb\tc", "a\\u{d}\\u{a}b\\u{9}c"),
    ("\u{202e}abc\u{2066}", "\\u{202e}abc\\u{2066}"), ("\u{9b}\u{7f}", "\\u{9b}\\u{7f}"), ("a\u{200b}b", "a\\u{200b}b"),
    ("\u{2028}\u{2029}", "\\u{2028}\\u{2029}"), ("\u{e000}\u{e0041}", "\\u{e000}\\u{e0041}"), ("", ""),
  ])
  func shows(_ text: String, _ shown: String) {
    #expect(printable(text) == shown)
    #expect(printable(Array(text.utf8)) == shown)
  }

  /// Names that differ are shown to differ.
  @Test(
    arguments: [
      ([0x61, 0xff, 0x62], "a\\xffb"), ([0xed, 0xa0, 0x80], "\\xed\\xa0\\x80"), ([0xc0, 0xaf], "\\xc0\\xaf"),
      ([0xe2, 0x82], "\\xe2\\x82"), ([0xe2, 0x82, 0x41, 0xc3, 0xa9], "\\xe2\\x82Aé"),
    ] as [([UInt8], String)])
  func showsBytesThatAreNoUTF8(_ bytes: [UInt8], _ shown: String) {
    #expect(printable(bytes) == shown)
  }

  @Test func cutsOff() {
    #expect(printable("abcd", limit: 4) == "abcd")
    #expect(printable("abcde", limit: 4) == "abcd…")
    #expect(printable(Array("abcde".utf8), limit: 4) == "abcd…")
    #expect(printable("abc\u{1b}", limit: 4) == "abc…")
    #expect(printable(String(repeating: "\u{0}", count: 1_000_000)).unicodeScalars.count < 520)
  }
}
