import MiniatureSigstore
import TestSupport
import Testing

/// `verify --policy`: several authorities, several trust roots, and what the operator says.
@Suite struct PolicyVerbTests {
  private typealias Bench = PolicyBench

  // MARK: Anchors

  @Test func keysAndAnIdentityCountTogether() throws {
    let bench = try PolicyBench(seed: 31)
    let policy = try bench.option(
      Bench.policy(
        [bench.authority("team", key: bench.key), bench.authority("ci")],
        rules: Bench.rule("all", Bench.signature(by: "team", "ci", atLeast: 2))))
    let root = ["--trusted-root", bench.stick.path("root.json")]
    let (one, other) = (bench.signed(by: bench.key), bench.keyless(in: bench.world))
    #expect(try bench.verdict([bench.archive([one, other])] + policy + root) == ["admit"])
    #expect(try bench.verdict([bench.archive([one])] + policy + root)[0] == "incomplete")
    #expect(try bench.verdict([bench.archive([other])] + policy + root)[0] == "incomplete")
    // Without the root, nothing says who the identity is.
    #expect(try bench.verdict([bench.archive([one, other])] + policy) == ["incomplete", "trust-root.missing"])
  }

  /// The same identity under another instance is somebody else.
  @Test func eachTrustRootSpeaksForItsOwnAuthority() throws {
    let bench = try PolicyBench(seed: 33)
    func policy(_ requirement: String) throws -> [String] {
      try bench.option(
        Bench.policy(
          [bench.authority("one", root: "one"), bench.authority("two", root: "two")],
          rules: Bench.rule("all", requirement)))
        + ["--trusted-root", "one=\(bench.stick.path("root.json"))"]
        + ["--trusted-root", "two=\(bench.stick.path("other.json"))"]
    }
    let (first, second) = (bench.keyless(in: bench.world), bench.keyless(in: bench.otherWorld))
    let byFirst = try bench.archive([first])
    #expect(try bench.verdict([byFirst] + policy(Bench.signature(by: "one"))) == ["admit"])
    #expect(try bench.verdict([byFirst] + policy(Bench.signature(by: "two")))[0] != "admit")
    let both = try bench.archive([first, second])
    let each = #"{"all":[\#(Bench.signature(by: "one")),\#(Bench.signature(by: "two"))]}"#
    #expect(try bench.verdict([both] + policy(each)) == ["admit"])
    #expect(try bench.verdict([byFirst] + policy(each))[0] != "admit")
    // It is one signer all the same: of two that are wanted, it is the first.
    #expect(try bench.verdict([both] + policy(Bench.signature(by: "one", "two", atLeast: 2)))[0] != "admit")
  }

