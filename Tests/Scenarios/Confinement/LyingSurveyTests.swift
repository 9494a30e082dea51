import FoundationEssentials
import TestSupport
import Testing

/// `assay import` of a stick with a reader in foreign hands that looks it over: what it names lies on the stick, or the
/// stick is refused, and the history has it.
@Suite struct LyingSurveyTests {
  private struct Answer: Decodable {
    struct Reason: Decodable { let reason: String }
    struct Archive: Decodable {
      let archive: String
      let verdict: String
      let reasons: [Reason]
      let medium: String?
    }
    let verdict: String
    let archives: [Archive]
  }

  static let lies: [(lie: String, reason: String)] = [
    ("crash-first", "reader.crashed"), ("crash", "reader.crashed"), ("quit", "reader.crashed"),
    ("hang", "reader.timeout"), ("forbidden-call", "reader.forbidden-call"), ("flood", "reader.forbidden-message"),
    ("ageing", "reading.malformed"), ("waiver", "reading.malformed"),
    ("survey-climbing", "reading.malformed"), ("survey-absolute", "reading.malformed"),
    ("survey-no-item", "reading.malformed"), ("survey-no-bundles", "reader.forbidden-message"),
    ("survey-too-many-bundles", "reader.forbidden-message"), ("survey-unasked-object", "reader.forbidden-message"),
    ("survey-missing-object", "reader.forbidden-message"), ("survey-item-between", "reader.forbidden-message"),
    ("survey-endless-items", "reader.forbidden-message"), ("survey-same-twice", "reader.forbidden-message"),
    ("survey-large-bundles", "reader.forbidden-message"), ("survey-reading", "reader.forbidden-message"),
  ]

  /// - Parameter lie: nil for an honest reader.
  private static func imported(
    _ stick: String, _ site: Site, lying lie: String?, patience: String = "30"
  ) throws -> (status: Int32, answer: Answer) {
    let result = try site.assay.run(
      ["import", "--json", stick, "--key", site.key, "--patience", patience],
      program: try lie.map { try LyingRoleTests.liar("reader-" + $0, in: site.stick) })
    do {
      return (result.status, try JSONDecoder().decode(Answer.self, from: Data(result.stdout)))
    } catch { throw RunError(description: "status \(result.status): \(result.errors)") }
  }

  private static func stick(of site: Site) throws -> String {
    let stick = try site.stick.makeFolder("stick")
    try runChecked(["cp", site.archive, stick + "/good.tar"])
    return stick
  }

  @Test(arguments: lies) func theStickIsRefusedAndRecorded(_ lie: String, _ reason: String) throws {
    let site = try Site()
    let stick = try Self.stick(of: site)
    let (status, answer) = try Self.imported(
      stick, site, lying: lie, patience: reason.hasSuffix("timeout") ? "1" : "30")
    #expect(status == 3 && answer.verdict == "refuse")
    #expect(answer.archives.map(\.archive) == [stick] && answer.archives[0].medium == nil)
    #expect(answer.archives[0].reasons.map(\.reason) == [reason], "\(answer)")
    let leaves = try site.assay.run(["ledger", "list"]).output
    #expect(leaves.contains("refuse") && leaves.contains(reason) && !leaves.contains("admit"), "\(leaves)")
    #expect(try Self.imported(stick, site, lying: nil).status == 0)
  }

  /// It may hide what lies there, and nothing is judged then; it leads nowhere through a link.
  @Test func whatALinkLeadsToIsNotRead() throws {
    let site = try Site()
    let stick = try Self.stick(of: site)
    let hidden = try Self.imported(stick, site, lying: "survey-nothing")
    #expect(hidden.status == 4 && hidden.answer.archives.isEmpty)
    try runChecked(["ln", "-s", "..", stick + "/link"])
    try runChecked(["cp", site.archive, stick + "/../good.tar"])
    let (status, answer) = try Self.imported(stick, site, lying: "survey-through-link")
    #expect(status == 3 && answer.archives.map(\.archive) == [stick + "/link/good.tar"])
    #expect(answer.archives[0].reasons.map(\.reason) == ["archive.unreadable"], "\(answer)")
    // A pipe or device may do something when it is opened: no reader gets it, and nobody waits for it.
    try runChecked(["mkfifo", stick + "/pipe"])
    let piped = try Self.imported(stick, site, lying: "survey-pipe", patience: "5")
    #expect(piped.answer.archives.map(\.archive) == [stick + "/pipe"])
    #expect(piped.answer.archives[0].reasons.map(\.reason) == ["archive.unreadable"], "\(piped)")
  }

  /// What the operator named and is not there is his mistake: nothing is judged, and the history has nothing of it.
  @Test(arguments: ["absent.sigstore.json", "folder"]) func aMistypedBundleIsNoVerdict(_ name: String) throws {
    let site = try Site()
    _ = try site.stick.makeFolder("folder")
    let result = try site.assay.run(
      ["verify", site.archive, "--key", site.key, "--bundle", site.stick.path(name)])
    #expect(result.status == 64 && result.errors.contains(site.stick.path(name)), "\(result.errors)")
    #expect(try site.assay.run(["ledger", "list"]).output.contains("verdict") == false)
  }

  /// A bundle may come through a pipe of the shell's.
  @Test func aBundleComesThroughAPipe() throws {
    let site = try Site()
    let bundle = try site.stick.write("a.sigstore.json", Array("{}".utf8))
    let shell = "exec \"$0\" verify \"$1\" --key \"$2\" --state \"$3\" --bundle <(sleep 0.3; cat \"$4\")"
    let result = try run([
      "bash", "-c", shell, Products.path("assay"), site.archive, site.key, site.store, bundle,
    ])
    #expect(result.status == 0 && result.errors.contains("counts for no image: bundle."), "\(result.errors)")
  }

  /// Sigstore bundles that the operator names are read by a reader, too: one that ends says nothing of what it read.
  @Test(arguments: ["verify", "policy explain"]) func aNamedBundleCostsItsVerdict(_ verb: String) throws {
    let site = try Site()
    let bundle = try site.stick.write("a.sigstore.json", Array("{}".utf8))
    let liar = try LyingRoleTests.liar("reader-crash", in: site.stick)
    let key = String(decoding: try readFile(site.key), as: UTF8.self).split(separator: "\n").joined(
      separator: "\n      ")
    let policy = try site.stick.write(
      "policy.yaml",
      Array(
        """
        format: assay-policy/1
        name: site
        default: refuse
        authorities:
          - name: team
            keys: |
              \(key)
        rules: [{name: all, scope: {}, require: {signature: {by: team}}}]
        """.utf8))
    let words = verb.split(separator: " ").map(String.init)
    let asked = verb == "verify" ? [site.archive, "--key", site.key] : [policy, site.archive]
    let result = try site.assay.run(words + asked + ["--bundle", bundle], program: liar)
    #expect(result.status == 3, "\(result.output) \(result.errors)")
    #expect(result.output.contains("reader.crashed") && result.output.contains(bundle), "\(result.output)")
  }
}
