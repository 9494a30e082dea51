import Cryptography

/// Bytes of every hash in a tree: SHA-256, the only one that the formats name.
package let treeHashSize = 32

/// RFC 6962 §2.1: what an inner node's hash begins with.
let nodePrefix: UInt8 = 0x01

/// RFC 6962 §2.1: the prefix keeps a leaf from passing for an inner node, and the other way about.
package func leafHash(_ leaf: [UInt8]) -> [UInt8] {
  var digester = Digester(.sha256)
  digester.update([0x00])
  digester.update(leaf)
  return digester.finish().bytes
}

/// RFC 6962 §2.1: the hash over two subtrees.
package func nodeHash(_ left: [UInt8], _ right: [UInt8]) -> [UInt8] {
  var digester = Digester(.sha256)
  digester.update([nodePrefix])
  digester.update(left)
  digester.update(right)
  return digester.finish().bytes
}

/// RFC 6962 §2.1: the hash of a tree without leaves.
package func emptyTreeHash() -> [UInt8] {
  digest([]).bytes
}
