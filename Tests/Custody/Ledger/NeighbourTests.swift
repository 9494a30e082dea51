import FoundationEssentials
import Glibc
import LedgerLeaf
import LedgerRig
import TestSupport
import Testing

@testable import Ledger

/// The files beside the database, torn, exchanged, or another's: the log that SQLite writes, and the two side files.
@Suite struct NeighbourTests {
  /// All that a kill leaves of a ledger, the log with it: taken while it is open, and put back when it is closed.
  static let killed = RecoveryTests.all + ["ledger.db-wal"]

  /// Three commits of an earlier process in the file, a fourth of a process that was killed in the log.
  static func killed(leaf: Int = 3, at step: CommitStep = .anchored) throws -> TemporaryRig {
    let temporary = try TemporaryRig(commits: 3)
    var left: Snapshot?
    do {
      let ledger = try temporary.rig.running()
      _ = try? ledger.commit([LedgerRig.leaf(leaf)], LedgerRig.state()) {
        if $0 == step { throw RecoveryTests.PowerCut() }
      }
      left = try Snapshot(temporary, killed)
    }
    try left?.restore()
    return temporary
  }

  static func change(_ temporary: TemporaryRig, _ name: String, _ change: (inout [UInt8]) -> Void) throws {
    var bytes = try temporary.home.read("ledger/\(name)")
    change(&bytes)
    try temporary.home.write("ledger/\(name)", bytes)
  }

  static func loseLast(_ temporary: TemporaryRig, _ number: Int) throws {
    try RecoveryTests.sql(
      temporary,
      "DELETE FROM leaf WHERE position = \(number - 1); DELETE FROM commit_record WHERE number = \(number)")
  }

  // MARK: The log

  @Test func goesOnFromALog() throws {
    let temporary = try Self.killed()
    #expect(try RecoveryTests.size(temporary.rig) == 4)
    #expect(!FileManager.default.fileExists(atPath: temporary.home.path("ledger/ledger.db-wal")))
    #expect(try RecoveryTests.size(temporary.rig) == 4)
  }

  /// What a killed process wrote was perhaps never synced: that comes before the anchor.
  @Test func keepsWhatTheKilledWrote() throws {
    let temporary = try Self.killed(at: .stored)
    var kept: Snapshot?
    do {
      let ledger = try temporary.rig.running()
      kept = try Snapshot(temporary, ["ledger.db"])
      _ = try ledger.head
    }
    try kept?.restore()
    for name in SideFile.names { unlink(temporary.home.path("ledger/\(name)")) }
    #expect(try RecoveryTests.size(temporary.rig) == 4)
  }

  /// The power went, and with it the end of the log: the side file has what was released.
  @Test(arguments: [(CommitStep.stored, UInt64(3)), (.anchored, 4)])
  func restoresWhatATornLogLost(_ step: CommitStep, _ size: UInt64) throws {
    let temporary = try Self.killed(at: step)
    try Self.change(temporary, "ledger.db-wal") { $0[$0.count - 1] ^= 1 }
    #expect(try RecoveryTests.size(temporary.rig) == size)
    try RecoveryTests.commit(temporary.rig, leaf: 4)
    #expect(try RecoveryTests.size(temporary.rig) == size + 1)
  }

  /// Another ledger's log, or this one's of yesterday: refused, and the database is not changed by it, so that taking
  /// the log away is enough.
  @Test(arguments: ["another's", "yesterday's"]) func refusesAForeignLog(_ whose: String) throws {
    let temporary = try Self.killed()
    let log = try whose == "yesterday's" ? temporary.home.read("ledger/ledger.db-wal") : Self.othersLog()
    for number in 4..<6 { try RecoveryTests.commit(temporary.rig, leaf: number) }
    let database = try temporary.home.read("ledger/ledger.db")
    try temporary.home.write("ledger/ledger.db-wal", log)
    #expect(try temporary.rig.finding() != nil)
    #expect(try temporary.home.read("ledger/ledger.db") == database)
    #expect(try temporary.home.read("ledger/ledger.db-wal") == log)
    unlink(temporary.home.path("ledger/ledger.db-wal"))
    #expect(try RecoveryTests.size(temporary.rig) == 6)
  }

