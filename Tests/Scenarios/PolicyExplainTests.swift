import FoundationEssentials
import MiniatureSigstore
import TestSupport
import Testing

/// `policy explain`: the decision as a tree, and nothing else.
@Suite struct PolicyExplainTests {
  private typealias Bench = PolicyBench

  private static func explain(
    _ bench: PolicyBench, _ policy: [UInt8], _ archive: String, _ more: [String] = []
  ) throws -> RunResult {
    let file = try bench.option(policy)[1]
    return try bench.assay.run(["policy", "explain", file, archive] + more)
  }

  static func waiver(_ name: String, _ requirement: String, expires: String) -> String {
    #"{"name":"\#(name)","waives":"\#(requirement)","scope":{},"reason":"vendor","approver":"A. Turing","expires":"\#(expires)"}"#
  }

  static func named(_ requirement: String, _ name: String) -> String {
    String(requirement.dropLast()) + #","name":"\#(name)"}"#
  }

  // MARK: The tree

  @Test func metAndUnmetLeaves() throws {
    let bench = try PolicyBench(seed: 71)
    let (team, other) = (Bench.signature(by: "team"), Self.named(Bench.signature(by: "other"), "second"))
    func policy(_ key: String) -> [UInt8] {
      Bench.policy(
        [bench.authority("team", key: bench.key), bench.authority("other", key: bench.otherKey)],
        rules: Bench.rule("all", #"{"\#(key)":[\#(team),\#(other)]}"#))
    }
    let archive = try bench.archive([bench.signed(by: bench.key)])
    let any = try Self.explain(bench, policy("any"), archive)
    #expect(any.status == 0 && any.errors.isEmpty, "\(any.errors)")
    for line in [
      "admit       \(bench.image.digest)  v1\n", "    ✓ rule all\n      ✓ any of\n",
      "        ✓ signature by team\n          by sha256:", ", key \(bench.fingerprint(of: bench.key))\n",
      "        ✗ second: signature by other\n          signature.key-mismatch: ",
    ] { #expect(any.output.contains(line), "\(line): \(any.output)") }
    let all = try Self.explain(bench, policy("all"), archive)
    #expect(all.status == 3 && all.output.hasPrefix("refuse      "), "\(all.output)")
    #expect(all.output.contains("    ✗ rule all\n      ✗ all of\n        ✓ signature by team\n"), "\(all.output)")
    let none = try Self.explain(bench, policy("all"), try bench.archive([]))
    #expect(none.status == 4 && none.output.hasPrefix("incomplete  "), "\(none.output)")
    #expect(none.output.contains("        ? signature by team\n          signature.missing: "), "\(none.output)")
  }

  @Test func waivedRefusedAndUnmatched() throws {
    let bench = try PolicyBench(seed: 73)
    let archive = try bench.archive([bench.signed(by: bench.key)])
    func policy(_ rules: String, _ waivers: [String] = []) -> [UInt8] {
      Bench.policy(
        [bench.authority("other", key: bench.otherKey)], rules: rules,
        more: waivers.isEmpty ? "" : #","waivers":[\#(waivers.joined(separator: ","))]"#)
    }
    let rule = Bench.rule("all", Self.named(Bench.signature(by: "other"), "reviewed"))
    let waived = try Self.explain(
      bench,
      policy(
        rule,
        [
          Self.waiver("W-1", "reviewed", expires: "2020-01-01T00:00:00Z"),
          Self.waiver("W-2", "reviewed", expires: "2099-01-01T00:00:00Z"),
        ]), archive)
    #expect(waived.status == 0)
    for line in [
      "      ✓ reviewed: signature by other\n        by waiver W-2 by A. Turing until 2099-01-01T00:00:00Z: vendor\n",
      "      until 2099-01-01T00:00:00Z\n",
      "  warning     policy.waiver-expired: policy: waiver W-1 by A. Turing until 2020",
    ] { #expect(waived.output.contains(line), "\(line): \(waived.output)") }

    let refused = try Self.explain(bench, policy(#"{"name":"no","scope":{},"refuse":"Not here."}"#), archive)
    #expect(refused.status == 3)
    #expect(refused.output.contains("    ✗ rule no\n      ✗ policy.refused: "), "\(refused.output)")
    #expect(refused.output.contains("Not here."))
    let nobodys = try Self.explain(
      bench, policy(Bench.rule("prod", Bench.signature(by: "other"), scope: #""environment":"production""#)), archive)
    #expect(nobodys.status == 3 && nobodys.output.contains("    ✗ policy.no-rule: "), "\(nobodys.output)")
    #expect(!nobodys.output.contains("rule prod"))
  }

  /// What is wrong with the bytes is said once, by its own mark.
  @Test func whatIsNoRulesMatter() throws {
    let bench = try PolicyBench(seed: 75)
    let policy = Bench.policy(
      [bench.authority("team", key: bench.key)], rules: Bench.rule("all", Bench.signature(by: "team")))
    let carried = CarriedImage(bench.image, [.bundle(bench.signed(by: bench.key))], repository: Bench.repository)
    var entries = MediumForm.orasBackup.entries(carried)
    let layer = try #require(bench.image.platforms[0].layers.first)
    entries.removeAll { $0.path.hasSuffix(layer.blob.hex) }
    let path = bench.stick.path("gone.tar")
    try Packing.tar.write(entries, to: path, style: .plain)
    let result = try Self.explain(bench, policy, path)
    #expect(result.status == 4 && result.output.contains("    ? blob.missing: "), "\(result.output)")
    #expect(result.output.ranges(of: "blob.missing").count == 1, "\(result.output)")
  }

  /// What steers a terminal: in the archive's names, in the policy's words, and on the command line.
  @Test func hostileTextIsMadeVisible() throws {
    let bench = try PolicyBench(seed: 77)
    let waiver = Self.waiver("W-1", "reviewed", expires: "2099-01-01T00:00:00Z").replacing("vendor", with: #"v\u202e"#)
    let policy = Bench.policy(
      [bench.authority("other", key: bench.otherKey)],
      rules: Bench.rule(
        "all", Self.named(Bench.signature(by: "other"), "reviewed"), scope: #""team":"\u202ered""#),
      more: #","waivers":[\#(waiver)]"#)
    let named = String(decoding: policy, as: UTF8.self).replacing("Test plant", with: #"Plant \u202e"#)
    let path = bench.stick.path("named.tar")
    let carried = CarriedImage(
      bench.image, [.bundle(bench.signed(by: bench.key))], repository: Bench.repository, tag: "v\u{1b}[2J\u{202e}")
    try Packing.tar.write(MediumForm.orasBackup.entries(carried), to: path, style: .plain)
    for more in [[], ["--json"]] {
      let result = try Self.explain(bench, Array(named.utf8), path, ["--team", "\u{202e}red"] + more)
      #expect(result.status == 0, "\(result.output)\(result.errors)")
      let shown = (result.output + result.errors).unicodeScalars
      #expect(!shown.contains { $0 == "\u{1b}" || $0 == "\u{202e}" }, "\(result.output)\(result.errors)")
    }
  }

  // MARK: For machines

  /// An image as `verify --json` has it, without a report.
  private static let validator = """
    import json, sys, jsonschema
    schema = json.load(open(sys.argv[1]))
    image = schema["$defs"]["image"]
    image["required"].remove("report")
    image["additionalProperties"] = False
    document = {"$defs": schema["$defs"], "type": "object", "additionalProperties": False,
      "required": ["format", "policy", "verdict", "reasons", "images"],
      "properties": {"format": {"const": "assay-policy-explain/1"}, "verdict": {"$ref": "#/$defs/verdict"},
        "policy": {"required": ["name", "digest"]}, "reasons": {"$ref": "#/$defs/reasons"},
        "images": {"type": "array", "items": {"$ref": "#/$defs/image"}}}}
    value = json.load(sys.stdin)
    jsonschema.validate(value, document)
    print(value["verdict"], len(value["images"]), " ".join(reason["reason"] for reason in value["reasons"]))
    """

  @Test func jsonFollowsItsSchema() throws {
    let bench = try PolicyBench(seed: 79)
    let policy = Bench.policy(
      [bench.authority("team", key: bench.key), bench.authority("ci")],
      rules: Bench.rule("all", #"{"all":[\#(Bench.signature(by: "team")),\#(Bench.signature(by: "ci"))]}"#))
    let root = ["--trusted-root", bench.stick.path("root.json")]
    let (one, other) = (bench.signed(by: bench.key), bench.keyless(in: bench.world))
    let absent = "sha256:" + String(repeating: "0", count: 64)
    let expected: [(archive: String, more: [String], words: String)] = [
      (try bench.archive([one, other]), root, "admit 1 \n"), (try bench.archive([one]), root, "refuse 1 \n"),
      (try bench.archive([one, other]), [], "incomplete 1 \n"),
      (try bench.archive([one]), ["--image", absent], "incomplete 0 image.not-found\n"),
      (try bench.stick.write("none.tar", [UInt8](repeating: 1, count: 2000)), [], "refuse 0 archive."),
    ]
    for (archive, more, expected) in expected {
      let result = try Self.explain(bench, policy, archive, more + ["--json"])
      let checked = try run(
        ["/usr/bin/python3", "-c", Self.validator, Products.package + "/docs/formats/verify-output.schema.json"],
        input: result.stdout)
      #expect(
        checked.status == 0 && checked.output.hasPrefix(expected), "\(checked.output)\(checked.errors.suffix(600))")
    }
  }

  // MARK: Beside

  /// What it says is what `verify` says, and of the store nothing is changed.
  @Test func itAgreesWithVerifyAndWritesNothing() throws {
    let assay = try Assay()
    try #require(try assay.run(["init", "--tpm", "software"]).status == 0)
    let bench = try PolicyBench(seed: 81, assay)
    let policy = Bench.policy(
      [bench.authority("team", key: bench.key)], rules: Bench.rule("all", Bench.signature(by: "team")))
    let cases = try bench.stick.write(
      "cases.json",
      Array(#"{"format":"assay-policy-cases/1","cases":[{"name":"a","facts":"a.facts","expect":"admit"}]}"#.utf8))
    let before = try StoreFiles(of: assay)
    for (evidence, status) in [
      ([bench.signed(by: bench.key)], Int32(0)), ([], 4), ([bench.signed(by: bench.otherKey)], 3),
    ] {
      let archive = try bench.archive(evidence)
      let facts = status == 0 ? ["--save-facts", bench.stick.path("a.facts")] : []
      #expect(try Self.explain(bench, policy, archive, facts).status == status)
    }
    #expect(try assay.run(["policy", "test", try bench.option(policy)[1], cases]).status == 0)
    #expect(try StoreFiles(of: assay) == before)
    let archive = try bench.archive([bench.signed(by: bench.key)])
    #expect(try assay.verify([archive] + bench.option(policy)).status == 0)
    #expect(try StoreFiles(of: assay) != before)
  }

  @Test func mistakesAreTheCommands() throws {
    let bench = try PolicyBench(seed: 83)
    let good = Bench.policy(
      [bench.authority("team", key: bench.key)], rules: Bench.rule("all", Bench.signature(by: "team")))
    let archive = try bench.archive([bench.signed(by: bench.key)])
    let key = try bench.stick.write("other.pub", Array(bench.otherKey.publicPEM.utf8))
    let taken = try bench.stick.write("taken", [])
    let mistakes: [(policy: [UInt8], archive: String, more: [String], words: String)] = [
      (Array("{}".utf8), archive, [], "assay policy check "), (good, bench.stick.path("absent.tar"), [], "Cannot open"),
      (good, archive, ["--save-facts", taken], "is there already"), (good, archive, ["--team", ""], "--team takes"),
      (good, archive, ["--platform", "x"], "--platform takes"),
      (good, archive, ["--state", bench.stick.path("no")], ""),
    ]
    for (policy, matter, more, words) in mistakes {
      let result = try Self.explain(bench, policy, matter, more)
      #expect(![0, 3, 4].contains(result.status) && result.errors.contains(words), "\(words): \(result.errors)")
    }
    let idle = try Self.explain(
      bench, good, archive, ["--key", key, "--trusted-root", "x=\(bench.stick.path("root.json"))"])
    #expect(idle.status == 0)
    #expect(idle.errors.contains("names no key \(bench.fingerprint(of: bench.otherKey))"), "\(idle.errors)")
    #expect(idle.errors.contains("stands on the trust root x"), "\(idle.errors)")
  }
}

/// Everything of a store that lasts; of a software TPM the state changes with every session.
struct StoreFiles: Equatable {
  private let contents: [String: [UInt8]]

  init(of assay: Assay) throws {
    var contents: [String: [UInt8]] = [:]
    for path in try FileManager.default.subpathsOfDirectory(atPath: assay.storeFolder) where !path.hasPrefix("tpm") {
      let file = assay.storeFolder + "/" + path
      var isFolder = false
      guard FileManager.default.fileExists(atPath: file, isDirectory: &isFolder), !isFolder, !path.hasSuffix("lock")
      else { continue }
      contents[path] = try readFile(file)
    }
    self.contents = contents
  }
}
