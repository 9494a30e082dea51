/// A state of the ledger that the anchor confirmed. Only the ledger makes one.
package struct AnchoredHead: Hashable, Sendable {
  package let storeID: [UInt8]
  /// Number of the commit.
  package let number: UInt64
  /// Leaves in the tree.
  package let size: UInt64
  /// RFC 6962 root hash.
  package let root: [UInt8]
  package let anchor: [UInt8]
  package let state: CommitState

  init(confirmed record: CommitRecord) {
    storeID = record.storeID
    number = record.number
    size = record.size
    root = record.root
    anchor = record.anchor
    state = record.state
  }
}

/// That a leaf is in the ledger, and that the anchor confirmed it: what everything that leaves the appliance waits for.
/// Only the ledger makes one.
package struct Receipt: Hashable, Sendable {
  package let leafIndex: UInt64
  /// RFC 6962 hash of the leaf.
  package let leafHash: [UInt8]
  /// A head that holds the leaf.
  package let head: AnchoredHead

  init(leafIndex: UInt64, leafHash: [UInt8], head: AnchoredHead) {
    self.leafIndex = leafIndex
    self.leafHash = leafHash
    self.head = head
  }
}
