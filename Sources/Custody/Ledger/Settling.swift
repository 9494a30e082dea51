import Cryptography
import MerkleTree
import SQLite
import Synchronization

extension Ledger {
  /// Brings disk and anchor together, as `Recovery` decides.
  /// - Returns: why they do not belong together; nil where they now agree.
  func settle(_ reading: AnchorReading, _ visit: (UInt64, [UInt8]) -> Void) throws(LedgerError) -> Finding? {
    try contents.withLock { contents throws(LedgerError) in
      guard let last = contents.history.commits.last else { return .fileAltered("it holds no commit") }
      var sides: [SideFile] = []
      let decision = Recovery.decide(contents.history.commits, anchor: reading) {
        sides = SideFile.names.compactMap { SideFile(folder + "/" + $0) }
        return sides.map(\.commit.record)
      }
      switch decision {
      case .run:
        contents.head = AnchoredHead(confirmed: last.record)
      case .anchorLast:
        // Both halves of step 1 once more, as the crash may have come before their syncs; then step 2.
        do throws(SQLiteError) { try contents.file.keep() } catch { throw .database(folder, error) }
        try SideFile(commit: last, rows: try contents.lastRows(folder)).write(in: folder)
        try extend(with: last.record)
        contents.head = AnchoredHead(confirmed: last.record)
      case .restoreFromSide:
        let side = sides.first { AnchorReading.value($0.commit.record.anchor) == reading }
        guard let side, try contents.restore(side, key: signer.publicKey, visit) else {
          return .sideFileAltered(number: last.record.number + 1)
        }
        contents.head = AnchoredHead(confirmed: side.commit.record)
      case .refuse(let finding):
        return finding
      }
      return nil
    }
  }
}

extension Ledger.Contents {
  /// The rows of the last commit, sealed.
  fileprivate func lastRows(_ folder: String) throws(LedgerError) -> [[UInt8]] {
    guard let last = history.commits.last else { return [] }
    var rows: [[UInt8]] = []
    for index in history.commits.sizeBeforeLast..<last.record.size {
      let row: [UInt8]?
      do throws(SQLiteError) { row = try file.row(index) } catch { throw .database(folder, error) }
      guard let row else { throw .altered(folder) }
      rows.append(row)
    }
    return rows
  }

  /// Writes the commit that the disk lost. The anchor has it already, so that it is signed and was perhaps released.
  /// - Returns: false, with nothing changed, where the file's signature or rows are not those of its record.
  fileprivate mutating func restore(
    _ side: SideFile, key: PublicKey, _ visit: (UInt64, [UInt8]) -> Void
  ) throws(LedgerError) -> Bool {
    let first = history.tree.size
    guard UInt64(side.rows.count) == side.commit.record.size - first, (try? History.verify(side.commit, key)) != nil
    else { return false }
    var leaves: [[UInt8]] = []
    for row in side.rows {
      guard let leaf = try? cipher.open(row, at: history.tree.size, salt: side.commit.salt) else { break }
      leaves.append(leaf)
      history.append(leaf: leaf)
    }
    guard leaves.count == side.rows.count, history.tree.root == side.commit.record.root else {
      history.forgetUncommitted()
      return false
    }
    try file.append(side.commit, rows: side.rows)
    history.append(side.commit)
    for (offset, leaf) in leaves.enumerated() { visit(first + UInt64(offset), leaf) }
    return true
  }
}
