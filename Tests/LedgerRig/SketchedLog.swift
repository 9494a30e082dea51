package import Cryptography
import Ledger
package import MerkleTree
package import SignedNote

/// A ledger of which there are only a tree and a commit key: it says what a hostile one could say.
package struct SketchedLog {
  package let storeID: [UInt8]
  package let key: PrivateKey
  package private(set) var tree = GrowingTree()

  package init(storeID: [UInt8] = LedgerRig.storeID, key: PrivateKey? = nil, leaves: Int = 0) throws {
    self.storeID = storeID
    self.key = try key ?? .generate(.p256)
    append(leaves)
  }

  package var origin: [UInt8] { Ledger.origin(of: storeID) }

  /// Leaves that depend on their number and on `flavour`.
  package mutating func append(_ count: Int, flavour: String = "") {
    for _ in 0..<count { tree.append(Array("\(flavour) leaf \(tree.size)".utf8)) }
  }

  /// The same tree, shorter.
  package func cut(to size: UInt64) -> SketchedLog {
    var log = self
    log.tree.truncate(to: size)
    return log
  }

  /// - Parameters:
  ///   - text: in place of what is true.
  ///   - signer: in place of the log's key.
  package func checkpoint(text: [UInt8]? = nil, signer: PrivateKey? = nil) throws -> [UInt8] {
    let text = text ?? Checkpoint.text(origin: origin, size: tree.size, root: tree.root)
    let signer = signer ?? key
    return SignedNote.serialized(
      text: text, signatures: [(origin, NoteKeyID.ecdsa(spki: signer.publicKey.spki), try signer.sign(text))])
  }

  package func request(from old: UInt64, path: [[UInt8]]? = nil) throws -> WitnessRequest {
    let path = path ?? tree.consistencyPath(from: old, to: tree.size) ?? []
    return try WitnessRequest(old: old, path: path, checkpoint: checkpoint())
  }
}
