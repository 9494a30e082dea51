package import Octets
import Reasons

/// A trust object or a policy changed. The current state is what all changes leave behind, replayed in order.
package struct ObjectChange: Hashable, Sendable {
  /// What was done.
  package enum Action: UInt8, Hashable, Sendable, CaseIterable {
    case add = 1
    case replace = 2
    case remove = 3
  }

  /// What was done.
  package let action: Action
  /// What sort of object: `trust-root`, `key`, `denial`, `policy`.
  package let kind: [UInt8]
  /// The name under which it is used.
  package let name: [UInt8]
  /// The object added, or the one removed.
  package let object: ClaimedDigest
  /// The object that it replaces.
  package let previous: ClaimedDigest?
  /// The object itself, where it fits; otherwise it is kept under its digest.
  package let content: [UInt8]?
  /// Leaves of the approvals that it rests on, ascending.
  package let approvals: [UInt64]

  package init(
    action: Action, kind: [UInt8], name: [UInt8], object: ClaimedDigest, previous: ClaimedDigest?, content: [UInt8]?,
    approvals: [UInt64]
  ) {
    self.action = action
    self.kind = kind
    self.name = name
    self.object = object
    self.previous = previous
    self.content = content
    self.approvals = approvals
  }

  init(reading reader: inout LeafReader) throws(Failure) {
    action = try reader.code(Action.self)
    kind = try reader.text(atMost: LedgerLeaf.mostText)
    name = try reader.text(atMost: LedgerLeaf.mostText)
    object = try reader.digest()
    previous = try reader.optional { reader throws(Failure) in try reader.digest() }
    content = try reader.optional { reader throws(Failure) in try reader.bytes(atMost: LedgerLeaf.mostContent) }
    approvals = try reader.indexes()
  }

  func write(to writer: inout LeafWriter) throws(Failure) {
    writer.code(action)
    try writer.text(kind, atMost: LedgerLeaf.mostText)
    try writer.text(name, atMost: LedgerLeaf.mostText)
    try writer.digest(object)
    try writer.optional(previous) { writer, value throws(Failure) in try writer.digest(value) }
    try writer.optional(content) { writer, value throws(Failure) in
      try writer.bytes(value, atMost: LedgerLeaf.mostContent)
    }
    try writer.indexes(approvals)
  }
}
