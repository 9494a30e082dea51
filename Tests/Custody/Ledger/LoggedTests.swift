import Base64
import Cryptography
import LedgerLeaf
import LedgerRig
import MerkleTree
import Octets
import Reasons
import SignedNote
import Testing
import TestSupport

@testable import Ledger

/// Receipts for those who have neither the ledger nor its TPM.
@Suite struct LoggedTests {
  static func logged() throws -> (rig: LedgerRig, ledger: Ledger, leaf: [UInt8], proof: LogProof) {
    let rig = try TemporaryRig().rig
    let ledger = try rig.create()
    _ = try ledger.commit((1..<7).map { LedgerRig.leaf($0) }, LedgerRig.state())
    let proof = try #require(try ledger.proof(ofLeafAt: 4, extra: [1]))
    return (rig, ledger, try LedgerRig.leaf(4).encoded(), proof)
  }

  @Test func provesALeafFromFilesAlone() throws {
    let (rig, ledger, leaf, proof) = try Self.logged()
    let again = try LogProof(parsing: proof.serialized())
    try verifyLogged(leaf, by: again, storeID: LedgerRig.storeID, key: rig.signer.publicKey.spki)
    #expect(again.extra == [1])
    #expect(try ledger.proof(ofLeafAt: 7) == nil)
    #expect(proof.checkpoint.origin == Array("urn:x-assay:ledger:07070707070707070707070707070707".utf8))
  }

  @Test func signsACheckpointOnce() throws {
    let (rig, ledger, _, _) = try Self.logged()
    rig.signer.beforeSigning = { throw FileAnchor.Broken() }
    let note = try ledger.checkpoint()
    rig.signer.beforeSigning = {}
    _ = try ledger.commit([LedgerRig.leaf(7)], LedgerRig.state())
    #expect(try Checkpoint(parsing: ledger.checkpoint()).size == 8)
    #expect(try Checkpoint(parsing: note).size == 7)
  }

  @Test func refuses() throws {
    let (rig, _, leaf, proof) = try Self.logged()
    let key = rig.signer.publicKey.spki
    func refused(_ reason: Reason, _ leaf: [UInt8], _ proof: LogProof, storeID: [UInt8], key: [UInt8]) {
      let failure = #expect(throws: Failure.self) { try verifyLogged(leaf, by: proof, storeID: storeID, key: key) }
      #expect(failure?.reason == reason)
    }
    refused(.logInclusionProofMismatch, leaf + [0], proof, storeID: LedgerRig.storeID, key: key)
    refused(.logCheckpointInvalid, leaf, proof, storeID: [UInt8](repeating: 8, count: 16), key: key)
    refused(.logCheckpointInvalid, leaf, proof, storeID: LedgerRig.storeID, key: try RigSigner().publicKey.spki)
    let text = Array(String(decoding: proof.serialized(), as: UTF8.self).replacing("\n7\n", with: "\n8\n").utf8)
    refused(.logCheckpointInvalid, leaf, try LogProof(parsing: text), storeID: LedgerRig.storeID, key: key)
    let moved = try LogProof(index: 5, path: proof.path, checkpoint: Self.note(proof))
    refused(.logInclusionProofMismatch, leaf, moved, storeID: LedgerRig.storeID, key: key)
    // The same key's second signature, which does not verify: the note is refused, whatever the first one says.
    let origin = Ledger.origin(of: LedgerRig.storeID)
    let twice =
      Self.note(proof) + Array("— ".utf8) + origin + [0x20]
      + Array(Base64.encode(NoteKeyID.ecdsa(spki: key) + [1]).utf8) + [0x0a]
    refused(
      .logCheckpointInvalid, leaf, try LogProof(index: 4, path: proof.path, checkpoint: twice),
      storeID: LedgerRig.storeID, key: key)
  }

  static func note(_ proof: LogProof) -> [UInt8] {
    SignedNote.serialized(
      text: proof.checkpoint.note.text,
      signatures: proof.checkpoint.note.signatures.map { ($0.name, $0.keyID, $0.bytes) })
  }

  /// A record's signature must not pass for a checkpoint's, nor the reverse.
  @Test func keepsSignaturesApart() throws {
    let body = CommitRecord(
      storeID: LedgerRig.storeID, number: 1, size: 1, root: digest([]).bytes, state: LedgerRig.state(),
      previousAnchor: digest([]).bytes
    ).body
    #expect(!body.starts(with: Ledger.origin(of: LedgerRig.storeID)))
    #expect(body.count == CommitRecord.bodySize)
    #expect(CommitRecord(decoding: body)?.body == body)
    #expect(CommitRecord(decoding: Array(body.dropLast())) == nil)
    #expect(CommitRecord(decoding: [0x41] + body.dropFirst()) == nil)
  }

  @Test func givesWitnessesAConsistencyProof() throws {
    let (rig, ledger, _, proof) = try Self.logged()
    defer { withExtendedLifetime(rig) {} }
    let old = (size: proof.checkpoint.size, root: proof.checkpoint.root)
    _ = try ledger.commit((7..<30).map { LedgerRig.leaf($0) }, LedgerRig.state())
    let head = try ledger.head
    let path = try #require(try ledger.consistencyPath(from: old.size))
    try verifyConsistency(from: old, to: (head.size, head.root), path: path)
    #expect(try ledger.consistencyPath(from: 0) == nil)
    #expect(try ledger.consistencyPath(from: 31) == nil)
  }
}
