import Cryptography
import Files
package import LedgerLeaf
import MerkleTree
import Reasons
import Synchronization

/// The places between the steps of a commit where a test may stop it, as a crash would.
enum CommitStep: CaseIterable {
  /// Signed; nothing is on the disk.
  case signed
  /// Database and side file have it.
  case stored
  /// The anchor has it; nothing was released.
  case anchored
}

extension Ledger {
  /// Appends leaves as one commit with one anchor, and mints their receipts.
  ///
  /// 1. database and side file, each synced, at once; 2. the anchor, read, extended, and read again; 3. the receipts.
  /// Whoever releases something only with its receipt releases nothing that can be rolled back.
  /// - Parameter leaves: 1 to `mostLeaves`.
  /// - Returns: receipts in the order of the leaves.
  /// - Throws: `unsettled` where it is on the disk and the anchor did not confirm it; after any other error nothing of it
  ///   is there.
  package func commit(_ leaves: [LedgerLeaf], _ state: CommitState) throws(LedgerError) -> [Receipt] {
    try commit(leaves, state) { _ in }
  }

  func commit(
    _ leaves: [LedgerLeaf], _ state: CommitState, reaching: (CommitStep) throws -> Void
  ) throws(LedgerError) -> [Receipt] {
    let encoded = try Self.encoded(leaves)
    return try contents.withLock { contents throws(LedgerError) in
      let head = try contents.settled()
      return try append(encoded, state, after: head.anchor, to: &contents, reaching)
    }
  }

  static func encoded(_ leaves: [LedgerLeaf]) throws(LedgerError) -> [[UInt8]] {
    guard (1...mostLeaves).contains(leaves.count) else { throw .leafCount(leaves.count) }
    var encoded: [[UInt8]] = []
    encoded.reserveCapacity(leaves.count)
    do throws(Failure) {
      for leaf in leaves { encoded.append(try leaf.encoded()) }
    } catch {
      throw .leaf(error)
    }
    guard encoded.reduce(0, { $0 + $1.count }) <= mostBytes else { throw .leafCount(leaves.count) }
    return encoded
  }

  /// The three steps. Before the first has ended, an error takes everything back; behind it, only opening again settles.
  func append(
    _ leaves: [[UInt8]], _ state: CommitState, after anchor: [UInt8], to contents: inout Contents,
    _ reaching: (CommitStep) throws -> Void
  ) throws(LedgerError) -> [Receipt] {
    let side: SideFile
    let mirrored: Result<Void, LedgerError>
    do throws(LedgerError) {
      side = try prepare(leaves, state, after: anchor, in: &contents)
      try Self.reach(.signed, reaching)
      mirrored = try store(side, in: contents.file)
    } catch {
      contents.history.forgetUncommitted()
      // A transaction that may be there or not.
      if case .unsettled = error { contents.head = nil }
      throw error
    }
    let first = contents.history.commits.last?.record.size ?? 0
    contents.history.append(side.commit)
    contents.head = nil
    do throws(LedgerError) { try mirrored.get() } catch { throw .unsettled(error.description) }
    try Self.reach(.stored, reaching)
    try extend(with: side.commit.record)
    try Self.reach(.anchored, reaching)
    let head = AnchoredHead(confirmed: side.commit.record)
    contents.head = head
    return leaves.indices.map { offset in
      let index = first + UInt64(offset)
      return Receipt(leafIndex: index, leafHash: contents.history.tree.hash(ofLeafAt: index) ?? [], head: head)
    }
  }

  /// Step 1: two copies, which wait for the disk at the same time.
  /// - Returns: what became of the side file. Where the database failed, whatever is in that file was never stored.
  private func store(_ side: SideFile, in file: LedgerFile) throws(LedgerError) -> Result<Void, LedgerError> {
    let folder = folder
    let (stored, mirrored) = atOnce(
      { Result { () throws(LedgerError) in try file.append(side.commit, rows: side.rows) } },
      { Result { () throws(LedgerError) in try side.write(in: folder) } })
    try stored.get()
    return mirrored
  }

  /// Seals the rows, grows the tree and has the record signed.
  private func prepare(
    _ leaves: [[UInt8]], _ state: CommitState, after anchor: [UInt8], in contents: inout Contents
  ) throws(LedgerError) -> SideFile {
    let last = contents.history.commits.last?.record
    guard state.stateRoot.count == CommitRecord.hashSize else { throw .backwards("state root's size") }
    if let last {
      guard state.policyVersion >= last.state.policyVersion else { throw .backwards("policy version") }
      guard state.timeFloor >= last.state.timeFloor else { throw .backwards("time floor") }
    }
    var rows: [[UInt8]] = []
    rows.reserveCapacity(leaves.count)
    let salt: [UInt8]
    do throws(CryptographyError) {
      salt = try randomBytes(AuthenticatedEncryption.saltSize)
      for leaf in leaves {
        rows.append(try contents.cipher.seal(leaf, at: contents.history.tree.size, salt: salt))
        contents.history.append(leaf: leaf)
      }
    } catch {
      throw .cryptography("\(error)")
    }
    let record = CommitRecord(
      storeID: storeID, number: (last?.number ?? 0) + 1, size: contents.history.tree.size,
      root: contents.history.tree.root, state: state, previousAnchor: anchor)
    let signature = try signed(record.digest)
    return SideFile(commit: SignedCommit(record: record, salt: salt, signature: signature), rows: rows)
  }

  /// A signature that verifies: a chip that errs must not leave a record behind that no start accepts.
  func signed(_ digest: ComputedDigest) throws(LedgerError) -> [UInt8] {
    do {
      let signature = try signer.sign(digest)
      try signer.publicKey.verify(signature, digest: digest, .ecdsa(.sha256))
      return signature
    } catch {
      throw .signer("\(error)")
    }
  }

  /// Step 2. Extending is not idempotent, so that the anchor is read before and after. Where extending failed, its answer
  /// does not count: the anchor's does.
  func extend(with record: CommitRecord) throws(LedgerError) {
    var trouble = "It kept its old value."
    do {
      if try anchor.extend(record.digest, from: record.previousAnchor) == record.anchor { return }
    } catch {
      trouble = "\(error)"
    }
    do {
      guard try anchor.read().value == record.anchor else { throw LedgerError.unsettled(trouble) }
    } catch let error as LedgerError {
      throw error
    } catch {
      throw .unsettled("\(error)")
    }
  }

  private static func reach(_ step: CommitStep, _ reaching: (CommitStep) throws -> Void) throws(LedgerError) {
    do { try reaching(step) } catch { throw .unsettled("stopped at \(step)") }
  }
}

extension AnchorReading {
  /// What an extension starts from: an unwritten index counts as zeros (TPM 2.0 Part 3 §31.6). Nil where there is none.
  var value: [UInt8]? {
    switch self {
    case .missing: nil
    case .unwritten: [UInt8](repeating: 0, count: CommitRecord.hashSize)
    case .value(let value): value
    }
  }
}
