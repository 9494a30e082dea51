import Cryptography
package import LedgerLeaf
package import Octets
package import Reasons

/// What the leaves of the ledger lead to, replayed in order. Nothing of it lies on the disk: whoever edits the disk edits
/// nothing of this.
package struct TrustState: Sendable {
  package private(set) var standing = Standing()
  /// How the store began.
  package private(set) var provisioning: ProvisioningRecord?
  /// The store whose place this one took.
  package private(set) var recovery: Recovery?
  /// The machine's clock and the TPM's, side by side, when a medium was last read.
  package private(set) var lastClocks: (claimed: UnixTime, tpm: TPMClock)?
  /// The last export, and its size.
  package private(set) var lastExport: (claimed: UnixTime, size: UInt64)?
  /// Leaves of the verdicts of each image, oldest first.
  private var verdicts: [ClaimedDigest: [UInt64]] = [:]
  /// Reports by the leaf of their verdict, and the reverse.
  private var reportOfVerdict: [UInt64: ClaimedDigest] = [:]
  private var leafOfReport: [ClaimedDigest: UInt64] = [:]
  /// Leaves of all verdicts.
  package private(set) var verdictLeaves: [UInt64] = []
  /// Leaves that changed what is in force.
  package private(set) var changeLeaves: [UInt64] = []

  package init() {}

  /// - Parameter bytes: a leaf of the confirmed history.
  /// - Throws: `ledger.leaf-malformed`: a later version wrote it.
  package mutating func apply(_ bytes: [UInt8], at index: UInt64) throws(Failure) {
    apply(try LedgerLeaf(decoding: bytes, named: "leaf \(index)"), at: index)
  }

  package mutating func apply(_ leaf: LedgerLeaf, at index: UInt64) {
    standing.apply(leaf, at: index)
    switch leaf.event {
    case .provisioning(let event): provisioning = event
    case .recovery(let event): recovery = event
    case .importing(let event): lastClocks = (leaf.claimed, event.clock)
    case .verdict(let event):
      verdicts[event.image, default: []].append(index)
      verdictLeaves.append(index)
    case .reportIssued(let event):
      reportOfVerdict[event.verdictIndex] = event.report
      leafOfReport[event.report] = index
    case .trustChange, .policyChange: changeLeaves.append(index)
    case .export(let event): lastExport = (leaf.claimed, event.size)
    default: break
    }
  }

  /// What would be in force behind these leaves.
  package func standing(behind leaves: [LedgerLeaf], from first: UInt64) -> Standing {
    var next = standing
    for (offset, leaf) in leaves.enumerated() { next.apply(leaf, at: first + UInt64(offset)) }
    return next
  }

  /// Leaves of the verdicts about an image, the newest first.
  package func verdicts(of image: ClaimedDigest) -> [UInt64] { (verdicts[image] ?? []).reversed() }

  /// The report that states the verdict of a leaf.
  package func report(ofVerdictAt leaf: UInt64) -> ClaimedDigest? { reportOfVerdict[leaf] }

  /// The leaf that issued a report.
  package func leaf(ofReport report: ClaimedDigest) -> UInt64? { leafOfReport[report] }

  package var reportCount: Int { leafOfReport.count }
}
