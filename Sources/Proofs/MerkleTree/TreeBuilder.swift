/// The root hash of the tree over leaf hashes (RFC 6962 §2.1).
package func rootHash(ofLeafHashes leaves: [[UInt8]]) -> [UInt8] {
  leaves.isEmpty ? emptyTreeHash() : rootHash(leaves[...])
}

/// The inclusion proof of one leaf (RFC 6962 §2.1.1); nil where there is no such leaf.
package func inclusionProof(ofLeafAt index: Int, among leaves: [[UInt8]]) -> InclusionProof? {
  guard leaves.indices.contains(index) else { return nil }
  var path: [[UInt8]] = []
  var part = leaves[...]
  while part.count > 1 {
    let (left, right) = halves(part)
    let isLeft = index < right.startIndex
    path.append(rootHash(isLeft ? right : left))
    part = isLeft ? left : right
  }
  return InclusionProof(index: UInt64(index), size: UInt64(leaves.count), path: path.reversed())
}

/// The path from the tree of the first `size` leaves to the tree of all (RFC 6962 §2.1.2); nil unless
/// 0 < size ≤ leaves.count.
package func consistencyPath(fromFirst size: Int, among leaves: [[UInt8]]) -> [[UInt8]]? {
  guard 0 < size, size <= leaves.count else { return nil }
  var path: [[UInt8]] = []
  var part = leaves[...]
  // Whether `part` began in the earlier tree too, whose root the verifier has.
  var isWhole = true
  while part.endIndex != size {
    let (left, right) = halves(part)
    if size <= right.startIndex {
      path.append(rootHash(right))
      part = left
    } else {
      path.append(rootHash(left))
      part = right
      isWhole = false
    }
  }
  if !isWhole { path.append(rootHash(part)) }
  return path.reversed()
}

/// At the largest power of two below the count, which is at least 2.
private func halves(_ part: ArraySlice<[UInt8]>) -> (left: ArraySlice<[UInt8]>, right: ArraySlice<[UInt8]>) {
  let middle = part.startIndex + 1 << (Int.bitWidth - 1 - (part.count - 1).leadingZeroBitCount)
  return (part[..<middle], part[middle...])
}

private func rootHash(_ part: ArraySlice<[UInt8]>) -> [UInt8] {
  guard part.count > 1 else { return part[part.startIndex] }
  let (left, right) = halves(part)
  return nodeHash(rootHash(left), rootHash(right))
}
