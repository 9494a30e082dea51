import Synchronization

/// An append-only log's tree, RFC 6962 §2.1, with the hashes of complete subtrees kept.
final class MerkleLog: Sendable {
  struct Inclusion {
    var index: UInt64
    var size: UInt64
    var path: [[UInt8]]
    var root: [UInt8]
  }

  /// `levels[k][i]` is the hash of the 2^k leaves from i·2^k on.
  private let levels = Mutex<[[[UInt8]]]>([[]])

  static func leafHash(_ leaf: [UInt8]) -> [UInt8] { sha256([0] + leaf) }
  static func nodeHash(_ left: [UInt8], _ right: [UInt8]) -> [UInt8] { sha256([1] + left + right) }

  /// Appends a leaf and proves it in the tree that it completes.
  func append(_ leaf: [UInt8]) -> Inclusion {
    levels.withLock { levels in
      Self.add(Self.leafHash(leaf), to: &levels)
      let size = levels[0].count
      return Inclusion(
        index: UInt64(size - 1), size: UInt64(size), path: Self.path(size - 1, 0, size, levels),
        root: Self.root(0, size, levels))
    }
  }

  /// Takes the last leaf back: what is appended next makes another tree of the same size.
  func forgetLast() {
    levels.withLock { levels in
      let size = levels[0].count - 1
      for level in levels.indices { levels[level].removeSubrange((size >> level)...) }
    }
  }

  /// Proves a leaf in the tree as it is now.
  func inclusion(of index: UInt64) -> Inclusion {
    levels.withLock { levels in
      let size = levels[0].count
      return Inclusion(
        index: index, size: UInt64(size), path: Self.path(Int(index), 0, size, levels),
        root: Self.root(0, size, levels))
    }
  }

  /// The root of the first `size` leaves.
  func root(size: UInt64) -> [UInt8] { levels.withLock { Self.root(0, Int(size), $0) } }

  var size: UInt64 { levels.withLock { UInt64($0[0].count) } }

  /// PROOF(m, D[n]), RFC 6962 §2.1.2.
  func consistency(from old: UInt64, to new: UInt64) -> [[UInt8]] {
    levels.withLock { Self.subproof(Int(old), 0, Int(new), true, $0) }
  }

  private static func add(_ hash: [UInt8], to levels: inout [[[UInt8]]]) {
    var hash = hash
    var level = 0
    while true {
      if level == levels.count { levels.append([]) }
      levels[level].append(hash)
      let count = levels[level].count
      guard count % 2 == 0 else { return }
      hash = nodeHash(levels[level][count - 2], levels[level][count - 1])
      level += 1
    }
  }

  /// The largest power of two smaller than `count`.
  private static func split(_ count: Int) -> Int { 1 << (Int.bitWidth - 1 - (count - 1).leadingZeroBitCount) }

  private static func root(_ low: Int, _ high: Int, _ levels: [[[UInt8]]]) -> [UInt8] {
    let count = high - low
    if count == 0 { return sha256([]) }
    if count & (count - 1) == 0 { return levels[count.trailingZeroBitCount][low / count] }
    let middle = low + split(count)
    return nodeHash(root(low, middle, levels), root(middle, high, levels))
  }

  private static func path(_ index: Int, _ low: Int, _ high: Int, _ levels: [[[UInt8]]]) -> [[UInt8]] {
    if high - low <= 1 { return [] }
    let middle = low + split(high - low)
    return index < middle
      ? path(index, low, middle, levels) + [root(middle, high, levels)]
      : path(index, middle, high, levels) + [root(low, middle, levels)]
  }

  private static func subproof(
    _ old: Int, _ low: Int, _ high: Int, _ isWhole: Bool, _ levels: [[[UInt8]]]
  ) -> [[UInt8]] {
    if old == high - low { return isWhole ? [] : [root(low, high, levels)] }
    let half = split(high - low)
    return old <= half
      ? subproof(old, low, low + half, isWhole, levels) + [root(low + half, high, levels)]
      : subproof(old - half, low + half, high, false, levels) + [root(low, low + half, levels)]
  }
}
