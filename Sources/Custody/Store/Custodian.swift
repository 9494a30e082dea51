package import Attestation
import Files
import Cryptography
package import Ledger
package import LedgerLeaf
package import Octets
import Reasons
import Synchronization
package import TPM
package import TrustStore

/// The store at work: TPM, history and the view that the history leads to, held by this process alone.
///
/// What it gives out is anchored, or is not given out.
package final class Custodian: Sendable {
  package let store: Store
  package let tpm: CustodyTPM
  package let ledger: Ledger
  private let view: Mutex<TrustState>
  /// The counter that withdraws old systems, as read when the store was opened.
  private let policyVersion: UInt64
  private let lock: FileLock?

  init(
    _ store: Store, _ tpm: CustodyTPM, _ ledger: Ledger, _ view: TrustState, policyVersion: UInt64, lock: FileLock?
  ) {
    self.store = store
    self.tpm = tpm
    self.ledger = ledger
    self.view = Mutex(view)
    self.policyVersion = policyVersion
    self.lock = lock
  }

  /// What the history leads to, as of now.
  package var state: TrustState { view.withLock { $0 } }

  /// The confirmed head.
  package func head() throws(StoreError) -> AnchoredHead {
    try withLedger { () throws(LedgerError) in try ledger.head }
  }

  /// Records events as one commit, and returns only when the anchor has them.
  /// - Parameter clock: the machine's claim.
  /// - Throws: `retired`; and what the ledger throws: nothing was released then.
  @discardableResult
  package func record(_ events: [LedgerEvent], at clock: UnixTime) throws(StoreError) -> [Receipt] {
    let leaves = events.map { LedgerLeaf(claimed: clock, $0) }
    return try view.withLock { view throws(StoreError) in
      guard !view.standing.isRetired else { throw .retired(directory: store.directory) }
      let first = try head().size
      let next = view.standing(behind: leaves, from: first)
      let receipts = try withLedger { () throws(LedgerError) in
        try ledger.commit(leaves, next.commitState(policyVersion: policyVersion))
      }
      for (offset, leaf) in leaves.enumerated() { view.apply(leaf, at: first + UInt64(offset)) }
      return receipts
    }
  }

  /// Records events of which some issue reports: these lie staged before the commit, and among the issued ones behind it.
  package func issue(
    _ reports: [[UInt8]], recording events: [LedgerEvent], at clock: UnixTime
  ) throws(StoreError) -> [Receipt] {
    try store.reports.stage(reports)
    let receipts = try record(events, at: clock)
    try store.reports.release(reports.map { digest($0) })
    return receipts
  }

  /// A leaf of the confirmed history, read and proven again; nil where there is none.
  package func leaf(at index: UInt64) throws(StoreError) -> LedgerLeaf? {
    let bytes = try withLedger { () throws(LedgerError) in try ledger.leaf(at: index) }
    guard let bytes else { return nil }
    do throws(Failure) {
      return try LedgerLeaf(decoding: bytes, named: "leaf \(index)")
    } catch {
      throw .unreadable(error.detail)
    }
  }

  /// Number of the commit that brought a leaf, which must be there.
  package func commit(ofLeaf leaf: UInt64) throws(StoreError) -> UInt64 {
    let sizes = try withLedger { () throws(LedgerError) in try ledger.sizes }
    return UInt64(sizes.firstIndex { $0 > leaf } ?? sizes.count) + 1
  }

  /// Anchors since a time that the machine's clock claimed: a chip's memory takes only so many.
  package func commits(since start: UnixTime) throws(StoreError) -> Int {
    var count = 0
    for size in try withLedger({ () throws(LedgerError) in try ledger.sizes }).reversed() {
      guard let leaf = try leaf(at: size - 1), leaf.claimed >= start else { break }
      count += 1
    }
    return count
  }

  /// The TPM's clock, as leaves hold it.
  package func clock() throws(StoreError) -> TPMClock {
    try withTPM { () throws(TPMError) in TPMClock(try tpm.clock()) }
  }
}

extension TPMClock {
  package init(_ clock: Attestation.Clock) {
    self.init(
      milliseconds: clock.milliseconds, resets: UInt64(clock.resets), restarts: UInt64(clock.restarts),
      isSafe: clock.isSafe)
  }
}
