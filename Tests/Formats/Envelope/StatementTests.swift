import Envelope
import Octets
import Reasons
import StrictJSON
import Testing

@Suite struct StatementTests {
  static let hex = String(repeating: "ab", count: 32)
  static let members: [(key: String, value: JSON)] = [
    ("_type", "https://in-toto.io/Statement/v1"), ("subject", [["name": "image", "digest": ["sha256": .text(hex)]]]),
    ("predicateType", "https://slsa.dev/provenance/v1"), ("predicate", ["a": 1]),
  ]

  static func document(_ key: String = "", _ value: JSON? = nil) -> [UInt8] {
    var object = JSONObject()
    for member in members where member.key != key { object.append(member.key, member.value) }
    if let value { object.append(key, value) }
    return JSON.object(object).serialized()
  }

  @Test(arguments: ["https://in-toto.io/Statement/v0.1", "https://in-toto.io/Statement/v1"])
  func reads(_ type: String) throws {
    let statement = try Statement(parsing: Self.document("_type", .text(type)))
    #expect(statement.subjects.count == 1)
    #expect(statement.subjects[0].name == Array("image".utf8))
    #expect(statement.subjects[0].digests.map(\.algorithm) == ["sha256"])
    #expect(statement.subjects[0].digests.map(\.hex) == [Array(Self.hex.utf8)])
    #expect(statement.subjectDigests.map(\.description) == ["sha256:\(Self.hex)"])
    #expect(statement.predicateType == "https://slsa.dev/provenance/v1")
    #expect(statement.predicate == ["a": 1])
  }

  @Test func predicateAndNameAreOptional() throws {
    #expect(try Statement(parsing: Self.document("predicate", nil)).predicate == nil)
    #expect(try Statement(parsing: Self.document("predicate", .null)).predicate == nil)
    let subjects: JSON = [["digest": ["sha256": .text(Self.hex)], "annotations": ["x": true]]]
    let subject = try Statement(parsing: Self.document("subject", subjects)).subjects[0]
    #expect(subject.name == nil)
    #expect(subject.annotations == ["x": true])
  }

  @Test func ignoresUnknownFieldsAndAlgorithms() throws {
    let subjects: JSON = [
      ["digest": ["md5": "ABC", "gitCommit": "00"], "other": 1],
      ["digest": ["sha512": .text(Self.hex + Self.hex), "x": "y", "sha256": .text(Self.hex)]],
    ]
    let statement = try Statement(parsing: Self.document("subject", subjects))
    #expect(statement.subjectDigests.map(\.description) == ["sha512:\(Self.hex)\(Self.hex)", "sha256:\(Self.hex)"])
    #expect(statement.subjects[0].digests.map(\.algorithm) == ["md5", "gitCommit"])
    #expect(throws: Never.self) { try Statement(parsing: Self.document("else", 1)) }
  }

  @Test(
    arguments: [
      ("_type", nil, "_type"), ("_type", "https://in-toto.io/Statement/v1.0", "_type"),
      ("_type", "https://in-toto.io/Statement/v0.2", "_type"), ("_type", "https://in-toto.io/Statement/v1/", "_type"),
      ("_type", "https://in-toto.io/Statement/V1", "_type"), ("_type", 1, "_type"),
      ("subject", nil, "subject"), ("subject", [], "subject"), ("subject", [:], "subject"),
      ("subject", ["x"], "subject[0]"), ("subject", [["name": "x"]], "subject[0].digest"),
      ("subject", [["digest": [:]]], "subject[0].digest"), ("subject", [["digest": "x"]], "subject[0].digest"),
      ("subject", [["digest": ["md5": 1]]], "subject[0].digest.md5"),
      ("subject", [["digest": ["md5": ""]]], "subject[0].digest.md5"),
      ("subject", [["digest": ["sha256": "abcd"]]], "subject[0].digest.sha256"),
      ("subject", [["digest": ["sha256": .text(hex.uppercased())]]], "subject[0].digest.sha256"),
      ("subject", [["digest": ["sha512": .text(hex)]]], "subject[0].digest.sha512"),
      ("subject", [["name": 1, "digest": ["md5": "a"]]], "subject[0].name"),
      ("predicateType", nil, "predicateType"), ("predicateType", "", "predicateType"),
      ("predicateType", [1], "predicateType"), ("predicateType", "https://a b", "predicateType"),
      // U+212A is canonically equivalent to the letter K.
      ("predicateType", "https://\u{212a}", "predicateType"), ("predicate", "x", "predicate"),
      ("predicate", [], "predicate"),
    ] as [(String, JSON?, String)])
  func refuses(_ key: String, _ value: JSON?, _ path: String) {
    #expect(throws: Failure(.statementMalformed, "statement: \(path)")) {
      try Statement(parsing: Self.document(key, value))
    }
  }

  @Test func bounds() throws {
    let subjects = { (count: Int) in
      JSON.array(Array(repeating: ["digest": ["md5": "a"]], count: count))
    }
    #expect(throws: Never.self) { try Statement(parsing: Self.document("subject", subjects(Statement.mostSubjects))) }
    #expect(throws: Failure(.jsonLimitExceeded, "statement: subject")) {
      try Statement(parsing: Self.document("subject", subjects(Statement.mostSubjects + 1)))
    }
    let digests = { (count: Int) -> JSON in
      var object = JSONObject()
      for index in 0..<count { object.append("a\(index)", "00") }
      return [["digest": .object(object)]]
    }
    #expect(throws: Never.self) { try Statement(parsing: Self.document("subject", digests(Statement.mostDigests))) }
    #expect(throws: Failure(.statementMalformed, "statement: subject[0].digest.a32")) {
      try Statement(parsing: Self.document("subject", digests(Statement.mostDigests + 1)))
    }
  }

  @Test func keysThatStandTwiceAreNoStatement() {
    let text = #"{"_type":"https://in-toto.io/Statement/v1","subject":[],"subject":[]}"#
    let error = #expect(throws: Failure.self) { try Statement(parsing: Array(text.utf8)) }
    #expect(error?.reason == .jsonDuplicateKey)
  }
}
