import Patterns
import Testing

@Suite struct PatternTests {
  @Test(arguments: [
    ("a+", "aaa", true),
    ("a+", "aaab", false),
    ("a+", "baaa", false),
    // An alternative takes no half of the text.
    ("good|evil", "evil twin", false),
    ("^https://example\\.org/.*$", "https://example.org/release", true),
    ("https://example.org/", "https://evil.test/?https://example.org/", false),
    // A line end is a character like others: `$` is the end of the text, and `.` does not cross it.
    ("a$", "a\n", false),
    ("a.*", "a\nb", false),
    ("é", "é", true),
    // Composed and decomposed are two texts.
    ("é", "e\u{301}", false),
    ("", "", true),
    ("", "a", false),
    ("a\0b", "a\0b", true),
  ])
  func matchesTheWhole(expression: String, text: String, matches: Bool) throws {
    #expect(try Pattern(expression).matchesWhole(Array(text.utf8)) == matches)
  }

  @Test func bytesThatAreNoTextMatchNoDot() throws {
    #expect(try !Pattern("a.").matchesWhole([0x61, 0xff]))
    #expect(try Pattern("a.").matchesWhole([0x61, 0x62]))
  }

  @Test func takesLinearTime() throws {
    // Backtracking takes 2^n steps here, for days.
    let text = [UInt8](repeating: UInt8(ascii: "a"), count: 20_000) + [UInt8(ascii: "b")]
    #expect(try !Pattern("(a+)+$").matchesWhole(text))
  }

  @Test(arguments: [
    "(", "[a", "a**", "(?=a)", "\\1", "(((((((((((a{100}){100}){100}){100}){100}){100}){100}){100}){100}){100}){100})",
    String(repeating: "a", count: Pattern.lengthLimit + 1),
    // Within RE2's repetition limit, beyond the memory limit.
    String(repeating: "\\pL{1000}", count: 20),
  ])
  func refuses(expression: String) throws {
    let error = #expect(throws: PatternError.self) { try Pattern(expression) }
    #expect(error?.problem.isEmpty == false)
  }

  @Test(arguments: [
    ("a", true), ("a$", false), ("a.*", false), ("a\\$", true), ("a\\\\$", false), ("a\\.*", true), ("a\\\\.*", false),
    ("a.*x", true), ("", true), ("$", false), (".*", false),
  ])
  func tellsOpenEnds(expression: String, isOpen: Bool) throws {
    #expect(try Pattern(expression).isOpenEnded == isOpen)
  }

  @Test func isItsExpression() throws {
    #expect(try Pattern("a+") == Pattern("a+"))
    #expect(try Pattern("a+") != Pattern("aa*"))
    #expect(try Pattern("é") != Pattern("e\u{301}"))
    #expect(try Set([Pattern("a"), Pattern("a"), Pattern("b")]).count == 2)
  }
}
