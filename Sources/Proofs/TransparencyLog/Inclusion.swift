import MerkleTree
import Octets
import Reasons
import SignedNote
import SigstoreBundle
import TrustRoot

/// Steps 2.4 and 2.5: that an entry is in the tree whose head the log signed (RFC 6962 §2.1.1).
enum Inclusion {
  /// The proof's own size and root must be the checkpoint's; its index is the one within the shard.
  /// - Returns: the checkpoint; nil where there is none. Such a proof must be consistent in itself, and proves nothing.
  /// - Throws: `log.checkpoint-…`, `log.inclusion-proof-mismatch`.
  static func verifyVersion1(
    _ proof: LoggedEntry.Proof, of body: [UInt8], by log: TrustedLog
  ) throws(Failure) -> Checkpoint? {
    var signed: Checkpoint?
    if let note = proof.checkpoint {
      let checkpoint = try LogCheckpoint(parsing: note)
      try checkpoint.verify(by: log, foundBy: .keyID)
      signed = checkpoint.checkpoint
      guard checkpoint.size == proof.treeSize, checkpoint.root == proof.rootHash else {
        throw Failure(
          .logInclusionProofMismatch, log.name,
          "the proof is for another tree than the checkpoint’s of \(checkpoint.size) entries")
      }
    }
    try verifyInclusion(
      leafHash: leafHash(body), index: proof.logIndex, size: proof.treeSize, path: proof.hashes, root: proof.rootHash)
    return signed
  }

  /// Size and root are the checkpoint's, and the index is the entry's; the proof's copies are ignored (CLIENTS.md).
  static func verifyVersion2(
    _ proof: LoggedEntry.Proof, of body: [UInt8], at index: UInt64, in checkpoint: LogCheckpoint
  ) throws(Failure) {
    try verifyInclusion(
      leafHash: leafHash(body), index: index, size: checkpoint.size, path: proof.hashes, root: checkpoint.root)
  }
}
