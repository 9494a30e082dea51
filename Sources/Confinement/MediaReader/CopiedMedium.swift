package import Compression
package import Files
package import Octets
package import Reasons
import TarArchive

extension MediaReader {
  /// A file of a medium, of which a copy is kept.
  package struct Copy: Sendable {
    let name: [UInt8]
    let size: UInt64
    let offset: UInt64
    let digest: ClaimedDigest
    let alias: [UInt8]?

    /// As in `Medium.Entry`, but for the digest, which is a claim.
    package init(name: [UInt8], size: UInt64, offset: UInt64, digest: ClaimedDigest, alias: [UInt8]?) {
      self.name = name
      self.size = size
      self.offset = offset
      self.digest = digest
      self.alias = alias
    }
  }

  /// Reads a medium from copies of its contents. Names, bounds, and which contents are kept are a medium's.
  ///
  /// - Parameters:
  ///   - copies: all files, in the medium's order.
  ///   - failures: what was wrong with the medium itself.
  ///   - open: the copy under a digest.
  /// - Throws: `quarantine.malformed` where a copy is gone; `archive.…`. A copy with other bytes is a failure,
  ///   `blob.digest-mismatch`.
  package func read(
    _ copies: [Copy], of kind: Medium.Kind, compression: Compression?, size: UInt64, failures: [Failure],
    as source: MediaSource, opening open: @escaping @Sendable (ClaimedDigest) throws(FileError) -> OpenFile
  ) throws(Failure) -> Medium {
    var inventory = Inventory(limits)
    var places: [UInt32] = []
    var claims: [Int: ClaimedDigest] = [:]
    for copy in copies {
      let entry = TarEntry(
        name: copy.name, kind: copy.alias.map { .symbolicLink(target: Self.link(to: $0, from: copy.name)) } ?? .regular,
        // Of links nothing is counted: they have no contents of their own.
        size: copy.alias == nil ? min(copy.size, UInt64(Int64.max)) : 0, offset: copy.offset)
      guard let index = try inventory.add(entry) else { continue }
      let start = try Self.opened(copy.name, copy.digest, open) { file throws(FileError) in
        var start = [UInt8](repeating: 0, count: Int(min(copy.size, UInt64(Keeping.peek))))
        let count = try file.read(into: &start, 0..<start.count, at: 0)
        return start[..<count]
      }
      inventory.decide(index, start: start)
      claims[index] = copy.digest
      places.append(UInt32(index))
    }
    let meter = ProgressMeter(total: inventory.size(of: places.lazy.map(Int.init)), progress)
    let (claimed, found) = (claims, inventory)
    inventory.hashed = try HashingWorkers.run(
      places, of: found, meter: meter, as: { HashingWorkers.Job($0, found[$0], at: 0) }
    ) { job throws(Failure) in
      let digest = claimed[job.index]!
      let file = try Self.opened(job.name, digest, open) { file throws(FileError) in try ReadableFile(file) }
      guard file.status.kind == .regular, file.status.size == job.size else {
        throw Failure(
          .blobDigestMismatch, printable(job.name), at: job.headerOffset,
          "its copy \(digest) was altered: it has another size")
      }
      return file
    }
    for (index, claim) in claims.sorted(by: { $0.key < $1.key }) {
      let digest = inventory.hashed.digest(index)
      if claim == digest { continue }
      let item = inventory[index]
      inventory.note(
        Failure(
          .blobDigestMismatch, printable(item.name), at: item.offset,
          "its copy was altered: it hashed to \(claim), and hashes to \(ClaimedDigest(digest))"))
    }
    let read = medium(kind, compression, size: size, inventory)
    let known = Set(failures)
    return Medium(
      kind: kind, compression: compression, size: size, entries: read.entries,
      failures: failures + read.failures.filter { !known.contains($0) })
  }

  private static func opened<Answer>(
    _ name: [UInt8], _ digest: ClaimedDigest, _ open: (ClaimedDigest) throws(FileError) -> OpenFile,
    _ body: (OpenFile) throws(FileError) -> Answer
  ) throws(Failure) -> Answer {
    do throws(FileError) { return try body(try open(digest)) } catch {
      throw Failure(.quarantineMalformed, printable(name), "its copy \(digest) cannot be read: \(error)")
    }
  }

  /// The way to a file of the medium from beside another one.
  private static func link(to target: [UInt8], from name: [UInt8]) -> [UInt8] {
    let levels = name.count { $0 == EntryName.slash }
    return Array(repeatElement(Array("../".utf8), count: levels).joined()) + target
  }
}
