package import Octets
import Reasons

/// A person agreed, by a signature that was verified before the leaf was written.
package struct Approval: Hashable, Sendable {
  /// What to, as in the statement.
  package let action: [UInt8]
  /// To what.
  package let object: ClaimedDigest
  /// Who, as enrolled.
  package let person: [UInt8]
  /// SHA-256 of the SubjectPublicKeyInfo that signed.
  package let key: ClaimedDigest
  /// What was signed.
  package let statement: [UInt8]
  /// Over the statement.
  package let signature: [UInt8]

  package init(
    action: [UInt8], object: ClaimedDigest, person: [UInt8], key: ClaimedDigest, statement: [UInt8], signature: [UInt8]
  ) {
    self.action = action
    self.object = object
    self.person = person
    self.key = key
    self.statement = statement
    self.signature = signature
  }

  init(reading reader: inout LeafReader) throws(Failure) {
    action = try reader.text(atMost: LedgerLeaf.mostText)
    object = try reader.digest()
    person = try reader.text(atMost: LedgerLeaf.mostText)
    key = try reader.digest()
    statement = try reader.bytes(atMost: LedgerLeaf.mostStatement)
    signature = try reader.bytes(atMost: LedgerLeaf.mostStatement)
  }

  func write(to writer: inout LeafWriter) throws(Failure) {
    try writer.text(action, atMost: LedgerLeaf.mostText)
    try writer.digest(object)
    try writer.text(person, atMost: LedgerLeaf.mostText)
    try writer.digest(key)
    try writer.bytes(statement, atMost: LedgerLeaf.mostStatement)
    try writer.bytes(signature, atMost: LedgerLeaf.mostStatement)
  }
}
