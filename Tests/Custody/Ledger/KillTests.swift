import Glibc
import LedgerLeaf
import LedgerRig
import MerkleTree
import Testing
import TestSupport

@testable import Ledger

/// kill -9 in a process of its own: what it printed was released, and must be there afterwards.
@Suite struct KillTests {
  /// Every leaf that was released is in the history that opens, and is the one that was committed.
  static func check(_ rig: LedgerRig, released: [UInt8], ended status: Int32, extra: ClosedRange<Int>) throws {
    #expect(status == 128 + SIGKILL)
    let indexes = released.split(separator: 0x0a).compactMap { Int(String(decoding: $0, as: UTF8.self)) }
    let ledger = try rig.running()
    let size = try Int(ledger.head.size)
    // The first leaf is older than the process; one commit may have been anchored without having been released.
    #expect(extra.contains(size - 1 - indexes.count), "\(size) leaves, \(indexes.count) released")
    #expect(indexes == Array(1..<indexes.count + 1))
    for index in indexes {
      #expect(try ledger.leaf(at: UInt64(index)) == LedgerRig.leaf(index).encoded())
    }
  }

  @Test(arguments: [("sign", 0...0), ("read", 1...1), ("before-extend", 1...1), ("after-extend", 1...1)])
  func goesOnAfterAKill(_ place: String, _ extra: ClosedRange<Int>) throws {
    for count in 1...3 {
      let rig = try TemporaryRig(commits: 1).rig
      let result = try run([Products.path("ledger-child"), rig.base, place, "\(count)"])
      try Self.check(rig, released: result.stdout, ended: result.status, extra: extra)
    }
  }

  /// Anywhere at all: in the middle of SQLite's transaction, of the side file, of the anchor's.
  @Test func goesOnAfterAKillAnywhere() throws {
    let rig = try TemporaryRig(commits: 1).rig
    for round in 0..<12 {
      let result = try run([
        "timeout", "--signal=KILL", "0.\(1 + round % 3)\(round)", Products.path("ledger-child"), rig.base, "never",
        "100000",
      ])
      let ledger = try rig.running()
      let last = result.stdout.split(separator: 0x0a).last.flatMap { UInt64(String(decoding: $0, as: UTF8.self)) }
      let size = try ledger.head.size
      #expect(last ?? 0 < size)
      #expect(size <= (last ?? size) + 2)
    }
    // Some of the rounds got so far as to commit.
    #expect(try rig.running().head.size > 12)
  }
}
