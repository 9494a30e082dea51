package import LogSnapshot
import MerkleTree
package import Octets
import Reasons
package import SignedNote

/// A log of a snapshot whose checkpoints are signed by keys that are installed, and cosigned as the policy wants. What the
/// log shows is still to be verified.
package struct SignedLog: Sendable {
  let folder: LogFolder
  package let description: LogDescription
  let newest: Checkpoint
  let carried: [Checkpoint]
  let known: [KnownLog]
  let signers: [KnownLog]
  let witnessed: [Witnessed]
  let quorum: Quorum

  package var origin: [UInt8] { newest.origin }
  var subject: String { printable(folder.name, limit: 100) }

  /// Steps 3 to 5: the history, every tile, every entry. What verified goes to the sink as it comes: it leads to a signed
  /// checkpoint that continues the accepted one, also where something behind it is then refused.
  ///
  /// - Parameters:
  ///   - accepted: the state of this origin that the ledger has; nil for a log that is new.
  ///   - kept: hashes of earlier snapshots of this origin.
  /// - Throws: `Failure`, `LogFork`, and what the sink throws.
  package func verify(
    after accepted: AcceptedLog?, in files: any SnapshotFiles, beside kept: any KeptHashes, into sink: any SnapshotSink
  ) throws -> VerifiedLog {
    try refuseAnotherLog(than: accepted)
    let tiles = tiles(of: newest.head, files, kept)
    try refuseBeyondSize()
    var paths: [(old: UInt64, new: UInt64, path: [[UInt8]])] = []
    guard folder.consistency.count <= 2 * SnapshotVerifier.mostCheckpoints else {
      throw failure("more than \(2 * SnapshotVerifier.mostCheckpoints) consistency paths")
    }
    for file in folder.consistency {
      let path = SnapshotPath.consistency(from: file.old, to: file.new)
      paths.append(
        (
          file.old, file.new,
          try ConsistencyFile.path(
            parsing: files.read(path, file.file, of: folder), named: "\(subject)/\(path.text)")
        ))
    }
    let heads: [LogHead]
    do {
      heads = try HeadChain(newest, carried, after: accepted, tiles: tiles, named: subject).connect(paths)
    } catch let error as Failure {
      throw within(error)
    }
    var walk = SnapshotWalk(
      log: self, files: files, tiles: tiles, earlier: { self.tiles(of: $0, files, NothingKept()) },
      heads: heads + [newest.head])
    do {
      try walk.tiles(into: sink)
      try walk.bundles(into: sink)
      try walk.entries(into: sink)
    } catch let error as Failure {
      throw within(error)
    }
    return VerifiedLog(
      description: description, checkpoint: newest, heads: Array(heads.suffix(LogHeads.most)),
      isNew: accepted == nil, signer: signers[0].name, witnessed: witnessed, quorum: quorum,
      tileCount: walk.tileCount, entryCount: walk.entryCount)
  }

  private func tiles(of head: LogHead, _ files: any SnapshotFiles, _ kept: any KeptHashes) -> TreeTiles {
    let folder = folder
    return TreeTiles(
      of: head,
      carried: { (level, path) throws(Failure) in
        guard let tile = folder.tile(level: level, path) else { return nil }
        return try files.read(.tile(level: level, path), tile, of: folder)
      }, kept: kept)
  }

  /// Rekor v1's keys are found by their ID alone, whatever name they sign as: one installed log could speak for the origin
  /// of another, and have it refused, or accused of a fork, for ever.
  private func refuseAnotherLog(than accepted: AcceptedLog?) throws(Failure) {
    // None where the keys of that time are no longer installed.
    guard let before = accepted?.checkpoint.verifiedSigners(among: known), !before.isEmpty else { return }
    guard KnownLog.areOne(signers, before, of: origin) else {
      throw Failure(
        .logCheckpointInvalid, "\(subject)/\(SnapshotPath.checkpoint.text)",
        "the key of another log than the accepted checkpoint’s signed it")
    }
  }

  /// What lies beyond the newest size is of no tree that was signed.
  private func refuseBeyondSize() throws(Failure) {
    for tile in folder.tiles {
      try verifySize(tile, .tile(level: Int(tile.level), tile.path))
    }
    for bundle in folder.bundles { try verifySize(bundle, .entryBundle(bundle.path)) }
    for (files, path) in [(folder.entries, SnapshotPath.entry), (folder.proofs, SnapshotPath.proof)] {
      guard let last = files.last, last.number >= newest.size else { continue }
      throw beyond(path(last.number))
    }
  }

  private func verifySize(_ tile: LogFolder.Tile, _ path: SnapshotPath) throws(Failure) {
    let count = newest.size >> UInt64(8 * tile.level)
    guard tile.number <= count / 256, UInt64(tile.width) <= count - tile.number * 256 else { throw beyond(path) }
  }

  private func beyond(_ path: SnapshotPath) -> Failure {
    Failure(.logSnapshotMalformed, "\(subject)/\(path.text)", "it lies beyond the newest checkpoint's \(newest.size)")
  }

  private func failure(_ detail: String) -> Failure { Failure(.logSnapshotMalformed, subject, detail) }

  /// Names the log's folder, where the failure does not yet.
  private func within(_ failure: Failure) -> Failure {
    failure.subject.starts(with: subject) ? failure : failure.within(subject)
  }
}

/// Takes what verified. It is all in order: tiles from the highest level down, then entries by index, twice.
package protocol SnapshotSink: AnyObject {
  /// - Parameters:
  ///   - number: of the tile in its level.
  ///   - hashes: the tile's, from its first on; 32 bytes each, up to 256.
  func keep(level: Int, number: UInt64, hashes: [UInt8]) throws
  func keep(_ entry: ProvenEntry) throws
}

/// An entry that is in the log.
package struct ProvenEntry: Sendable {
  /// In the tree.
  package let index: UInt64
  package let leafHash: [UInt8]
  package let body: [UInt8]
  /// Verified under the log's key.
  package let promise: CarriedEntry.Promise?
  /// The C2SP tlog-proof that was carried, where it was; otherwise tiles proved it.
  package let proof: [UInt8]?
  /// Digests of what the entry says was signed; empty for logs of opaque entries, and for kinds that Assay does not read.
  package let signed: [ClaimedDigest]
}

/// A log of a snapshot that verified as a whole.
package struct VerifiedLog: Sendable {
  package let description: LogDescription
  /// The newest.
  package let checkpoint: Checkpoint
  /// Earlier states that it continues, by size: those of the snapshot, and those that were accepted before; beyond
  /// `LogHeads.most` the largest.
  package let heads: [LogHead]
  /// No state of it had been accepted.
  package let isNew: Bool
  /// For people: under which name the log is installed.
  package let signer: String
  /// Witnesses of the policy that cosigned the newest checkpoint. Each time was reached, by that witness's word.
  package let witnessed: [Witnessed]
  package let quorum: Quorum
  package let tileCount: Int
  package let entryCount: Int

  package var origin: [UInt8] { checkpoint.origin }
  /// The newest note, byte for byte as it was carried.
  package var note: [UInt8] { checkpoint.note.serialized() }
}
