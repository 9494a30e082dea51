import Cryptography
import Files
import Glibc
import Ledger
import LedgerLeaf
import LedgerRig
import Store
import TPM
import TestSupport

extension Bench {
  /// Verdict records made durable by group commits, beside the bare disk; growth; start.
  func measureLedger() throws {
    let fileSystem = try words(["stat", "-f", "-c", "%T", folder.path])
    for leaves in [4, 64, 512] {
      let bench = try LedgerBench(folder.path("rates-\(leaves)"))
      Table.head("commits of \(leaves) verdict records; beside appending the same bytes and fdatasync (\(fileSystem))")
      try compare(bench, leaves, rounds: 1000)
    }
    let measured = try LedgerBench(folder.path("rates-tpm"), tpm: true)
    Table.head("the same, anchored and signed by a software TPM in this process; 64 records a commit")
    try compare(measured, 64, rounds: 51, isBound: false)
    try measureGrowth()
    try measureReplay()
  }

  /// By turns: one commit, one append of its leaves' bytes.
  private func compare(_ bench: LedgerBench, _ leaves: Int, rounds: Int, isBound: Bool = true) throws {
    let bare = try BareLog(bench.base + "/bare")
    var ours: [Double] = []
    var beside: [Double] = []
    // In its beginning the database's log grows; the bare log always does.
    while try DurableFile.read(bench.base + "/ledger/ledger.db-wal", atMost: 1 << 30)?.count ?? 0 < 4096 * 1000 {
      try bench.commit(bench.leaves(256))
    }
    for _ in 0..<rounds {
      let batch = bench.leaves(leaves)
      let bytes = try batch.flatMap { try $0.encoded() }
      ours.append(try bench.commit(batch))
      beside.append(try bare.append(bytes))
    }
    Table.rate("records a second", ours, beside, items: leaves, atLeast: isBound ? (3000, 0.5) : nil)
    Table.note("one commit: median", Table.milliseconds(median(ours)))
  }

  /// Four ledgers of different sizes commit by turns.
  private func measureGrowth() throws {
    let sizes = [1000, 10_000, 100_000, 1_000_000]
    let ledgers = try sizes.map { size in
      let bench = try LedgerBench(folder.path("size-\(size)"))
      try bench.grow(to: size, by: 50_000)
      return bench
    }
    var costs = [[Double]](repeating: [], count: sizes.count)
    for round in 0...101 {
      for (index, bench) in ledgers.enumerated() {
        let cost = try bench.commit(bench.leaves(64))
        if round > 0 { costs[index].append(cost) }
      }
    }
    Table.head("commits of 64 records to larger and larger ledgers; beside one of 1,000 leaves")
    for (index, size) in sizes.enumerated().dropFirst() {
      Table.compare("\(size) leaves", costs[index], costs[0], atMost: 1.25, Table.microseconds)
    }
  }

  /// Opening reads and proves every leaf, and shows each to a view.
  private func measureReplay() throws {
    let bench = try LedgerBench(folder.path("replay"))
    try bench.grow(to: 100_000, by: 64)
    bench.close()
    var walls: [Double] = []
    for _ in 0..<7 {
      var seen = 0
      let start = seconds(CLOCK_MONOTONIC)
      try bench.open { _, _ in seen += 1 }
      walls.append(seconds(CLOCK_MONOTONIC) - start)
      bench.close()
      guard seen == 100_000 else { throw BenchFailure("\(seen) leaves were replayed") }
    }
    Table.head("opening a ledger of 100,000 leaves in commits of 64")
    Table.bound("wall", median(walls), atMost: 0.5, Table.seconds)
  }
}

/// A ledger to measure: with an anchor and a commit key in memory, or with both in a software TPM.
final class LedgerBench {
  private static let storeID = [UInt8](repeating: 7, count: 16)
  let base: String
  private let anchor: any Anchor
  private let signer: any CommitSigner
  private var ledger: Ledger?
  private var made = 0

  init(_ base: String, tpm: Bool = false) throws {
    self.base = base
    for folder in [base, base + "/tpm"] {
      guard mkdir(folder, 0o700) == 0 else { throw BenchFailure("cannot make \(folder)") }
    }
    if tpm {
      let device = try TPM.make(.software(stateDirectory: base + "/tpm"))
      let provisioned = try Provisioning.provision(device, authority: nil, pin: nil)
      guard let approved = provisioned.approved else { throw BenchFailure("the TPM approved nothing") }
      let custody = try CustodyTPM(device, provisioned.keys, approved)
      anchor = TPMAnchor(custody)
      signer = try TPMCommitSigner(custody)
    } else {
      anchor = MemoryAnchor()
      signer = try RigSigner()
    }
    var key = [UInt8](repeating: 9, count: 32)
    ledger = try Ledger.create(
      in: base + "/ledger", storeID: Self.storeID, wiping: &key, anchor: anchor, signer: signer, leaves: leaves(1),
      LedgerRig.state())
  }

  func leaves(_ count: Int) -> [LedgerLeaf] {
    defer { made += count }
    return (made..<made + count).map { LedgerRig.leaf($0) }
  }

  /// Seconds that one commit takes.
  @discardableResult
  func commit(_ leaves: [LedgerLeaf]) throws -> Double {
    let start = seconds(CLOCK_MONOTONIC)
    guard try ledger?.commit(leaves, LedgerRig.state()).count == leaves.count else {
      throw BenchFailure("leaves without receipts")
    }
    return seconds(CLOCK_MONOTONIC) - start
  }

  func grow(to size: Int, by step: Int) throws {
    while made < size { try commit(leaves(min(step, size - made))) }
  }

  func close() { ledger = nil }

  func open(visit: (UInt64, [UInt8]) -> Void) throws {
    var key = [UInt8](repeating: 9, count: 32)
    guard
      case .running(let opened) = try Ledger.open(
        in: base + "/ledger", storeID: Self.storeID, wiping: &key, anchor: anchor, signer: signer, visit: visit)
    else { throw BenchFailure("the ledger is refused") }
    ledger = opened
  }
}

/// What no durable log can do without: the bytes at the end of a file, and one sync a batch.
final class BareLog {
  private let file: Int32

  init(_ path: String) throws {
    file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw BenchFailure("cannot make \(path)") }
  }

  deinit { close(file) }

  /// Seconds that it takes.
  func append(_ bytes: [UInt8]) throws -> Double {
    let start = seconds(CLOCK_MONOTONIC)
    guard write(file, bytes, bytes.count) == bytes.count, fdatasync(file) == 0 else {
      throw BenchFailure("the disk refuses")
    }
    return seconds(CLOCK_MONOTONIC) - start
  }
}