  static func othersLog() throws -> [UInt8] { try killed(leaf: 77).home.read("ledger/ledger.db-wal") }

  @Test func refusesALogThatIsNone() throws {
    let temporary = try TemporaryRig(commits: 3)
    try temporary.home.write("ledger/ledger.db-wal", Array(repeating: 0x41, count: 8192))
    guard case .fileAltered = try temporary.rig.finding() else { throw RecoveryTests.PowerCut() }
  }

  // MARK: The side files

  /// Written over in place: a crash tears the one that is being written, and never the one that may be needed.
  @Test func keepsTheOneBefore() throws {
    let temporary = try TemporaryRig(commits: 3)
    let before = try Snapshot(temporary, ["ledger.db"])
    try RecoveryTests.commit(temporary.rig, leaf: 3)
    // Commit 5 comes no further than half of its side file, and the power takes commit 4 from the database.
    try RecoveryTests.crash(temporary.rig, at: .signed, leaf: 4)
    try Self.change(temporary, "last-commit-1") { for index in 20..<$0.count { $0[index] = 0 } }
    try before.restore()
    #expect(try RecoveryTests.size(temporary.rig) == 4)
    #expect(try temporary.rig.running().leaf(at: 3) == LedgerRig.leaf(3).encoded())
  }

  @Test func needsNeitherWhileNothingIsLost() throws {
    let temporary = try TemporaryRig(commits: 3)
    for name in SideFile.names { try Self.change(temporary, name) { $0.removeLast($0.count / 2) } }
    #expect(try RecoveryTests.size(temporary.rig) == 3)
    for number in 3..<5 { try RecoveryTests.commit(temporary.rig, leaf: number) }
    // Whole again.
    try Self.loseLast(temporary, 5)
    #expect(try RecoveryTests.size(temporary.rig) == 5)
  }

  @Test func refusesWhereBothAreTorn() throws {
    let temporary = try TemporaryRig(commits: 3)
    for name in SideFile.names { try Self.change(temporary, name) { $0.removeLast($0.count / 2) } }
    try Self.loseLast(temporary, 3)
    #expect(try temporary.rig.finding() == .unknown(stored: 2))
  }

  /// Another store's whose record says the same: its signature does not.
  @Test func refusesAForeignCopy() throws {
    let temporary = try TemporaryRig(commits: 3)
    try Self.loseLast(temporary, 3)
    let own = try temporary.home.read("ledger/last-commit-1")
    let other = try TemporaryRig(commits: 3)
    try temporary.home.write("ledger/last-commit-1", try other.home.read("ledger/last-commit-1"))
    #expect(try temporary.rig.finding() == .sideFileAltered(number: 3))
    try temporary.home.write("ledger/last-commit-1", own)
    #expect(try RecoveryTests.size(temporary.rig) == 3)
  }

  /// What a copy says counts, not where it lies.
  @Test func readsExchangedCopies() throws {
    let temporary = try TemporaryRig(commits: 3)
    try Self.loseLast(temporary, 3)
    let (even, odd) = try (temporary.home.read("ledger/last-commit-0"), temporary.home.read("ledger/last-commit-1"))
    try temporary.home.write("ledger/last-commit-0", odd)
    try temporary.home.write("ledger/last-commit-1", even)
    #expect(try RecoveryTests.size(temporary.rig) == 3)
  }

  /// What lies behind a commit is the end of a longer one.
  @Test func readsAShortOneOverALongOne() throws {
    let temporary = try TemporaryRig(commits: 2)
    _ = try temporary.rig.running().commit((2..<52).map { LedgerRig.leaf($0) }, LedgerRig.state())
    let long = try temporary.home.read("ledger/last-commit-1").count
    for number in 52..<54 { try RecoveryTests.commit(temporary.rig, leaf: number) }
    #expect(try temporary.home.read("ledger/last-commit-1").count == long)
    try RecoveryTests.sql(
      temporary, "DELETE FROM leaf WHERE position = 53; DELETE FROM commit_record WHERE number = 5")
    #expect(try RecoveryTests.size(temporary.rig) == 54)
    #expect(try temporary.rig.running().leaf(at: 53) == LedgerRig.leaf(53).encoded())
  }
}
