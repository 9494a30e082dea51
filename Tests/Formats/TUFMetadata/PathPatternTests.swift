import TUFMetadata
import Testing

@Suite struct PathPatternTests {
  @Test(arguments: [
    // The specification's examples, §4.5.
    ("targets/*.tgz", "targets/foo.tgz", true), ("targets/*.tgz", "targets/bar.tgz", true),
    ("targets/*.tgz", "targets/foo.txt", false), ("foo-version-?.tgz", "foo-version-2.tgz", true),
    ("foo-version-?.tgz", "foo-version-a.tgz", true), ("foo-version-?.tgz", "foo-version-alpha.tgz", false),
    ("*.tgz", "foo.tgz", true), ("*.tgz", "targets/foo.tgz", false), ("foo.tgz", "foo.tgz", true),
    ("foo.tgz", "foo.tgzz", false),
    // Nothing crosses a slash, and every slash counts.
    ("*", "a/b", false), ("*/*", "a/b", true), ("a/?", "a/", false), ("a/*", "a/", true), ("a/*", "a", false),
    ("a//b", "a/b", false), ("[/]", "/", false), ("a?b", "a/b", false), ("/a", "a", false),
    ("registry.npmjs.org/*", "registry.npmjs.org/keys.json", true),
    // As python-tuf's fnmatch has it.
    ("*a*b*", "xxaxxbxx", true), ("*a*b*", "xxbxxaxx", false), ("**", "", true), ("?", "é", true), ("?", "ab", false),
    ("[ab]c", "bc", true), ("[ab]c", "cc", false), ("[!ab]c", "cc", true), ("[!ab]c", "ac", false),
    ("[a-c]", "b", true), ("[a-c]", "d", false), ("[c-a]", "b", false), ("[]]", "]", true), ("[!]]", "a", true),
    ("[!]]", "]", false), ("[", "[", true), ("[a", "[a", true), ("[a-]", "-", true), ("[*]", "*", true),
    ("[*]", "a", false), ("\\*", "\\x", true), (".*", ".x", true), ("*", ".x", true),
  ])
  func match(_ pattern: String, _ path: String, _ expected: Bool) {
    #expect(PathPattern(Array(pattern.utf8)).matches(TargetPath(path)) == expected)
  }

  /// The worst for a matcher that goes back: no more than pattern × text steps.
  @Test func hostilePatternsEnd() {
    let pattern = PathPattern(Array((String(repeating: "*a", count: 500) + "b").utf8))
    #expect(!pattern.matches(TargetPath(String(repeating: "a", count: 1000))))
  }

  /// `é` in two spellings is two names.
  @Test func namesAreBytes() {
    #expect(!PathPattern(Array("\u{e9}".utf8)).matches(TargetPath("e\u{301}")))
  }

  @Test(arguments: [
    ("targets", Int64?.none, "targets.json"), ("targets", 12, "12.targets.json"), ("a.b-c_d~", 1, "1.a.b-c_d~.json"),
    ("../a", 1, "1...%2Fa.json"), ("?#", nil, "%3F%23.json"), ("é", nil, "%C3%A9.json"), ("%41", nil, "%2541.json"),
  ])
  func fileNames(_ role: String, _ version: Int64?, _ expected: String) {
    #expect(RoleName(role).fileName(version: version) == expected)
  }
}
