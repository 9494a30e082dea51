import Cryptography
import MerkleTree
import Octets
package import Reasons
package import SignedNote
import Synchronization

extension Ledger {
  /// The name of the log in checkpoints, and of its key: one store, one ledger, one name.
  package static func origin(of storeID: [UInt8]) -> [UInt8] { Array("urn:x-assay:ledger:\(Hex.encode(storeID))".utf8) }

  /// The confirmed head as a C2SP checkpoint, signed by the commit key (signed-note type 0x02, ECDSA).
  ///
  /// A record's body begins with `assay-commit-v1`, a checkpoint with the origin: neither signature passes for the other.
  package func checkpoint() throws(LedgerError) -> [UInt8] {
    try contents.withLock { contents throws(LedgerError) in try checkpoint(of: &contents) }
  }

  func checkpoint(of contents: inout Contents) throws(LedgerError) -> [UInt8] {
    let head = try contents.settled()
    if let kept = contents.checkpoint, kept.size == head.size { return kept.note }
    let origin = Self.origin(of: storeID)
    let text = Checkpoint.text(origin: origin, size: head.size, root: head.root)
    let signature = try signed(digest(text))
    let note = SignedNote.serialized(
      text: text, signatures: [(origin, NoteKeyID.ecdsa(spki: signer.publicKey.spki), signature)])
    contents.checkpoint = (head.size, note)
    return note
  }

  /// The proof of a leaf under the checkpoint of now, for people who have neither the ledger nor the TPM.
  /// - Parameter extra: data beside the proof that nothing vouches for.
  /// - Returns: nil where there is no such leaf.
  package func proof(ofLeafAt index: UInt64, extra: [UInt8]? = nil) throws(LedgerError) -> LogProof? {
    try contents.withLock { contents throws(LedgerError) in
      let head = try contents.settled()
      guard let proof = contents.history.tree.inclusionProof(of: index, inFirst: head.size) else { return nil }
      let note = try checkpoint(of: &contents)
      do throws(Failure) {
        return try LogProof(index: index, path: proof.path, checkpoint: note, extra: extra)
      } catch {
        throw .leaf(error)
      }
    }
  }

  /// The root of the first leaves; nil where there are not so many.
  package func root(ofFirst size: UInt64) throws(LedgerError) -> [UInt8]? {
    try contents.withLock { contents throws(LedgerError) in
      guard size <= (try contents.settled()).size else { return nil }
      return contents.history.tree.root(ofFirst: size)
    }
  }

  /// RFC 6962 §2.1.2, from an earlier size to the confirmed head, for witnesses; nil unless 0 < size ≤ head's.
  package func consistencyPath(from size: UInt64) throws(LedgerError) -> [[UInt8]]? {
    try contents.withLock { contents throws(LedgerError) in
      let head = try contents.settled()
      return contents.history.tree.consistencyPath(from: size, to: head.size)
    }
  }
}

/// Proves from files alone that a leaf is in the ledger of a store.
///
/// 1. the checkpoint names the store's ledger; 2. a signature of the commit key covers it, and every one that claims to
/// be that key's verifies; 3. the path leads from the leaf to its root. That it was the newest state at any time is not
/// proven: the quote that names the checkpoint says so.
/// - Parameter key: the commit key as enrolled, never one that came with the proof.
/// - Throws: `log.checkpoint-invalid`, `log.inclusion-proof-mismatch`.
package func verifyLogged(
  _ leaf: [UInt8], by proof: LogProof, storeID: [UInt8], key: [UInt8]
) throws(Failure) {
  try verifyCheckpoint(proof.checkpoint, storeID: storeID, key: key)
  try verifyInclusion(
    leafHash: leafHash(leaf), index: proof.index, size: proof.checkpoint.size, path: proof.path,
    root: proof.checkpoint.root)
}

/// The first two of `verifyLogged`'s checks.
/// - Parameter key: DER of the SubjectPublicKeyInfo.
/// - Throws: `log.checkpoint-invalid`.
package func verifyCheckpoint(_ checkpoint: Checkpoint, storeID: [UInt8], key: [UInt8]) throws(Failure) {
  func invalid(_ detail: String) -> Failure { Failure(.logCheckpointInvalid, "checkpoint", detail) }
  let origin = Ledger.origin(of: storeID)
  guard checkpoint.origin == origin else { throw invalid("it is another log's") }
  let keyID = NoteKeyID.ecdsa(spki: key)
  let signatures = checkpoint.note.signatures.filter { $0.name == origin && $0.keyID == keyID }
  guard !signatures.isEmpty else { throw invalid("the commit key did not sign it") }
  do throws(CryptographyError) {
    let key = try PublicKey(spki: key)
    for signature in signatures { try key.verify(signature.bytes, over: checkpoint.note.text, .ecdsa(.sha256)) }
  } catch {
    throw invalid("its signature does not verify")
  }
}
