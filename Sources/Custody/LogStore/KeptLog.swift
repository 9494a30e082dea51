import LogEntry
package import LogHistory
package import LogSnapshot
package import MerkleTree
package import Octets
import SignedNote

/// An entry that is in a log, by a proof that verified.
package struct KeptEntry: Sendable {
  package let leaf: KeptLeaf
  package let proof: InclusionProof
  /// The state of the log that the proof is about: the newest one that was accepted, or one that it continues.
  package let head: LogHead
  /// The signed note of that state, where it is known. Of another one than the newest it comes from the disk: its
  /// signatures are still to be verified where they matter.
  package let note: [UInt8]?
}

/// A leaf that is in a log.
package struct KeptLeaf: Sendable {
  package let index: UInt64
  package let leafHash: [UInt8]
  /// An entry's bytes, which hash to the leaf.
  package let body: [UInt8]
  /// From the disk: its signature is still to be verified, and nothing of it counts before.
  package let promise: CarriedEntry.Promise?
}

/// What lookups found.
package struct Found: Sendable {
  /// By index.
  package var entries: [KeptEntry] = []
  /// Records that matched, and could not be proven: the disk was edited, or what would prove them was not kept.
  package var unproven = 0
  /// There are more.
  package var isCut = false
}

/// A log as far as it was kept, under the states of it that the ledger has. Every answer verified against one of them.
package struct KeptLog: Sendable {
  package let accepted: AcceptedLog
  private let files: KeptFiles
  /// Earlier states that are tried where the newest one's hashes are not at hand.
  private static let mostHeads = 32

  init(_ accepted: AcceptedLog, _ files: KeptFiles) {
    self.accepted = accepted
    self.files = files
  }

  /// Files of the log that are there and cannot be read, for people.
  package var unreadable: [String] { files.unreadable }

  /// Entries that the index lists. Nothing of them is proven: a number for people.
  package var listedEntries: Int {
    var count = 0
    files.index?.rows(from: EntryKey(index: 0)) { row in
      guard row.key == EntryKey(index: row.index) else { return false }
      count += 1
      return true
    }
    return count
  }

  // MARK: Proofs

  /// A leaf's hash and its proof in a tree of the log; nil where the hashes are not kept, or not as they should be.
  /// - Parameter head: the newest state if nil; it must be one that the ledger has.
  package func inclusionProof(
    of index: UInt64, in head: LogHead? = nil
  ) -> (leafHash: [UInt8], proof: InclusionProof)? {
    guard let leaf = files.hashes(level: 0, from: index, count: 1),
      let proof = inclusionProof(of: index, leaf, in: head ?? accepted.head)
    else { return nil }
    return (leaf, proof)
  }

  /// The path of RFC 6962 §2.1.2 between two states of the log; nil as above.
  package func consistencyPath(from old: LogHead, to new: LogHead) -> [[UInt8]]? {
    guard old.size <= new.size, let path = subtrees.consistencyPath(from: old.size, to: new.size),
      (try? verifyConsistency(from: (old.size, old.root), to: (new.size, new.root), path: path)) != nil
    else { return nil }
    return path
  }

  /// Whether the accepted history begins with this state; nil where the hashes that would say are not kept.
  ///
  /// Only what is proven counts, also against a state: hashes that were edited on the disk accuse nobody.
  package func begins(with head: LogHead) -> Bool? {
    if let known = (accepted.heads + [accepted.head]).first(where: { $0.size == head.size }) { return known == head }
    guard head.size < accepted.head.size else { return nil }
    if consistencyPath(from: head, to: accepted.head) != nil { return true }
    let tiles = TreeTiles(of: accepted.head, kept: files)
    guard let root = try? tiles.subtrees.root(ofFirst: head.size) else { return nil }
    return root == head.root
  }

  private func inclusionProof(of index: UInt64, _ leaf: [UInt8], in head: LogHead) -> InclusionProof? {
    guard let proof = subtrees.inclusionProof(of: index, inFirst: head.size),
      (try? proof.verify(leafHash: leaf, root: head.root)) != nil
    else { return nil }
    return proof
  }

  /// Unverified: whatever is made of it is verified.
  private var subtrees: Subtrees<Never> {
    let hasher = RowHasher()
    return Subtrees { (level, index) in
      let count = 1 << (level % 8)
      return files.hashes(level: level / 8, from: index << UInt64(level % 8), count: count).map(hasher.root)
    }
  }

  // MARK: Entries

  /// Entries that are this leaf; the same leaf may be in a log twice.
  package func entries(leafHash hash: [UInt8], atMost limit: Int = 16) -> Found {
    guard hash.count == 32 else { return Found() }
    return entries(EntryKey(leafHash: hash), limit) { leafHash($0.body) == hash }
  }

  /// Entries that say that this was signed: an artifact's digest, a payload's, an envelope's.
  package func entries(signing digest: ClaimedDigest, atMost limit: Int = 64) -> Found {
    entries(EntryKey(signing: digest), limit) { LogEntryBody.signedDigests($0.body).contains(digest) }
  }

  /// Goes through the kept entries of a range, by index. Where an index is passed over, nothing says what stands there.
  ///
  /// Cheaper than single proofs: each hash tile is verified once.
  /// - Returns: how many records matched and could not be proven.
  @discardableResult
  package func forEachLeaf(
    in range: Range<UInt64>, _ visit: (KeptLeaf) throws -> Void
  ) rethrows -> Int {
    guard !range.isEmpty, let index = files.index else { return 0 }
    let tiles = TreeTiles(of: accepted.head, kept: files)
    var unproven = 0
    try index.rows(from: EntryKey(index: range.lowerBound)) { row in
      guard row.key < EntryKey(index: range.upperBound) else { return false }
      guard row.key == EntryKey(index: row.index), let record = files.record(row) else {
        unproven += 1
        return true
      }
      let hash = leafHash(record.body)
      let place = Int(record.index % 256) * 32
      if let tile = try? tiles.tile(level: 0, number: record.index / 256), tile.count >= place + 32,
        hash.elementsEqual(tile[place..<place + 32])
      {
        try visit(KeptLeaf(index: record.index, leafHash: hash, body: record.body, promise: record.promise))
      } else if let entry = prove(record, hash) {
        try visit(entry.leaf)
      } else {
        unproven += 1
      }
      return true
    }
    return unproven
  }

  private func entries(_ key: EntryKey, _ limit: Int, _ isMeant: (EntryRecord) -> Bool) -> Found {
    var found = Found()
    files.index?.rows(from: key) { row in
      guard row.key == key else { return false }
      guard found.entries.count + found.unproven < limit else {
        found.isCut = true
        return false
      }
      if let record = files.record(row), isMeant(record), let entry = prove(record, leafHash(record.body)) {
        found.entries.append(entry)
      } else {
        found.unproven += 1
      }
      return true
    }
    return found
  }

  /// By the newest state's tiles, by the proof that came with the entry, or by the tiles of an earlier state.
  private func prove(_ record: EntryRecord, _ hash: [UInt8]) -> KeptEntry? {
    let leaf = KeptLeaf(index: record.index, leafHash: hash, body: record.body, promise: record.promise)
    if let proof = inclusionProof(of: record.index, hash, in: accepted.head) {
      return KeptEntry(leaf: leaf, proof: proof, head: accepted.head, note: accepted.checkpoint.note.serialized())
    }
    if let (proof, checkpoint) = carriedProof(record, hash) {
      let newest = checkpoint.head == accepted.head ? accepted.checkpoint : checkpoint
      return KeptEntry(leaf: leaf, proof: proof, head: checkpoint.head, note: newest.note.serialized())
    }
    for head in accepted.heads.suffix(Self.mostHeads).reversed() where head.size > record.index {
      guard let proof = inclusionProof(of: record.index, hash, in: head) else { continue }
      return KeptEntry(leaf: leaf, proof: proof, head: head, note: nil)
    }
    return nil
  }

  private func carriedProof(_ record: EntryRecord, _ hash: [UInt8]) -> (InclusionProof, Checkpoint)? {
    guard let bytes = record.proof, let carried = try? LogProof(parsing: bytes), carried.index == record.index,
      carried.checkpoint.origin == accepted.checkpoint.origin, isAccepted(carried.checkpoint.head)
    else { return nil }
    let head = carried.checkpoint.head
    let proof = InclusionProof(index: carried.index, size: head.size, path: carried.path)
    return (try? proof.verify(leafHash: hash, root: head.root)) == nil ? nil : (proof, carried.checkpoint)
  }

  private func isAccepted(_ head: LogHead) -> Bool {
    if head == accepted.head { return true }
    var (low, high) = (0, accepted.heads.count)
    while low < high {
      let middle = (low + high) / 2
      if accepted.heads[middle].size < head.size { low = middle + 1 } else { high = middle }
    }
    return low < accepted.heads.count && accepted.heads[low] == head
  }
}
