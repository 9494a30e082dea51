import LogEntry
import LogSnapshot
import MerkleTree
import Octets
import Reasons
import SignedNote

/// Goes through a snapshot's tiles and entries once, in order, and verifies each.
struct SnapshotWalk {
  private let log: SignedLog
  private let files: any SnapshotFiles
  private let newest: TreeTiles
  private let earlier: (LogHead) -> TreeTiles
  /// By size; all signed or accepted, and connected.
  private let heads: [LogHead]
  private let known: Set<LogHead>
  /// Carried checkpoints, whose signatures were verified.
  private let notes: Set<SignedNote>
  /// The earlier tree whose tiles were asked for last.
  private var lastEarlier: TreeTiles?
  private(set) var tileCount = 0
  private(set) var entryCount = 0

  init(
    log: SignedLog, files: any SnapshotFiles, tiles: TreeTiles, earlier: @escaping (LogHead) -> TreeTiles,
    heads: [LogHead]
  ) {
    self.log = log
    self.files = files
    newest = tiles
    self.earlier = earlier
    self.heads = heads
    known = Set(heads)
    notes = Set((log.carried + [log.newest]).map(\.note))
  }

  private var folder: LogFolder { log.folder }

  // MARK: Tiles

  /// Every tile leads to the root hash of the newest checkpoint, or, where it is narrower than there, of an earlier one.
  mutating func tiles(into sink: any SnapshotSink) throws {
    let all = folder.tiles
    var start = 0
    while start < all.count {
      let (level, number) = (Int(all[start].level), all[start].number)
      var end = start + 1
      while end < all.count, Int(all[end].level) == level, all[end].number == number { end += 1 }
      try place(all[start..<end], level, number, sink)
      tileCount += end - start
      start = end
    }
  }

  /// The tiles of one place, which differ in width. One that verifies proves the narrower ones, as their beginning.
  private mutating func place(
    _ carried: ArraySlice<LogFolder.Tile>, _ level: Int, _ number: UInt64, _ sink: any SnapshotSink
  ) throws {
    var verified = try newest.tile(level: level, number: number)
    var isNew = false
    for tile in carried.reversed() {
      let path = SnapshotPath.tile(level: level, tile.path)
      let width = Int(tile.width)
      if verified == nil { verified = try earlierTile(level, number, width: width) }
      guard let verified else {
        throw Failure(
          .logSnapshotTileUnrooted, path.text, "the tiles that would lead it to a checkpoint are neither here nor kept")
      }
      // What gave the verified hashes is this very file, where the width is its own.
      if width == verified.count / 32 {
        isNew = true
      } else if !verified.starts(with: try files.read(path, tile, of: folder)) {
        throw Failure(.logSnapshotTileMismatch, path.text, "it is not the beginning of the tile at its place")
      }
    }
    if isNew, let verified { try sink.keep(level: level, number: number, hashes: verified) }
  }

  /// The partial tile at the right edge of an earlier tree.
  private mutating func earlierTile(_ level: Int, _ number: UInt64, width: Int) throws(Failure) -> [UInt8]? {
    for head in heads {
      let count = head.size >> UInt64(8 * level)
      guard count / 256 == number, count % 256 == UInt64(width) else { continue }
      if lastEarlier?.head != head { lastEarlier = earlier(head) }
      if let tile = try lastEarlier?.tile(level: level, number: number) { return tile }
    }
    return nil
  }

  // MARK: Entries

