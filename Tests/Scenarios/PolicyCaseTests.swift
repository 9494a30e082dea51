import MiniatureSigstore
import TestSupport
import Testing

/// `policy test`: cases over archives and over saved facts.
@Suite struct PolicyCaseTests {
  private typealias Bench = PolicyBench

  /// A bench, with an archive that the team signed, one that nobody did, and a policy for them.
  private struct Desk {
    let bench: PolicyBench
    let policy: String

    init(seed: UInt64, rules: String? = nil) throws {
      bench = try PolicyBench(seed: seed)
      let rules =
        rules
        ?? [
          Bench.rule(
            "production", Bench.signature(by: "team", "ci", atLeast: 2), scope: #""environment":"production""#),
          Bench.rule("rest", Bench.signature(by: "team")),
        ].joined(separator: ",")
      policy = try bench.option(
        Bench.policy([bench.authority("team", key: bench.key), bench.authority("ci", root: "sigstore")], rules: rules))[
          1]
      try bench.stick.write("signed.tar", readFile(bench.archive([bench.signed(by: bench.key)])))
      try bench.stick.write(
        "both.tar", readFile(bench.archive([bench.signed(by: bench.key), bench.keyless(in: bench.world)])))
      try bench.stick.write("bare.tar", readFile(bench.archive([])))
    }

    var root: [String] { ["--trusted-root", "sigstore=\(bench.stick.path("root.json"))"] }

    func test(_ cases: String, _ more: [String] = []) throws -> RunResult {
      let document = "format: assay-policy-cases/1\ncases:\n" + cases
      let file = try bench.stick.write("cases-\(UInt32.random(in: 0...(.max))).yaml", Array(document.utf8))
      return try bench.assay.run(["policy", "test", policy, file] + root + more)
    }
  }

