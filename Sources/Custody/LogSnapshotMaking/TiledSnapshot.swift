package import LogSnapshot
import Octets
import Reasons
package import TrustRoot

/// A snapshot of a tiled log, from a folder that holds what was fetched of it, in its own layout (C2SP tlog-tiles).
package struct TiledSnapshot: Sendable {
  /// `checkpoint` and `tile/…`.
  package let folder: String
  /// Not Rekor v1, which has no tiles.
  package let kind: LogDescription.Kind
  /// Refused where the checkpoint names another one.
  package var origin: String?
  /// The note; nil takes the folder's `checkpoint`.
  package var checkpoint: String?
  /// Notes that earlier snapshots had.
  package var previous: [String] = []
  package var choice = EntryChoice()
  /// Every hash tile, not only those that something is proven with.
  package var allTiles = false
  package var trustRoot: TrustRoot?
  /// The log's address, where its checkpoints do not name it.
  package var url: String?

  package init(_ folder: String, _ kind: LogDescription.Kind) {
    self.folder = folder
    self.kind = kind
  }

  /// Checks everything before the tar has its name:
  ///
  /// 1. signatures of checkpoints, where there is a trust root;
  /// 2. that every file that is needed was fetched;
  /// 3. that the right edge leads to the root, each further tile to its place in its parent, and the tiles to the root of
  ///    each earlier checkpoint;
  /// 4. that the entries hash to their tiles.
  /// - Parameter out: a name that ends with `.tar`, and is free.
  package func write(to out: String) throws(SnapshotError) -> MadeSnapshot {
    let history = try readHistory()
    guard let newest = history.newest else { throw .mistake("No checkpoint is given.") }
    let files = TileFolder(path: folder, size: newest.size)
    let chosen = try choice.bundles(in: files)
    var plan = TilePlan(size: newest.size, whole: allTiles)
    for size in history.earlier { plan.add(head: size) }
    for index in chosen.indexes { plan.add(bundle: index) }
    try verifyFetched(plan, chosen.indexes, files, history.origin)

    let log = TiledLog(files, under: newest)
    let writer = try SnapshotWriter(out)
    let name = SnapshotPath.folder(of: history.origin)
    let description = LogDescription(origin: history.origin, kind: kind)
    try writer.write("\(name)/\(SnapshotPath.description.text)", description.serialized())
    try writer.write("\(name)/\(SnapshotPath.checkpoint.text)", newest.note)
    for size in history.earlier {
      guard let head = history.heads[size] else { continue }
      let root = try checked { () throws(Failure) in try log.root(ofFirst: size) }
      guard root == head.root else { throw .refused(fork(head, newest)) }
      try writer.write("\(name)/\(SnapshotPath.earlierCheckpoint(size: size).text)", head.note)
    }
    var tiles = 0
    try plan.forEachTile { (tile) throws(SnapshotError) in
      let hashes = try checked { () throws(Failure) in try log.hashes(tile) }
      try writer.write("\(name)/\(files.name(tile))", hashes)
      tiles += 1
    }
    for index in chosen.indexes.sorted() {
      let bundle = try checked { () throws(Failure) in try log.bundle(index) }
      try writer.write("\(name)/\(files.bundleName(index))", bundle)
    }
    try writer.finish()
    let made = MadeSnapshot.Log(
      origin: history.origin, size: newest.size, earlier: history.earlier, entries: chosen.found, tiles: tiles)
    return MadeSnapshot(
      logs: [made], files: writer.files, bytes: writer.bytes, signaturesVerified: trustRoot != nil)
  }

  private func readHistory() throws(SnapshotError) -> CarriedHistory {
    let path = checkpoint ?? "\(folder)/checkpoint"
    let newest = try CarriedCheckpoint.read(path)[0]
    var history = CarriedHistory(origin: newest.origin)
    if let origin, !newest.origin.elementsEqual(origin.utf8) {
      throw .mistake("\(path) is of “\(printable(newest.origin, limit: 200))”, not of “\(printable(origin))”.")
    }
    let signatures = LogSignatures(trustRoot)
    var heads = [newest]
    for path in previous { heads += try CarriedCheckpoint.read(path) }
    for head in heads {
      guard head.origin == newest.origin else {
        throw .mistake("\(head.source) is of another log, “\(printable(head.origin, limit: 200))”.")
      }
      guard head.size <= newest.size else {
        throw .mistake(
          "\(head.source) is of \(head.size) entries, and the newest checkpoint of \(newest.size): fetch a newer one. If "
            + "the log does not give one, it went back: keep both.")
      }
      try checked { () throws(Failure) in
        try signatures.verify(head)
        try history.add(head)
      }
    }
    return history
  }

  private func verifyFetched(
    _ plan: TilePlan, _ bundles: Set<UInt64>, _ files: TileFolder, _ origin: [UInt8]
  ) throws(SnapshotError) {
    var absent: [String] = []
    try plan.forEachTile { (tile) throws(SnapshotError) in if !files.has(tile) { absent.append(files.name(tile)) } }
    absent += bundles.sorted().filter { !files.has(bundle: $0) }.map(files.bundleName)
    guard absent.isEmpty else {
      let lines = FetchLines(url: url, origin: origin, prefix: kind == .rekorVersion2 ? "/api/v2" : "")
      throw .wanted(
        SnapshotError.Wanted(
          sentences: ["\(absent.count) of the log’s files are not in \(folder) yet."],
          commands: absent.map { lines.tile($0, into: folder) }))
    }
  }

  private func fork(_ head: CarriedCheckpoint, _ newest: CarriedCheckpoint) -> Failure {
    Failure(
      .logFork, head.source,
      "the first \(head.size) entries of the log have another root hash under \(newest.source), of \(newest.size): the log "
        + "showed two histories. Keep both checkpoints")
  }
}
