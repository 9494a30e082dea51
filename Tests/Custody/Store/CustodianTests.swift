import ApplianceIdentity
import Cryptography
import FoundationEssentials
import Glibc
import Ledger
import LedgerLeaf
import Octets
import Store
import TPM
import TestSupport
import Testing
import TrustStore

/// What happens to a store, and what the operator reads: over the real in-process TPM, with nothing mocked.
@Suite struct CustodianTests {
  /// A store with some history. Copies of its folder stand for backups: the TPM's state stays where it is, as a chip does.
  struct Rig {
    let folder: TemporaryFolder
    var path: String { folder.path("store") }

    init() throws {
      folder = try TemporaryFolder()
      _ = try StoreTests.make(path, StoreTests.plan(.software(stateDirectory: "")))
    }

    func open() throws -> Custodian { try Store.open(at: path).running() }

    /// Records one event and closes again.
    @discardableResult
    func record(_ name: String = "note", at clock: Int64 = 1_790_000_100) throws -> [Receipt] {
      try open().record([Self.event(name)], at: UnixTime(clock))
    }

    static func event(_ name: String) -> LedgerEvent {
      .export(Export(size: 0, root: digest([]).bytes, recipient: Array(name.utf8)))
    }

    /// Puts aside what is on the disk, but for the TPM.
    func backup() throws -> String {
      let name = folder.path("backup-\(UInt32.random(in: 0...(.max)))")
      try runChecked(["cp", "-a", path, name])
      return name
    }

    func restore(_ backup: String, _ names: [String] = ["ledger", "policy.json", "store.json"]) throws {
      for name in names {
        try runChecked(["rm", "-rf", path + "/" + name])
        try runChecked(["cp", "-a", backup + "/" + name, path + "/" + name])
      }
    }

    /// Why the store is not used; nil where it runs.
    func finding() throws -> Finding? {
      switch try Store.open(at: path).unlock() {
      case .running: nil
      case .refused(let forensic, _): forensic.finding
      }
    }
  }

  @Test func eventsAreAnchoredAndReplayed() throws {
    let rig = try Rig()
    let receipts = try rig.record("one")
    #expect(receipts.map(\.leafIndex) == [1])
    try rig.record("two")
    let custodian = try rig.open()
    #expect(try custodian.head().size == 3)
    #expect(try custodian.head().number == 3)
    guard case .export(let event)? = try custodian.leaf(at: 1)?.event else {
      Issue.record("no export")
      return
    }
    #expect(event.recipient == Array("one".utf8))
    #expect(custodian.state.provisioning?.storeID == custodian.store.storeID)
    #expect(try custodian.commits(since: UnixTime(1_790_000_050)) == 2)
    #expect(try custodian.commit(ofLeaf: 2) == 3)
  }

  @Test func yesterdaysBackupIsRefused() throws {
    let rig = try Rig()
    try rig.record("one")
    let yesterday = try rig.backup()
    try rig.record("two")
    try rig.restore(yesterday)
    guard case .unknown(stored: 2)? = try rig.finding() else {
      Issue.record("\(String(describing: try rig.finding()))")
      return
    }
    // Nothing was lost by looking: the newest state back in its place runs.
    let error = #expect(throws: StoreError.self) { try rig.open() }
    #expect(error.map { "\($0)".contains("assay recover") } == true)
  }

  @Test func aForkIsRefused() throws {
    let rig = try Rig()
    let before = try rig.backup()
    try rig.record("mine")
    let mine = try rig.backup()
    try rig.restore(before)
    // The other branch cannot even begin: the anchor is ahead of it.
    #expect(try rig.finding() != nil)
    try rig.restore(mine)
    #expect(try rig.finding() == nil)
  }

  @Test func anEditedRowIsRefused() throws {
    let rig = try Rig()
    try rig.record("one")
    let file = rig.path + "/ledger/ledger.db"
    try runChecked([
      "/usr/bin/python3", "-c",
      """
      import sqlite3, sys
      db = sqlite3.connect(sys.argv[1])
      row = bytearray(db.execute("SELECT row FROM leaf WHERE position = 1").fetchone()[0])
      row[5] ^= 1
      db.execute("UPDATE leaf SET row = ? WHERE position = 1", (bytes(row),))
      db.commit()
      """, file,
    ])
    #expect(try rig.finding() == .leafAltered(index: 1))
  }

