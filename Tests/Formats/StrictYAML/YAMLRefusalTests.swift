import Reasons
import StrictJSON
import StrictYAML
import Testing

@Suite struct YAMLRefusalTests {
  struct Refusal: CustomTestStringConvertible, Sendable {
    let text: String
    let reason: Reason
    let line: Int
    let column: Int
    /// A part of the words.
    let words: String
    var testDescription: String { text.debugDescription }

    init(_ text: String, _ reason: Reason, _ line: Int, _ column: Int, _ words: String = "") {
      (self.text, self.reason, self.line, self.column, self.words) = (text, reason, line, column, words)
    }
  }

  static func verify(_ refusal: Refusal) {
    let error = #expect(throws: Failure.self) { try YAMLDocumentTests.document(refusal.text) }
    #expect(error?.reason == refusal.reason)
    #expect(error?.subject == "p.yaml:\(refusal.line):\(refusal.column)")
    #expect(error?.detail.contains(refusal.words) == true, "\(error?.detail ?? "")")
    #expect(error?.detail.isEmpty == false)
    // The offset is the byte at this line and column.
    guard let error, let offset = error.offset else { return #expect(Bool(false), "no offset") }
    let before = String(decoding: Array(refusal.text.utf8).prefix(Int(offset)), as: UTF8.self)
    let scalars = Array(before.unicodeScalars)
    let breaks = scalars.indices.filter { index in
      scalars[index] == "\n" || scalars[index] == "\r" && !(index + 1 < scalars.count && scalars[index + 1] == "\n")
    }
    // At the end of a text without a last line break, libyaml stands on the next line.
    let isEnd = Int(offset) == refusal.text.utf8.count
    #expect(breaks.count + 1 == refusal.line || isEnd)
    #expect(
      scalars.count - (breaks.last.map { $0 + 1 } ?? 0) + 1 == refusal.column || isEnd
        || refusal.text.first == "\u{feff}")
  }

  @Test(arguments: [
    Refusal("a: &x 1", .yamlForbidden, 1, 4, "“&”"), Refusal("a:\n  - &x\n    b: 1", .yamlForbidden, 2, 5, "anchor"),
    Refusal("&x a: 1", .yamlForbidden, 1, 1, "anchor"), Refusal("&x [a]", .yamlForbidden, 1, 1, "anchor"),
    Refusal("a: &", .yamlForbidden, 1, 4, "“&”"), Refusal("a: &x", .yamlForbidden, 1, 4, "anchor"),
    Refusal("a: *x", .yamlForbidden, 1, 4, "“*”"), Refusal("- a\n- *x\n", .yamlForbidden, 2, 3, "alias"),
    Refusal("*x : 1", .yamlForbidden, 1, 1, "alias"),
    // What a person means as a glob.
    Refusal("repository: **/miner\n", .yamlForbidden, 1, 13, "quote text that begins with it"),
    Refusal("tag: *\n", .yamlForbidden, 1, 6, "quote"), Refusal("tag: [*-rc]\n", .yamlForbidden, 1, 7, "“*”"),
    Refusal("a: !!str 1", .yamlForbidden, 1, 4, "“!”"), Refusal("a: ! 1", .yamlForbidden, 1, 4, "tag"),
    Refusal("a: !x 'b'", .yamlForbidden, 1, 4, "tag"), Refusal("!!map {a: 1}", .yamlForbidden, 1, 1, "tag"),
    Refusal("! {a: 1}", .yamlForbidden, 1, 1, "tag"), Refusal("a: ! [1]", .yamlForbidden, 1, 4, "tag"),
    Refusal("- !!seq\n  - 1", .yamlForbidden, 1, 3, "tag"), Refusal("! a: 1", .yamlForbidden, 1, 1, "tag"),
    Refusal("a: !<tag:yaml.org,2002:str> x", .yamlForbidden, 1, 4, "tag"),
    Refusal("a: !e!x y", .yamlForbidden, 1, 4, "tag"),
    Refusal("a: !<x", .yamlForbidden, 1, 4, "tag"), Refusal("a: !", .yamlForbidden, 1, 4, "tag"),
    Refusal("%YAML 1.2\n---\na: 1", .yamlForbidden, 1, 1, "directive"),
    Refusal("# c\n\n%TAG ! tag:x,2000:\n---\na: 1", .yamlForbidden, 3, 1, "directive"),
    Refusal("%X\n", .yamlForbidden, 1, 1, "directive"), Refusal("\u{feff}%X\n", .yamlForbidden, 1, 1, "directive"),
    Refusal("a: 1\n%X\n", .yamlForbidden, 2, 1, "directive"),
    Refusal("a: 1\n---\nb: 2\n", .yamlForbidden, 2, 1, "second document"),
    Refusal("a: 1\n...\n---\n", .yamlForbidden, 3, 1, "second document"),
    Refusal("a: 1\n...\nb: 2\n", .yamlForbidden, 3, 1, "second document"),
    Refusal("a: 1\n...\n# c\n%YAML 1.1\n---\nb: 2\n", .yamlForbidden, 4, 1, "second document"),
    Refusal("a: 1\n... # c\nb: 2\n", .yamlForbidden, 3, 1, "second document"),
    Refusal("---\n---\n", .yamlForbidden, 2, 1, "second document"),
  ])
  func leavesOutOfYAML(_ refusal: Refusal) { Self.verify(refusal) }