  @Test func whatIsExpectedAndWhatIsNot() throws {
    let desk = try Desk(seed: 91)
    let good = try desk.test(
      """
        - {name: rest takes one, archive: signed.tar, expect: admit, rules: [rest]}
        - {name: production takes both, archive: both.tar, environment: production, expect: admit, rules: [production]}
        - name: production does not take one
          archive: signed.tar
          environment: production
          expect: incomplete
          reason: signature.missing

      """)
    #expect(good.status == 0 && good.errors.isEmpty, "\(good.output)\(good.errors)")
    #expect(good.output.contains("✓ rest takes one: admit\n"), "\(good.output)")
    #expect(good.output.contains("✓ production does not take one: incomplete, signature.missing\n"))
    #expect(good.output.hasSuffix("3 cases: 3 as expected, 0 not\n"))

    let bad = try desk.test(
      """
        - {name: one, archive: signed.tar, expect: refuse}
        - {name: two, archive: bare.tar, expect: incomplete, reason: signature.key-mismatch}
        - {name: three, archive: signed.tar, expect: admit, rules: [production]}
        - {name: four, archive: signed.tar, expect: admit}

      """)
    #expect(bad.status == 3)
    for line in [
      "✗ one  (line 3): expected refuse, found admit\n",
      "✗ two  (line 4): expected the reason signature.key-mismatch, found signature.missing: ",
      "✗ three  (line 5): expected the rules production, found rest\n", "✓ four: admit\n",
      "4 cases: 1 as expected, 3 not\n",
    ] { #expect(bad.output.contains(line), "\(line): \(bad.output)") }
    #expect(bad.errors.contains("no case reaches the rule “production”"), "\(bad.errors)")
  }

  /// Each member, with a value that it holds for, and one that it does not.
  @Test(arguments: [
    ("environment: e", "environment: f"), ("team: e", "team: f"), ("exporter: e", "exporter: f"),
    ("medium: e", "medium: f"), ("as: plant.example/e/app", "as: plant.example/f/app"),
    ("at: 2030-01-01T00:00:00Z", "at: 2031-01-01T00:00:00Z"), ("platform: linux/amd64", "platform: linux/arm64"),
    ("image: IMAGE", "image: sha256:0000000000000000000000000000000000000000000000000000000000000000"),
  ]) func everyMemberCounts(_ good: String, _ bad: String) throws {
    let member = String(good.prefix { $0 != ":" })
    let needed =
      switch member {
      case "as": #""repository":"plant.example/e/**""#
      case "at", "image", "platform": ""
      default: #""\#(member)":"e""#
      }
    var rule = Bench.rule("all", Bench.signature(by: "team"), scope: needed)
    var more = ""
    if member == "at" {
      rule = Bench.rule("all", PolicyExplainTests.named(Bench.signature(by: "ci"), "reviewed"))
      more =
        #","waivers":[\#(PolicyExplainTests.waiver("W", "reviewed", expires: "2030-06-01T00:00:00Z"))]"#
    }
    let desk = try Desk(seed: 93)
    let policy = try desk.bench.option(
      Bench.policy(
        [desk.bench.authority("team", key: desk.bench.key), desk.bench.authority("ci", root: "sigstore")], rules: rule,
        more: more))[1]
    for (line, isMet) in [(good, true), (bad, false)] {
      let line = line.replacing("IMAGE", with: desk.bench.image.digest)
      let cases = try desk.bench.stick.write(
        "cases-\(isMet).yaml",
        Array(
          "format: assay-policy-cases/1\ncases:\n- name: x\n  archive: signed.tar\n  \(line)\n  expect: admit\n".utf8))
      let result = try desk.bench.assay.run(["policy", "test", policy, cases] + desk.root)
      #expect(result.status == (isMet ? 0 : 3), "\(line): \(result.output)\(result.errors)")
    }
  }

  // MARK: Saved facts

  /// Facts say what their archive says, under every policy that stands on the same.
  @Test func factsStandForTheArchive() throws {
    let desk = try Desk(seed: 95)
    let bench = desk.bench
    for name in ["both", "signed", "bare"] {
      let saved = try bench.assay.run(
        [
          "policy", "explain", desk.policy, bench.stick.path("\(name).tar"), "--save-facts",
          bench.stick.path("\(name).json"),
        ] + desk.root)
      #expect([0, 4].contains(saved.status), "\(saved.errors)")
    }
    let cases = ["both", "signed", "bare"].flatMap { name in
      ["production", "elsewhere"].map { environment in
        let expected = name == "both" || name == "signed" && environment == "elsewhere" ? "admit" : "incomplete"
        return [("archive", "tar"), ("facts", "json")].map { kind, ending in
          "  - {name: \(name) \(environment) \(kind), \(kind): \(name).\(ending), environment: \(environment), "
            + "expect: \(expected)\(expected == "admit" ? "" : ", reason: signature.missing")}\n"
        }.joined()
      }
    }
    let result = try desk.test(cases.joined())
    #expect(result.status == 0 && result.output.contains("12 as expected"), "\(result.output)\(result.errors)")
    // What they were not proven against is missing.
    let other = try bench.option(
      Bench.policy([bench.authority("ci", root: "elsewhere")], rules: Bench.rule("all", Bench.signature(by: "ci"))))[1]
    let file = try bench.stick.write(
      "other.yaml",
      Array(
        ("format: assay-policy-cases/1\ncases:\n- {name: x, facts: both.json, expect: incomplete, "
          + "reason: trust-root.missing}\n").utf8))
    let missing = try bench.assay.run(["policy", "test", other, file])
    #expect(missing.status == 0, "\(missing.output)\(missing.errors)")
  }

  /// Facts that lie are believed by `policy test` alone: no other verb takes them for an archive or for evidence.
  @Test func factsAreNoEvidence() throws {
    let desk = try Desk(seed: 97)
    let (bench, facts) = (desk.bench, desk.bench.stick.path("lie.json"))
    _ = try bench.assay.run(
      ["policy", "explain", desk.policy, bench.stick.path("signed.tar"), "--save-facts", facts] + desk.root)
    let said = String(decoding: try readFile(facts), as: UTF8.self)
    let lie = said.replacing(bench.image.digest, with: "sha256:" + String(repeating: "0", count: 64))
    let file = try bench.stick.write("lying.json", Array(lie.utf8))
    #expect(try desk.test("  - {name: x, facts: lying.json, expect: admit}\n").status == 0)
    for arguments in [
      ["verify", file, "--policy", desk.policy], ["policy", "explain", desk.policy, file],
      ["verify", bench.stick.path("bare.tar"), "--policy", desk.policy, "--bundle", file],
    ] {
      let result = try bench.assay.run(arguments)
      #expect(result.status != 0 && !result.output.contains("admit"), "\(arguments): \(result.output)")
    }
    // Nor are they taken in any other form.
    try bench.stick.write(
      "open.json", Array(said.replacing(#"{"archiveFailures""#, with: #"{ "archiveFailures""#).utf8))
    let malformed = try desk.test("  - {name: x, facts: open.json, expect: admit}\n")
    #expect(malformed.status == 64 && malformed.errors.contains("findings.malformed"), "\(malformed.errors)")
  }

  // MARK: Mistakes

  @Test(arguments: [
    ("  - {name: x, archive: signed.tar, expect: admitted}\n", "cases[0].expect"),
    ("  - {name: x, archive: signed.tar, expect: admit, reason: no.such}\n", "cases[0].reason"),
    ("  - {name: x, archive: signed.tar, facts: a.json, expect: admit}\n", "exactly one of"),
    ("  - {name: x, expect: admit}\n", "exactly one of"), ("  - {name: x, archive: signed.tar}\n", "expect"),
    ("  - {archive: signed.tar, expect: admit}\n", "name"),
    ("  - {name: x, archive: signed.tar, expect: admit, enviroment: e}\n", "“environment”"),
    (
      "  - {name: x, archive: bare.tar, expect: admit}\n  - {name: x, archive: bare.tar, expect: admit}\n",
      "second case"
    ),
    ("  - {name: x, archive: signed.tar, at: today, expect: admit}\n", "cases[0].at"),
    ("  - {name: x, archive: gone.tar, expect: admit}\n", "gone.tar"),
    ("  - {name: x, facts: gone.json, expect: admit}\n", "gone.json"),
    ("  - {name: x, archive: signed.tar, platform: x, expect: admit}\n", "line 3: --platform"),
    ("  []\n", "no case"), ("  - *x\n", "yaml."),
  ]) func wrongDocumentsAreMistakes(_ cases: String, _ words: String) throws {
    let result = try Desk(seed: 99).test(cases)
    #expect(result.status == 64 && result.stdout.isEmpty, "\(result.output)")
    #expect(result.errors.contains(words), "\(result.errors)")
  }

  @Test func jsonSaysTheSame() throws {
    let desk = try Desk(seed: 101)
    let result = try desk.test(
      "  - {name: one, archive: signed.tar, expect: admit}\n  - {name: two, archive: bare.tar, expect: admit}\n",
      ["--json"]
    )
    #expect(result.status == 3)
    for words in [
      #""format": "assay-policy-test/1""#, #""cases": 2"#, #""unexpected": 1"#, #""complaint": null"#,
      #""reason": "signature.missing""#, #""production""#,
    ] { #expect(result.output.contains(words), "\(words): \(result.output)") }
  }
}
