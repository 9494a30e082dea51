import MerkleTree
import Octets
import Reasons
import SignedNote

/// The checkpoints of one log that a snapshot carries, and the consistency proofs that join them.
struct CarriedHistory {
  /// A proof that leads from one carried checkpoint to a later one, and verified.
  struct Link: Hashable {
    let old: UInt64
    let new: UInt64
    let path: [[UInt8]]
  }

  /// Checkpoints of one log that appliances read.
  private static let most = 4096

  let origin: [UInt8]
  private(set) var heads: [UInt64: CarriedCheckpoint] = [:]
  private(set) var links: [Link] = []

  init(origin: [UInt8]) { self.origin = origin }

  /// The largest. There is one as soon as one was added.
  var newest: CarriedCheckpoint? { heads.max { $0.key < $1.key }?.value }

  /// Sizes of all others, from the smallest.
  var earlier: [UInt64] { Array(heads.keys.sorted().dropLast()) }

  /// Of several checkpoints of one head the first is carried.
  /// - Returns: the one that is.
  /// - Throws: `log.fork` for a second root of one size; `log.checkpoint-malformed` for a head that proves nothing;
  ///   `log-snapshot.malformed` for one too many.
  @discardableResult
  mutating func add(_ checkpoint: CarriedCheckpoint) throws(Failure) -> CarriedCheckpoint {
    precondition(checkpoint.origin == origin)
    guard checkpoint.size > 0 else {
      throw Failure(.logCheckpointMalformed, checkpoint.source, "the head of an empty log proves nothing: leave it out")
    }
    guard let known = heads[checkpoint.size] else {
      guard heads.count < Self.most else {
        throw Failure(
          .logSnapshotMalformed, checkpoint.source,
          "more than \(Self.most) checkpoints of one log: fetch the entries in one go, so that many answers carry one checkpoint"
        )
      }
      heads[checkpoint.size] = checkpoint
      return checkpoint
    }
    guard known.root == checkpoint.root else {
      throw Failure(
        .logFork, checkpoint.source,
        "another root hash for \(checkpoint.size) entries than \(known.source): the log showed two histories")
    }
    return known
  }

  /// Joins two heads by a proof between them.
  /// - Returns: whether both sizes are carried; of others nothing can be proven.
  /// - Throws: `log.consistency-proof-mismatch`; `log.fork` for a path to the later root from another earlier one.
  mutating func join(_ link: Link, named subject: String) throws(Failure) -> Bool {
    guard let old = heads[link.old], let new = heads[link.new] else { return false }
    func failure(_ reason: Reason, _ detail: String) -> Failure {
      Failure(
        reason, subject, "from \(link.old) entries (\(old.source)) to \(link.new) (\(new.source)): \(detail)")
    }
    let roots: (earlier: [UInt8], later: [UInt8])
    do throws(Failure) {
      roots = try consistencyRoots(end: link.old, hash: old.root, size: link.new, path: link.path)
    } catch {
      throw failure(error.reason, error.detail)
    }
    guard roots.later == new.root else {
      throw failure(
        .logConsistencyProofMismatch,
        "it leads to another root hash of the later tree. Fetch it again; if it stays so, one of the two checkpoints is of "
          + "another history: keep both")
    }
    guard roots.earlier == old.root else {
      throw failure(
        .logFork,
        "it leads to the later root hash from another one of the earlier tree: the log showed two histories. Keep both "
          + "checkpoints, and the proof")
    }
    if !links.contains(where: { $0.old == link.old && $0.new == link.new }) { links.append(link) }
    return true
  }

  /// The proofs that are still wanted, so that every head is known to be a beginning of the newest: from each one that no
  /// chain of proofs joins with the newest, to the next larger one.
  func unjoined() -> [(old: UInt64, new: UInt64)] {
    let sizes = heads.keys.sorted()
    guard let newest = sizes.last else { return [] }
    var reached: Set<UInt64> = [newest]
    var wanted: [(old: UInt64, new: UInt64)] = []
    for (size, next) in zip(sizes, sizes.dropFirst()).reversed() {
      // From the largest down, so that whatever a proof leads to was looked at before.
      let isJoined = links.contains { $0.old == size && reached.contains($0.new) }
      if !isJoined { wanted.append((size, next)) }
      // Once that proof is fetched, it is.
      reached.insert(size)
    }
    return wanted.reversed()
  }
}