  @Test(arguments: [
    Refusal("a: 1\nb: 2\na: 3\n", .yamlDuplicateKey, 3, 1, "“a”"),
    Refusal("x: {é: 1, \"\\u00e9\": 2}", .yamlDuplicateKey, 1, 11, "“é”"),
    Refusal("- a: 1\n  'a': 2\n", .yamlDuplicateKey, 2, 3),
    Refusal("\"\": 1\n'': 2\n", .yamlDuplicateKey, 2, 1),
    Refusal("<<: 1\n<<: 2\n", .yamlDuplicateKey, 2, 1),
    Refusal(
      (0..<50).map { "k\($0): 0\n" }.joined() + "k7: 1\n", .yamlDuplicateKey, 51, 1, "“k7”"),
  ])
  func refusesKeysThatStandTwice(_ refusal: Refusal) { Self.verify(refusal) }

  @Test(
    arguments: ["~", "Null", "NULL"].map { Refusal("a: \($0)\n", .yamlMalformed, 1, 4, "write null, or quote it") }
      + [
        "True", "TRUE", "False", "FALSE", "y", "Y", "yes", "Yes", "YES", "n", "N", "no", "No", "NO", "on", "On", "ON",
        "off",
        "Off", "OFF",
      ].map { Refusal("a: \($0)\n", .yamlMalformed, 1, 4, "or quote it") }
      + [
        "0x1", "-0xFf_f", "0o17", "0b1_0", "010", "007", "08", "00", "1_000", "+1", "+0", ".5", "-.5", "5.", "1.5_0",
        "1__", "+1e3",
        ".5e3", "5.e3", "01e3", "1_0e3", "12:30", "-1:2:3", "1:30:00.5", "1_0:59", "0:0", ".inf", "-.Inf", "+.INF",
        ".nan", ".NaN", ".NAN",
      ].map { Refusal("a: \($0)\n", .yamlMalformed, 1, 4, "is a number to other readers of YAML") })
  func refusesWhatReadersReadInTwoWays(_ refusal: Refusal) { Self.verify(refusal) }

