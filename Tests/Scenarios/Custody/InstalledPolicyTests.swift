import FoundationEssentials
import MiniatureSigstore
import TestSupport
import Testing

/// The policy that a trust bundle brought: it decides, alone, and verdicts rest on it.
@Suite struct InstalledPolicyTests {
  private typealias Bench = PolicyBench

  /// An appliance of a site with a policy, a key and two trust roots.
  private struct Plant {
    let bench: PolicyBench
    let site: OwnSite
    var assay: Assay { bench.assay }

    init(seed: UInt64) throws {
      let assay = try Assay()
      bench = try PolicyBench(seed: seed, assay)
      site = try OwnSite(assay)
      let first = try site.publish(
        [
          ("trust", "team.pem", Array(bench.key.publicPEM.utf8)),
          ("trust", "prod/trusted_root.json", bench.world.trustedRoot()),
          ("trust", "other/trusted_root.json", bench.otherWorld.trustedRoot()),
        ], as: "trust.tar")
      try #require(try assay.run(["init", "--tpm", "software", "--root", site.root]).status == 0)
      try #require(try assay.run(["trust", "import", first]).status == 0)
    }

    func bring(
      _ policy: [UInt8], as name: String, with more: [(role: String, name: String, bytes: [UInt8])] = []
    ) throws {
      let bundle = try site.publish([("policy", "policy.yaml", policy)] + more, as: name)
      let taken = try assay.run(["trust", "import", bundle])
      try #require(taken.status == 0, "\(taken.errors)")
    }

    /// Production takes the team’s key and the workflow under `prod`; development the key alone.
    func policy(_ key: String, production: String? = nil) -> [UInt8] {
      PolicyBench.policy(
        [
          #"{"name":"team","keys":["\#(key)"]}"#, bench.authority("ci", root: "prod"),
          bench.authority("strangers", root: "other"),
        ],
        rules: [
          PolicyBench.rule(
            "production", production ?? PolicyBench.signature(by: "team", "ci", atLeast: 2),
            scope: #""environment":"production""#),
          PolicyBench.rule("rest", PolicyBench.signature(by: "team")),
        ].joined(separator: ","))
    }

    func image(_ arguments: [String]) throws -> Assay.Answer.Image {
      try #require(try assay.verify(arguments).answer.archives.first?.images.first)
    }
  }

  @Test func theSitesPolicyDecides() throws {
    let plant = try Plant(seed: 51)
    let bench = plant.bench
    let before = try plant.assay.run(["verify", bench.archive([])])
    #expect(before.status == 64 && before.errors.contains("give a --policy"))
    let key = bench.fingerprint(of: bench.key)
    try plant.bring(plant.policy(key), as: "policy.tar")
    #expect(try plant.assay.run(["trust", "list"]).output.contains("policy/policy.yaml"))

    let whole = try bench.archive([bench.signed(by: bench.key), bench.keyless(in: bench.world)])
    let half = try bench.archive([bench.signed(by: bench.key), bench.keyless(in: bench.otherWorld)])
    #expect(try bench.verdict([whole, "--environment", "production"]) == ["admit"])
    #expect(try bench.verdict([half, "--environment", "production"])[0] != "admit")
    #expect(try bench.verdict([half]) == ["admit"])
    #expect(try bench.verdict([try bench.archive([bench.signed(by: bench.otherKey)])])[0] != "admit")

    let file = try bench.stick.write("key.pub", Array(bench.key.publicPEM.utf8))
    for options in [
      ["--key", file], ["--certificate-identity", "a", "--certificate-oidc-issuer", "b"], ["--require", "signature"],
      ["--allow-foreign-layers"], try bench.option(plant.policy(key)),
      ["--trusted-root", bench.stick.path("root.json")],
      ["--instance", "prod"],
    ] {
      let result = try plant.assay.run(["verify", whole] + options)
      #expect(result.status == 64, "\(options): \(result.output)")
      #expect(result.errors.contains("This site’s policy decides: “Test plant”"), "\(result.errors)")
      #expect(result.errors.contains("assay policy explain FILE \(whole)"))
    }
  }

