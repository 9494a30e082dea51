import FoundationEssentials
import MiniatureSigstore
import TestSupport
import Testing

/// Imports that are killed, that meet, whose medium ends early, and whose disk is full: all of it or nothing.
@Suite struct TrustInterruptionTests {
  /// An appliance with a first bundle in force, and a second one to come that changes several things.
  private struct Bench {
    let assay: Assay
    let site: OwnSite
    let second: String

    init() throws {
      assay = try Assay()
      site = try OwnSite(assay)
      func root(_ seed: UInt64) -> [UInt8] { MiniatureSigstore(seed: seed).trustedRoot() }
      let first = try site.publish([("trust", "a/trusted_root.json", root(1))], as: "first.tar")
      let made = try assay.run(["init", "--tpm", "software", "--root", site.root])
      try #require(made.status == 0 && made.output.contains("Pinned root version 1"), "\(made.errors)")
      try #require(try assay.run(["trust", "import", first]).status == 0)
      second = try site.publish(
        [("trust", "a/trusted_root.json", root(2)), ("trust", "b/trusted_root.json", root(3))], as: "second.tar")
    }

    func list(_ state: String) throws -> String {
      let result = try assay.run(["trust", "list", "--state", state])
      try #require(result.status == 0, "\(result.errors)")
      // Without the leaf and the time.
      return result.output.split(separator: "\n").map { $0.components(separatedBy: "  leaf ")[0] }.joined(
        separator: "\n")
    }

    func copy(_ name: String) throws -> String {
      let copy = site.home.path(name)
      try runChecked(["cp", "-a", assay.storeFolder, copy])
      return copy
    }
  }

  @Test func killedAnywhereTheOldTrustOrTheNewIsInForce() throws {
    let bench = try Bench()
    let old = try bench.list(bench.assay.storeFolder)
    let whole = try bench.copy("whole")
    let start = ContinuousClock.now
    try #require(try bench.assay.run(["trust", "import", bench.second, "--state", whole]).status == 0)
    let duration = ContinuousClock.now - start
    let new = try bench.list(whole)
    #expect(old != new)
    try FileManager.default.removeItem(atPath: whole)
    var seen: Set<String> = []
    for round in 0..<24 {
      let state = try bench.copy("killed")
      let moment = duration * Double(round + 1) / 20
      let seconds = Double(moment.components.attoseconds) / 1e18 + Double(moment.components.seconds)
      let killed = try run([
        "timeout", "-s", "KILL", String(seconds), Products.path("assay"), "trust", "import", bench.second, "--state",
        state,
      ])
      let status = try bench.assay.run(["status", "--state", state])
      try #require(status.status == 0, "killed after \(seconds) s: \(status.output)\(status.errors)")
      let list = try bench.list(state)
      #expect(list == old || list == new, "killed after \(seconds) s: \(list)")
      // What was told is in force.
      if killed.output.contains("Imported in") { #expect(list == new) }
      seen.insert(list)
      // The stick goes in once more.
      let again = try bench.assay.run(["trust", "import", bench.second, "--state", state])
      #expect(again.status == 0, "\(again.errors)")
      #expect(try bench.list(state) == new)
      try FileManager.default.removeItem(atPath: state)
    }
    #expect(seen.contains(old))
  }

  @Test func ofTwoAtOnceOneTakesItIn() async throws {
    let bench = try Bench()
    let before = try bench.assay.run(["trust", "history"]).output.split(separator: "\n").count
    let results = try await withThrowingTaskGroup(of: RunResult.self) { group in
      for _ in 0..<3 {
        group.addTask { try bench.assay.run(["trust", "import", bench.second]) }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(results.filter { $0.output.contains("Imported in") }.count == 1)
    #expect(results.filter { $0.output.contains("Nothing changes") }.count == 2, "\(results.map(\.errors))")
    let alone = try bench.copy("alone")
    #expect(
      try bench.assay.run(["trust", "import", bench.second, "--state", alone]).output.contains("Nothing changes"))
    let after = try bench.assay.run(["trust", "history"]).output.split(separator: "\n")
    // Two trust roots, and the metadata of trust, snapshot and timestamp.
    #expect(after.count == before + 5, "\(after)")
  }

  @Test(arguments: ["tar", "tar.gz", "tar.zst"]) func aStickThatEndsEarlyChangesNothing(_ form: String) throws {
    let bench = try Bench()
    let packed = bench.site.home.path("again.\(form)")
    try bench.site.run(["pack", bench.site.folder, packed])
    let bytes = try readFile(packed)
    let before = try bench.assay.run(["ledger", "verify"]).output
    // Behind the end mark of a tar nothing counts.
    let significant = form == "tar" ? bytes.count - 1024 : bytes.count
    for part in 0..<12 {
      let cut = try bench.site.home.write("cut.\(form)", Array(bytes.prefix(significant * part / 12)))
      let result = try bench.assay.run(["trust", "import", cut])
      #expect(result.status == 3 || result.status == 4, "\(part): \(result.output)\(result.errors)")
    }
    #expect(try bench.assay.run(["ledger", "verify"]).output == before)
    #expect(try bench.assay.run(["trust", "import", packed]).status == 0)
  }

  @Test(.enabled(if: FullDisk.isPossible, Comment(rawValue: FullDisk.absence)))
  func aFullDiskChangesNothing() throws {
    let bench = try Bench()
    // From room for the software TPM's own state alone to room for a part of the import.
    let result = try FullDisk.importing(
      bench.second, into: bench.assay.storeFolder, home: bench.site.home.path, size: 8, leaving: [8, 12, 16, 20])
    #expect(result.status == 0, "\(result.output)\(result.errors)")
    #expect(result.errors.contains("disk.full: The disk that holds "), "\(result.errors)")
    #expect(result.output.contains("Imported in"))
  }
}
