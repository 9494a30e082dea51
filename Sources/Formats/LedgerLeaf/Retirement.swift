import Reasons

/// The store was closed for good: its last leaf. Keys and anchor leave the TPM behind it.
package struct Retirement: Hashable, Sendable {
  /// Why, in the operator's words.
  package let reason: [UInt8]
  /// Who holds the last export.
  package let recipient: [UInt8]

  package init(reason: [UInt8], recipient: [UInt8]) {
    self.reason = reason
    self.recipient = recipient
  }

  init(reading reader: inout LeafReader) throws(Failure) {
    reason = try reader.text(atMost: LedgerLeaf.mostText)
    recipient = try reader.text(atMost: LedgerLeaf.mostText)
  }

  func write(to writer: inout LeafWriter) throws(Failure) {
    try writer.text(reason, atMost: LedgerLeaf.mostText)
    try writer.text(recipient, atMost: LedgerLeaf.mostText)
  }
}
