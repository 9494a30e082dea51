import FoundationEssentials
import MiniatureSigstore
import TestSupport
import Testing

/// `policy diff`: the past under two policies.
@Suite struct PolicyDiffTests {
  private typealias Bench = PolicyBench

  /// A store with three verdicts, given by `--policy`: two admissions and one that lacked a signature.
  private struct Past {
    let bench: PolicyBench
    var assay: Assay { bench.assay }
    let old: String

    init(seed: UInt64) throws {
      let assay = try Assay()
      bench = try PolicyBench(seed: seed, assay)
      try #require(try assay.run(["init", "--tpm", "software"]).status == 0)
      old = try Self.policy(bench, Bench.rule("all", Bench.signature(by: "team", "ci")))
      let root = ["--policy", old, "--trusted-root", "sigstore=\(bench.stick.path("root.json"))"]
      let (one, other) = (bench.signed(by: bench.key), bench.keyless(in: bench.world))
      for (evidence, more, status) in [
        ([one], [], Int32(0)), ([other], ["--environment", "production"], 0), ([], [], 4),
      ] {
        let result = try assay.run(["verify", try bench.archive(evidence)] + root + more)
        try #require(result.status == status, "\(result.output)\(result.errors)")
      }
    }

    static func policy(_ bench: PolicyBench, _ rules: String) throws -> String {
      try bench.option(
        Bench.policy(
          [
            bench.authority("team", key: bench.key), bench.authority("ci", root: "sigstore"),
            bench.authority("other", key: bench.otherKey),
          ], rules: rules))[1]
    }

    func diff(_ rules: String, _ more: [String] = []) throws -> RunResult {
      try assay.run(["policy", "diff", old, try Self.policy(bench, rules)] + more)
    }
  }

  @Test func whatWouldChangeIsListed() throws {
    let past = try Past(seed: 111)
    let before = try StoreFiles(of: past.assay)
    let image = past.bench.image.digest
    let same = try past.diff(Bench.rule("other-name", Bench.signature(by: "ci", "team")))
    #expect(
      same.status == 0 && same.output == "0 would change, 3 would not, 0 cannot be proven any more\n", "\(same.output)")

    // Stricter: the key alone. The trust root that was given then is found again.
    let strict = try past.diff(Bench.rule("all", Bench.signature(by: "team")))
    #expect(strict.status == 3 && strict.output.contains("1 would change, 2 would not, 0 cannot"), "\(strict.output)")
    #expect(strict.output.contains("admit → refuse  \(image)  leaf ") || strict.output.contains("admit → incomplete"))
    #expect(strict.output.contains("  reason      signature."), "\(strict.output)")
    // What was said then is said again.
    let said = try past.diff(
      #"{"name":"no","scope":{"environment":"production"},"refuse":"Not there."},"#
        + Bench.rule("all", Bench.signature(by: "team", "ci")))
    #expect(said.status == 3 && said.output.contains("1 would change, 2 would not"), "\(said.output)")
    #expect(said.output.contains("policy.refused"))
    // Laxer, the other way round: what was not admitted stays so without evidence.
    let lax = try past.assay.run([
      "policy", "diff", try Past.policy(past.bench, Bench.rule("all", Bench.signature(by: "other"))), past.old,
    ])
    #expect(lax.status == 3 && lax.output.contains("2 would change, 1 would not"), "\(lax.output)")
    #expect(lax.output.contains(" → admit  \(image)"))
    #expect(try StoreFiles(of: past.assay) == before)
  }

  @Test func oneObjectALine() throws {
    let past = try Past(seed: 113)
    let result = try past.diff(
      Bench.rule("all", Bench.signature(by: "team")), ["--json", "--over", past.assay.storeFolder])
    let lines = result.output.split(separator: "\n")
    #expect(result.status == 3 && lines.count == 3)
    #expect(lines.allSatisfy { $0.hasPrefix(#"{"leaf":"#) && $0.contains(#""image":"\#(past.bench.image.digest)""#) })
    #expect(lines.count { $0.contains(#""reasons":["#) } == 1, "\(result.output)")
    #expect(
      result.output.contains(#""verdict":"incomplete","old":"incomplete","new":"incomplete""#), "\(result.output)")
  }

  @Test func whatIsGoneIsSaid() throws {
    let past = try Past(seed: 115)
    let folder = past.assay.storeFolder + "/evidence"
    let root = try readFile(past.bench.stick.path("root.json"))
    for name in try FileManager.default.contentsOfDirectory(atPath: folder)
    where try readFile(folder + "/" + name) == root {
      try FileManager.default.removeItem(at: URL(filePath: folder + "/" + name))
    }
    let result = try past.diff(Bench.rule("all", Bench.signature(by: "ci", "team")))
    #expect(result.status == 4 && result.output.contains("unprovable  \(past.bench.image.digest)"), "\(result.output)")
    #expect(result.output.hasSuffix("0 would change, 0 would not, 3 cannot be proven any more\n"), "\(result.output)")
  }

  @Test func mistakesAreTheCommands() throws {
    let bench = try PolicyBench(seed: 117)
    let policy = try Past.policy(bench, Bench.rule("all", Bench.signature(by: "team")))
    let bad = try bench.stick.write("bad.yaml", Array("{}".utf8))
    for arguments in [
      [policy, bad], [policy], [policy, bench.stick.path("gone")], [policy, policy, "--key", bad],
      [policy, policy, "--trusted-root", bad],
    ] { #expect(try bench.assay.run(["policy", "diff"] + arguments).status == 64, "\(arguments)") }
    // Without a store there is no past.
    let none = try bench.assay.run(["policy", "diff", policy, policy])
    #expect(
      ![0, 3, 4].contains(none.status) && none.stdout.isEmpty && !none.errors.isEmpty, "\(none.status) \(none.errors)")
  }
}
