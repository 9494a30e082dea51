/// Archives are rows of blocks (POSIX.1-2017 pax, “ustar Interchange Format”).
package enum TarBlock {
  /// In bytes. Headers take one; contents are padded to a multiple.
  package static let size = 512

  /// Bytes of padding behind contents of `size` bytes.
  package static func padding(after size: UInt64) -> UInt64 {
    let rest = size % UInt64(Self.size)
    return rest == 0 ? 0 : UInt64(Self.size) - rest
  }

  /// Whether bytes could be the start of an archive: a header whose checksum is right. Says nothing of the rest.
  package static func isHeader(_ bytes: ArraySlice<UInt8>) -> Bool {
    bytes.count >= size && (try? TarHeader(bytes.prefix(size), at: 0)) != nil
  }
}
