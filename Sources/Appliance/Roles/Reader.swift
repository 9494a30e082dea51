package import Compression
package import Cryptography
package import MediaReader
package import OCIImage
package import Reasons

/// The role that touches the medium: one pass over an archive, and what it holds. Proves and judges nothing.
package enum Reader {
  /// - Throws: whatever makes the archive unreadable as a whole.
  package static func read(
    _ source: MediaSource, progress: (@Sendable (UInt64, UInt64?) -> Void)? = nil
  ) throws(Failure) -> Reading {
    let medium = try MediaReader(progress: progress).read(source)
    let files = medium.entries.map { entry in
      StoredFile(
        name: entry.name, size: entry.size, digest: entry.digest, contents: entry.contents,
        isAlias: entry.alias != nil, offset: entry.offset)
    }
    do throws(Failure) {
      let archive = try ImageArchive(files)
      return Reading(
        archive: archive, failures: medium.failures + archive.failures, entries: files.count, size: medium.size,
        compression: medium.compression)
    } catch {
      // What is wrong with the medium explains best why no image could be read from it.
      throw medium.failures.first ?? error
    }
  }
}

extension Reader {
  /// Digest of a whole file, for the report about an archive that no image could be read from. Nil for standard input,
  /// which cannot be read twice, for folders, and for what cannot be read at all.
  package static func digest(of source: MediaSource) -> ComputedDigest? { try? MediaReader.digest(of: source) }
}

/// What the reader hands on.
package struct Reading: Sendable {
  package let archive: ImageArchive
  /// Wrong bytes anywhere: they refuse every image.
  package let failures: [Failure]
  /// Files in the archive; every one was hashed.
  package let entries: Int
  /// Bytes of the medium as it came.
  package let size: UInt64
  package let compression: Compression?

  /// `oci-layout in gzip`.
  package var shape: String {
    compression.map { "\(archive.shape.rawValue) in \($0)" } ?? archive.shape.rawValue
  }
}
