import Cryptography

/// A tree that leaves are appended to, and that answers with roots and proofs of any of its earlier sizes (RFC 6962 §2.1).
///
/// Keeps the hash of every complete subtree, level by level, 64 bytes a leaf: an append costs two hashes on the average
/// at any size, and a root or a proof one hash a level or less.
package struct GrowingTree: Sendable {
  /// `levels[k]` holds the hashes of the subtrees of 2^k leaves, one after the other.
  private var levels: [[UInt8]] = [[]]

  package init() {}

  /// Leaves so far.
  package var size: UInt64 { UInt64(levels[0].count / treeHashSize) }

  package mutating func append(_ leaf: [UInt8]) { append(leafHash: leafHash(leaf)) }

  /// - Parameter leafHash: 32 bytes, of the leaf with its prefix.
  package mutating func append(leafHash: [UInt8]) {
    var hash = leafHash
    var level = 0
    while true {
      levels[level] += hash
      let count = levels[level].count / treeHashSize
      guard count & 1 == 0 else { return }
      hash = nodeHash(node(level, count - 2), hash)
      level += 1
      if level == levels.count { levels.append([]) }
    }
  }

  /// Forgets the leaves from `size` on, which must be no more than there are.
  package mutating func truncate(to size: UInt64) {
    for level in levels.indices {
      let kept = Int(size >> UInt64(level)) * treeHashSize
      if levels[level].count > kept { levels[level].removeLast(levels[level].count - kept) }
    }
  }

  /// Makes room, so that growing does not copy.
  package mutating func reserve(leaves: Int) {
    var bytes = leaves * treeHashSize
    var level = 0
    while bytes >= treeHashSize {
      if level == levels.count { levels.append([]) }
      levels[level].reserveCapacity(bytes)
      bytes /= 2
      level += 1
    }
  }

  package var root: [UInt8] { root(ofFirst: size) ?? emptyTreeHash() }

  /// The root of the tree of the first leaves; nil where there are not so many.
  package func root(ofFirst size: UInt64) -> [UInt8]? { size <= self.size ? subtrees.root(ofFirst: size) : nil }

  /// Nil where there is no such leaf.
  package func hash(ofLeafAt index: UInt64) -> [UInt8]? { index < size ? node(0, Int(index)) : nil }

  /// The hash of the leaves from `start`, a multiple of 2^level, on, of which 2^level must be there: what tiles are made
  /// of (C2SP tlog-tiles). Nil where they are not.
  package func subtreeHash(level: Int, index: UInt64) -> [UInt8]? {
    guard level < levels.count, index < UInt64(levels[level].count / treeHashSize) else { return nil }
    return node(level, Int(index))
  }

  /// RFC 6962 §2.1.1, for the tree of the first `size` leaves; nil unless index < size ≤ self.size.
  package func inclusionProof(of index: UInt64, inFirst size: UInt64) -> InclusionProof? {
    size <= self.size ? subtrees.inclusionProof(of: index, inFirst: size) : nil
  }

  /// RFC 6962 §2.1.2, from the tree of the first `old` leaves to that of the first `new`; nil unless
  /// 0 < old ≤ new ≤ self.size.
  package func consistencyPath(from old: UInt64, to new: UInt64) -> [[UInt8]]? {
    new <= size ? subtrees.consistencyPath(from: old, to: new) : nil
  }

  private var subtrees: Subtrees<Never> { Subtrees { (level, index) in node(level, Int(index)) } }

  private func node(_ level: Int, _ index: Int) -> [UInt8] {
    Array(levels[level][index * treeHashSize..<(index + 1) * treeHashSize])
  }
}
