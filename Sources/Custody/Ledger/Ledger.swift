import Files
import MerkleTree
import Octets
import SQLite
import Synchronization

/// What became of opening a ledger.
package enum LedgerOpening: Sendable {
  case running(Ledger)
  /// The history is not the one that the anchor confirms: it can be looked at, and nothing else.
  case refused(ForensicLedger)
}

/// The append-only history of the appliance, of which only the anchor's owner can say which state is the last.
///
///     DIRECTORY/          0700
///       ledger.db         rows and commit records (docs/formats/CommitProtocol.md)
///       last-commit-0, -1 the last two commits once more
///       lock              the number of the process that has it open
///
/// One process has it open at a time. Operations run one after the other, and block for as long as disk and TPM take.
package final class Ledger: Sendable {
  /// Leaves of one commit; more go into several.
  package static let mostLeaves = 65_536
  /// Bytes of one commit's leaves.
  package static let mostBytes = 256 << 20
  /// Longest wait for another process.
  package static let usualWait: Duration = .seconds(10)

  package let folder: String
  package let storeID: [UInt8]
  let anchor: any Anchor
  let signer: any CommitSigner
  let contents: Mutex<Contents>

  /// What is in memory of the ledger, and the way to its disk.
  struct Contents: Sendable {
    let file: LedgerFile
    let lock: FileLock
    let cipher: RowCipher
    var history: History
    /// The last head that the anchor confirmed; nil before the first, and while a commit is unsettled.
    var head: AnchoredHead?
    /// The signed checkpoint of a size, kept because signing takes the TPM.
    var checkpoint: (size: UInt64, note: [UInt8])?
  }

  init(
    folder: String, storeID: [UInt8], anchor: any Anchor, signer: any CommitSigner, contents: Contents
  ) {
    self.folder = folder
    self.storeID = storeID
    self.anchor = anchor
    self.signer = signer
    self.contents = Mutex(contents)
  }

  /// The last state that the anchor confirmed.
  /// - Throws: `unsettled`.
  package var head: AnchoredHead {
    get throws(LedgerError) {
      try contents.withLock { contents throws(LedgerError) in try contents.settled() }
    }
  }

  /// Leaves behind each commit, the first one first.
  package var sizes: [UInt64] {
    get throws(LedgerError) {
      try contents.withLock { contents throws(LedgerError) in
        _ = try contents.settled()
        return contents.history.commits.sizes
      }
    }
  }

  /// Reads a leaf of the confirmed history.
  /// - Returns: nil where there is no such leaf.
  package func leaf(at index: UInt64) throws(LedgerError) -> [UInt8]? {
    try contents.withLock { contents throws(LedgerError) in
      guard index < (try contents.settled()).size else { return nil }
      return try provenLeaf(at: index, in: contents)
    }
  }

  /// Proven again, because the file may have changed since the whole was proven.
  func provenLeaf(at index: UInt64, in contents: Contents) throws(LedgerError) -> [UInt8] {
    let row: [UInt8]?
    do throws(SQLiteError) { row = try contents.file.row(index) } catch { throw .database(folder, error) }
    let salt = contents.history.commits.salt(ofLeafAt: index)
    guard let row, let leaf = try? contents.cipher.open(row, at: index, salt: salt),
      leafHash(leaf) == contents.history.tree.hash(ofLeafAt: index)
    else { throw .altered(folder) }
    return leaf
  }

  /// The receipt of a leaf that was confirmed before, under the head of now; nil where there is no such leaf.
  package func receipt(ofLeafAt index: UInt64) throws(LedgerError) -> Receipt? {
    try contents.withLock { contents throws(LedgerError) in
      let head = try contents.settled()
      guard index < head.size, let hash = contents.history.tree.hash(ofLeafAt: index) else { return nil }
      return Receipt(leafIndex: index, leafHash: hash, head: head)
    }
  }
}

extension Ledger.Contents {
  /// - Throws: `unsettled` where the disk holds a commit that the anchor did not confirm.
  func settled() throws(LedgerError) -> AnchoredHead {
    guard let head else { throw .unsettled("An earlier commit waits for the anchor.") }
    return head
  }
}

extension LedgerError {
  static func altered(_ path: String) -> LedgerError {
    .storage(path: path, .other("a row changed while the ledger was open"))
  }
}
