import LedgerLeaf
import Reasons

/// One value has one encoding: what is decoded is encoded as the same bytes.
enum LeafInvariant {
  static func check(_ bytes: [UInt8]) throws -> Bool {
    guard let leaf = try reading(bytes, { bytes throws(Failure) in try LedgerLeaf(decoding: bytes) }) else {
      return false
    }
    try hold(bytes.count <= LedgerLeaf.mostBytes, "\(bytes.count) bytes were taken")
    let encoded: [UInt8]
    do { encoded = try leaf.encoded() } catch { throw Broken("what was decoded is not encoded: \(error)") }
    try hold(encoded == bytes, "it is encoded as other bytes")
    return true
  }
}
