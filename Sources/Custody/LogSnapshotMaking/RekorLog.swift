import LogSnapshot
import MerkleTree
import Octets
import Reasons
import RekorAnswer
import SignedNote

/// One Rekor v1 tree, as it goes into a snapshot: its checkpoints, what joins them, and its entries with their proofs.
struct RekorLog {
  /// Of an origin `NAME - TREE`.
  let treeID: UInt64
  let name: [UInt8]
  var history: CarriedHistory
  /// By index in the tree.
  private(set) var entries: [UInt64: (entry: RekorEntry, head: UInt64)] = [:]

  /// - Throws: `log.checkpoint-malformed` for an origin that is not Rekor v1's.
  init(_ checkpoint: CarriedCheckpoint) throws(Failure) {
    let origin = checkpoint.origin
    let mark = Array(" - ".utf8)
    let places = origin.indices.filter { origin[$0...].starts(with: mark) }
    guard let place = places.last, let tree = Checkpoint.decimal(origin[(place + 3)...]) else {
      throw Failure(
        .logCheckpointMalformed, checkpoint.source,
        "origin “\(printable(origin, limit: 100))” is not NAME - TREE, so the log is no Rekor v1")
    }
    name = Array(origin[..<place])
    treeID = tree
    history = CarriedHistory(origin: origin)
    try history.add(checkpoint)
  }

  /// Takes an entry with the checkpoint that its proof leads to:
  ///
  /// 1. the UUID is the body's leaf hash, and the tree's number;
  /// 2. size and root of the proof are the checkpoint's;
  /// 3. the proof leads from the body to the checkpoint.
  /// - Throws: `rekor-answer.mismatch`, `log.inclusion-proof-mismatch`, `log.fork`.
  mutating func add(_ entry: RekorEntry, under checkpoint: CarriedCheckpoint) throws(Failure) {
    func mismatch(_ detail: String) -> Failure { Failure(.rekorAnswerMismatch, entry.subject, detail) }
    let (proof, leaf) = (entry.proof, leafHash(entry.body))
    guard entry.statedLeafHash == leaf else { throw mismatch("the UUID is not the leaf hash of body") }
    if let stated = entry.statedTree, stated != treeID {
      throw mismatch("the UUID names tree \(stated), the checkpoint tree \(treeID)")
    }
    guard proof.treeSize == checkpoint.size else {
      throw mismatch(
        "verification.inclusionProof.treeSize is \(proof.treeSize), the checkpoint’s size \(checkpoint.size)")
    }
    guard proof.rootHash == checkpoint.root else {
      throw mismatch("verification.inclusionProof.rootHash is not the checkpoint’s")
    }
    do throws(Failure) {
      try verifyInclusion(
        leafHash: leaf, index: proof.index, size: checkpoint.size, path: proof.hashes, root: checkpoint.root)
    } catch {
      throw Failure(error.reason, "\(entry.subject): verification.inclusionProof", error.detail)
    }
    try history.add(checkpoint)
    // The same entry may have been fetched twice; the proof to the later head is no better.
    if entries[proof.index] == nil { entries[proof.index] = (entry, checkpoint.size) }
  }

  // MARK: Writing

  func write(to writer: SnapshotWriter) throws(SnapshotError) {
    guard let newest = history.newest else { return }
    let folder = SnapshotPath.folder(of: history.origin)
    func put(_ path: SnapshotPath, _ contents: [UInt8]) throws(SnapshotError) {
      try writer.write("\(folder)/\(path.text)", contents)
    }
    let description = LogDescription(
      origin: history.origin, kind: .rekorVersion1, treeID: Array(String(treeID).utf8))
    try put(.description, description.serialized())
    try put(.checkpoint, newest.note)
    for size in history.earlier {
      if let head = history.heads[size] { try put(.earlierCheckpoint(size: size), head.note) }
    }
    for link in history.links.sorted(by: { ($0.old, $0.new) < ($1.old, $1.new) }) {
      try put(.consistency(from: link.old, to: link.new), ConsistencyFile.serialized(link.path))
    }
    for index in entries.keys.sorted() {
      guard let (entry, size) = entries[index], let head = history.heads[size] else { continue }
      try put(.entry(index: index), CarriedEntry(entry).serialized())
      // The checkpoint that is carried, byte for byte: Rekor signs each time anew.
      let proof = try checked { () throws(Failure) in
        try LogProof(index: index, path: entry.proof.hashes, checkpoint: head.note)
      }
      try put(.proof(index: index), proof.serialized())
    }
  }
}

extension CarriedEntry {
  init(_ entry: RekorEntry) {
    let promise = entry.promise.map { signature in
      Promise(
        signature: signature, integratedTime: UnixTime(entry.integratedTime), logID: entry.logID,
        logIndex: entry.logIndex)
    }
    self.init(body: entry.body, promise: promise)
  }
}
