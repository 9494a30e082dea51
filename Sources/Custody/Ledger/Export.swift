import Files
import Synchronization

extension Ledger {
  /// Hashes of a tile (C2SP tlog-tiles, Merkle Tree).
  static let tileWidth: UInt64 = 256

  /// Copies the confirmed ledger out, in clear, as C2SP tlog-tiles: `checkpoint`, `tile/L/N`, `tile/entries/N`, with
  /// partial tiles as `….p/W`. The checkpoint is written last.
  /// - Parameter folder: made; must not be there.
  package func export(to folder: String) throws(LedgerError) {
    try contents.withLock { contents throws(LedgerError) in
      // Under one lock, so that the tiles are those of this checkpoint.
      let note = try checkpoint(of: &contents)
      let size = try contents.settled().size
      do throws(FileError) { try DurableFile.makeFolder(folder) } catch { throw .file(folder, error) }
      var writer = TileWriter(folder)
      try writer.writeHashes(of: contents.history.tree, size: size)
      for index in 0..<size { try writer.append(entry: try provenLeaf(at: index, in: contents)) }
      try writer.finish(checkpoint: note, entries: size)
    }
  }
}
