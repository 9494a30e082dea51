/// How much of a document is read before it is refused with `json.limit-exceeded`. Our own choice, not the RFC's (§9
/// allows it): what Sigstore and OCI documents need, with room.
package struct JSONLimits: Hashable, Sendable {
  /// Bytes of the whole document.
  package var bytes: Int
  /// Arrays and objects open at once. The parser recurses once a level, and takes no more than `JSONLimits.deepest`.
  package var depth: Int
  /// Values of every kind in the whole document, containers included. The worst, a member of one letter and one digit,
  /// takes about 150 bytes of memory.
  package var values: Int

  package init(bytes: Int, depth: Int, values: Int) {
    self.bytes = bytes
    self.depth = min(depth, Self.deepest)
    self.values = values
  }

  /// Levels that any thread's stack surely holds, 512 KiB at the least.
  package static let deepest = 256
  /// 16 MiB, 64 levels, a million values.
  package static let usual = JSONLimits(bytes: 16 << 20, depth: 64, values: 1_000_000)
}
