/// Roots and proofs of a tree whose complete subtrees are at hand, wherever they lie: in memory, in tiles, on a disk
/// (RFC 6962 §2.1).
package struct Subtrees<Problem: Error> {
  /// The hash of the leaves from index · 2^level on, of which 2^level are there; nil where it is not at hand.
  package typealias Node = (_ level: Int, _ index: UInt64) throws(Problem) -> [UInt8]?

  private let node: Node

  package init(_ node: @escaping Node) { self.node = node }

  /// The root of the tree of the first leaves; nil where a subtree is not at hand.
  package func root(ofFirst size: UInt64) throws(Problem) -> [UInt8]? { try hash(0, size) }

  /// RFC 6962 §2.1.1, for the tree of the first `size` leaves; nil unless index < size, and where a subtree is not at hand.
  package func inclusionProof(of index: UInt64, inFirst size: UInt64) throws(Problem) -> InclusionProof? {
    guard index < size else { return nil }
    var path: [[UInt8]] = []
    var (start, end) = (UInt64(0), size)
    while end - start > 1 {
      let middle = Self.middle(start, end)
      let isLeft = index < middle
      guard let sibling = try isLeft ? hash(middle, end) : hash(start, middle) else { return nil }
      path.append(sibling)
      if isLeft { end = middle } else { start = middle }
    }
    return InclusionProof(index: index, size: size, path: path.reversed())
  }

  /// RFC 6962 §2.1.2, from the tree of the first `old` leaves to that of the first `new`; nil unless 0 < old ≤ new, and
  /// where a subtree is not at hand.
  package func consistencyPath(from old: UInt64, to new: UInt64) throws(Problem) -> [[UInt8]]? {
    guard 0 < old, old <= new else { return nil }
    var path: [[UInt8]] = []
    var (start, end) = (UInt64(0), new)
    while end != old {
      let middle = Self.middle(start, end)
      let isLeft = old <= middle
      guard let sibling = try isLeft ? hash(middle, end) : hash(start, middle) else { return nil }
      path.append(sibling)
      if isLeft { end = middle } else { start = middle }
    }
    // The verifier has the root of the earlier tree where that is a subtree of its own.
    if start != 0 {
      guard let last = try hash(start, end) else { return nil }
      path.append(last)
    }
    return path.reversed()
  }

  /// Behind the largest power of two below the count, which is at least 2.
  private static func middle(_ start: UInt64, _ end: UInt64) -> UInt64 {
    start + 1 << UInt64(63 - (end - start - 1).leadingZeroBitCount)
  }

  /// Of a range that the recursion of RFC 6962 §2.1 reaches: complete subtrees are at hand, the right edge is folded.
  private func hash(_ start: UInt64, _ end: UInt64) throws(Problem) -> [UInt8]? {
    if start == end { return emptyTreeHash() }
    var edge: [UInt8]?
    var rest = end - start
    var position = end
    while rest > 0 {
      let level = rest.trailingZeroBitCount
      position -= 1 << UInt64(level)
      guard let complete = try node(level, position >> UInt64(level)) else { return nil }
      edge = edge.map { nodeHash(complete, $0) } ?? complete
      rest &= rest - 1
    }
    return edge
  }
}
