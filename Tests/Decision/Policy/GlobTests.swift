import Policy
import Testing

/// The documented glob, and that hostile ones take no time.
@Suite struct GlobTests {
  @Test(arguments: [
    ("a", "a", true), ("a", "ab", false), ("a", "", false), ("*", "", true), ("*", "abc", true), ("*", "a/b", false),
    ("**", "a/b/c", true), ("**", "", true), ("a*", "a", true), ("a*c", "abbbc", true), ("a*c", "ab/c", false),
    ("a**c", "ab/c", true), ("a/*/c", "a/b/c", true), ("a/*/c", "a//c", true), ("a/*/c", "a/b/b/c", false),
    ("a/**/c", "a/b/b/c", true), ("a/**/c", "a/c", false), ("***", "a/b", true), ("*.x", ".x", true),
    ("a?", "a?", true), ("a?", "ab", false), ("[ab]", "a", false), ("[ab]", "[ab]", true), ("a.c", "abc", false),
    ("*a*b", "xaxb", true), ("*a*b", "xbxa", false), ("é", "e\u{301}", false),
  ])
  func matches(_ pattern: String, _ text: String, _ expected: Bool) {
    #expect(Glob(Array(pattern.utf8)).matches(Array(text.utf8)) == expected)
  }

  @Test func hostilePatternsAreLinear() {
    let glob = Glob(Array(String(repeating: "a*", count: Glob.mostBytes / 2).utf8))
    let text = [UInt8](repeating: UInt8(ascii: "a"), count: 4096) + [UInt8(ascii: "b"), UInt8(ascii: "/")]
    let start = ContinuousClock.now
    #expect(!glob.matches(text))
    #expect(ContinuousClock.now - start < .seconds(5))
  }
}
