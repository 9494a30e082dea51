import Reasons

/// The ledger was copied out.
package struct Export: Hashable, Sendable {
  /// Leaves copied.
  package let size: UInt64
  /// RFC 6962 root hash over them.
  package let root: [UInt8]
  /// For whom.
  package let recipient: [UInt8]

  package init(
    size: UInt64, root: [UInt8], recipient: [UInt8]
  ) {
    self.size = size
    self.root = root
    self.recipient = recipient
  }

  init(reading reader: inout LeafReader) throws(Failure) {
    size = try reader.number()
    root = try reader.fixed(LedgerLeaf.hashSize)
    recipient = try reader.text(atMost: LedgerLeaf.mostText)
  }

  func write(to writer: inout LeafWriter) throws(Failure) {
    writer.number(size)
    try writer.fixed(root, LedgerLeaf.hashSize)
    try writer.text(recipient, atMost: LedgerLeaf.mostText)
  }
}
