import FoundationEssentials
import Glibc
import TestSupport
import Testing

/// Processes that are killed, that meet, and that leave something in the TPM: over the program as it is used.
@Suite struct InterruptionTests {
  /// Killed at moments that wander over the whole run, with a real software TPM. Whatever was told stays, whatever is
  /// accepted was anchored, and no kill ends in a refusal.
  @Test func killedAnywhereTheStoreRuns() throws {
    let site = try Site()
    // How long a whole run takes here and now.
    let start = ContinuousClock.now
    _ = try site.assay.verify([site.archive, "--key", site.key, "--fresh"])
    let whole = ContinuousClock.now - start
    var told: Set<String> = []
    for round in 0..<24 {
      let moment = whole * Double(round + 1) / 20
      let seconds = Double(moment.components.attoseconds) / 1e18 + Double(moment.components.seconds)
      let killed = try run(
        [
          "timeout", "-s", "KILL", String(seconds), Products.path("assay"), "verify", "--json", "--fresh", "--state",
          site.store, site.archive, "--key", site.key,
        ])
      // What was printed was released.
      for line in killed.output.split(separator: "\n") where line.contains("\"path\":") {
        told.insert(String(line.split(separator: "\"")[3]))
      }
      let status = try site.assay.run(["status"])
      try #require(status.status == 0, "killed after \(seconds) s: \(status.output)\(status.errors)")
    }
    let identity = try site.identity()
    for path in told { #expect(FileManager.default.fileExists(atPath: path), "\(path)") }
    // Every issued report has its leaf, and gets its receipt again.
    let reports = site.store + "/reports"
    for name in try FileManager.default.contentsOfDirectory(atPath: reports) where name.hasSuffix(".sigstore.json") {
      let digest = "sha256:" + name.prefix(64)
      let receipt = site.stick.path(String(name.prefix(8)))
      let made = try site.assay.run(["report", "receipt", digest, "--output", receipt])
      #expect(made.status == 0, "\(made.errors)")
      let checked = try site.assay.run([
        "report", "verify", "\(reports)/\(name)", "--appliance", identity, "--receipt", receipt,
      ])
      #expect(checked.status == 0, "\(checked.errors)")
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: site.store + "/pending").isEmpty)
  }

  /// One process waits for another, in vain for ten seconds, and then names it.
  @Test func theSecondOfTwoNamesTheFirst() throws {
    let site = try Site()
    let pipe = site.stick.path("pipe")
    try runChecked(["mkfifo", pipe])
    // Holds the pipe open, so that the first process keeps reading its archive.
    let first = try Companion([
      "sh", "-c", "exec \"$0\" verify - --key \"$1\" --state \"$2\" < \"$3\"", Products.path("assay"), site.key,
      site.store,
      pipe,
    ])
    let writer = open(pipe, O_WRONLY)
    defer { close(writer) }
    let lock = site.store + "/tpm/lock"
    try Companion.wait(for: "the lock") {
      String(decoding: (try? readFile(lock)) ?? [], as: UTF8.self).contains("\(first.process)")
    }
    let second = try site.assay.run(["status"])
    // Somebody else at work is no alarm.
    #expect(second.status == 1)
    #expect(second.errors.contains("store.in-use: "), "\(second.errors)")
    #expect(second.errors.contains("in use by process \(first.process)"), "\(second.errors)")
  }

  #if DEBUG
    /// On a bare TPM with three slots and no resource manager: after every verb nothing is left loaded.
    @Test(.enabled(if: isInstalled("swtpm") && isInstalled("tpm2_getcap"), "needs swtpm and tpm2-tools"))
    func noVerbLeavesAnythingLoaded() throws {
      let home = try TemporaryFolder()
      let socket = "path=\(home.path("s"))"
      let swtpm = try Companion([
        "swtpm", "socket", "--tpm2", "--tpmstate", "dir=\(home.path)", "--server", "type=unixio,\(socket)", "--ctrl",
        "type=unixio,path=\(home.path("s.ctrl"))", "--flags", "not-need-init,startup-clear",
      ])
      let tools = ["TPM2TOOLS_TCTI": "swtpm:\(socket)"]
      try Companion.wait(for: "swtpm") { try run(["tpm2_getcap", "properties-fixed"], environment: tools).status == 0 }
      let site = try Site(initialising: nil)
      let escrow = home.path("escrow.json")
      let verbs: [[String]] = [
        ["init", "--tpm", "swtpm:\(socket)", "--no-ownership"],
        ["status"], ["verify", site.archive, "--key", site.key], ["verify", site.archive, "--key", site.key],
        ["recheck", "--all"], ["ledger", "list"], ["ledger", "prove", "2"], ["ledger", "checkpoint"],
        ["ledger", "checkpoint", "--since", "2"], ["ledger", "verify"],
        ["ledger", "export", home.path("export"), "--for", "test"], ["recover", "inspect"], ["enroll", "boot-request"],
        ["enroll", "identity"], ["retire", "--reason", "r", "--for", "f", "--export", home.path("last")],
      ]
      for verb in verbs {
        let result = try site.assay.run(verb)
        #expect(result.status == 0, "\(verb): \(result.errors)")
        for kind in ["handles-transient", "handles-loaded-session"] {
          let left = try run(["tpm2_getcap", kind], environment: tools)
          #expect(left.stdout.isEmpty, "\(verb) left \(kind): \(left.output)")
        }
      }
      _ = (swtpm, escrow)
    }
  #endif
}
