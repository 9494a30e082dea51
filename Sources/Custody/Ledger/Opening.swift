import Cryptography
import Files
package import LedgerLeaf
import SQLite
import Synchronization

extension Ledger {
  /// Makes a ledger with its first commit. For whoever provisions, and nobody else: an anchor that was never written may
  /// be taken here alone.
  ///
  /// - Parameters:
  ///   - folder: made; must not be there.
  ///   - storeID: 16 bytes.
  ///   - key: the store key, 32 bytes; wiped.
  ///   - leaves: the first ones, provisioning before all.
  package static func create(
    in folder: String, storeID: [UInt8], wiping key: inout [UInt8], anchor: any Anchor, signer: any CommitSigner,
    leaves: [LedgerLeaf], _ state: CommitState
  ) throws(LedgerError) -> Ledger {
    let cipher = try RowCipher(wiping: &key, storeID: storeID)
    let encoded = try encoded(leaves)
    guard let start = try reading(anchor).value else { throw .anchor("There is no such NV index.") }
    guard !DurableFile.isTaken(folder) else { throw .exists(folder: folder) }
    do throws(FileError) {
      try DurableFile.makeFolder(folder)
      // The anchor must not name a record whose folder a power cut takes.
      try DurableFile.sync(folder: DurableFile.parent(of: folder))
    } catch {
      throw .file(folder, error)
    }
    do throws(LedgerError) {
      return try begin(
        in: folder, storeID: storeID, cipher, anchor: anchor, signer: signer, encoded, state, after: start)
    } catch {
      // Before the anchor moved, nothing happened, and nothing stays.
      if case .unsettled = error { throw error }
      try? DurableFile.removeTree(folder)
      throw error
    }
  }

  private static func begin(
    in folder: String, storeID: [UInt8], _ cipher: RowCipher, anchor: any Anchor, signer: any CommitSigner,
    _ encoded: [[UInt8]], _ state: CommitState, after start: [UInt8]
  ) throws(LedgerError) -> Ledger {
    let lock = try locked(folder, waiting: .zero)
    let file: LedgerFile
    do throws(SQLiteError) { file = try LedgerFile(in: folder, .create) } catch { throw .database(folder, error) }
    let contents = Contents(file: file, lock: lock, cipher: cipher, history: History())
    let ledger = Ledger(folder: folder, storeID: storeID, anchor: anchor, signer: signer, contents: contents)
    _ = try ledger.contents.withLock { contents throws(LedgerError) in
      try ledger.append(encoded, state, after: start, to: &contents) { _ in }
    }
    return ledger
  }

  /// Opens a ledger: proves all that is on the disk, compares it with the anchor, and goes forward by one signed step at
  /// the most.
  ///
  /// - Parameters:
  ///   - key: the store key, 32 bytes; wiped.
  ///   - waiting: how long for another process that has it open.
  ///   - visit: sees each leaf in order, for views. What it was given counts only where the answer is `running`.
  /// - Throws: for trouble with the machine. What is wrong with the history is `refused`.
  package static func open(
    in folder: String, storeID: [UInt8], wiping key: inout [UInt8], anchor: any Anchor, signer: any CommitSigner,
    waiting: Duration = usualWait, visit: (UInt64, [UInt8]) -> Void = { _, _ in }
  ) throws(LedgerError) -> LedgerOpening {
    let cipher = try RowCipher(wiping: &key, storeID: storeID)
    guard DurableFile.isTaken(folder + "/" + LedgerFile.name) else { throw .missing(folder: folder) }
    let lock = try locked(folder, waiting: waiting)
    let reading = try reading(anchor)
    var remains: ForensicLedger.Remains?
    do throws(History.Damage) {
      let file = try sqlite { () throws(SQLiteError) in try LedgerFile(in: folder, .open) }
      let commits = try CommitChain(file, storeID: storeID)
      remains = ForensicLedger.Remains(file: file, commits: commits, cipher: cipher)
      let history = try History(commits, file, key: signer.publicKey, cipher: cipher, visit: visit)
      let ledger = Ledger(
        folder: folder, storeID: storeID, anchor: anchor, signer: signer,
        contents: Contents(file: file, lock: lock, cipher: cipher, history: history))
      let finding: Finding?
      do throws(LedgerError) { finding = try ledger.settle(reading, visit) } catch { throw .machine(error) }
      if let finding { throw .finding(finding) }
      try sqlite { () throws(SQLiteError) in try file.trust() }
      return .running(ledger)
    } catch {
      switch error {
      case .finding(let finding):
        return .refused(ForensicLedger(finding, anchor: reading, lock: lock, remains: remains))
      case .sqlite(let error) where error.isMalformed:
        return .refused(ForensicLedger(.fileAltered(error.message), anchor: reading, lock: lock, remains: remains))
      case .sqlite(let error): throw .database(folder, error)
      case .machine(let error): throw error
      }
    }
  }

  static func reading(_ anchor: any Anchor) throws(LedgerError) -> AnchorReading {
    do { return try anchor.read() } catch { throw .anchor("\(error)") }
  }

  static func locked(_ folder: String, waiting: Duration) throws(LedgerError) -> FileLock {
    do throws(FileLock.Failure) {
      return try FileLock(folder + "/lock", waiting: waiting)
    } catch {
      switch error {
      case .held(let holder): throw .held(folder: folder, by: holder)
      case .file(let error): throw .file(folder, error)
      }
    }
  }
}
