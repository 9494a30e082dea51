import FoundationEssentials
import SnapshotSketch
import TestSupport
import Testing

/// Imports of log snapshots that are killed anywhere, and whose disk is full: the old state or the new, and nothing left.
@Suite struct LogInterruptionTests {
  /// An appliance with a first snapshot in force, and a second one to come.
  private struct Bench {
    let rig: LogSite
    let second: String

    init(leaves: Int) throws {
      var log = try SketchedTlog(leaves: 300)
      rig = try LogSite([log])
      try rig.take(.whole(log), as: "first.tar")
      log.append(leaves)
      second = try rig.bundle(.whole(log), as: "second.tar")
    }

    func copy(_ name: String) throws -> String {
      let copy = rig.site.home.path(name)
      try runChecked(["cp", "-a", rig.assay.storeFolder, copy])
      return copy
    }

    /// Sizes and root hashes: what does not depend on the time.
    func logs(_ state: String) throws -> String {
      let result = try rig.status(["--state", state])
      try #require(result.status == 0, "\(result.errors)")
      return result.output.split(separator: "\n").filter { $0.contains("size") || $0.contains("root") }
        .joined(separator: "\n")
    }
  }

  @Test func killedAnywhereTheOldStateOrTheNewIsInForce() throws {
    let bench = try Bench(leaves: 6000)
    let old = try bench.logs(bench.rig.assay.storeFolder)
    let whole = try bench.copy("whole")
    let start = ContinuousClock.now
    try #require(try bench.rig.assay.run(["trust", "import", bench.second, "--state", whole]).status == 0)
    let duration = ContinuousClock.now - start
    let new = try bench.logs(whole)
    #expect(old != new)
    var seen: Set<String> = []
    var left = 0
    for round in 0..<20 {
      let state = try bench.copy("killed")
      let moment = duration * Double(round + 2) / 20
      let seconds = Double(moment.components.attoseconds) / 1e18 + Double(moment.components.seconds)
      let killed = try run([
        "timeout", "-s", "KILL", String(seconds), Products.path("assay"), "trust", "import", bench.second, "--state",
        state,
      ])
      left += try bench.rig.leftovers(in: state).count
      let status = try bench.rig.assay.run(["status", "--state", state])
      try #require(status.status == 0, "killed after \(seconds) s: \(status.output)\(status.errors)")
      let logs = try bench.logs(state)
      #expect(logs == old || logs == new, "killed after \(seconds) s: \(logs)")
      if killed.output.contains("Imported in") { #expect(logs == new) }
      seen.insert(logs)
      // What is kept proves what is in force.
      let proven = try bench.rig.assay.run(["trust", "log", "prove", "7", "--state", state])
      #expect(proven.status == 0, "\(proven.errors)")
      // The stick goes in once more.
      let again = try bench.rig.assay.run(["trust", "import", bench.second, "--state", state])
      #expect(again.status == 0, "\(again.errors)")
      #expect(try bench.logs(state) == new)
      if again.output.contains("Imported in") { #expect(try bench.rig.leftovers(in: state).isEmpty) }
      #expect(try bench.rig.assay.run(["trust", "log", "prove", "6299", "--state", state]).status == 0)
      try FileManager.default.removeItem(atPath: state)
    }
    #expect(seen.contains(old))
    // The moments lay where there was something to leave.
    #expect(left > 0)
  }

  @Test func whatAKilledImportLeftGoesWithTheNext() throws {
    let log = try SketchedTlog(leaves: 20)
    let rig = try LogSite([log])
    for name in ["incoming-0", "incoming-17", "incoming-x", "incoming-"] {
      try Data([1]).write(to: URL(filePath: "\(rig.assay.storeFolder)/\(name)"))
    }
    // Without a snapshot in it.
    let bundle = try rig.site.publish(
      [("trust", "b/trusted_root.json", SketchedTlog.trustRoot([log]))], as: "second.tar")
    #expect(try rig.importing(bundle).status == 0)
    // Others' files are others'.
    #expect(try rig.leftovers().sorted() == ["incoming-", "incoming-x"])
  }

  @Test(.enabled(if: FullDisk.isPossible, Comment(rawValue: FullDisk.absence)))
  func aFullDiskChangesNothing() throws {
    let bench = try Bench(leaves: 3000)
    // From room for the software TPM's own state alone to room for all but the last files.
    let result = try FullDisk.importing(
      bench.second, into: bench.rig.assay.storeFolder, home: bench.rig.site.home.path, size: 16,
      leaving: [8, 64, 200, 320], afterwards: #""$tool" trust log prove 3299 --state "$disk""#)
    #expect(result.status == 0, "\(result.output.suffix(600))\(result.errors.suffix(2000))")
    #expect(result.output.contains("Imported in"))
  }
}
