import Reasons

/// A history was taken over from a store whose TPM is gone; this store is another one, and says whose place it takes.
package struct Recovery: Hashable, Sendable {
  /// Its id.
  package let previousStore: [UInt8]
  /// Leaves of the history that was taken over.
  package let previousSize: UInt64
  /// RFC 6962 root hash over them.
  package let previousRoot: [UInt8]
  /// A checkpoint that a witness cosigned, of at most `previousSize` leaves.
  package let witness: [UInt8]
  /// Why, in the words of those who decided.
  package let reason: [UInt8]
  /// Leaves of the approvals that it rests on, ascending.
  package let approvals: [UInt64]

  package init(
    previousStore: [UInt8], previousSize: UInt64, previousRoot: [UInt8], witness: [UInt8],
    reason: [UInt8], approvals: [UInt64]
  ) {
    self.previousStore = previousStore
    self.previousSize = previousSize
    self.previousRoot = previousRoot
    self.witness = witness
    self.reason = reason
    self.approvals = approvals
  }

  init(reading reader: inout LeafReader) throws(Failure) {
    previousStore = try reader.fixed(LedgerLeaf.storeIDSize)
    previousSize = try reader.number()
    previousRoot = try reader.fixed(LedgerLeaf.hashSize)
    witness = try reader.bytes(atMost: LedgerLeaf.mostStatement)
    reason = try reader.text(atMost: LedgerLeaf.mostText)
    approvals = try reader.indexes()
  }

  func write(to writer: inout LeafWriter) throws(Failure) {
    try writer.fixed(previousStore, LedgerLeaf.storeIDSize)
    writer.number(previousSize)
    try writer.fixed(previousRoot, LedgerLeaf.hashSize)
    try writer.bytes(witness, atMost: LedgerLeaf.mostStatement)
    try writer.text(reason, atMost: LedgerLeaf.mostText)
    try writer.indexes(approvals)
  }
}
