import Cryptography
package import Files
package import MediaReader
import OCIImage
import Octets
package import Readings
package import Reasons

/// The role that touches the medium: one pass over an archive, and what it holds. Proves and judges nothing.
package enum Reader {
  /// - Throws: whatever makes the archive unreadable as a whole.
  package static func read(
    _ source: MediaSource, progress: (@Sendable (UInt64, UInt64?) -> Void)? = nil
  ) throws(Failure) -> Reading {
    try read(source.open(), as: source, progress: progress)
  }

  /// The same of a medium that was handed over open.
  package static func read(
    _ file: OpenFile, as source: MediaSource, progress: (@Sendable (UInt64, UInt64?) -> Void)? = nil
  ) throws(Failure) -> Reading {
    try reading(of: try MediaReader(progress: progress).read(file, as: source))
  }

  /// What a medium holds, once it is read.
  static func reading(of medium: Medium) throws(Failure) -> Reading {
    let entries = medium.entries
    let files = StoredFiles(count: entries.count) { place in
      let entry = entries[place]
      return StoredFile(
        name: entry.name, size: entry.size, digest: entry.digest, contents: entry.contents,
        isAlias: entry.alias != nil, offset: entry.offset)
    }
    do throws(Failure) {
      let archive = try ImageArchive(files)
      return Reading(
        archive: archive, failures: medium.failures + archive.failures, entries: files.count, size: medium.size,
        compression: medium.compression, inventory: inventory(entries))
    } catch {
      // What is wrong with the medium explains best why no image could be read from it.
      throw medium.failures.first ?? error
    }
  }
}

extension Reader {
  /// SHA-256 over a line `<digest> <size> <length of name> <name>` for each file, sorted by name.
  private static func inventory(_ entries: Medium.Entries) -> ComputedDigest {
    var digester = Digester(.sha256)
    for file in entries.byName {
      digester.update(Array("\(ClaimedDigest(file.digest)) \(file.size) \(file.name.count) ".utf8) + file.name + [0x0a])
    }
    return digester.finish()
  }
}
