import Files
import LogSnapshot
import Octets
import Reasons

/// A folder in which an operator keeps a log's tiles as they were fetched. Inert: nothing in it is verified yet.
struct TileFolder {
  let path: String
  let size: UInt64

  /// The name below the log's address, which is the snapshot's too: as wide as the tree has it.
  func name(_ tile: Tile) -> String { SnapshotPath.tile(level: tile.level, path(tile)).text }
  func bundleName(_ index: UInt64) -> String { SnapshotPath.entryBundle(path(Tile(level: 0, index: index))).text }

  private func path(_ tile: Tile) -> TilePath { TilePath(number: tile.index, width: tile.count(in: size)) }

  /// Nil where it was not fetched. A log may drop a partial tile once the full one is there: then that one's beginning.
  /// - Throws: `log-snapshot.malformed` for another length.
  func hashes(_ tile: Tile) throws(Failure) -> [UInt8]? {
    let wanted = tile.count(in: size) * 32
    guard let found = try read(name(tile), upTo: Tile.width * 32) else { return nil }
    guard found.bytes.count == (found.isWider ? Tile.width * 32 : wanted) else {
      throw Failure(.logSnapshotMalformed, found.path, "\(found.bytes.count) bytes are no tile of this name")
    }
    return Array(found.bytes.prefix(wanted))
  }

  /// The entries of a bundle, and its bytes; nil where it was not fetched.
  /// - Throws: `log-snapshot.malformed`.
  func bundle(_ index: UInt64) throws(Failure) -> (bytes: [UInt8], entries: [[UInt8]])? {
    let wanted = Tile(level: 0, index: index).count(in: size)
    let limit = Tile.width * (2 + EntryBundle.mostEntryBytes)
    guard let found = try read(bundleName(index), upTo: limit) else { return nil }
    let entries = try EntryBundle.entries(
      in: found.bytes, width: found.isWider ? Tile.width : wanted, named: found.path)
    let length = entries.prefix(wanted).reduce(0) { $0 + 2 + $1.count }
    return (Array(found.bytes.prefix(length)), Array(entries.prefix(wanted)))
  }

  func has(_ tile: Tile) -> Bool { isThere(name(tile)) }
  func has(bundle index: UInt64) -> Bool { isThere(bundleName(index)) }

  private func isThere(_ name: String) -> Bool {
    DurableFile.isTaken("\(path)/\(name)") || Self.full(name).map { DurableFile.isTaken("\(path)/\($0)") } ?? false
  }

  /// The name of the full tile that a partial one grew to.
  static func full(_ name: String) -> String? { name.firstRange(of: ".p/").map { String(name[..<$0.lowerBound]) } }

  /// What was there when it was looked for, and is gone.
  func absence(_ name: String) -> Failure { Failure(.archiveUnreadable, "\(path)/\(name)", "it is not there") }

  /// - Returns: with whether it is the full one in a partial one's place.
  private func read(
    _ name: String, upTo limit: Int
  ) throws(Failure) -> (bytes: [UInt8], path: String, isWider: Bool)? {
    for (name, isWider) in [(name, false)] + (Self.full(name).map { [($0, true)] } ?? [])
    where DurableFile.isTaken("\(path)/\(name)") {
      let path = "\(path)/\(name)"
      let bytes: [UInt8]?
      do throws(FileError) { bytes = try InputFiles.contents(path, upTo: limit) } catch {
        throw Failure(.archiveUnreadable, path, error.description)
      }
      guard let bytes else { throw Failure(.logSnapshotMalformed, path, "no file of at most \(limit) bytes") }
      return (bytes, path, isWider)
    }
    return nil
  }
}
