import ApplianceIdentity
import ArgumentParser
import Attestation
import Cryptography
import Ledger
import LedgerLeaf
import Octets
import Report
import Roles
import SignedNote
import Store
import StrictJSON
import TPM
import Terminal
import TrustStore

/// `assay status`: what this machine's store is, and whether its history is the one that the TPM confirms.
struct Status: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show the store, its TPM and its history, and what needs attention.",
    discussion: """
      0: the history is the one that the TPM last confirmed. 3: it is not, or the TPM refuses this machine, or a log \
      was caught with two histories (FORK); what was found and what to do is said. Wherever the TPM is a software \
      one, that is said too.
      """)

  @OptionGroup var state: StateOptions

  @Flag(help: "Machine-readable (docs/formats/StatusOutput.md).")
  var json = false

  func run() throws {
    let store = try state.open()
    // Before this process opens the TPM.
    let confinement = ConfinementFacts.Trial()
    var facts: StatusFacts
    do throws(StoreError) {
      switch try store.unlock() {
      case .running(let custodian):
        facts = try StatusFacts(running: custodian, clock: UnixTime(wallClockSeconds()))
      case .refused(let forensic, let tpm): facts = StatusFacts(store, refused: forensic, tpm)
      }
    } catch {
      // What says nothing about the history is a failure of the program, and no alarm.
      guard error.isAboutTheStore else { throw error }
      facts = StatusFacts(store, trouble: error)
    }
    facts.confinement = confinement
    if json { try Render.json(facts.json) } else { try Render.write(facts.lines.joined(separator: "\n")) }
    if facts.alarm != nil || !facts.forks.isEmpty { throw ExitCode(3) }
  }
}

/// What `status` found, apart from how it is shown.
struct StatusFacts {
  private let store: Store
  private var head: AnchoredHead?
  private var state: TrustState?
  private var clock: (now: UnixTime, check: TimeRules.ClockCheck)?
  private var lockout: Lockout?
  private var isOwned: Bool?
  private var commitsToday: Int?
  /// What is wrong, and what to do.
  private(set) var alarm: String?
  /// Logs that signed two histories. Verdicts are given all the same: a policy may rest on other logs.
  private(set) var forks: [AcceptedLogs.Fork] = []
  private var logs: [LogLine] = []
  /// What holds readers and provers on this machine.
  var confinement: ConfinementFacts.Trial?

  /// Anchors that a chip's NV memory takes a day, sustained, for decades; and where an alarm is due.
  private static let budget = (sustained: 50, alarming: 200)

  init(running custodian: Custodian, clock now: UnixTime) throws(StoreError) {
    store = custodian.store
    let head = try custodian.head()
    let state = custodian.state
    self.head = head
    self.state = state
    let check = TimeRules.check(
      clock: now, tpm: try custodian.clock(), since: state.lastClocks, floor: state.standing.floor?.time)
    clock = (now, check)
    do throws(TPMError) {
      lockout = try custodian.tpm.lockout()
      isOwned = try custodian.tpm.tpm.isOwned()
    } catch {
      throw .tpm(error)
    }
    commitsToday = try custodian.commits(since: UnixTime(now.seconds - 86_400))
    forks = AcceptedLogs.forks(custodian)
    logs = state.standing.objects(of: InstalledTrust.log).map { LogLine($0.name, $0.object, custodian) }
  }

  init(_ store: Store, refused forensic: ForensicLedger, _ tpm: CustodyTPM) {
    self.store = store
    alarm = "\(forensic.finding)"
    lockout = try? tpm.lockout()
  }

  init(_ store: Store, trouble: StoreError) {
    self.store = store
    alarm = "\(trouble)"
  }

  // MARK: Words

  var lines: [String] {
    var lines = ["Store in \(store.directory)"] + StoreText.identity(store)
    if let alarm {
      lines += ["", "ALARM  \(alarm)", "       Nothing is judged, signed or recorded until this is settled."]
    }
    if !forks.isEmpty {
      lines += [""] + forks.map { "\(LogStatusText.headline($0)); see assay trust log status" }
    }
    if let head, let state {
      lines += [
        "",
        "  history     \(Quantity.count(head.size, "leaf", "leaves")) in \(Quantity.count(head.number, "commit")), confirmed by the TPM",
        "  root        \(Hex.encode(head.root))",
        "  verdicts    \(state.verdictLeaves.count), reports \(state.reportCount)",
        "  last export \(state.lastExport.map { "\(Quantity.count($0.size, "leaf", "leaves")), \($0.claimed)" } ?? "none: see `assay ledger export`")",
        "  trust       \(trustWords(state))",
        "  time        \(timeWords)",
      ]
      lines += logs.map { "  log         \($0.words)" }
      if state.standing.isRetired { lines.append("  RETIRED     nothing more is recorded here") }
      if let recovery = state.recovery {
        lines.append(
          "  heir of     store \(Hex.encode(recovery.previousStore)), from leaf \(recovery.previousSize) of its history on"
        )
      }
    }
    if let confinement { lines.append("  roles       \(confinement.words)") }
    if let isOwned {
      lines.append(
        "  ownership   \(isOwned ? "taken: the TPM's hierarchies have secrets" : "not taken: the TPM's hierarchies have no secrets")"
      )
    }
    if let lockout, store.hasPIN {
      lines.append(
        "  PIN         \(lockout.triesLeft) of \(lockout.limit) tries left\(lockout.isLocked ? ": LOCKED" : "")")
    }
    if let commitsToday, !store.driver.isSoftware {
      let words = commitsToday >= Self.budget.alarming ? ": TOO MANY for the chip's memory" : ""
      lines.append("  NV writes   \(commitsToday) in the last day, of \(Self.budget.sustained) sustained\(words)")
    }
    return lines
  }

