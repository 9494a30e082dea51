import FoundationEssentials
import TestSupport
import Testing

/// A policy that there is nothing to say about, and what `assay policy check` says once it was edited.
enum PolicySample {
  static let now = "2026-11-25T00:00:00Z"

  /// There is nothing to say about it.
  static let sound = """
    format: assay-policy/1
    name: North plant
    default: refuse
    authorities:
      - name: build
        operator: Build department
        keys: "sha256:\(String(repeating: "1", count: 64))"
      - name: ci
        keyless: {identity: {matching: 'https://github\\.com/north/.*'}, issuer: "https://token.example"}
      - name: audit
        keyless: {identity: audit@north.example, issuer: "https://accounts.example"}
    requirements:
      - name: reviewed
        signature: {by: [build, audit], atLeast: 2}
    rules:
      - name: production
        scope: {repository: "registry.example/prod/**"}
        require: {use: reviewed}
      - name: rest
        scope: {}
        require:
          any:
            - signature: {by: ci}
            - signature: {by: build}
    waivers:
      - name: W-1
        waives: reviewed
        scope: {repository: "registry.example/prod/old/*"}
        reason: it is old
        approver: A. Turing
        expires: 2028-01-01T00:00:00Z
    deny:
      - {digest: "sha256:\(String(repeating: "2", count: 64))", reason: broken}

    """

  struct Answer: Decodable {
    struct Policy: Decodable {
      let name: String
      let digest: String
    }
    struct Remark: Decodable, CustomStringConvertible {
      let severity: String
      let reason: String
      let line: Int?
      let column: Int?
      let path: String
      let words: String
      var description: String { "\(reason) \(line ?? 0):\(column ?? 0)" }
    }
    let format: String
    let policy: Policy?
    let errors: Int
    let warnings: Int
    let remarks: [Remark]
  }

  /// The sound policy with some of its text replaced, and what there is to say about it.
  struct Case: Sendable, CustomTestStringConvertible {
    var edits: [(find: String, replacement: String)]
    /// Reasons, each with text that stands where the remark is.
    var expected: [(reason: String, text: String)]
    var at = now

    init(_ edits: [(String, String)], _ expected: [(String, String)] = [], at: String = now) {
      self.edits = edits.map { (find: $0.0, replacement: $0.1) }
      self.expected = expected.map { (reason: $0.0, text: $0.1) }
      self.at = at
    }

    var testDescription: String { edits.map(\.replacement).joined(separator: " + ") + " → \(expected.map(\.reason))" }

    var text: String {
      edits.reduce(sound) { text, edit in
        precondition(text.contains(edit.find), edit.find)
        return text.replacing(edit.find, with: edit.replacement, maxReplacements: 1)
      }
    }
  }

  static func check(_ text: String, at time: String = now) throws -> (status: Int32, answer: Answer) {
    let folder = try TemporaryFolder()
    let result = try Assay().run(
      ["policy", "check", try folder.write("policy.yaml", Array(text.utf8)), "--at", time, "--json"])
    #expect(result.errors == "")
    return (result.status, try JSONDecoder().decode(Answer.self, from: Data(result.stdout)))
  }

  static func verify(_ given: Case) throws {
    let text = given.text
    let (status, answer) = try check(text, at: given.at)
    let expected = given.expected.map { reason, needle in
      guard let range = text.firstRange(of: needle) else { return "\(needle) is not there" }
      let before = text[..<range.lowerBound].split(separator: "\n", omittingEmptySubsequences: false)
      return "\(reason) \(before.count):\((before.last ?? "").count + 1)"
    }
    #expect(answer.remarks.map(\.description).sorted() == expected.sorted(), "\(answer.remarks.map(\.words))")
    #expect(status == (answer.errors > 0 ? 3 : 0))
    #expect(answer.errors == answer.remarks.count { $0.severity == "error" })
    #expect(answer.warnings == answer.remarks.count { $0.severity == "warning" })
    #expect(answer.remarks.allSatisfy { !$0.words.isEmpty })
  }
}
