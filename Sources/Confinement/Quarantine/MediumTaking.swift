import Compression
package import Files
package import MediaReader
package import MediumRecord
import Octets
package import Reasons

extension IncomingFolder {
  /// What is said while a medium is copied.
  package enum Notice: Hashable, Sendable {
    /// A copy that was interrupted goes on; so many contents of it, and their bytes, are here.
    case resumed(id: String, contents: Int, bytes: UInt64)
    /// How much it will take nobody knows before it is inflated; the disk takes so many bytes.
    case spaceUnknown(available: UInt64)
  }

  /// Copies a medium while it is read: one pass, nothing twice, nothing unpacked.
  ///
  /// What is wrong with the medium is kept in its record, and is no error. What is one leaves a copy that goes on with the
  /// next call for the same medium: the disk is full, the medium went away, the process ended.
  /// - Parameters:
  ///   - file: the open archive or folder; its path is not looked at.
  ///   - source: what failures call it.
  /// - Returns: what the one pass over the medium found; where it could not be read at all, why.
  package func take(
    _ file: OpenFile, as source: MediaSource, limits: MediaLimits = .usual, progress: MediaReader.Progress? = nil,
    notice: @escaping @Sendable (Notice) -> Void = { _ in }
  ) throws(QuarantineError) -> Result<Medium, Failure> {
    let lock = try locking(Self.lockName, in: root, .alone, waiting: .zero)
    defer { withExtendedLifetime(lock) {} }
    let record = try begun(file, source)
    let earlier = try earlier(notice)
    let journal = try storing("incoming/\(id)") { () throws(FileError) in
      try root.append(to: RecordFolder.listName(id))
    }
    let copy = MediumCopy(into: self, earlier: earlier, journal: journal, notice: notice)
    let reader = MediaReader(limits: limits, progress: progress, to: copy)
    let result: Result<Medium, Failure>
    do throws(Failure) {
      result = .success(try reader.read(file, as: source))
    } catch {
      if let trouble = copy.trouble { throw trouble }
      // The medium went away, or was written to: nothing is known of what it was.
      if error.reason == .archiveUnreadable { throw .input(error) }
      result = .failure(error)
    }
    try finish(record, result)
    return result
  }

  /// The record to go on with. What is here of an archive with another mark is another medium's, and goes; and what passes
  /// by but once never goes on.
  private func begun(_ file: OpenFile, _ source: MediaSource) throws(QuarantineError) -> MediumRecord {
    let record = try records.record(of: id)
    let status = try judging { () throws(Failure) in
      do throws(FileError) { return try file.status() } catch {
        throw Failure(.archiveUnreadable, source.description, "\(error)")
      }
    }
    let mark = MediumRecord.Mark(status)
    if record.mark == mark, status.kind != .other {
      try clear(keepingContents: true)
      return record
    }
    try clear(keepingContents: false)
    let other = MediumRecord(id: id, label: record.label, source: record.source, taken: record.taken, mark: mark)
    try records.keep(other)
    return other
  }

  /// What an interrupted copy had finished, by name; its list is made whole again.
  private func earlier(_ notice: (Notice) -> Void) throws(QuarantineError) -> [[UInt8]: MediumFile] {
    var earlier: [[UInt8]: MediumFile] = [:]
    records.journal(id) { earlier[$0.name] = $0 }
    let files = earlier.values.filter { size(of: $0.digest) == $0.size }
    if !files.isEmpty {
      notice(.resumed(id: id, contents: files.count, bytes: files.reduce(0) { $0 &+ $1.size }))
    }
    _ = try records.keep(files, of: id)
    return Dictionary(uniqueKeysWithValues: files.map { ($0.name, $0) })
  }

  private func finish(_ begun: MediumRecord, _ result: Result<Medium, Failure>) throws(QuarantineError) {
    var record = begun
    record.state = .complete
    switch result {
    case .success(let medium):
      record.kind = medium.kind == .tar ? .tar : .directory
      record.packing = medium.compression.map { $0 == .gzip ? .gzip : .zstd }
      record.size = medium.size
      record.failures = medium.failures.map(\.recordable)
      record.files = try records.keep(
        medium.entries.lazy.map {
          MediumFile(
            name: $0.name, digest: ClaimedDigest($0.digest), size: $0.size, offset: $0.offset, alias: $0.alias)
        }, of: id)
    case .failure(let failure):
      record.unreadable = failure.recordable
      try clear(keepingContents: false)
    }
    try records.keep(record)
  }
}

extension MediumRecord.Mark {
  /// Of an archive that is a file; nil for folders and what passes by once.
  package init?(_ status: FileStatus) {
    guard status.kind == .regular, let modified = MediumRecord.Moment(status.modified) else { return nil }
    self.init(size: status.size, modified: modified)
  }
}