  private func trustWords(_ state: TrustState) -> String {
    let roots = state.standing.objects(of: InstalledTrust.trustRoot)
    if roots.isEmpty {
      return "no trust root installed: they are named with each command (assay trust list shows what is installed)"
    }
    return roots.map { "\(printable($0.name)), since \($0.object.claimed)" }.joined(separator: "; ")
  }

  private var timeWords: String {
    guard let clock else { return "" }
    let floor =
      state?.standing.floor.map { "not before \($0.time) (\($0.source.name), leaf \($0.leaf))" } ?? "no signed time yet"
    let check =
      switch clock.check {
      case .consistent: "agrees with the TPM's clock"
      case .jump(let seconds): "WAS SET by about \(seconds) s since a medium was last recorded"
      case .noReference: "can be compared with nothing since this start of the machine"
      case .behindFloor: "IS BEHIND a time that was surely reached"
      }
    return "\(clock.now) by the machine's clock, which \(check); \(floor)"
  }

  // MARK: JSON

  var json: JSON {
    var object: JSONObject = [
      "format": "assay-status/1", "healthy": .bool(alarm == nil), "alarm": alarm.map(JSON.text) ?? .null,
      "store": .text(store.id), "directory": .text(store.directory), "tpm": .text(store.driver.name),
      "softwareTPM": .bool(store.driver.isSoftware), "bootBinding": .text(store.bootBinding.rawValue),
      "reportKey": "\(ClaimedDigest(store.keys.report.fingerprint))",
      "commitKey": "\(ClaimedDigest(store.keys.commit.fingerprint))", "pin": .bool(store.hasPIN),
    ]
    if let head, let state {
      object.append(
        "ledger",
        [
          "size": .integer(Int64(clamping: head.size)), "commits": .integer(Int64(clamping: head.number)),
          "root": .text(Hex.encode(head.root)), "anchor": .text(Hex.encode(head.anchor)),
          "verdicts": .integer(Int64(state.verdictLeaves.count)), "reports": .integer(Int64(state.reportCount)),
          "policyVersion": .text("\(head.state.policyVersion)"), "retired": .bool(state.standing.isRetired),
        ])
      object.append(
        "trust",
        .array(
          state.standing.objects(of: InstalledTrust.trustRoot).map {
            ["name": .text(printable($0.name)), "digest": "\($0.object.digest)", "since": "\($0.object.claimed)"]
          }))
      object.append(
        "timeFloor",
        state.standing.floor.map { ["time": "\($0.time)", "basis": .text($0.source.name)] } ?? .null)
      object.append("logs", .array(logs.map(\.json)))
      object.append("forks", .array(forks.map(LogStatusText.json)))
    }
    if let confinement { object.append("confinement", confinement.json) }
    if let clock { object.append("clock", ["now": "\(clock.now)", "check": .text(clock.check.name)]) }
    if let isOwned { object.append("owned", .bool(isOwned)) }
    if let lockout {
      object.append(
        "lockout",
        [
          "failures": .integer(Int64(lockout.failures)), "limit": .integer(Int64(lockout.limit)),
          "locked": .bool(lockout.isLocked),
        ])
    }
    if let commitsToday, !store.driver.isSoftware {
      object.append(
        "nvWrites",
        ["lastDay": .integer(Int64(commitsToday)), "sustained": .integer(Int64(Self.budget.sustained))])
    }
    return .object(object)
  }
}

/// A log's newest accepted state in one line.
private struct LogLine {
  private let origin: [UInt8]
  /// Nil where the note is gone from the disk, or damaged.
  private let size: UInt64?
  private let leaf: UInt64
  private let claimed: UnixTime

  init(_ origin: [UInt8], _ object: Standing.Object, _ custodian: Custodian) {
    self.origin = origin
    leaf = object.leaf
    claimed = object.claimed
    size = (try? custodian.bytes(of: object)).flatMap { try? Checkpoint(parsing: $0) }?.size
  }

  var words: String {
    let size = size.map { Quantity.count($0, "entry", "entries") } ?? "ITS NOTE CANNOT BE READ"
    return "\(printable(origin, limit: 100)): \(size), accepted \(claimed) (leaf \(leaf))"
  }

  var json: JSON {
    [
      "origin": .text(printable(origin)), "size": size.map { .integer(Int64(clamping: $0)) } ?? .null,
      "leaf": .integer(Int64(clamping: leaf)), "accepted": "\(claimed)",
    ]
  }
}
