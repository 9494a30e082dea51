import MerkleTree
import Octets
import Reasons
import SignedNote
import TestSupport
import Testing

@Suite struct MerkleTreeTests {
  static func leaves(_ count: Int) -> [[UInt8]] { (0..<count).map { leafHash([UInt8(truncatingIfNeeded: $0)]) } }

  /// RFC 6962's hashes of nothing, of an empty leaf and of that leaf twice.
  @Test func hashes() {
    #expect(Hex.encode(emptyTreeHash()) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    #expect(Hex.encode(leafHash([])) == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d")
    #expect(leafHash([0x01] + leafHash([]) + leafHash([])) != nodeHash(leafHash([]), leafHash([])))
    #expect(rootHash(ofLeafHashes: []) == emptyTreeHash())
    let (a, b, c) = (leafHash([1]), leafHash([2]), leafHash([3]))
    #expect(rootHash(ofLeafHashes: [a]) == a)
    #expect(rootHash(ofLeafHashes: [a, b, c]) == nodeHash(nodeHash(a, b), c))
  }

  @Test func everyLeafOfEverySmallTree() throws {
    for size in 1...33 {
      let leaves = Self.leaves(size)
      let root = rootHash(ofLeafHashes: leaves)
      for index in 0..<size {
        let proof = try #require(inclusionProof(ofLeafAt: index, among: leaves))
        #expect(throws: Never.self) { try proof.verify(leafHash: leaves[index], root: root) }
        // The proof is of this leaf at this index alone.
        for other in 0..<size where other != index {
          let moved = InclusionProof(index: UInt64(other), size: proof.size, path: proof.path)
          #expect(throws: Failure.self) { try moved.verify(leafHash: leaves[index], root: root) }
        }
      }
      #expect(inclusionProof(ofLeafAt: size, among: leaves) == nil)
      #expect(inclusionProof(ofLeafAt: -1, among: leaves) == nil)
    }
  }

  @Test func everyPairOfSmallTrees() throws {
    let leaves = Self.leaves(33)
    let roots = (0...33).map { rootHash(ofLeafHashes: Array(leaves[..<$0])) }
    for later in 1...33 {
      for earlier in 1...later {
        let path = try #require(consistencyPath(fromFirst: earlier, among: Array(leaves[..<later])))
        let (from, to) = ((UInt64(earlier), roots[earlier]), (UInt64(later), roots[later]))
        #expect(throws: Never.self) { try verifyConsistency(from: from, to: to, path: path) }
        #expect(throws: Failure.self) { try verifyConsistency(from: from, to: to, path: path + [roots[1]]) }
        #expect(throws: Failure.self) { try verifyConsistency(from: (from.0, roots[0]), to: to, path: path) }
        #expect(throws: Failure.self) { try verifyConsistency(from: from, to: (to.0, roots[0]), path: path) }
      }
    }
    #expect(consistencyPath(fromFirst: 0, among: leaves) == nil)
    #expect(consistencyPath(fromFirst: 34, among: leaves) == nil)
  }

