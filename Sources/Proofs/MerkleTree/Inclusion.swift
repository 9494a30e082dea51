package import Reasons

/// That a leaf stands at an index of a tree: the hashes of its siblings, from the leaf up (RFC 9162 §2.1.3.1). Inert.
package struct InclusionProof: Hashable, Sendable {
  package let index: UInt64
  /// Leaves of the tree.
  package let size: UInt64
  package let path: [[UInt8]]

  package init(index: UInt64, size: UInt64, path: [[UInt8]]) {
    self.index = index
    self.size = size
    self.path = path
  }

  /// - Throws: `log.inclusion-proof-mismatch`.
  package func verify(leafHash: [UInt8], root: [UInt8]) throws(Failure) {
    try verifyInclusion(leafHash: leafHash, index: index, size: size, path: path, root: root)
  }
}

/// RFC 9162 §2.1.3.2. `index` and `size` decide on which side each sibling stands and how many there are, so that one
/// path proves one index of one size.
/// - Parameters:
///   - leafHash: 32 bytes, computed from the leaf by the caller.
///   - root: the root hash of the tree of `size` leaves, from a source whose signature was verified.
/// - Throws: `log.inclusion-proof-mismatch`.
package func verifyInclusion(
  leafHash: [UInt8], index: UInt64, size: UInt64, path: [[UInt8]], root: [UInt8]
) throws(Failure) {
  func mismatch(_ detail: String) -> Failure { Failure(.logInclusionProofMismatch, "inclusion proof", detail) }
  guard index < size else { throw mismatch("index \(index) lies beyond a tree of \(size) leaves") }
  guard leafHash.count == treeHashSize, path.allSatisfy({ $0.count == treeHashSize }) else {
    throw mismatch("a hash is not \(treeHashSize) bytes long")
  }
  var (node, last) = (index, size - 1)
  var hash = leafHash
  for sibling in path {
    guard last != 0 else { throw mismatch("more hashes than the tree is high") }
    if node & 1 == 1 || node == last {
      hash = nodeHash(sibling, hash)
      // At the right edge of an uneven tree a node rises until it has a sibling on its left.
      while node & 1 == 0 && node != 0 {
        node >>= 1
        last >>= 1
      }
    } else {
      hash = nodeHash(hash, sibling)
    }
    node >>= 1
    last >>= 1
  }
  guard last == 0 else { throw mismatch("fewer hashes than the tree is high") }
  guard hash == root else { throw mismatch("leads to another root hash") }
}

/// The same for a subtree of the leaves `start..<end` with hash `root` (draft-ietf-plants-merkle-tree-certs §4.3): a
/// subtree is a tree of its own.
/// - Throws: `log.inclusion-proof-mismatch`.
package func verifySubtreeInclusion(
  leafHash: [UInt8], index: UInt64, start: UInt64, end: UInt64, path: [[UInt8]], root: [UInt8]
) throws(Failure) {
  guard isSubtree(start, end), start <= index, index < end else {
    throw Failure(.logInclusionProofMismatch, "inclusion proof", "no subtree that holds index \(index)")
  }
  try verifyInclusion(leafHash: leafHash, index: index - start, size: end - start, path: path, root: root)
}
