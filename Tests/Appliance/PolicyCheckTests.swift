import TestSupport
import Testing

/// `assay policy check` as a command: its lines, its JSON, its exit status.
@Suite struct PolicyCheckTests {
  // MARK: Documents that are no policy

  @Test(arguments: [
    PolicySample.Case([("repository: \"registry", "repositry: \"registry")], [("policy.malformed", "repositry")]),
    PolicySample.Case([("default: refuse", "default: admit")], [("policy.malformed", "default")]),
    PolicySample.Case([("default: refuse\n", "")], [("policy.malformed", "format")]),
    PolicySample.Case([("\"registry.example/prod/**\"", "**/prod")], [("yaml.forbidden", "**/prod")]),
    PolicySample.Case(
      [("reason: it is old", "reason: it is old\n    reason: it is")], [("yaml.duplicate-key", "reason: it is\n")]),
    PolicySample.Case([("name: North plant", "name: no")], [("yaml.malformed", "no\n")]),
    PolicySample.Case([("name: North plant", "name: 7")], [("policy.malformed", "name: 7")]),
    PolicySample.Case([("{use: reviewed}", "{use: reviewed")], [("yaml.malformed", ": rest")]),
    // An identity says nothing without who vouched for it.
    PolicySample.Case(
      [(#", issuer: "https://accounts.example""#, "")], [("policy.malformed", "keyless: {identity: audit")]),
  ])
  func tellsWhereADocumentIsNone(_ given: PolicySample.Case) throws {
    try PolicySample.verify(given)
    #expect(try PolicySample.check(given.text).answer.policy == nil)
  }

  // MARK: The command

  @Test func speaksInLines() throws {
    let folder = try TemporaryFolder()
    func lines(_ text: String) throws -> (Int32, [String]) {
      let path = try folder.write("p.yaml", Array(text.utf8))
      let result = try Assay().run(["policy", "check", path, "--at", PolicySample.now])
      #expect(result.errors == "")
      let lines = result.output.split(separator: "\n").map { String($0).replacing(path, with: "p.yaml") }
      return (result.status, lines.map { $0.replacing(/[0-9a-f]{64}/, with: "…") })
    }
    let sound = try lines(PolicySample.sound)
    #expect(sound.0 == 0)
    #expect(
      sound.1 == [
        "p.yaml: “North plant”, 3 authorities, 2 rules: nothing to put right", "p.yaml: sha256:… names it in reports",
      ])
    let bad = try lines(
      PolicySample.Case([
        ("atLeast: 2", "atLeast: 3"), ("{by: ci}", "{by: audit}"), ("scope: {}", #"scope: {tag: "v*"}"#),
      ]).text)
    #expect(bad.0 == 3)
    #expect(
      bad.1 == [
        "p.yaml:8:5: warning: no rule and no requirement asks for the authority “ci” (authority.unused)",
        "p.yaml:14:37: error: 3 signers can never be met: 2 authorities are named (requirement.never-met)",
        "p.yaml:15:1: note: an image that none of these rules is for is refused (rule.none-for-everything)",
        "p.yaml: “North plant”, 3 authorities, 2 rules: 1 error, 1 warning", "p.yaml: sha256:… names it in reports",
      ])
    let none = try lines(PolicySample.sound.replacing("repository: \"registry.example/prod/**\"", with: "repositry: x"))
    #expect(none.0 == 3)
    #expect(
      none.1 == [
        "p.yaml:17:13: error: rules[0].scope.repositry: the member \"repositry\" is unknown; “repository” is known (policy.malformed)",
        "p.yaml: no policy: 1 error",
      ])
  }

  @Test func saysTheSameOfJSON() throws {
    let text =
      #"{"format": "assay-policy/1", "name": "north", "default": "refuse", "authorities": [{"name": "k", "keys": "\#(PolicyAdviceTests.one)"}], "#
      + #""rules": [{"name": "r", "scope": {}, "require": {"signature": {"by": "k"}}}]}"#
    let (status, answer) = try PolicySample.check(text)
    #expect(status == 0 && answer.remarks.isEmpty && answer.format == "assay-policy-check/1")
    #expect(answer.policy?.name == "north")
    // The digest is the canonical form's, whatever clothes it came in.
    let yaml = try PolicySample.check(
      "format: assay-policy/1\nname: north\ndefault: refuse\nauthorities: [{name: k, keys: '\(PolicyAdviceTests.one)'}]\n"
        + "rules: [{name: r, scope: {}, require: {signature: {by: k}}}]\n")
    #expect(yaml.answer.policy?.digest == answer.policy?.digest)
  }

  @Test(arguments: [
    (["policy", "check"], "FILE"), (["policy", "check", "absent.yaml"], "absent.yaml"),
    (["policy", "check", "."], "directory"),
    (["policy", "check", "/dev/null", "--at", "tomorrow"], "--at"), (["policy", "check", "/dev/zero"], "larger"),
  ])
  func mistakesEndWith64(_ arguments: [String], _ words: String) throws {
    let result = try Assay().run(arguments)
    #expect(result.status == 64)
    #expect(result.stdout.isEmpty)
    #expect(result.errors.contains(words), "\(result.errors)")
  }

  @Test func helpTeaches() throws {
    for arguments in [["policy", "--help"], ["policy", "check", "--help"]] {
      let result = try Assay().run(arguments)
      #expect(result.status == 0 && result.output.contains("policy.yaml"))
    }
  }

  @Test func hostileNamesAreShown() throws {
    let (_, answer) = try PolicySample.check(
      PolicySample.sound.replacing("name: North plant", with: #"name: "a\e[2Jb""#))
    #expect(answer.remarks.map(\.reason) == ["policy.malformed"])
    let folder = try TemporaryFolder()
    let path = try folder.write("p\u{1b}[2J.yaml", Array("a: *x\n".utf8))
    let result = try Assay().run(["policy", "check", path])
    #expect(!result.output.contains("\u{1b}") && result.output.contains("\\u{1b}[2J.yaml:1:4: error:"))
  }
}
