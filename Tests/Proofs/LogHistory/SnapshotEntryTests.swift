import Cryptography
import LogHistory
import LogSnapshot
import MerkleTree
import Octets
import Reasons
import SignedNote
import SnapshotSketch
import Testing

/// Entries: bundles under tiles, single ones under proofs, promises.
@Suite struct SnapshotEntryTests {
  static func hashedRekord(_ number: Int) -> [UInt8] {
    let hex = Hex.encode([UInt8](repeating: UInt8(number), count: 32))
    let key = base64(Array("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n".utf8))
    return Array(
      """
      {"apiVersion":"0.0.1","kind":"hashedrekord","spec":{"data":{"hash":{"algorithm":"sha256","value":"\(hex)"}},\
      "signature":{"content":"AAAA","publicKey":{"content":"\(key)"}}}}
      """.utf8)
  }

  static func rekor(leaves: Int) throws -> SketchedTlog {
    var log = try SketchedTlog("rekor.example", .rekorVersion1)
    for number in 0..<leaves { log.append(leaf: hashedRekord(number)) }
    return log
  }

  // MARK: Bundles

  @Test func verifiesBundles() throws {
    let log = try SketchedTlog(leaves: 600)
    var snapshot = try SketchedSnapshot(of: log)
    snapshot.carry(tilesOf: 600, log)
    snapshot.carry(bundle: 1, width: 256, log)
    snapshot.carry(bundle: 2, width: 88, log)
    let sink = MemorySink()
    let verified = try snapshot.verify(under: log.policy, into: sink)
    #expect(sink.entries.map(\.index) == Array(256..<600))
    #expect(sink.entries.map(\.body) == Array(log.leaves[256...]))
    #expect(verified.entryCount == 344)
    #expect(sink.entries.allSatisfy { $0.signed.isEmpty && $0.promise == nil })
  }

  @Test func refusesSwappedLeaves() throws {
    let log = try SketchedTlog(leaves: 600)
    var snapshot = try SketchedSnapshot(of: log)
    snapshot.carry(tilesOf: 600, log)
    // Leaves 512 and 513 have one length.
    var leaves = log.leaves
    leaves.swapAt(512, 513)
    snapshot[.entryBundle(TilePath(number: 2, width: 88))] = leaves[512...].flatMap { [0, UInt8($0.count)] + $0 }
    snapshot.expectRefusal(.logSnapshotEntryMismatch, "entry 0", under: try log.policy)
  }

  @Test func refusesBundlesWithoutTheirTile() throws {
    let log = try SketchedTlog(leaves: 600)
    var snapshot = try SketchedSnapshot(of: log)
    snapshot.carry(tilesOf: 600, log) { level, tile in level > 0 || tile.number == 2 }
    snapshot.carry(bundle: 1, width: 256, log)
    snapshot.expectRefusal(.logSnapshotEntryUnproven, "tile/entries/001", under: try log.policy)
    try snapshot.verify(under: log.policy, beside: KeptSketch(log: log, size: 600))
  }

  @Test func refusesWrongLengths() throws {
    let log = try SketchedTlog(leaves: 3)
    let path = SnapshotPath.entryBundle(TilePath(number: 0, width: 3))
    for edit: (inout [UInt8]) -> Void in [
      { $0.append(0) }, { $0.removeLast() }, { $0[1] += 1 }, { $0[0] = 0xff }, { $0 = Array($0.prefix(20)) },
      { $0 = [] },
    ] {
      var snapshot = try SketchedSnapshot(of: log)
      snapshot.carry(tilesOf: 3, log)
      snapshot.carry(bundle: 0, width: 3, log)
      edit(&snapshot[path]!)
      snapshot.expectRefusal(.logSnapshotMalformed, "tile/entries/000.p/3", under: try log.policy)
    }
  }

  @Test func refusesBundlesBeyondTheSize() throws {
    let log = try SketchedTlog(leaves: 3)
    var snapshot = try SketchedSnapshot(of: log)
    snapshot.carry(tilesOf: 3, log)
    snapshot[.entryBundle(TilePath(number: 0, width: 4))] = [UInt8](repeating: 0, count: 8)
    snapshot.expectRefusal(.logSnapshotMalformed, "beyond", under: try log.policy)
  }

  // MARK: Single entries

  @Test func verifiesEntriesByProofAndByTile() throws {
    let log = try Self.rekor(leaves: 40)
    var snapshot = try SketchedSnapshot(of: log)
    try snapshot.carry(checkpointOf: 30, log)
    snapshot.carry(pathFrom: 30, to: 40, log)
    try snapshot.carry(entry: 7, log, promisedAt: 1_650_000_000)
    try snapshot.carry(proofOf: 7, in: 40, log)
    try snapshot.carry(entry: 9, log)
    try snapshot.carry(proofOf: 9, in: 30, log)
    let sink = MemorySink()
    try snapshot.verify(under: log.policy, into: sink)
    #expect(sink.entries.map(\.index) == [7, 9])
    #expect(sink.entries[0].promise?.integratedTime == UnixTime(1_650_000_000))
    #expect(sink.entries[0].promise?.logIndex == 4_163_438)
    #expect(sink.entries[0].signed == [ClaimedDigest(.sha256, [UInt8](repeating: 7, count: 32))!])
    #expect(sink.entries[0].proof == snapshot[.proof(index: 7)])
    snapshot.carry(tilesOf: 40, log)
    try snapshot.carry(entry: 11, log)
    try snapshot.verify(under: log.policy)
  }