  @Test func theReportSaysWhichPolicyAndWhatItStoodOn() throws {
    let plant = try Plant(seed: 53)
    let bench = plant.bench
    try plant.bring(plant.policy(bench.fingerprint(of: bench.key)), as: "policy.tar")
    let archive = try bench.archive([bench.signed(by: bench.key), bench.keyless(in: bench.world)])
    let folder = bench.stick.path("reports")
    #expect(try bench.verdict([archive, "--environment", "production", "--report", folder]) == ["admit"])
    let shown = try plant.assay.run(["report", "show", try #require(bench.reports(in: folder).first)]).output
    for words in [
      "urn:x-assay:policy:installed policy/policy.yaml, “Test plant”\n              sha256:",
      "said        environment: production", "admit  rule production",
      "                admit  signature 2 by team or ci\n                  by sha256:",
    ] { #expect(shown.contains(words), "\(shown)") }
  }

  /// A verdict of the past stands only under the rules that an image answers to now.
  @Test func aReceiptHoldsForTheRulesThatItWasGivenUnder() throws {
    let plant = try Plant(seed: 55)
    let bench = plant.bench
    let key = bench.fingerprint(of: bench.key)
    try plant.bring(plant.policy(key), as: "first.tar")
    let archive = try bench.archive([bench.signed(by: bench.key), bench.keyless(in: bench.world)])
    let first = try plant.image([archive])
    #expect(first.verdict == "admit" && first.receipt == nil)
    #expect(try plant.image([archive]).receipt != nil)
    // Another word asks anew, also where it leads to the same rule: the report states what was said.
    #expect(try plant.image([archive, "--environment", "development"]).receipt == nil)
    #expect(
      try bench.verdict(["--by-digest", first.digest, "--environment", "production"]) == [
        "incomplete", "receipt.missing",
      ])
    #expect(try plant.image([archive, "--environment", "production"]).receipt == nil)
    #expect(try plant.image([archive, "--environment", "production"]).receipt != nil)
    #expect(try bench.verdict(["--by-digest", first.digest, "--environment", "production"]) == ["admit"])
    #expect(try bench.verdict(["--by-digest", first.digest]) == ["admit"])

    // Each verdict is proven again as it was asked.
    let rechecked = try plant.assay.run(["recheck", "--all"])
    #expect(rechecked.status == 0 && rechecked.output.contains("3 hold, 0 would change"), "\(rechecked.output)")
    // A root that is another today proves nothing of what the old one did.
    let changed = try plant.assay.run([
      "recheck", "--all", "--trusted-root", "trust/prod/trusted_root.json=\(bench.stick.path("other.json"))",
    ])
    #expect(changed.status != 0 && changed.output.contains("2 hold, 1 would change"), "\(changed.output)")

    // Another policy is another question.
    try plant.bring(plant.policy(key, production: PolicyBench.signature(by: "strangers")), as: "second.tar")
    #expect(try plant.image([archive]).receipt == nil)
    #expect(try bench.verdict([archive, "--environment", "production"])[0] != "admit")
  }

  @Test func aWaiverEndsAnAdmission() throws {
    let plant = try Plant(seed: 57)
    let bench = plant.bench
    let requirement = String(Bench.signature(by: "team").dropLast()) + #","name":"reviewed"}"#
    try plant.bring(
      Bench.policy(
        [#"{"name":"team","keys":["\#(bench.fingerprint(of: bench.otherKey))"]}"#],
        rules: Bench.rule("everything", requirement),
        more:
          #","waivers":[{"name":"W-1","waives":"reviewed","scope":{},"reason":"r","approver":"a","expires":"2097-01-31T00:00:00Z"}]"#
      ), as: "policy.tar")
    let archive = try bench.archive([bench.signed(by: bench.key)])
    #expect(try bench.verdict([archive]) == ["admit"])
    let ledger = try plant.assay.run(["ledger", "list", "--json"]).output
    #expect(ledger.contains("2097-01-31T00:00:00Z"), "\(ledger)")
  }

  /// A list whose next one was due on 2026-10-01, and a rule that says how long that may be.
  @Test func aRuleLimitsHowOldTrustMayBe() throws {
    let plant = try Plant(seed: 61)
    let bench = plant.bench
    func policy(_ days: Int) -> [UInt8] {
      Bench.policy(
        [bench.authority("ci", root: "prod")],
        rules:
          #"{"name":"all","scope":{},"require":\#(Bench.signature(by: "ci")),"limits":{"revocationList":"\#(days)d"}}"#)
    }
    let fulcio = bench.world.fulcio
    let list = try RevokingAuthority(fulcio.chain[0], key: Array(fulcio.intermediateKey.privatePEM.utf8)).list()
    let archive = try bench.archive([bench.keyless(in: bench.world)])
    try plant.bring(policy(36_500), as: "lax.tar", with: [("trust", "prod/fulcio.crl", list)])
    #expect(try bench.verdict([archive]) == ["admit"])
    // 36,500 days after 2026-10-01.
    #expect(try plant.assay.run(["ledger", "list", "--json"]).output.contains("2126-09-07T00:00:00Z"))
    try plant.bring(policy(1), as: "strict.tar")
    #expect(try bench.verdict([archive]) == ["incomplete", "trust.too-old"])
    // What was admitted is judged by the ages of today, and by the policy of then.
    #expect(try plant.assay.run(["recheck", "--all"]).status == 0)
  }

  /// Two people compare what a bundle changes, line by line.
  @Test func whatChangesInAPolicyIsShown() throws {
    let plant = try Plant(seed: 63)
    let key = plant.bench.fingerprint(of: plant.bench.key)
    try plant.bring(plant.policy(key), as: "first.tar")
    let changed = plant.policy(key, production: Bench.signature(by: "strangers"))
    let second = try plant.site.publish([("policy", "policy.yaml", changed)], as: "second.tar")
    let shown = try plant.assay.run(["trust", "import", second, "--dry-run"]).output
    #expect(shown.contains("replaces    policy policy/policy.yaml: 1 new, 1 gone, 5 as before"), "\(shown)")
    #expect(
      shown.contains(#"- rule {"name":"production","require":{"signature":{"atLeast":2,"by":["team","ci"]}}"#),
      "\(shown)")
    #expect(shown.contains(#"+ rule {"name":"production","require":{"signature":{"by":["strangers"]}}"#), "\(shown)")
  }

  @Test func policiesAreWrittenInYAML() throws {
    let plant = try Plant(seed: 65)
    let bench = plant.bench
    let text = """
      # Written by hand.
      format: assay-policy/1
      name: Hand-written
      default: refuse
      authorities:
        - name: team
          keys: ["\(bench.fingerprint(of: bench.key))"]
      rules:
        - name: ours
          scope: {repository: "*/acme/**"}
          require:
            signature: {by: team}

      """
    try plant.bring(Array(text.utf8), as: "policy.tar")
    let archive = try bench.archive([bench.signed(by: bench.key)])
    #expect(try bench.verdict([archive, "--as", "plant.example/acme/line/app"]) == ["admit"])
    #expect(try bench.verdict([archive, "--as", "plant.example/other/app"]) == ["refuse", "policy.no-rule"])
    let wrong = text.replacing("repository:", with: "repositry:")
    let result = try plant.assay.run([
      "trust", "import", try plant.site.publish([("policy", "policy.yaml", Array(wrong.utf8))], as: "wrong.tar"),
    ])
    #expect(result.errors.contains("policy/policy.yaml:10:13"), "\(result.errors)")
  }

  @Test func aPolicyThatDoesNotReadRefusesTheBundle() throws {
    let plant = try Plant(seed: 59)
    let policy = String(decoding: plant.policy("sha256:" + String(repeating: "0", count: 64)), as: UTF8.self)
    let wrongs = [
      (policy.replacing(#""default":"refuse""#, with: #""default":"admit""#), "policy.malformed"),
      (policy.replacing(#""scope""#, with: #""scopes""#), "policy.malformed"), ("{", "malformed"),
    ]
    for (place, (wrong, reason)) in wrongs.enumerated() {
      let bundle = try plant.site.publish([("policy", "policy.yaml", Array(wrong.utf8))], as: "bad-\(place).tar")
      let result = try plant.assay.run(["trust", "import", bundle])
      #expect(result.status != 0 && result.errors.contains(reason), "\(result.errors)")
    }
    #expect(try !plant.assay.run(["trust", "list"]).output.contains("policy.yaml"))
  }
}
