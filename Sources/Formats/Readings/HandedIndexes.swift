import Cryptography
import OCIImage
import Octets
import Reasons
import StrictJSON

/// Indexes that parts stand under, as a reading has them: their digests in the document, their bytes as the first objects.
struct HandedIndexes {
  let all: [CoveringIndex]

  init(_ indexes: [CoveringIndex]) { all = indexes }

  var names: JSON { .array(all.map { .text("\($0.digest)") }) }
  var objects: [[UInt8]] { all.map(\.bytes) }

  /// - Throws: the node's reason, where an index is not what the object hashes to.
  init(_ node: JSONNode, _ objects: [[UInt8]]) throws(Failure) {
    let nodes = try node.elements()
    guard nodes.count <= objects.count else { throw node.failure("an index whose bytes are absent") }
    var all: [CoveringIndex] = []
    for (node, bytes) in zip(nodes, objects) {
      let digest = try node.digest()
      try node.verifyWritten(.text("\(digest)"))
      guard digest == Cryptography.digest(bytes, digest.algorithm) else {
        throw node.failure("its object is not what it names")
      }
      all.append(CoveringIndex(digest: digest, bytes: bytes))
    }
    self.all = all
  }
}

extension Reading {
  /// What keeps parts from standing where a signature on an index would cover them; nil where each is listed there.
  var brokenLineage: String? {
    let lineage = Lineage(of: archive.images)
    guard !lineage.isBroken else { return "a part that stands in no image" }
    guard archive.indexes.map(\.digest) == lineage.indexes else { return "other indexes than parts stand under" }
    for index in archive.indexes {
      guard lineage.isListed(in: index.bytes, of: index.digest) else { return "a part that its index does not list" }
    }
    return nil
  }
}
