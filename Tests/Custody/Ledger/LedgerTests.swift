import Cryptography
import FoundationEssentials
import Glibc
import Files
import LedgerLeaf
import LedgerRig
import MerkleTree
import Octets
import Reasons
import SignedNote
import Testing
import TestSupport

@testable import Ledger

/// A rig in a folder of its own.
struct TemporaryRig {
  let home: TemporaryFolder
  let rig: LedgerRig

  init() throws {
    home = try TemporaryFolder()
    rig = try LedgerRig(home.path, kept: home)
  }

  /// With a ledger of `commits` commits of one leaf, closed.
  init(commits: Int) throws {
    try self.init()
    let ledger = try rig.create()
    for number in 1..<max(1, commits) { _ = try ledger.commit([LedgerRig.leaf(number)], LedgerRig.state()) }
  }
}

@Suite struct LedgerTests {
  @Test func keepsWhatWasCommitted() throws {
    let rig = try TemporaryRig().rig
    do {
      let ledger = try rig.create()
      let receipts = try ledger.commit([LedgerRig.leaf(1), LedgerRig.leaf(2)], LedgerRig.state(floor: 5, policy: 3))
      #expect(receipts.map(\.leafIndex) == [1, 2])
      #expect(
        receipts.map(\.leafHash) == [
          try leafHash(LedgerRig.leaf(1).encoded()), try leafHash(LedgerRig.leaf(2).encoded()),
        ])
      #expect(receipts.allSatisfy { $0.head.number == 2 && $0.head.size == 3 })
    }
    var seen: [[UInt8]] = []
    guard
      case .running(let ledger) = try rig.open(visit: { index, leaf in
        #expect(index == UInt64(seen.count))
        seen.append(leaf)
      })
    else { throw LedgerRig.NotRunning(finding: .anchorMissing) }
    #expect(try seen == (0..<3).map { try LedgerRig.leaf($0).encoded() })
    let head = try ledger.head
    #expect(head.size == 3)
    #expect(head.state == LedgerRig.state(floor: 5, policy: 3))
    #expect(try rig.anchor.read() == .value(head.anchor))
    #expect(try ledger.leaf(at: 2) == LedgerRig.leaf(2).encoded())
    #expect(try ledger.leaf(at: 3) == nil)
    #expect(try ledger.receipt(ofLeafAt: 1)?.leafHash == leafHash(LedgerRig.leaf(1).encoded()))
    #expect(try ledger.receipt(ofLeafAt: 3) == nil)
  }

  /// One import is one anchor, whatever its size.
  @Test func anchorsAGroupOnce() throws {
    let rig = try TemporaryRig().rig
    let ledger = try rig.create()
    let before = rig.anchor.extensions
    #expect(try ledger.commit((1...1000).map { LedgerRig.leaf($0) }, LedgerRig.state()).count == 1000)
    #expect(rig.anchor.extensions == before + 1)
  }

  @Test func hidesItsRows() throws {
    let temporary = try TemporaryRig()
    let ledger = try temporary.rig.create()
    let text = Array("Confidential Customer GmbH".utf8)
    _ = try ledger.commit(
      [LedgerLeaf(claimed: UnixTime(0), .export(Export(size: 1, root: digest([]).bytes, recipient: text)))],
      LedgerRig.state())
    for name in ["ledger.db", "ledger.db-wal", "last-commit-0", "last-commit-1"] {
      #expect(try temporary.home.read("ledger/\(name)").firstRange(of: text) == nil)
    }
  }

  @Test func refusesToGoBackwards() throws {
    let rig = try TemporaryRig().rig
    let ledger = try rig.create()
    _ = try ledger.commit([LedgerRig.leaf(1)], LedgerRig.state(floor: 5, policy: 3))
    let head = try ledger.head
    #expect(throws: LedgerError.backwards("time floor")) {
      try ledger.commit([LedgerRig.leaf(2)], LedgerRig.state(floor: 4, policy: 3))
    }
    #expect(throws: LedgerError.backwards("policy version")) {
      try ledger.commit([LedgerRig.leaf(2)], LedgerRig.state(floor: 5, policy: 2))
    }
    #expect(throws: LedgerError.leafCount(0)) { try ledger.commit([], LedgerRig.state(floor: 5, policy: 3)) }
    let tooLong = LedgerLeaf(claimed: UnixTime(0), .export(Export(size: 1, root: [], recipient: [])))
    #expect(throws: LedgerError.self) { try ledger.commit([tooLong], LedgerRig.state(floor: 5, policy: 3)) }
    #expect(try ledger.head == head)
    // Nothing of them was kept.
    #expect(try ledger.commit([LedgerRig.leaf(2)], LedgerRig.state(floor: 5, policy: 3)).first?.leafIndex == 2)
  }

  @Test func keepsNothingThatWasNotSigned() throws {
    let rig = try TemporaryRig().rig
    let ledger = try rig.create()
    rig.signer.errs = true
    #expect(throws: LedgerError.self) { try ledger.commit([LedgerRig.leaf(1)], LedgerRig.state()) }
    rig.signer.errs = false
    #expect(try ledger.head.number == 1)
    #expect(try ledger.commit([LedgerRig.leaf(1)], LedgerRig.state()).first?.leafIndex == 1)
  }

  /// The extension is done, or not, whatever the TPM's answer was.
  @Test func believesTheAnchorNotTheAnswer() throws {
    let rig = try TemporaryRig().rig
    let ledger = try rig.create()
    rig.anchor.afterExtend = { throw FileAnchor.Broken() }
    #expect(try ledger.commit([LedgerRig.leaf(1)], LedgerRig.state()).count == 1)
    rig.anchor.afterExtend = {}
    rig.anchor.beforeExtend = { throw FileAnchor.Broken() }
    let error = #expect(throws: LedgerError.self) { try ledger.commit([LedgerRig.leaf(2)], LedgerRig.state()) }
    guard case .unsettled = error else { throw FileAnchor.Broken() }
    // Nothing more happens before it is settled.
    #expect(throws: LedgerError.self) { try ledger.head }
    #expect(throws: LedgerError.self) { try ledger.commit([LedgerRig.leaf(3)], LedgerRig.state()) }
    #expect(throws: LedgerError.self) { try ledger.checkpoint() }
    #expect(throws: LedgerError.self) { try ledger.receipt(ofLeafAt: 0) }
  }

  @Test func makesNoneTwice() throws {
    let rig = try TemporaryRig(commits: 1).rig
    var key = LedgerRig.key()
    #expect(throws: LedgerError.exists(folder: rig.folder)) {
      try Ledger.create(
        in: rig.folder, storeID: LedgerRig.storeID, wiping: &key, anchor: rig.anchor, signer: rig.signer,
        leaves: [LedgerRig.leaf(0)], LedgerRig.state())
    }
    #expect(try rig.finding() == nil)
  }

  @Test func opensNoneThatIsMissing() throws {
    let rig = try TemporaryRig().rig
    try rig.anchor.define()
    #expect(throws: LedgerError.missing(folder: rig.folder)) { try rig.open() }
    #expect(!FileManager.default.fileExists(atPath: rig.folder))
  }

  @Test func makesNoneWithoutAnAnchor() throws {
    let rig = try TemporaryRig().rig
    var key = LedgerRig.key()
    #expect(throws: LedgerError.self) {
      try Ledger.create(
        in: rig.folder, storeID: LedgerRig.storeID, wiping: &key, anchor: rig.anchor, signer: rig.signer,
        leaves: [LedgerRig.leaf(0)], LedgerRig.state())
    }
    #expect(!FileManager.default.fileExists(atPath: rig.folder))
  }

  @Test func waitsForItsHolderAndNamesIt() throws {
    let rig = try TemporaryRig().rig
    let ledger = try rig.create()
    #expect(throws: LedgerError.held(folder: rig.folder, by: getpid())) { try rig.open(waiting: .milliseconds(20)) }
    #expect(LedgerError.held(folder: "F", by: 7).description.contains("process 7"))
    _ = try ledger.head
  }

  /// A TPM lets go of the key once; nothing else keeps it.
  @Test func wipesTheStoreKey() throws {
    let rig = try TemporaryRig().rig
    try rig.anchor.define()
    var key = LedgerRig.key()
    _ = try Ledger.create(
      in: rig.folder, storeID: LedgerRig.storeID, wiping: &key, anchor: rig.anchor, signer: rig.signer,
      leaves: [LedgerRig.leaf(0)], LedgerRig.state())
    #expect(key.allSatisfy { $0 == 0 })
  }

  /// Two histories of one index never share a key: what is set back and written anew gives nothing away.
  @Test func sealsEachHistoryUnderAKeyOfItsOwn() throws {
    let temporary = try TemporaryRig()
    _ = try temporary.rig.create()
    let other = try TemporaryRig()
    _ = try other.rig.create()
    let (one, two) = try (temporary.home.read("ledger/last-commit-1"), other.home.read("ledger/last-commit-1"))
    let length = try LedgerRig.leaf(0).encoded().count
    #expect(one.suffix(length + 16) != two.suffix(length + 16))
  }

  /// Before the anchor moved, a ledger that could not begin is none.
  @Test func whatCannotBeginLeavesNoFolder() throws {
    let rig = try TemporaryRig().rig
    try rig.anchor.define()
    rig.signer.errs = true
    #expect(throws: LedgerError.self) { try rig.create() }
    #expect(!DurableFile.isTaken(rig.folder))
    rig.signer.errs = false
    #expect(try rig.create().head.size == 1)
  }
}