  @Test func aRemovedLedgerIsNoNewBeginning() throws {
    let rig = try Rig()
    try rig.record("one")
    try runChecked(["rm", "-rf", rig.path + "/ledger"])
    #expect(throws: StoreError.self) { try rig.open() }
    #expect(!FileManager.default.fileExists(atPath: rig.path + "/ledger"))
  }

  /// Back or forward ten years: what was recorded stays, and the clock alone raises nothing.
  @Test(arguments: [1_470_000_000, 2_110_000_000] as [Int64]) func aWrongClockHarmsNothing(_ clock: Int64) throws {
    let rig = try Rig()
    try rig.record("one", at: clock)
    try rig.record("two")
    let state = try rig.open().state
    #expect(state.standing.floor == nil)
    #expect(TimeRules.effective(clock: UnixTime(clock), floor: UnixTime(1_790_000_000)).seconds >= 1_790_000_000)
  }

  @Test func twoAtOnceAreOneAfterTheOther() throws {
    let rig = try Rig()
    let held = try rig.open()
    let error = #expect(throws: StoreError.self) {
      try Store.open(at: rig.path).running(waiting: .milliseconds(50))
    }
    #expect(error.map { "\($0)".contains("in use by process \(getpid())") } == true, "\(error.map { "\($0)" } ?? "")")
    _ = try held.head()
  }

  #if DEBUG
    /// Two copies of one store on the machine that has its TPM: one at a time, and the one that stayed behind is refused.
    @Test(.enabled(if: SwTPM.isPresent, Comment(rawValue: SwTPM.absence))) func twoCopiesTakeTurns() throws {
      let swtpm = try SwTPM()
      let folder = try TemporaryFolder()
      let (one, other) = (folder.path("one"), folder.path("other"))
      _ = try StoreTests.make(one, StoreTests.plan(try TPMDriver(parsing: swtpm.configuration, stateDirectory: "")))
      try runChecked(["cp", "-a", one, other])
      do {
        let held = try Store.open(at: one).running()
        let error = #expect(throws: StoreError.self) { try Store.open(at: other).running(waiting: .milliseconds(50)) }
        #expect(error.map { "\($0)".contains("in use by process \(getpid())") } == true)
        try held.record([Rig.event("one")], at: UnixTime(1_790_000_100))
      }
      guard case .refused(let forensic, _) = try Store.open(at: other).unlock() else {
        Issue.record("two histories")
        return
      }
      #expect(forensic.finding == .unknown(stored: 1))
    }
  #endif

  @Test func aRetiredStoreRecordsNothing() throws {
    let rig = try Rig()
    try rig.open().record([.retirement(Retirement(reason: [], recipient: []))], at: UnixTime(1_790_000_200))
    let error = #expect(throws: StoreError.self) { try rig.record("after") }
    #expect(error == .retired(directory: rig.path))
    #expect(try rig.open().head().size == 2)
  }

  // MARK: Beginning under a policy authority

  /// A store that waits for its authority, and the approval that it gets.
  private func awaiting(_ folder: TemporaryFolder) throws -> (Store, ApprovedPolicy, StorePlan) {
    let key = try SigningKey()
    let plan = StorePlan(
      driver: .software(stateDirectory: ""), authority: try PublicKey(spki: key.spki), bootBinding: .secureBootOnly,
      clock: UnixTime(1_790_000_000), program: "assay test")
    let store = try Store.create(at: folder.path("store"), plan, pin: nil)
    let request = try store.policyRequest()
    let policy = try request.policy(until: request.version)
    return (store, ApprovedPolicy(policy: policy, signature: try key.sign(policy.statement)), plan)
  }

  @Test func theFirstApprovalBeginsTheHistory() throws {
    let folder = try TemporaryFolder()
    let (store, approved, plan) = try awaiting(folder)
    let error = #expect(throws: StoreError.self) { try store.running() }
    #expect(error == .awaitingApproval(directory: store.directory))
    try store.approve(approved, plan)
    #expect(try store.running().head().size == 1)
    #expect(try folder.names() == ["store"])
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: store.directory).sorted()
        == ["evidence", "ledger", "pending", "policy.json", "reports", "store.json", "tpm"])
  }

  /// The power went behind the anchor's first writing, or behind the ledger's first commit: the next approval goes on.
  @Test(arguments: ["anchor", "commit"]) func aCutOffBeginningGoesOn(_ place: String) throws {
    let folder = try TemporaryFolder()
    let (store, approved, plan) = try awaiting(folder)
    let beginning = AnchorBeginning.random()
    try folder.write("store/beginning", beginning.record)
    do {
      let tpm = try TPM.open(store.driver)
      defer { tpm.close() }
      _ = try CustodyTPM(tpm, store.keys, approved).initialiseAnchor(beginning)
    }
    if place == "commit" {
      try store.approve(approved, plan)
      try runChecked(["mv", store.directory + "/ledger", store.directory + "/ledger.new"])
      try runChecked(["rm", store.directory + "/policy.json"])
      // `beginning` is still there: it goes last.
      try folder.write("store/beginning", [UInt8](repeating: 1, count: 32))
    }
    try store.approve(approved, plan)
    #expect(try store.running().head().size == 1)
  }

  /// With the history gone, an approval begins no other one under the same store id.
  @Test func aRemovedHistoryIsNoNewBeginning() throws {
    let folder = try TemporaryFolder()
    let (store, approved, plan) = try awaiting(folder)
    try store.approve(approved, plan)
    try store.running().record([Rig.event("one")], at: UnixTime(1_790_000_100))
    try runChecked(["rm", "-rf", store.directory + "/ledger"])
    for forged in [nil, [UInt8](repeating: 7, count: 32)] as [[UInt8]?] {
      if let forged { try folder.write("store/beginning", forged) }
      #expect(throws: StoreError.self) { try store.approve(approved, plan) }
      #expect(!store.isApproved)
    }
    // Nor does a ledger that somebody laid beside: the anchor does not have it.
    let other = try Rig()
    try runChecked(["cp", "-a", other.path + "/ledger", store.directory + "/ledger.new"])
    try store.approve(approved, plan)
    #expect(throws: StoreError.self) { try store.running() }
  }

  // MARK: Reports and objects

  @Test func reportsAreIssuedWithTheirLeafOnly() throws {
    let rig = try Rig()
    let report = Array("a report".utf8)
    let named = ClaimedDigest(digest(report))
    do {
      let custodian = try rig.open()
      let event = LedgerEvent.reportIssued(ReportIssued(image: named, report: named, verdictIndex: 0))
      _ = try custodian.issue([report], recording: [event], at: UnixTime(1_790_000_300))
      #expect(try custodian.store.reports.read(named) == report)
      #expect(custodian.state.leaf(ofReport: named) == 1)
    }
    // One more is staged, and the power goes before the commit: it is gone; and one behind the commit: it is issued.
    let lost = Array("lost".utf8)
    try rig.folder.write("store/pending/\(Hex.encode(digest(lost).bytes)).sigstore.json", lost)
    try runChecked(["mv", rig.path + "/reports/\(named.hex).sigstore.json", rig.path + "/pending/"])
    try rig.folder.write("store/pending/half.new", [1])
    let again = try rig.open()
    #expect(try again.store.reports.read(named) == report)
    #expect(try FileManager.default.contentsOfDirectory(atPath: rig.path + "/pending").isEmpty)
    #expect(throws: StoreError.self) { try again.store.reports.read(ClaimedDigest(digest(lost))) }
  }

  /// A staged file under an issued report's name that holds something else is not that report.
  @Test func aForgedStagedReportIsNotIssued() throws {
    let rig = try Rig()
    let named = ClaimedDigest(digest(Array("a report".utf8)))
    try rig.open().record(
      [.reportIssued(ReportIssued(image: named, report: named, verdictIndex: 0))], at: UnixTime(1_790_000_300))
    try rig.folder.write("store/pending/\(named.hex).sigstore.json", Array("another".utf8))
    let custodian = try rig.open()
    #expect(throws: StoreError.self) { try custodian.store.reports.read(named) }
  }

  @Test func objectsAreHashedWhenTheyAreRead() throws {
    let rig = try Rig()
    let objects = try Store.open(at: rig.path).objects
    let bytes = Array("evidence".utf8)
    let named = ClaimedDigest(digest(bytes))
    try objects.keep([bytes, bytes])
    #expect(try objects.read(named) == bytes)
    try rig.folder.write("store/evidence/\(named.hex)", Array("forged".utf8))
    let error = #expect(throws: StoreError.self) { try objects.read(named) }
    #expect(error.map { "\($0)".contains("not those of its name") } == true)
    // Kept again, it is whole again.
    try objects.keep([bytes])
    #expect(try objects.read(named) == bytes)
  }
}