  /// Entry bundles: each entry is the leaf that a verified tile has at its place.
  mutating func bundles(into sink: any SnapshotSink) throws {
    let all = folder.bundles
    for (position, bundle) in all.enumerated() {
      let path = SnapshotPath.entryBundle(bundle.path)
      let bodies = try EntryBundle.entries(
        in: files.read(path, bundle, of: folder), width: Int(bundle.width), named: path.text)
      var leaves = try newest.tile(level: 0, number: bundle.number)
      if leaves == nil { leaves = try earlierTile(0, bundle.number, width: bodies.count) }
      guard let leaves, leaves.count >= 32 * bodies.count else {
        throw Failure(.logSnapshotEntryUnproven, path.text, "no hash tile of its entries")
      }
      // A wider bundle of the same place brings the same entries again.
      let isWidest = position + 1 == all.count || all[position + 1].number != bundle.number
      for (offset, body) in bodies.enumerated() {
        let hash = leafHash(body)
        guard hash.elementsEqual(leaves[32 * offset..<32 * (offset + 1)]) else {
          throw Failure(
            .logSnapshotEntryMismatch, "\(path.text): entry \(offset)", "another leaf than the hash tile has")
        }
        guard isWidest else { continue }
        entryCount += 1
        try sink.keep(
          ProvenEntry(
            index: bundle.number * 256 + UInt64(offset), leafHash: hash, body: body, promise: nil, proof: nil,
            signed: signed(body)))
      }
    }
  }

  /// Single entries, by the proof that lies beside them or by a tile.
  mutating func entries(into sink: any SnapshotSink) throws {
    let indexes = Set(folder.entries.map(\.number))
    if let stray = folder.proofs.first(where: { !indexes.contains($0.number) }) {
      throw Failure(.logSnapshotMalformed, SnapshotPath.proof(index: stray.number).text, "its entry is not carried")
    }
    for file in folder.entries {
      let path = SnapshotPath.entry(index: file.number)
      let entry = try CarriedEntry(parsing: files.read(path, file.file, of: folder), named: path.text)
      let hash = leafHash(entry.body)
      var proof: [UInt8]?
      if let proofFile = folder.proof(of: file.number) {
        let proofPath = SnapshotPath.proof(index: file.number)
        proof = try files.read(proofPath, proofFile, of: folder)
        try verify(proof ?? [], of: hash, at: file.number, named: proofPath.text)
      } else {
        try verifyByTile(hash, at: file.number, named: path.text)
      }
      if let promise = entry.promise { try verify(promise, of: entry.body, named: path.text) }
      entryCount += 1
      try sink.keep(
        ProvenEntry(
          index: file.number, leafHash: hash, body: entry.body, promise: entry.promise, proof: proof,
          signed: signed(entry.body)))
    }
  }

  private func verify(
    _ bytes: [UInt8], of leaf: [UInt8], at index: UInt64, named subject: String
  ) throws(Failure) {
    let proof = try LogProof(parsing: bytes, named: subject)
    guard proof.index == index else {
      throw Failure(.logSnapshotMalformed, subject, "it is about index \(proof.index)")
    }
    guard proof.checkpoint.origin == log.origin, known.contains(proof.checkpoint.head) else {
      throw Failure(.logSnapshotEntryUnproven, subject, "its checkpoint is not carried")
    }
    // The note is kept with the entry, and is of use with the log's signature alone.
    if !notes.contains(proof.checkpoint.note) {
      _ = try proof.checkpoint.signers(among: log.known, named: subject)
    }
    do throws(Failure) {
      try verifyInclusion(
        leafHash: leaf, index: index, size: proof.checkpoint.size, path: proof.path, root: proof.checkpoint.root)
    } catch {
      throw Failure(error.reason, subject, error.detail)
    }
  }

  private func verifyByTile(_ leaf: [UInt8], at index: UInt64, named subject: String) throws(Failure) {
    guard let tile = try newest.tile(level: 0, number: index / 256) else {
      throw Failure(.logSnapshotEntryUnproven, subject, "neither a proof nor a hash tile covers it")
    }
    let place = Int(index % 256) * 32
    guard leaf.elementsEqual(tile[place..<place + 32]) else {
      throw Failure(.logSnapshotEntryMismatch, subject, "another leaf than the hash tile has")
    }
  }

  private func verify(_ promise: CarriedEntry.Promise, of body: [UInt8], named subject: String) throws(Failure) {
    guard let signer = log.signers.first(where: { $0.logID == promise.logID }) else {
      throw Failure(.logPromiseInvalid, subject, "it names another log than signed the checkpoint")
    }
    try signer.verify(promise, of: body, named: subject)
  }

  private func signed(_ body: [UInt8]) -> [ClaimedDigest] {
    log.description.kind == .other ? [] : LogEntryBody.signedDigests(body)
  }
}
