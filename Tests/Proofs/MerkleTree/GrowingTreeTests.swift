import MerkleTree
import Testing

@Suite struct GrowingTreeTests {
  static let leaves = (0..<70).map { leafHash([UInt8($0)]) }

  static func tree(_ size: Int) -> GrowingTree {
    var tree = GrowingTree()
    for leaf in leaves[..<size] { tree.append(leafHash: leaf) }
    return tree
  }

  @Test func agreesWithTheDefinition() {
    let tree = Self.tree(70)
    for size in 0...70 {
      let leaves = Array(Self.leaves[..<size])
      #expect(tree.root(ofFirst: UInt64(size)) == rootHash(ofLeafHashes: leaves))
      #expect(Self.tree(size).root == rootHash(ofLeafHashes: leaves))
      for index in 0..<size {
        #expect(
          tree.inclusionProof(of: UInt64(index), inFirst: UInt64(size))
            == inclusionProof(ofLeafAt: index, among: leaves))
      }
      for old in 1..<max(1, size) {
        #expect(
          tree.consistencyPath(from: UInt64(old), to: UInt64(size)) == consistencyPath(fromFirst: old, among: leaves))
      }
    }
  }

  @Test func provesNothingBeyondItself() {
    let tree = Self.tree(3)
    #expect(tree.root(ofFirst: 4) == nil)
    #expect(tree.hash(ofLeafAt: 3) == nil)
    #expect(tree.inclusionProof(of: 0, inFirst: 4) == nil)
    #expect(tree.inclusionProof(of: 2, inFirst: 2) == nil)
    #expect(tree.consistencyPath(from: 0, to: 3) == nil)
    #expect(tree.consistencyPath(from: 3, to: 2) == nil)
    #expect(tree.consistencyPath(from: 3, to: 4) == nil)
    #expect(tree.subtreeHash(level: 1, index: 1) == nil)
    #expect(tree.subtreeHash(level: 2, index: 0) == nil)
  }

  @Test func forgets() {
    for kept in 0...40 {
      var tree = Self.tree(40)
      tree.truncate(to: UInt64(kept))
      #expect(tree.size == UInt64(kept))
      for leaf in Self.leaves[kept..<64] { tree.append(leafHash: leaf) }
      #expect(tree.root == rootHash(ofLeafHashes: Array(Self.leaves[..<64])))
    }
  }

  @Test func knowsSubtrees() {
    let tree = Self.tree(70)
    #expect(tree.subtreeHash(level: 0, index: 69) == Self.leaves[69])
    #expect(tree.subtreeHash(level: 4, index: 3) == rootHash(ofLeafHashes: Array(Self.leaves[48..<64])))
  }
}
