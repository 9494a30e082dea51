import Files

/// A ledger that is not used: what was found, and what can still be read of it. Mints nothing, writes nothing.
package struct ForensicLedger: Sendable {
  package let finding: Finding
  /// What the anchor said.
  package let anchor: AnchorReading
  /// Others stay away while somebody looks.
  private let lock: FileLock
  private let remains: Remains?

  /// The parts of a history that hold together: a chain of records, and rows that may each open or not.
  struct Remains: Sendable {
    let file: LedgerFile
    let commits: CommitChain
    let cipher: RowCipher
  }

  init(_ finding: Finding, anchor: AnchorReading, lock: FileLock, remains: Remains? = nil) {
    self.finding = finding
    self.anchor = anchor
    self.lock = lock
    self.remains = remains
  }

  /// The last record that follows from all before it; nil where the file cannot be read so far.
  package var lastRecord: CommitRecord? { remains?.commits.last?.record }

  /// A leaf whose row is the one that was sealed for its place under the store key. That it is history is not proven.
  package func leaf(at index: UInt64) -> [UInt8]? {
    guard let remains, let last = lastRecord, index < last.size else { return nil }
    guard let row = try? remains.file.row(index) else { return nil }
    return try? remains.cipher.open(row, at: index, salt: remains.commits.salt(ofLeafAt: index))
  }
}
