import Cryptography

/// Hashes a row of neighbouring nodes up to the root of their complete subtree: what tiles are verified with
/// (C2SP tlog-tiles). For one thread at a time.
package final class RowHasher {
  private let pairs = PairHasher()

  package init() {}

  /// The root over a row.
  /// - Parameter row: 32 bytes each of a power of two of nodes.
  package func root(of row: [UInt8]) -> [UInt8] {
    var nodes = row
    var count = Self.count(row)
    while count > 1 {
      count /= 2
      pairs.fold(&nodes, pairs: count, prefix: nodePrefix)
    }
    return Array(nodes.prefix(treeHashSize))
  }

  private static func count(_ row: [UInt8]) -> Int {
    let count = row.count / treeHashSize
    precondition(count > 0 && count & (count - 1) == 0 && row.count % treeHashSize == 0)
    return count
  }
}
