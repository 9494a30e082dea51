import Reasons
import StrictJSON
import Testing

@Suite struct JSONParserTests {
  static func parse(_ text: String, _ limits: JSONLimits = .usual) throws -> JSON {
    try JSON(parsing: Array(text.utf8), named: "x.json", limits: limits)
  }

  @Test func keepsOrderNumbersAndBytes() throws {
    let value = try Self.parse(
      #" { "b" : 1.50E+2 , "a" : [ true , false , null , "" , -0 ] , "e\u0301" : "\ud83d\ude00\/" } "#)
    let expected: JSON = [
      "b": .number(Array("1.50E+2".utf8)), "a": [true, false, nil, "", .number(Array("-0".utf8))],
      "e\u{301}": .string([0xf0, 0x9f, 0x98, 0x80, 0x2f]),
    ]
    #expect(value == expected)
  }

  @Test func readsEveryEscapeAndCopiesWhatLiesBetween() throws {
    #expect(
      try Self.parse(#""a\"b\\c\/d\be\ff\ng\rh\ti\u0041\u00e9\u20AC\uDBFF\uDFFFj""#)
        == .string(Array("a\"b\\c/d\u{8}e\u{c}f\ng\rh\tiAé€\u{10ffff}j".utf8)))
  }

  @Test(arguments: [
    ("", 0), (" ", 1), ("{", 1), ("[1,]", 3), ("{\"a\":1,}", 7), ("[1 2]", 3), ("{\"a\" 1}", 5), ("{a:1}", 1),
    ("01", 0), ("1.", 0), ("-", 0), ("+1", 0), (".5", 0), ("1e", 0), ("NaN", 0), ("tru", 0), ("nul", 0), ("1 2", 2),
    ("\"a", 0), ("\"\u{1f}\"", 1), ("\"\\x\"", 2), ("\"\\", 2), ("\"\\u12\"", 3), ("\"\\u12g4\"", 5), ("'a'", 0),
    ("[1]]", 3), ("// a\n1", 0), ("\u{feff}1", 0), ("1\u{a0}", 1),
    ("\"\\ud800\"", 1), ("\"\\udc00\"", 1), ("\"\\ud800\\n\"", 1), ("\"\\ud800\\ud800\"", 1),
    ("\"\\ud800x\\udc00\"", 1),
  ])
  func refuses(_ text: String, at offset: UInt64) {
    #expect(throws: Failure(.jsonMalformed, "x.json", at: offset)) { try Self.parse(text) }
  }

  @Test(
    arguments: [
      [0x22, 0xff, 0x22], [0x22, 0xc0, 0xaf, 0x22], [0x22, 0xed, 0xa0, 0x80, 0x22], [0x22, 0xe2, 0x82, 0x22],
      [0x22, 0xf4, 0x90, 0x80, 0x80, 0x22], [0x22, 0x80, 0x22],
    ] as [[UInt8]])
  func refusesWhatIsNoUTF8(_ bytes: [UInt8]) {
    #expect(throws: Failure(.jsonMalformed, "x.json", at: 1)) { try JSON(parsing: bytes, named: "x.json") }
  }

  @Test(arguments: [
    (#"{"a":1,"a":1}"#, 7), (#"{"a":1,"\u0061":2}"#, 7), (#"{"":1,"":2}"#, 6), (#"[{"b":{"a":1,"a":2}}]"#, 13),
  ])
  func refusesKeysThatStandTwice(_ text: String, at offset: UInt64) {
    #expect(throws: Failure(.jsonDuplicateKey, "x.json", at: offset)) { try Self.parse(text) }
  }

  /// Beyond a few members the comparison goes another way.
  @Test(arguments: [2, 7, 8, 9, 10, 500])
  func refusesKeysThatStandTwiceInLargeObjects(_ count: Int) throws {
    let members = (0..<count).map { "\"k\($0)\":0" }
    #expect(try Self.parse("{\(members.joined(separator: ","))}")["k\(count - 1)"] == 0)
    for repeated in [0, count - 1] {
      let text = "{\((members + ["\"k\(repeated)\":0"]).joined(separator: ","))}"
      #expect((#expect(throws: Failure.self) { try Self.parse(text) })?.reason == .jsonDuplicateKey)
    }
  }

  /// Canonically equivalent text is not the same text.
  @Test func comparesKeysByBytes() throws {
    let value = try Self.parse("{\"\u{e9}\":1,\"e\u{301}\":2}")
    #expect(value["\u{e9}"] == 1)
    #expect(value["e\u{301}"] == 2)
    #expect(value["e"] == nil)
  }

  // MARK: Bounds

  @Test func boundsBytes() throws {
    let limits = JSONLimits(bytes: 4, depth: 9, values: 9)
    #expect(try Self.parse("1234", limits) == .integer(1234))
    #expect(throws: Failure(.jsonLimitExceeded, "x.json")) { try Self.parse("12345", limits) }
  }

  @Test func boundsDepth() throws {
    let limits = JSONLimits(bytes: 1000, depth: 3, values: 99)
    // Depth is what is open at once, not how often something was opened.
    #expect(throws: Never.self) { try Self.parse(#"[{"a":[]},{"a":[]},[[]],[[]]]"#, limits) }
    #expect(throws: Failure(.jsonLimitExceeded, "x.json", at: 7)) { try Self.parse(#"[{"a":[[]]}]"#, limits) }
  }

  @Test func boundsValues() throws {
    let limits = JSONLimits(bytes: 1000, depth: 9, values: 4)
    #expect(throws: Never.self) { try Self.parse(#"[1,{"a":2}]"#, limits) }
    #expect(throws: Failure(.jsonLimitExceeded, "x.json", at: 9)) { try Self.parse(#"[1,{"a":[2]}]"#, limits) }
  }

  @Test(arguments: [("[", ""), ("[", "]"), ("{\"a\":", "1}")])
  func survivesDeepNesting(_ open: String, _ close: String) {
    let text = String(repeating: open, count: 100_000) + String(repeating: close, count: close.isEmpty ? 0 : 100_000)
    for depth in [64, 1_000_000] {
      let limits = JSONLimits(bytes: 1 << 20, depth: depth, values: 1_000_000)
      let error = #expect(throws: Failure.self) { try Self.parse(text, limits) }
      #expect(error?.reason == .jsonLimitExceeded)
    }
  }

  @Test func readsTheDeepestDocumentThatLimitsAllow() throws {
    let deepest = JSONLimits(bytes: 1 << 20, depth: .max, values: 1000)
    let text = String(repeating: "[", count: JSONLimits.deepest) + String(repeating: "]", count: JSONLimits.deepest)
    #expect(try Self.parse(text, deepest).serialized() == Array(text.utf8))
  }

  @Test func readsTenMegabytesWithinTheUsualBounds() throws {
    let descriptor =
      #"{"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip","digest":"sha256:\#(String(repeating: "ab", count: 32))","size":1}"#
    let text =
      "[" + Array(repeating: descriptor, count: 10_000_000 / (descriptor.utf8.count + 1)).joined(separator: ",") + "]"
    guard case .array(let elements) = try Self.parse(text) else { throw Failure(.jsonMalformed, "no array") }
    #expect(elements.count == 10_000_000 / (descriptor.utf8.count + 1))
  }
}