  @Test func refusesEntriesThatNothingProves() throws {
    let log = try Self.rekor(leaves: 40)
    var snapshot = try SketchedSnapshot(of: log)
    try snapshot.carry(entry: 7, log)
    snapshot.expectRefusal(.logSnapshotEntryUnproven, "entries/7.json", under: try log.policy)
    // A signed checkpoint, and one that is not carried.
    try snapshot.carry(proofOf: 7, in: 30, log)
    snapshot.expectRefusal(.logSnapshotEntryUnproven, "proofs/7.tlog-proof", under: try log.policy)
  }

  @Test func refusesAnotherEntryThanIsProven() throws {
    let log = try Self.rekor(leaves: 40)
    var snapshot = try SketchedSnapshot(of: log)
    try snapshot.carry(entry: 8, log)
    snapshot[.entry(index: 7)] = snapshot[.entry(index: 8)]
    snapshot[.entry(index: 8)] = nil
    var byTile = snapshot
    byTile.carry(tilesOf: 40, log)
    byTile.expectRefusal(.logSnapshotEntryMismatch, "entries/7.json", under: try log.policy)
    try snapshot.carry(proofOf: 7, in: 40, log)
    snapshot.expectRefusal(.logInclusionProofMismatch, "proofs/7", under: try log.policy)
    // The proof of another index under this name.
    try snapshot.carry(entry: 7, log)
    try snapshot.carry(proofOf: 8, in: 40, log)
    snapshot[.proof(index: 7)] = snapshot[.proof(index: 8)]
    snapshot[.proof(index: 8)] = nil
    snapshot.expectRefusal(.logSnapshotMalformed, "index 8", under: try log.policy)
  }

  /// The note goes with the entry to whoever verifies it later: of its own text, and with no signature that counts.
  @Test func refusesProofsWhoseCheckpointNobodySigned() throws {
    let log = try Self.rekor(leaves: 40)
    var snapshot = try SketchedSnapshot(of: log)
    try snapshot.carry(entry: 7, log)
    try snapshot.carry(proofOf: 7, in: 40, log)
    try snapshot.verify(under: log.policy)
    // Signed anew, as Rekor does each time.
    try snapshot.carry(proofOf: 7, in: 40, log, checkpoint: log.checkpoint())
    try snapshot.verify(under: log.policy)
    let unsigned = try SnapshotSignatureTests.note(log.checkpoint()) { signatures in
      signatures = [try SketchedWitness("w.example").cosign(Array("x\n".utf8), at: 1)]
    }
    try snapshot.carry(proofOf: 7, in: 40, log, checkpoint: unsigned)
    snapshot.expectRefusal(.logCheckpointInvalid, "proofs/7", under: try log.policy)
  }

  @Test func refusesProofsWithoutEntries() throws {
    let log = try Self.rekor(leaves: 40)
    var snapshot = try SketchedSnapshot(of: log)
    try snapshot.carry(proofOf: 7, in: 40, log)
    snapshot.expectRefusal(.logSnapshotMalformed, "proofs/7", under: try log.policy)
  }

  @Test func refusesABrokenPromise() throws {
    let log = try Self.rekor(leaves: 40)
    var snapshot = try SketchedSnapshot(of: log)
    snapshot.carry(tilesOf: 40, log)
    try snapshot.carry(entry: 7, log, promisedAt: 1_650_000_000, signer: .generate(.p256))
    snapshot.expectRefusal(.logPromiseInvalid, "entries/7.json", under: try log.policy)
    try snapshot.carry(entry: 7, log, promisedAt: 1_650_000_000)
    let text = String(decoding: snapshot[.entry(index: 7)]!, as: UTF8.self)
    for (old, new) in [
      ("1650000000", "1650000001"), ("4163438", "4163439"), (Hex.encode(log.logID), Hex.encode(log.logID.reversed())),
    ] {
      snapshot[.entry(index: 7)] = Array(text.replacing(old, with: new).utf8)
      snapshot.expectRefusal(.logPromiseInvalid, "entries/7.json", under: try log.policy)
    }
  }

  @Test func refusesEntriesBeyondTheSize() throws {
    let log = try Self.rekor(leaves: 40)
    var snapshot = try SketchedSnapshot(of: log)
    snapshot.carry(tilesOf: 40, log)
    try snapshot.carry(entry: 7, log)
    snapshot[.entry(index: 40)] = snapshot[.entry(index: 7)]
    snapshot.expectRefusal(.logSnapshotMalformed, "entries/40.json", under: try log.policy)
  }
}