  @Test(arguments: [
    Refusal("", .yamlMalformed, 1, 1, "no document"), Refusal("# c\n", .yamlMalformed, 2, 1, "no document"),
    Refusal("...\n", .yamlMalformed, 1, 1),
    Refusal("a: 1\n: 2\n", .yamlMalformed, 2, 1),
    Refusal("a: {b: c\nd: e\n", .yamlMalformed, 2, 2, "began at line 1, column 4"),
    Refusal("{: 2}", .yamlMalformed, 1, 2),
    Refusal("? \n: 2\n", .yamlMalformed, 1, 2, "a key is missing"),
    Refusal("[] ...\n", .yamlMalformed, 1, 4, "behind the document's end"),
    Refusal("? [a]\n: b\n", .yamlMalformed, 1, 3, "a key is text"),
    Refusal("{{a: 1}: 2}", .yamlMalformed, 1, 2, "a key is text"),
    Refusal("[]]", .yamlMalformed, 1, 3, "behind the document's end"),
    Refusal("{} x", .yamlMalformed, 1, 4, "behind the document's end"),
    Refusal("\"a\" \"b\"", .yamlMalformed, 1, 5, "behind the document's end"),
    Refusal("a: b: c", .yamlMalformed, 1, 5, "quote text that holds a colon"),
    Refusal("a: x\n b: y\n", .yamlMalformed, 2, 3, "indented"), Refusal("a: - b", .yamlMalformed, 1, 4),
    Refusal("a:\n\t- b\n", .yamlMalformed, 2, 1, "not by tabs"), Refusal("a: @x", .yamlMalformed, 1, 4, "quote text"),
    Refusal("a: `x", .yamlMalformed, 1, 4, "quote text"), Refusal("a: %x", .yamlMalformed, 1, 4, "quote text"),
    Refusal("matching: [a-z]+\n", .yamlMalformed, 1, 16, "quote the whole of a text"),
    Refusal("a: 'it's'\n", .yamlMalformed, 1, 8, "quote the whole"),
    Refusal("a: \"^x\\.y$\"\n", .yamlMalformed, 1, 7, "single quotes"),
    Refusal("a: \"\\ud83d\\ude00\"\n", .yamlMalformed, 1, 7, "\\U and eight digits"),
    Refusal("a: \"\\U00110000\"\n", .yamlMalformed, 1, 7), Refusal("a: \"\\xg\"\n", .yamlMalformed, 1, 7),
    Refusal("a: [b, c\n", .yamlMalformed, 1, 4), Refusal("a: {b: c\n", .yamlMalformed, 1, 4),
    Refusal("a: \"x\n", .yamlMalformed, 1, 4), Refusal("a: 'x", .yamlMalformed, 1, 4),
    Refusal("- a\nb: 1\n", .yamlMalformed, 2, 1),
    Refusal("a: 1\n b\nc\n", .yamlMalformed, 3, 1, "indented"), Refusal("a: |x\n", .yamlMalformed, 1, 5),
    // Characters
    Refusal("a: \u{0}\n", .yamlMalformed, 1, 4, "U+0000"), Refusal("a: 1\n# \u{7}\n", .yamlMalformed, 2, 3, "U+0007"),
    Refusal("é: 'ü\u{7f}'", .yamlMalformed, 1, 6, "U+007F"), Refusal("a: \u{9b}", .yamlMalformed, 1, 4, "U+009B"),
    Refusal("a: b\u{85}c: d", .yamlMalformed, 1, 5, "U+0085, a line break"),
    Refusal("a: b\u{2028}c: d", .yamlMalformed, 1, 5, "U+2028, a line break"),
    Refusal("a: b\u{2029}c: d", .yamlMalformed, 1, 5, "U+2029, a line break"),
    Refusal("a: 1 # \u{202e}x", .yamlMalformed, 1, 8, "another order"),
    Refusal("a: \u{2066}x", .yamlMalformed, 1, 4, "another order"),
    Refusal("\u{feff}\u{feff}a: 1", .yamlMalformed, 1, 1, "byte order mark"),
    Refusal("a: 1\n\u{feff}b: 2", .yamlMalformed, 2, 1, "byte order mark"),
    Refusal("a: \u{fffe}", .yamlMalformed, 1, 4, "no character"),
    Refusal("a: \u{ffff}", .yamlMalformed, 1, 4, "no character"),
    Refusal("a: 1\r\nb: 2\rc: \u{1}\n", .yamlMalformed, 3, 4, "U+0001"),
  ])
  func refusesWhatIsNoYAML(_ refusal: Refusal) { Self.verify(refusal) }

  @Test(
    arguments: [
      ([0x61, 0x3a, 0x20, 0xff], 1, 4, 3), ([0x61, 0x0a, 0xc0, 0xaf], 2, 1, 2), ([0xed, 0xa0, 0x80], 1, 1, 0),
      // UTF-16, with its mark, of either order
      ([0xff, 0xfe, 0x61, 0x00], 1, 1, 0), ([0xfe, 0xff, 0x00, 0x61], 1, 1, 0), ([0x61, 0x00], 1, 2, 1),
      ([0xef, 0xbb, 0xbf, 0x61, 0xff], 1, 2, 4),
    ] as [([UInt8], Int, Int, UInt64)])
  func refusesWhatIsNoUTF8(_ bytes: [UInt8], _ line: Int, _ column: Int, _ offset: UInt64) {
    #expect(throws: Failure(.yamlMalformed, "p.yaml:\(line):\(column)", at: offset)) {
      try YAMLDocument(parsing: bytes, named: "p.yaml", malformed: .policyMalformed)
    }
  }
}