  @Test func refusesHashesOfOtherLengths() throws {
    // One step up, so that the concatenation is the same bytes under another split.
    let (left, right) = (leafHash([1]), leafHash([2]))
    let root = nodeHash(left, right)
    let (short, long) = (Array(left.dropLast()), [left[31]] + right)
    #expect(nodeHash(short, long) == root)
    let mismatch = Failure(.logInclusionProofMismatch, "inclusion proof")
    #expect(throws: mismatch) { try verifyInclusion(leafHash: short, index: 0, size: 2, path: [long], root: root) }
    #expect(throws: mismatch) {
      try verifyInclusion(leafHash: left, index: 0, size: 2, path: [right + [0]], root: nodeHash(left, right + [0]))
    }
    #expect(throws: Failure(.logConsistencyProofMismatch, "consistency proof")) {
      try verifyConsistency(from: (1, left), to: (2, nodeHash(left, right + [0])), path: [right + [0]])
    }
  }

  /// The roots are those that the paths lead to, so that only the paths' lengths are wrong.
  @Test func refusesPathsOfOtherLengths() {
    let (a, b, c) = (leafHash([1]), leafHash([2]), leafHash([3]))
    let (two, three) = (nodeHash(a, b), nodeHash(c, nodeHash(a, b)))
    #expect(throws: Failure(.logInclusionProofMismatch, "inclusion proof")) {
      try verifyInclusion(leafHash: a, index: 0, size: 2, path: [b, c], root: three)
    }
    #expect(throws: Failure(.logInclusionProofMismatch, "inclusion proof")) {
      try verifyInclusion(leafHash: a, index: 0, size: 4, path: [b], root: two)
    }
    #expect(throws: Failure(.logConsistencyProofMismatch, "consistency proof")) {
      try verifyConsistency(from: (1, a), to: (2, three), path: [b, c])
    }
    #expect(throws: Failure(.logConsistencyProofMismatch, "consistency proof")) {
      try verifyConsistency(from: (1, a), to: (4, two), path: [b])
    }
  }

  /// Numbers from documents may be any.
  @Test func survivesTheLargestNumbers() {
    let (hash, most) = (leafHash([]), UInt64.max)
    let path = Array(repeating: hash, count: 64)
    for index in [0, 1, most - 1, most] {
      #expect(throws: Failure.self) {
        try verifyInclusion(leafHash: hash, index: index, size: most, path: path, root: hash)
      }
      #expect(throws: Failure.self) { try verifyInclusion(leafHash: hash, index: index, size: 0, path: [], root: hash) }
      #expect(throws: Failure.self) { try verifyConsistency(from: (index, hash), to: (most, []), path: path) }
      #expect(throws: Failure.self) {
        try verifySubtreeConsistency(start: index, end: most, hash: hash, to: (most, []), path: path)
      }
    }
  }

  /// A log that others wrote: each checkpoint's root is recomputed from the tile of leaf hashes, and those from entries.
  @Test(.enabled(if: Corpus.isPresent, Comment(rawValue: Corpus.absence)), arguments: 0...15)
  func tiles(_ size: Int) throws {
    let checkpoint = try Checkpoint(parsing: try Corpus.bytes("tlog-tiles/checkpoint.\(size)"))
    #expect(checkpoint.origin == Array("example.com/log/testdata".utf8))
    #expect(checkpoint.size == UInt64(size))
    let tile = size == 0 ? [] : try Corpus.bytes("tlog-tiles/tile/0/000.p/\(size)")
    let leaves = stride(from: 0, to: tile.count, by: 32).map { Array(tile[$0..<$0 + 32]) }
    #expect(leaves.count == size)
    #expect(rootHash(ofLeafHashes: leaves) == checkpoint.root)
    guard size > 0 else { return }

    // tlog-tiles, Entry bundles: sixteen bits of length before each.
    let bundle = try Corpus.bytes("tlog-tiles/tile/entries/000.p/\(size)")
    var cursor = ByteCursor(bundle, of: "entries", failing: .logEntryMalformed)
    var entries: [[UInt8]] = []
    while !cursor.isAtEnd {
      let length = Int(try cursor.bigEndian(2))
      entries.append(Array(try cursor.take(length)))
    }
    #expect(entries.map(leafHash) == leaves)

    let last = try Checkpoint(parsing: try Corpus.bytes("tlog-tiles/checkpoint.15"))
    let all = try Corpus.bytes("tlog-tiles/tile/0/000.p/15")
    let path = try #require(
      consistencyPath(fromFirst: size, among: stride(from: 0, to: all.count, by: 32).map { Array(all[$0..<$0 + 32]) }))
    try verifyConsistency(from: (checkpoint.size, checkpoint.root), to: (last.size, last.root), path: path)
  }
}
