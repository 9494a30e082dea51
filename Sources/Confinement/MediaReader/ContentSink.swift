package import Cryptography
package import Files
package import Octets
package import Reasons

/// A regular file of a medium that is about to be read.
package struct MediumContent: Sendable {
  /// As in `Medium.Entry`.
  package let name: [UInt8]
  /// In bytes, as the medium says.
  package let size: UInt64
  /// Where its header begins in the (inflated) archive, in bytes; 0 in folders.
  package let offset: UInt64
  /// When a file of a folder was changed last; nil in archives.
  package let modified: FileStatus.Moment?
  /// What it will be hashed with.
  package let algorithm: HashAlgorithm

  /// What its name says that it hashes to; nil where it says nothing.
  package var claimed: ClaimedDigest? { ContentName.claimed(name) }
}

/// Takes the contents of a medium's files while they are hashed: in the same pass, each file on one thread, several at once.
///
/// What a sink throws ends the reading. It is the reading's failure then, so that a sink whose trouble is no fault of the
/// medium keeps that trouble for itself, and throws anything.
package protocol ContentSink: Sendable {
  /// What will be read, as soon as that is known: before the first content in a folder or a plain archive on a disk.
  /// - Parameter contents: nil where the medium passes by once, and nobody can say what it will bring.
  func plan(_ contents: AnySequence<MediumContent>?) throws(Failure)

  /// A copy from an earlier, interrupted reading of this medium, and what it is said to hash to. Hashed again; where it
  /// is what is said, the medium is not read for it.
  func copied(_ content: MediumContent) -> (file: OpenFile, digest: ClaimedDigest)?

  func writer(for content: MediumContent) throws(Failure) -> any ContentWriter
}

/// Takes one content. Let go of before `finish`, it leaves nothing.
package protocol ContentWriter: AnyObject {
  /// The next bytes, in order.
  func write(_ piece: ArraySlice<UInt8>) throws(Failure)
  /// All bytes have come; this is what they hash to.
  func finish(_ digest: ComputedDigest) throws(Failure)
}

/// What names of files in image archives say about contents. Never believed: only where to look first.
enum ContentName {
  /// Of `blobs/<algorithm>/<hex>`, `<hex>`, `<hex>.tar`, `<hex>.json`, `sha256:<hex>` and the like.
  static func claimed(_ name: [UInt8]) -> ClaimedDigest? {
    let parts = name.split(separator: EntryName.slash)
    guard let last = parts.last else { return nil }
    if parts.count > 1, parts[parts.count - 2].elementsEqual("sha512".utf8) {
      return Hex.decode(last).flatMap { ClaimedDigest(.sha512, $0) }
    }
    let stem = last.starts(with: "sha256:".utf8) ? last.dropFirst(7) : last
    return Hex.decode(stem.prefix(64)).flatMap { ClaimedDigest(.sha256, $0) }
  }
}
