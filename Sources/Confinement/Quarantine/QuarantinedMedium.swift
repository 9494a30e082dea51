import Compression
import Files
package import MediaReader
import MediumRecord
import Octets
import Reasons

extension Quarantine {
  /// Reads a medium from its copy, as the medium itself was read: the same entries in the same order, each content hashed
  /// now, the same contents kept, and all that was wrong with the medium.
  ///
  /// A copy that is not what it was is one failure more: `blob.digest-mismatch`.
  /// - Throws: as `MediaReader.read` did, where the medium could not be read; `quarantine.malformed` where a copy is gone.
  package func medium(
    _ id: String, limits: MediaLimits = .usual, progress: MediaReader.Progress? = nil
  ) throws(QuarantineError) -> Medium {
    let lock = try lock(.together, waiting: Self.usualWait)
    defer { withExtendedLifetime(lock) {} }
    let record = try record(of: id)
    if let failure = record.unreadable { throw .input(failure) }
    var copies: [MediaReader.Copy] = []
    try records.files(of: record) { file throws(Failure) in
      copies.append(
        MediaReader.Copy(
          name: file.name, size: file.size, offset: file.offset, digest: file.digest, alias: file.alias))
    }
    let blobs = blobs
    return try judging { () throws(Failure) in
      try MediaReader(limits: limits, progress: progress).read(
        copies, of: record.kind == .directory ? .directory : .tar,
        compression: record.packing.map { $0 == .gzip ? .gzip : .zstd }, size: record.size,
        failures: record.failures, as: .path(record.source)
      ) { digest throws(FileError) in try blobs.open(digest) }
    }
  }
}
