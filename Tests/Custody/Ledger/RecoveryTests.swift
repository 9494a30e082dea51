import Cryptography
import FoundationEssentials
import Glibc
import LedgerLeaf
import LedgerRig
import Octets
import Testing
import TestSupport

@testable import Ledger

/// The table of docs/formats/CommitProtocol.md, Starting: what a crash, a power cut or a hand on the disk leaves behind,
/// and what becomes of it.
@Suite struct RecoveryTests {
  struct PowerCut: Error {}
  /// Beside the lock; commits with even and with odd numbers take turns in the last two.
  static let all = ["ledger.db", "last-commit-0", "last-commit-1"]

  /// Commits one leaf and stops at a step, as a crash would. The receipt never came.
  static func crash(_ rig: LedgerRig, at step: CommitStep, leaf: Int) throws {
    let ledger = try rig.running()
    #expect(throws: LedgerError.self) {
      try ledger.commit([LedgerRig.leaf(leaf)], LedgerRig.state()) { if $0 == step { throw PowerCut() } }
    }
  }

  static func commit(_ rig: LedgerRig, leaf: Int) throws {
    _ = try rig.running().commit([LedgerRig.leaf(leaf)], LedgerRig.state())
  }

  static func size(_ rig: LedgerRig) throws -> UInt64 { try rig.running().head.size }

  static func sql(_ temporary: TemporaryRig, _ statements: String) throws {
    try runChecked(["sqlite3", temporary.home.path("ledger/ledger.db"), statements])
  }

  // MARK: Crashes

  /// What is there after a crash: 3 leaves before, 4 where the commit counts.
  @Test(arguments: [
    (CommitStep.signed, UInt64(3)), (.stored, 4), (.anchored, 4),
  ])
  func goesOnAfterACrash(_ step: CommitStep, _ size: UInt64) throws {
    let temporary = try TemporaryRig(commits: 3)
    try Self.crash(temporary.rig, at: step, leaf: 3)
    for _ in 0..<2 { #expect(try Self.size(temporary.rig) == size) }
    // And goes on from there.
    try Self.commit(temporary.rig, leaf: 4)
    #expect(try Self.size(temporary.rig) == size + 1)
  }

  /// A crash while it recovers is a crash like another.
  @Test func goesOnAfterTwoCrashes() throws {
    let temporary = try TemporaryRig(commits: 3)
    try Self.crash(temporary.rig, at: .stored, leaf: 3)
    temporary.rig.anchor.beforeExtend = { throw PowerCut() }
    #expect(throws: LedgerError.self) { try temporary.rig.open() }
    temporary.rig.anchor.beforeExtend = {}
    temporary.rig.anchor.afterExtend = { throw PowerCut() }
    #expect(try Self.size(temporary.rig) == 4)
  }

  /// Database and side file are written at once: a crash may leave either without the other.
  @Test(arguments: [("ledger.db", UInt64(3)), ("last-commit-0", 4)])
  func goesOnAfterHalfAStep(_ lost: String, _ size: UInt64) throws {
    let temporary = try TemporaryRig(commits: 3)
    let before = try Snapshot(temporary, [lost])
    try Self.crash(temporary.rig, at: .stored, leaf: 3)
    try before.restore()
    for _ in 0..<2 { #expect(try Self.size(temporary.rig) == size) }
    try Self.commit(temporary.rig, leaf: 4)
    #expect(try Self.size(temporary.rig) == size + 1)
  }

  /// The disk said that the transaction was safe, and lost it with the power: before the anchor nothing was released,
  /// behind it the side file has it.
  @Test(arguments: [(CommitStep.stored, UInt64(3)), (.anchored, 4)])
  func goesOnAfterALyingDisk(_ step: CommitStep, _ size: UInt64) throws {
    let temporary = try TemporaryRig(commits: 3)
    let before = try Snapshot(temporary, ["ledger.db"])
    try Self.crash(temporary.rig, at: step, leaf: 3)
    try before.restore()
    #expect(try Self.size(temporary.rig) == size)
    if size == 4 { #expect(try temporary.rig.running().leaf(at: 3) == LedgerRig.leaf(3).encoded()) }
    try Self.commit(temporary.rig, leaf: 4)
    #expect(try Self.size(temporary.rig) == size + 1)
  }

  /// The views see what the side file brought back.
  @Test func showsRestoredLeaves() throws {
    let temporary = try TemporaryRig(commits: 3)
    let before = try Snapshot(temporary, ["ledger.db"])
    try Self.commit(temporary.rig, leaf: 3)
    try before.restore()
    var seen: [[UInt8]] = []
    _ = try temporary.rig.open { _, leaf in seen.append(leaf) }
    #expect(try seen == (0..<4).map { try LedgerRig.leaf($0).encoded() })
  }

  // MARK: Hands on the disk

  @Test func refusesYesterdaysState() throws {
    let temporary = try TemporaryRig(commits: 3)
    let before = try Snapshot(temporary, Self.all)
    try Self.commit(temporary.rig, leaf: 3)
    try before.restore()
    #expect(try temporary.rig.finding() == .unknown(stored: 3))
  }

  /// Yesterday's database beside today's side file, two commits on.
  @Test func refusesWhatIsTwoBehind() throws {
    let temporary = try TemporaryRig(commits: 3)
    let before = try Snapshot(temporary, ["ledger.db"])
    try Self.commit(temporary.rig, leaf: 3)
    try Self.commit(temporary.rig, leaf: 4)
    try before.restore()
    #expect(try temporary.rig.finding() == .older(stored: 3, confirmed: 5))
  }

  /// Signed by the commit key, and yet two steps ahead: no crash leaves that.
  @Test func refusesWhatIsTwoAhead() throws {
    let temporary = try TemporaryRig(commits: 3)
    let anchor = try Snapshot(temporary, [], anchor: true)
    try Self.commit(temporary.rig, leaf: 3)
    try Self.commit(temporary.rig, leaf: 4)
    try anchor.restore()
    #expect(try temporary.rig.finding() == .unconfirmed(stored: 5, confirmed: 3))
  }

  /// A counter would take it: both branches end at commit 4.
  @Test(arguments: [false, true])
  func refusesAFork(_ sideToo: Bool) throws {
    let temporary = try TemporaryRig(commits: 3)
    let before = try Snapshot(temporary, Self.all)
    try Self.crash(temporary.rig, at: .stored, leaf: 100)
    let branch = try Snapshot(temporary, sideToo ? Self.all : ["ledger.db"])
    try before.restore()
    try Self.commit(temporary.rig, leaf: 3)
    try branch.restore()
    #expect(try temporary.rig.finding() == .unknown(stored: 4))
  }

  /// Taking back what was never confirmed takes nothing back.
  @Test func acceptsAWithdrawnPendingCommit() throws {
    let temporary = try TemporaryRig(commits: 3)
    let before = try Snapshot(temporary, ["ledger.db"])
    try Self.crash(temporary.rig, at: .stored, leaf: 100)
    try before.restore()
    #expect(try Self.size(temporary.rig) == 3)
    try Self.commit(temporary.rig, leaf: 3)
    #expect(try temporary.rig.running().leaf(at: 3) == LedgerRig.leaf(3).encoded())
  }

  /// Whoever has the store key but not the commit key: the record and its leaf are right, its signature is not.
  @Test func refusesAForgedPendingCommit() throws {
    let temporary = try TemporaryRig(commits: 3)
    try Self.crash(temporary.rig, at: .stored, leaf: 3)
    let forger = try RigSigner()
    guard case .value = try temporary.rig.anchor.read() else { throw PowerCut() }
    let body = try runChecked([
      "sqlite3", temporary.home.path("ledger/ledger.db"), "SELECT hex(body) FROM commit_record WHERE number = 4",
    ])
    let bytes = try #require(Hex.decode(String(decoding: body.dropLast(), as: UTF8.self).lowercased().utf8))
    let signature = Hex.encode(try forger.sign(digest(bytes)))
    try Self.sql(temporary, "UPDATE commit_record SET signature = x'\(signature)' WHERE number = 4")
    #expect(try temporary.rig.finding() == .signatureInvalid(number: 4))
    #expect(temporary.rig.anchor.extensions == 3)
  }

  @Test func refusesALostCommitWithoutItsCopy() throws {
    let temporary = try TemporaryRig(commits: 3)
    try Self.sql(temporary, "DELETE FROM leaf WHERE position = 2; DELETE FROM commit_record WHERE number = 3")
    unlink(temporary.home.path("ledger/last-commit-1"))
    #expect(try temporary.rig.finding() == .unknown(stored: 2))
  }

  @Test func restoresALostCommitFromItsCopy() throws {
    let temporary = try TemporaryRig(commits: 3)
    try Self.sql(temporary, "DELETE FROM leaf WHERE position = 2; DELETE FROM commit_record WHERE number = 3")
    #expect(try Self.size(temporary.rig) == 3)
  }

  /// Each byte of the side file's parts that nothing else would miss.
  @Test(arguments: [40, 170, 190, -1])
  func refusesAnAlteredCopy(_ offset: Int) throws {
    let temporary = try TemporaryRig(commits: 3)
    try Self.sql(temporary, "DELETE FROM leaf WHERE position = 2; DELETE FROM commit_record WHERE number = 3")
    var bytes = try temporary.home.read("ledger/last-commit-1")
    // Behind it may lie a byte or two of a longer one.
    let size = try #require(SideFile(decoding: bytes)).encoded.count
    bytes[offset < 0 ? size + offset : offset] ^= 1
    try temporary.home.write("ledger/last-commit-1", bytes)
    let finding = try temporary.rig.finding()
    #expect(finding == .sideFileAltered(number: 3) || finding == .unknown(stored: 2))
  }

  /// No use is made of it where database and anchor agree.
  @Test func needsNoCopyWhileNothingIsLost() throws {
    let temporary = try TemporaryRig(commits: 3)
    for name in SideFile.names { try temporary.home.write("ledger/\(name)", [1, 2, 3]) }
    #expect(try temporary.rig.finding() == nil)
  }

  @Test(arguments: [
    (
      "UPDATE leaf SET row = (SELECT row FROM leaf WHERE position = 0) WHERE position = 1",
      Finding.leafAltered(index: 1)
    ),
    ("UPDATE leaf SET row = substr(row, 1, 20) WHERE position = 1", .leafAltered(index: 1)),
    ("UPDATE leaf SET row = zeroblob(0) WHERE position = 1", .leafAltered(index: 1)),
    ("DELETE FROM leaf WHERE position = 1", .treeAltered(number: 3)),
    ("DELETE FROM leaf WHERE position = 2", .treeAltered(number: 3)),
    ("INSERT INTO leaf SELECT 3, row FROM leaf WHERE position = 2", .treeAltered(number: 3)),
    ("UPDATE leaf SET position = -1 WHERE position = 0", .treeAltered(number: 3)),
    ("DELETE FROM commit_record WHERE number = 1", .recordAltered(number: 1)),
    ("DELETE FROM commit_record WHERE number = 2", .recordAltered(number: 2)),
    ("DELETE FROM commit_record", .fileAltered("it holds no commit")),
    ("UPDATE commit_record SET salt = zeroblob(12) WHERE number = 2", .leafAltered(index: 1)),
    ("UPDATE commit_record SET salt = zeroblob(11) WHERE number = 2", .recordAltered(number: 2)),
    ("UPDATE commit_record SET anchor = zeroblob(32) WHERE number = 2", .recordAltered(number: 2)),
    ("UPDATE commit_record SET body = zeroblob(160) WHERE number = 2", .recordAltered(number: 2)),
    ("UPDATE commit_record SET signature = zeroblob(70) WHERE number = 3", .signatureInvalid(number: 3)),
  ])
  func refusesEditedRows(_ statement: String, _ finding: Finding) throws {
    let temporary = try TemporaryRig(commits: 3)
    try Self.sql(temporary, statement)
    #expect(try temporary.rig.finding() == finding)
  }

  @Test(arguments: [
    "CREATE TRIGGER t AFTER INSERT ON leaf BEGIN DELETE FROM leaf; END", "CREATE VIEW v AS SELECT 1",
    "ALTER TABLE leaf ADD COLUMN more BLOB", "PRAGMA application_id=1",
    "PRAGMA journal_mode=DELETE; PRAGMA page_size=8192; VACUUM; PRAGMA journal_mode=WAL",
  ])
  func refusesAForeignFile(_ statement: String) throws {
    let temporary = try TemporaryRig(commits: 3)
    try Self.sql(temporary, statement)
    guard case .fileAltered = try temporary.rig.finding() else { throw PowerCut() }
  }

  @Test(arguments: ["truncated", "text", "link"]) func refusesWhatIsNoDatabase(_ what: String) throws {
    let temporary = try TemporaryRig(commits: 3)
    let bytes = try temporary.home.read("ledger/ledger.db")
    unlink(temporary.home.path("ledger/ledger.db"))
    switch what {
    case "truncated": try temporary.home.write("ledger/ledger.db", Array(bytes.dropLast(4096)))
    case "text": try temporary.home.write("ledger/ledger.db", Array(repeating: 0x41, count: 8192))
    default:
      try temporary.home.write("elsewhere", bytes)
      symlink("../elsewhere", temporary.home.path("ledger/ledger.db"))
    }
    guard case .fileAltered = try temporary.rig.finding() else { throw PowerCut() }
  }

  // MARK: Hands on the TPM

  @Test func refusesWithoutItsAnchor() throws {
    let temporary = try TemporaryRig(commits: 3)
    temporary.rig.anchor.delete()
    #expect(try temporary.rig.finding() == .anchorMissing)
    try temporary.rig.anchor.define()
    #expect(try temporary.rig.finding() == .anchorUnwritten)
  }

  /// An index that is defined anew would fit the first commit of all, from a backup.
  @Test func refusesTheFirstCommitOnANewAnchor() throws {
    let temporary = try TemporaryRig(commits: 1)
    try temporary.rig.anchor.define()
    #expect(try temporary.rig.finding() == .anchorUnwritten)
  }

  @Test func refusesAnotherMachinesLedger() throws {
    let temporary = try TemporaryRig(commits: 2)
    let other = [UInt8](repeating: 8, count: 16)
    #expect(try temporary.rig.finding(storeID: other) == .otherStore(id: LedgerRig.storeID))
    // The same store id, another key.
    #expect(try temporary.rig.finding(key: [UInt8](repeating: 1, count: 32)) == .leafAltered(index: 0))
  }

  @Test func refusesAnotherCommitKey() throws {
    let temporary = try TemporaryRig(commits: 2)
    let other = try TemporaryRig()
    var key = LedgerRig.key()
    guard
      case .refused(let forensic) = try Ledger.open(
        in: temporary.rig.folder, storeID: LedgerRig.storeID, wiping: &key, anchor: temporary.rig.anchor,
        signer: other.rig.signer)
    else { throw PowerCut() }
    #expect(forensic.finding == .signatureInvalid(number: 2))
  }

  @Test func readsOnInForensicMode() throws {
    let temporary = try TemporaryRig(commits: 3)
    try Self.sql(temporary, "UPDATE leaf SET row = zeroblob(50) WHERE position = 1")
    guard case .refused(let forensic) = try temporary.rig.open() else { throw PowerCut() }
    #expect(forensic.lastRecord?.number == 3)
    #expect(try forensic.leaf(at: 0) == LedgerRig.leaf(0).encoded())
    #expect(forensic.leaf(at: 1) == nil)
    #expect(try forensic.leaf(at: 2) == LedgerRig.leaf(2).encoded())
    #expect(forensic.leaf(at: 3) == nil)
    #expect(forensic.anchor != .missing)
  }
}

/// Copies of files that a disk or a hand puts back.
struct Snapshot {
  private let files: [(path: String, bytes: [UInt8])]

  init(_ temporary: TemporaryRig, _ names: [String], anchor: Bool = false) throws {
    let paths = names.map { temporary.home.path("ledger/\($0)") } + (anchor ? [temporary.rig.anchor.path] : [])
    files = try paths.map { ($0, try readFile($0)) }
  }

  func restore() throws {
    for (path, bytes) in files { try Data(bytes).write(to: URL(filePath: path)) }
  }
}
