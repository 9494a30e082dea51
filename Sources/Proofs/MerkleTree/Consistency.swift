package import Reasons

/// That a tree of `from.size` leaves is the beginning of a tree of `to.size` (RFC 9162 §2.1.4.2): nothing was removed,
/// changed or put in between.
///
/// An empty tree is the beginning of each, which proves nothing, so that 0 is refused. Trees of one size are consistent
/// where their roots are equal and the path is empty.
/// - Throws: `log.consistency-proof-mismatch`.
package func verifyConsistency(
  from: (size: UInt64, root: [UInt8]), to: (size: UInt64, root: [UInt8]), path: [[UInt8]]
) throws(Failure) {
  guard from.size > 0 else {
    throw Failure(.logConsistencyProofMismatch, "consistency proof", "an empty tree proves nothing")
  }
  try verifySubtreeConsistency(start: 0, end: from.size, hash: from.root, to: to, path: path)
}

/// That the leaves `start..<end` with hash `hash` are a subtree of the tree `to`: draft-ietf-plants-merkle-tree-certs
/// §4.4.3, of which RFC 9162 §2.1.4.2 is the case that starts at 0.
/// - Throws: `log.consistency-proof-mismatch`.
package func verifySubtreeConsistency(
  start: UInt64, end: UInt64, hash: [UInt8], to: (size: UInt64, root: [UInt8]), path: [[UInt8]]
) throws(Failure) {
  let found = try consistencyRoots(start: start, end: end, hash: hash, size: to.size, path: path)
  guard found.earlier == hash else { throw mismatch("leads to another hash of the earlier tree") }
  // No leaves are the beginning of every tree.
  guard start == end || found.later == to.root else {
    throw mismatch("leads to another root hash of the later tree")
  }
}

/// The two hashes that a consistency path leads to: that of the leaves `start..<end`, and the root of the tree of `size`
/// leaves. A path that leads to a signed root, and to another earlier one than was signed, proves two histories.
///
/// Where the earlier tree is a complete subtree of the later one, no path holds its hash: `hash` is then where it starts,
/// and what it gives back.
/// - Throws: `log.consistency-proof-mismatch` for a path that is none between such trees.
package func consistencyRoots(
  start: UInt64 = 0, end: UInt64, hash: [UInt8], size: UInt64, path: [[UInt8]]
) throws(Failure) -> (earlier: [UInt8], later: [UInt8]) {
  guard isSubtree(start, end), end <= size else {
    throw mismatch("\(start)..<\(end) is no subtree of \(size) leaves")
  }
  if start == end {
    guard path.isEmpty else { throw mismatch("no leaves, and a hash of some") }
    return (emptyTreeHash(), emptyTreeHash())
  }
  guard path.allSatisfy({ $0.count == treeHashSize }) else {
    throw mismatch("a hash is not \(treeHashSize) bytes long")
  }

  // The subtree's first and last node and the tree's last node, level by level.
  var (first, last, end) = (start, end - 1, size - 1)
  func climb() {
    first >>= 1
    last >>= 1
    end >>= 1
  }
  // The subtree's complete part at its right edge is where the path starts.
  if last == end {
    while first != last { climb() }
  } else {
    while first != last && last & 1 == 1 { climb() }
  }
  var rest = path[...]
  var (subtreeHash, treeHash) = (hash, hash)
  if first != last {
    guard let start = rest.popFirst() else { throw mismatch("fewer hashes than the tree is high") }
    (subtreeHash, treeHash) = (start, start)
  }
  for sibling in rest {
    guard end != 0 else { throw mismatch("more hashes than the tree is high") }
    if last & 1 == 1 || last == end {
      if first < last { subtreeHash = nodeHash(sibling, subtreeHash) }
      treeHash = nodeHash(sibling, treeHash)
      // Ends, because `last` is not 0 where it is even: it equals `end` then.
      while last & 1 == 0 { climb() }
    } else {
      treeHash = nodeHash(treeHash, sibling)
    }
    climb()
  }
  guard end == 0 else { throw mismatch("fewer hashes than the tree is high") }
  return (subtreeHash, treeHash)
}

private func mismatch(_ detail: String) -> Failure {
  Failure(.logConsistencyProofMismatch, "consistency proof", detail)
}

/// draft-ietf-plants-merkle-tree-certs §4.1: `start` is a multiple of the least power of two that holds the size. That is
/// so where the size is at most the largest power of two that divides `start`.
func isSubtree(_ start: UInt64, _ end: UInt64) -> Bool {
  start <= end && (start == 0 || end - start <= 1 << UInt64(start.trailingZeroBitCount))
}
