package import Compression
package import Cryptography
package import Reasons

/// What one pass over a medium found. Digests are computed; everything else is what the medium says.
package struct Medium: Sendable {
  package enum Kind: Hashable, Sendable {
    case tar, directory
  }

  /// A regular file on the medium, or an alias of one.
  package struct Entry: Sendable {
    /// The name's bytes: valid UTF-8, relative, no leading `./`, no `.`, `..` or empty part, no control character.
    package let name: [UInt8]
    /// Size of the contents in bytes, as counted; an alias has its target's.
    package let size: UInt64
    /// Where its header begins in the (inflated) archive, in bytes, for error messages; 0 in directories.
    package let offset: UInt64
    /// Of the contents: sha512 for a name below `blobs/sha512`, otherwise sha256. An alias has its target's.
    package let digest: ComputedDigest
    /// The contents where they are small and may be JSON or evidence.
    package let contents: [UInt8]?
    /// Why `contents` is nil.
    package let omission: Omission?
    /// The name of the entry that this symbolic link means. Only docker-archives may have such.
    package let alias: [UInt8]?
  }

  package enum Omission: Hashable, Sendable {
    /// Neither its name nor its first byte says that it may be JSON or evidence.
    case notOfInterest
    /// It may be, and is larger than `MediaLimits.keptEntryBytes`, or others have filled `keptTotalBytes` before it.
    case tooLargeToKeep
  }

  package let kind: Kind
  /// What stood around the archive.
  package let compression: Compression?
  /// Bytes of the input as it came, compressed or not; of a directory, the sum of its files.
  package let size: UInt64
  /// Regular files and aliases, in the archive's order; in a directory, sorted. What `failures` names is not among them.
  package let entries: Entries
  /// What is wrong with the medium although it could be read to its end. Not empty: refuse. At most
  /// `MediaLimits.failures`, the first ones.
  package let failures: [Failure]
}