  @Test func anAuthorityWithoutARootNeedsTheOnlyOne() throws {
    let bench = try PolicyBench(seed: 35)
    let policy = try bench.option(
      Bench.policy([bench.authority("ci")], rules: Bench.rule("all", Bench.signature(by: "ci"))))
    let archive = try bench.archive([bench.keyless(in: bench.world)])
    let (root, other) = (bench.stick.path("root.json"), bench.stick.path("other.json"))
    #expect(try bench.verdict([archive, "--trusted-root", "x=\(root)"] + policy) == ["admit"])
    #expect(
      try bench.verdict([archive, "--trusted-root", "x=\(root)", "--trusted-root", "y=\(other)"] + policy)
        == ["incomplete", "trust-root.missing"])
    #expect(try bench.verdict([archive, "--trusted-root", root, "--trusted-root", "y=\(other)"] + policy) == ["admit"])
  }

  @Test func aKeyThatIsNowhereIsMissing() throws {
    let bench = try PolicyBench(seed: 37)
    let digest = "sha256:" + String(repeating: "0", count: 64)
    let policy = try bench.option(
      Bench.policy(
        [#"{"name":"team","keys":["\#(digest)"]}"#], rules: Bench.rule("all", Bench.signature(by: "team"))))
    #expect(
      try bench.verdict([bench.archive([bench.signed(by: bench.key)])] + policy) == [
        "incomplete", "policy.key-missing",
      ])
  }

  // MARK: Needs

  @Test func witnessesAreCountedByThePolicyThatIsGiven() throws {
    let bench = try PolicyBench(seed: 39)
    let policy = try bench.option(
      Bench.policy(
        [bench.authority("ci", needs: #""witnesses":2"#)], rules: Bench.rule("all", Bench.signature(by: "ci"))))
    let arguments = [
      try bench.archive([bench.keyless(in: bench.world, log: .v2witnessed)]), "--trusted-root",
      bench.stick.path("root.json"),
    ]
    let lines = bench.world.witnesses.enumerated().map { "witness W\($0) \($1.verifierKey)\n" }
    func witnesses(_ lines: some Sequence<String>) throws -> [String] {
      [
        "--witness-policy",
        try bench.stick.write("w-\(lines.joined().utf8.count)", Array((lines.joined() + "quorum none\n").utf8)),
      ]
    }
    #expect(try bench.verdict(arguments + policy + witnesses(lines)) == ["admit"])
    #expect(try bench.verdict(arguments + policy + witnesses(lines.prefix(1))) == ["incomplete", "needs.witnesses"])
    #expect(try bench.verdict(arguments + policy) == ["incomplete", "needs.witnesses"])
  }

  // MARK: What the operator says

  static let said: [(option: String, member: String)] = [
    ("--environment", "environment"), ("--team", "team"), ("--exporter", "exporter"), ("--medium", "medium"),
  ]

  @Test(arguments: said) func theOperatorsWordChoosesTheRule(option: String, member: String) throws {
    let bench = try PolicyBench(seed: 41)
    let policy = try bench.option(
      Bench.policy(
        [bench.authority("team", key: bench.key), bench.authority("other", key: bench.otherKey)],
        rules: [
          Bench.rule("strict", Bench.signature(by: "other"), scope: #""\#(member)":"production""#),
          Bench.rule("lax", Bench.signature(by: "team"), scope: #""\#(member)":"development""#),
        ].joined(separator: ",")))
    let archive = try bench.archive([bench.signed(by: bench.key)])
    #expect(try bench.verdict([archive, option, "development"] + policy) == ["admit"])
    #expect(try bench.verdict([archive, option, "production"] + policy)[0] != "admit")
    #expect(try bench.verdict([archive, option, "Development"] + policy) == ["refuse", "policy.no-rule"])
    #expect(try bench.verdict([archive] + policy) == ["refuse", "policy.no-rule"])
  }

  @Test func asNamesTheImage() throws {
    let bench = try PolicyBench(seed: 43)
    let policy = try bench.option(
      Bench.policy(
        [bench.authority("team", key: bench.key)],
        rules: Bench.rule("ours", Bench.signature(by: "team"), scope: #""repository":"plant.example/**""#)))
    let archive = try bench.archive([bench.signed(by: bench.key)])
    #expect(try bench.verdict([archive] + policy) == ["refuse", "policy.no-rule"])
    #expect(try bench.verdict([archive, "--as", "plant.example/line/app:7"] + policy) == ["admit"])
    let two = try bench.assay.run(["verify", archive, archive, "--as", "plant.example/app"] + policy)
    #expect(two.status == 64 && two.errors.contains("--as names one image"), "\(two.errors)")
  }

  // MARK: What is said

  @Test func theRuleAndItsWaiversAreShown() throws {
    let bench = try PolicyBench(seed: 45)
    func waiver(_ name: String, _ expires: String) -> String {
      #"{"name":"\#(name)","waives":"reviewed","scope":{},"reason":"vendor","approver":"A. Turing","expires":"\#(expires)"}"#
    }
    let requirement = Bench.signature(by: "other").dropLast() + #","name":"reviewed"}"#
    let policy = try bench.option(
      Bench.policy(
        [bench.authority("other", key: bench.otherKey)], rules: Bench.rule("everything", String(requirement)),
        more: #","waivers":[\#(waiver("W-1", "2020-01-01T00:00:00Z")),\#(waiver("W-2", "2099-01-01T00:00:00Z"))]"#))
    let archive = try bench.archive([bench.signed(by: bench.key)])
    let folder = bench.stick.path("reports")
    let shown = try bench.assay.run(["verify", archive, "--report", folder, "--team", "Blue"] + policy)
    #expect(shown.status == 0, "\(shown.output)\(shown.errors)")
    #expect(shown.output.contains("  policy      Test plant, sha256:"), "\(shown.output)")
    #expect(shown.output.contains("  rule        everything\n"))
    #expect(shown.output.contains("  waiver      waiver W-2 by A. Turing until 2099-01-01T00:00:00Z: vendor"))
    #expect(shown.output.contains("  warning     policy.waiver-expired"), "\(shown.output)")
    let report = try #require(try bench.reports(in: folder).first)
    let text = String(decoding: try readFile(report), as: UTF8.self)
    for words in [
      #""policyName": "Test plant""#, "urn:x-assay:policy:file", #""team": "Blue""#, #""waivedBy": "W-2""#,
      #""approver": "A. Turing""#, "policy.waiver-expired",
    ] { #expect(text.contains(words), "\(words)") }
    let summary = try bench.assay.run(["report", "show", report]).output
    for words in [
      "said        team: Blue", "rule everything", "waiver      W-2 by A. Turing",
      "                admit  reviewed: signature by other\n                  by waiver W-2\n",
    ] {
      #expect(summary.contains(words), "\(summary)")
    }
  }

  // MARK: Mistakes

  @Test func mistakesAreTheCommands() throws {
    let bench = try PolicyBench(seed: 47)
    let archive = try bench.archive([])
    let good = try bench.option(
      Bench.policy([bench.authority("team", key: bench.key)], rules: Bench.rule("all", Bench.signature(by: "team"))))
    let key = try bench.stick.write("key.pub", Array(bench.key.publicPEM.utf8))
    let bad = try bench.stick.write("bad.yaml", Array("{\"format\":\"assay-policy/9\"}".utf8))
    let root = bench.stick.path("root.json")
    for (arguments, words) in [
      (good + ["--key", key], "leave --key out"), (good + ["--require", "signature"], "leave --require out"),
      (good + ["--certificate-identity", "x", "--certificate-oidc-issuer", "y"], "--certificate-oidc-issuer out"),
      (good + ["--allow-foreign-layers"], "leave --allow-foreign-layers out"),
      (["--policy", bad], "assay policy check"), (["--policy", bench.stick.path("absent")], "cannot be read"),
      (good + ["--trusted-root", "a=\(root)", "--trusted-root", "a=\(root)"], "“a” twice"),
      (good + ["--trusted-root", "=\(root)"], "NAME=FILE"), (good + ["--environment", ""], "--environment takes"),
      (good + ["--team", "a\nb"], "--team takes"), (good + ["--witness-policy", bad], "--witness-policy: "),
      ([], "give a --policy"),
    ] {
      let result = try bench.assay.run(["verify", archive] + arguments)
      #expect(result.status == 64, "\(words): \(result.output)")
      #expect(result.errors.contains(words), "\(result.errors)")
    }
  }
}
