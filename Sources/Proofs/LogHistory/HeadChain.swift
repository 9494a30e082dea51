import LogSnapshot
import MerkleTree
import Octets
import Reasons
import SignedNote

/// Connects the checkpoints of a snapshot with each other and with the one that was accepted last.
struct HeadChain {
  /// Signed states, by the newest note of each size.
  private let newest: Checkpoint
  private let carried: [Checkpoint]
  private let accepted: AcceptedLog?
  private let tiles: TreeTiles
  private let subject: String

  /// - Parameters:
  ///   - carried: the earlier checkpoints of the snapshot; all signatures were verified.
  ///   - tiles: of the newest checkpoint.
  init(
    _ newest: Checkpoint, _ carried: [Checkpoint], after accepted: AcceptedLog?, tiles: TreeTiles, named subject: String
  ) {
    self.newest = newest
    self.carried = carried
    self.accepted = accepted
    self.tiles = tiles
    self.subject = subject
  }

  /// 1. No two signed states of one size differ.
  /// 2. The newest is not smaller than the one that was accepted last.
  /// 3. Every other one begins the newest: by tiles that lead to its root hash, by a path to one that does, or because it
  ///    was accepted before. Every path that is carried must be right.
  /// - Parameter paths: of the snapshot.
  /// - Returns: all states before the newest, those that were accepted earlier among them, by size.
  /// - Throws: `log-snapshot.…`, `log.consistency-proof-mismatch`; `LogFork`.
  func connect(_ paths: [(old: UInt64, new: UInt64, path: [[UInt8]])]) throws -> [LogHead] {
    try refuseEqualSizes()
    guard newest.size > 0 || newest.root == emptyTreeHash() else {
      throw failure(.logConsistencyProofMismatch, "an empty tree with another root hash")
    }
    if let accepted, newest.size < accepted.head.size {
      throw failure(.logSnapshotRewound, "its size is \(newest.size), and \(accepted.head.size) was accepted")
    }
    var known: [UInt64: LogHead] = [:]
    for head in carried.map(\.head) + [newest.head] + (accepted.map { [$0.head] } ?? []) { known[head.size] = head }
    for (old, new, _) in paths where known[old] == nil || known[new] == nil {
      throw Failure(
        .logSnapshotMalformed, "\(subject)/\(SnapshotPath.consistency(from: old, to: new).text)",
        "no checkpoint of one of its sizes is carried, and none was accepted last")
    }
    var connected: Set<UInt64> = [newest.size]
    // From the newest down, so that the later end of every path is connected first.
    for head in known.values.sorted(by: { $0.size > $1.size }) where head.size != newest.size {
      let isConnected = try leadsToNewest(head, paths.filter { $0.old == head.size }, connected, known)
      guard isConnected || wasAccepted(head) else {
        throw failure(
          .logSnapshotConsistencyMissing,
          "neither tiles nor a path show that \(newest.size) leaves continue the signed state of \(head.size)")
      }
      connected.insert(head.size)
    }
    var heads: [UInt64: LogHead] = known
    for head in accepted?.heads ?? [] { heads[head.size] = head }
    heads[newest.size] = nil
    return heads.values.sorted { $0.size < $1.size }
  }

  /// Step 1.
  private func refuseEqualSizes() throws {
    var notes: [UInt64: (head: LogHead, note: [UInt8]?)] = [:]
    for head in accepted?.heads ?? [] { notes[head.size] = (head, nil) }
    if let accepted { notes[accepted.head.size] = (accepted.head, accepted.checkpoint.note.serialized()) }
    for checkpoint in carried + [newest] {
      if let other = notes[checkpoint.size], other.head != checkpoint.head {
        throw LogFork(
          origin: newest.origin, earlier: other.head, earlierNote: other.note, later: checkpoint.head,
          laterNote: checkpoint.note.serialized(), path: [])
      }
      if notes[checkpoint.size] == nil { notes[checkpoint.size] = (checkpoint.head, checkpoint.note.serialized()) }
    }
  }

  /// Step 3, of one state.
  private func leadsToNewest(
    _ head: LogHead, _ paths: [(old: UInt64, new: UInt64, path: [[UInt8]])], _ connected: Set<UInt64>,
    _ known: [UInt64: LogHead]
  ) throws -> Bool {
    var isConnected = false
    if let root = try tiles.subtrees.root(ofFirst: head.size) {
      guard root == head.root else {
        // Of an empty tree there is one root hash, whatever the log's history.
        guard head.size > 0 else { throw failure(.logConsistencyProofMismatch, "an empty tree with another root hash") }
        throw fork(head, newest.head, path: try tiles.subtrees.consistencyPath(from: head.size, to: newest.size) ?? [])
      }
      isConnected = true
    }
    for (old, new, path) in paths {
      guard let later = known[new], connected.contains(new) else { continue }
      let name = "\(subject)/\(SnapshotPath.consistency(from: old, to: new).text)"
      func mismatch(_ detail: String) -> Failure { Failure(.logConsistencyProofMismatch, name, detail) }
      guard old > 0 else { throw mismatch("an empty tree proves nothing") }
      let found: (earlier: [UInt8], later: [UInt8])
      do throws(Failure) {
        found = try consistencyRoots(end: old, hash: head.root, size: new, path: path)
      } catch {
        throw mismatch(error.detail)
      }
      guard found.later == later.root else { throw mismatch("leads to another root hash of the later tree") }
      guard found.earlier == head.root else { throw fork(head, later, path: path) }
      isConnected = true
    }
    return isConnected
  }

  /// A state that was accepted before the last one is continued by that, and the last by the newest.
  private func wasAccepted(_ head: LogHead) -> Bool {
    guard let accepted, head.size < accepted.head.size else { return false }
    return accepted.heads.contains(head)
  }

  private func fork(_ earlier: LogHead, _ later: LogHead, path: [[UInt8]]) -> LogFork {
    LogFork(
      origin: newest.origin, earlier: earlier, earlierNote: note(of: earlier), later: later,
      laterNote: note(of: later) ?? [], path: path)
  }

  private func note(of head: LogHead) -> [UInt8]? {
    let signed = carried + [newest] + (accepted.map { [$0.checkpoint] } ?? [])
    return signed.first { $0.head == head }?.note.serialized()
  }

  private func failure(_ reason: Reason, _ detail: String) -> Failure { Failure(reason, subject, detail) }
}
