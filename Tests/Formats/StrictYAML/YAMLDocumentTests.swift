import Reasons
import StrictJSON
import StrictYAML
import Testing
import YAMLEvents

@Suite struct YAMLDocumentTests {
  static func document(_ text: String, _ limits: JSONLimits = .yaml) throws -> YAMLDocument {
    try YAMLDocument(parsing: Array(text.utf8), named: "p.yaml", malformed: .policyMalformed, limits: limits)
  }

  static func value(_ text: String) throws -> JSON { try document(text).root.value }

  @Test(arguments: [
    // Structure
    ("a: 1\nb:\n  - x\n  - y: z\n", #"{"a":1,"b":["x",{"y":"z"}]}"#),
    ("a:\n- 1\n- - 2\n  - 3\n", #"{"a":[1,[2,3]]}"#),
    ("{a: [1, {b: c}], d: }", #"{"a":[1,{"b":"c"}],"d":null}"#),
    ("[a: b]", #"[{"a":"b"}]"#),
    ("? a\n: b\n", #"{"a":"b"}"#),
    ("- \n-\n", "[null,null]"),
    ("{}", "{}"), ("[]", "[]"), ("x", #""x""#), ("---\n", "null"), ("--- x\n", #""x""#),
    ("---\na: 1\n...\n", #"{"a":1}"#),
    ("# one\n\n---\n# two\na: 1 # three\n...\n...\n# four\n\n", #"{"a":1}"#),
    ("a: 1\r\nb: 2\r\n...\r\n", #"{"a":1,"b":2}"#),
    ("\u{feff}a: 1\n", #"{"a":1}"#),
    // JSON
    (#"{"a":1,"b":[true,null,"x\/y\u00e9\n"],"c":-1.5E+3}"#, #"{"a":1,"b":[true,null,"x/yé\n"],"c":-1.5E+3}"#),
    ("{\n\t\"a\": [\n\t\t1\n\t]\n}\n", #"{"a":[1]}"#),
    // Keys are text as they are written
    (
      "null: 1\ntrue: 2\n3: 4\nyes: 5\n~: 6\n0x1: 7\n<<: 8\n\"\": 9",
      ##"{"null":1,"true":2,"3":4,"yes":5,"~":6,"0x1":7,"<<":8,"":9}"##
    ),
    ("<<: {a: 1}", #"{"<<":{"a":1}}"#),
    ("'a': 1\n\"b\\u0041\": 2", #"{"a":1,"bA":2}"#),
    ("é: 1\ne\u{301}: 2", "{\"é\":1,\"e\u{301}\":2}"),
    // Quoted and block scalars are text
    (#"["1", 'true', "null", "", '~', "yes", '0x1']"#, #"["1","true","null","","~","yes","0x1"]"#),
    ("- |\n  1\n- >-\n  true\n  false\n- |-\n  a\n   b\n", #"["1\n","true false","a\n b"]"#),
    (#"'it''s \d'"#, #""it's \\d""#),
    (#""\0\x07\e\N\L\U0001F600""#, "\"\\u0000\\u0007\\u001b\u{85}\u{2028}😀\""),
    ("a\n  b", #""a b""#),
  ])
  func reads(_ yaml: String, as json: String) throws {
    #expect(try Self.value(yaml) == JSON(parsing: Array(json.utf8), named: "json"))
  }

  /// YAML 1.2.2 §10.2, and nothing else, for scalars without quotes.
  @Test(arguments: [
    ("", "null"), ("null", "null"), ("true", "true"), ("false", "false"), ("0", "0"), ("-0", "-0"), ("12", "12"),
    ("-1.50", "-1.50"), ("1e3", "1e3"), ("1E-03", "1E-03"),
    ("123456789012345678901234567890", "123456789012345678901234567890"),
  ])
  func typesPlainScalars(_ yaml: String, as json: String) throws {
    #expect(try Self.value("- \(yaml)") == .array([JSON(parsing: Array(json.utf8), named: "json")]))
  }

  @Test(arguments: [
    "nulL", "tRUE", "yEs", "yes sir", "no.", "2026-01-01", "2027-01-31T00:00:00Z", "1.2.3", "10.0.0.1", "1.10-rc1",
    "30d",
    "sha256:00", "localhost:5000", "22:8080", "1:60", "1:2:3x", "1:234", "+", ".", "-x", "+x", ".x", "_1", "1,000",
    "1e", "1ex",
    "1e+", "0x", "0xfg", "0b2", "0o8", "0o", "inf", ".infinity", "..5", "1.2_3.4", "1.5:30", "12 30",
    "docker.io/library/alpine",
    "a*b", "a&b", "a!b", "100%", "a#b", "a:b", "-1-", "<<", "=", "C:\\x\\d",
  ])
  func leavesPlainTextAlone(_ text: String) throws {
    #expect(try Self.value("- \(text)") == .array([.text(text)]))
  }

  // MARK: Bounds

  @Test func boundsBytes() throws {
    let limits = JSONLimits(bytes: 4, depth: 9, values: 9)
    #expect(try Self.document("1234", limits).root.value == 1234)
    #expect(throws: Failure(.yamlLimitExceeded, "p.yaml")) { try Self.document("12345", limits) }
  }

  @Test func boundsDepth() throws {
    let limits = JSONLimits(bytes: 1000, depth: 3, values: 99)
    // Depth is what is open at once, not how often something was opened.
    #expect(throws: Never.self) { try Self.document("[{a: []}, {a: []}, [[]], [[]]]", limits) }
    #expect(throws: Failure(.yamlLimitExceeded, "p.yaml:2:8", at: 11)) {
      try Self.document("- x\n- a:  [[]]\n", limits)
    }
    #expect(throws: Failure(.yamlLimitExceeded, "p.yaml:1:7", at: 6)) { try Self.document("[[{a: []}]]", limits) }
  }

  @Test func boundsValues() throws {
    let limits = JSONLimits(bytes: 1000, depth: 9, values: 4)
    #expect(throws: Never.self) { try Self.document("- 1\n- a: 2\n", limits) }
    #expect(throws: Failure(.yamlLimitExceeded, "p.yaml:2:8", at: 11)) { try Self.document("- 1\n- a: [ 2]\n", limits) }
  }

  // MARK: Places

  static let policy = """
    # A comment
    name: "North"
    rules:
      - name: first
        scope: {repository: é, "a.b/c": [1, 22]}
      - name: second
        scope:
          repositry: x
          "": v
    """

  @Test(arguments: [
    ("", 2, 1), ("name", 2, 1), ("rules", 3, 1), ("rules[0]", 4, 5), ("rules[0].name", 4, 5), ("rules[0].scope", 5, 5),
    ("rules[0].scope.repository", 5, 13), (#"rules[0].scope["a.b/c"]"#, 5, 28), (#"rules[0].scope["a.b/c"][1]"#, 5, 41),
    ("rules[1].scope.repositry", 8, 7), (#"rules[1].scope[""]"#, 9, 7),
    // What is absent, where it should be.
    ("rules[1].require", 6, 5), ("rules[1].require.all[3]", 6, 5), ("rules[7]", 3, 1), ("nam", 2, 1), ("names", 2, 1),
    ("name.first", 2, 1), ("rules[0].scop", 4, 5), ("rules[10]", 3, 1),
  ])
  func places(_ path: String, _ line: Int, _ column: Int) throws {
    let mark = try Self.document(Self.policy).mark(of: path)
    #expect(mark.line == line)
    #expect(mark.column == column)
    let lines = Self.policy.utf8.split(separator: 0x0a, omittingEmptySubsequences: false)
    let before = String(
      decoding: lines[..<(line - 1)].joined(separator: [0x0a]) + (line > 1 ? [0x0a] : []), as: UTF8.self)
    let inLine = String(decoding: lines[line - 1], as: UTF8.self).unicodeScalars.prefix(column - 1)
    #expect(mark.byte == before.utf8.count + String(inLine).utf8.count)
  }

  /// Every node's own path leads to a mark of its own.
  @Test func placesEveryNode() throws {
    let document = try Self.document(Self.policy)
    var seen: [String: String] = [:]
    func visit(_ node: JSONNode) throws {
      let mark = document.mark(of: node.path)
      let key = "\(mark.line):\(mark.column)"
      // The root begins with its first key, and an element that is a mapping with its.
      if let other = seen[key] { #expect(node.path.hasPrefix(other), "\(node.path) and \(other)") }
      seen[key] = node.path
      if case .object = node.value { for (_, member) in try node.members() { try visit(member) } }
      if case .array = node.value { for element in try node.elements() { try visit(element) } }
    }
    try visit(document.root)
    #expect(seen.count == 12)
  }

  @Test func locatesFailures() throws {
    let document = try Self.document(Self.policy)
    func located(_ read: () throws -> Void) throws -> Failure {
      document.located(try #require(#expect(throws: Failure.self, performing: read)))
    }
    let scope = try document.root.required("rules").elements()[1].required("scope")
    let unknown = try located { try scope.verifyMembers(["repository", "tag"]) }
    #expect(unknown == Failure(.policyMalformed, "p.yaml:8:7: rules[1].scope.repositry", at: 129))
    #expect(unknown.detail == "the member \"repositry\" is unknown; “repository” is known")
    #expect(
      try located { _ = try scope.required("tag") }
        == Failure(.policyMalformed, "p.yaml:7:5: rules[1].scope.tag", at: 116))
    #expect(try located { _ = try document.root.bytes() } == Failure(.policyMalformed, "p.yaml:2:1", at: 12))
    // What is about something else stays as it is.
    for subject in ["q.yaml: rules[0]", "p.yamlx: rules[0]", "p.yaml rules", "other"] {
      let failure = Failure(.policyMalformed, subject, at: 3, "words")
      #expect(document.located(failure) == failure)
    }
  }

  /// Whoever knows the byte alone finds the same place.
  @Test func placesBytes() throws {
    for text in [Self.policy, "\u{feff}" + Self.policy, Self.policy.replacing("\n", with: "\r\n")] {
      let document = try Self.document(text)
      for path in ["name", "rules[0].scope.repository", #"rules[0].scope["a.b/c"]"#, #"rules[1].scope[""]"#] {
        let mark = document.mark(of: path)
        #expect(YAMLDocument.mark(at: mark.byte, in: Array(text.utf8)) == mark)
      }
    }
    #expect(YAMLDocument.mark(at: 9, in: Array("a\nb".utf8)) == YAMLMark(line: 2, column: 2, byte: 3))
  }

  @Test func countsTheByteOrderMarkAsBytesAlone() throws {
    let document = try Self.document("\u{feff}a: é\nb: 1\n")
    #expect(document.mark(of: "b") == .init(line: 2, column: 1, byte: 9))
    #expect(document.mark(of: "a") == .init(line: 1, column: 1, byte: 3))
  }

  @Test func keysThatBeginAlikeAreTwo() throws {
    let document = try Self.document("a: {bc: 1, b: 2, b-c: 3}\nab: 4\n")
    #expect(document.mark(of: "a.b").column == 12)
    #expect(document.mark(of: "a.bc").column == 5)
    #expect(document.mark(of: "a.b-c").column == 18)
    #expect(document.mark(of: "ab").line == 2)
  }
}
