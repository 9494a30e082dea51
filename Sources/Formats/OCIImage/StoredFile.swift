package import Cryptography

/// A regular file of the archive after the one pass over it: its name, and what its bytes hash to.
package struct StoredFile: Sendable {
  /// As in the archive, without leading `./`; UTF-8, no `..`, unique.
  package let name: [UInt8]
  /// In bytes.
  package let size: UInt64
  /// SHA-512 for what lies under `blobs/sha512/`, otherwise SHA-256.
  package let digest: ComputedDigest
  /// The bytes, where they are small enough to be JSON that somebody reads.
  package let contents: [UInt8]?
  /// A symbolic link that resolves in one hop to a regular file, which the other fields describe.
  package let isAlias: Bool
  /// Byte offset of the entry in the archive, for messages.
  package let offset: UInt64

  package init(
    name: [UInt8], size: UInt64, digest: ComputedDigest, contents: [UInt8]?, isAlias: Bool, offset: UInt64
  ) {
    self.name = name
    self.size = size
    self.digest = digest
    self.contents = contents
    self.isAlias = isAlias
    self.offset = offset
  }
}
