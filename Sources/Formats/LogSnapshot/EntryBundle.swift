import Octets
package import Reasons

/// Entries in a row, each behind its length in two bytes, big-endian (C2SP tlog-tiles, Log entries).
package enum EntryBundle {
  /// Bytes of one entry.
  package static let mostEntryBytes = 65_535

  /// - Parameter width: entries that the bundle's name states.
  /// - Throws: `log-snapshot.malformed` where lengths and bytes do not give exactly so many.
  package static func entries(in bytes: [UInt8], width: Int, named subject: String) throws(Failure) -> [[UInt8]] {
    var cursor = ByteCursor(bytes, of: subject, failing: .logSnapshotMalformed)
    var entries: [[UInt8]] = []
    entries.reserveCapacity(width)
    for _ in 0..<width {
      let size = Int(try cursor.bigEndian(2))
      entries.append(Array(try cursor.take(size)))
    }
    guard cursor.isAtEnd else { throw cursor.failure("more than \(width) entries") }
    return entries
  }
}
