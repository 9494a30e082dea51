import Compression
package import Files
package import MediaReader
package import MediumRecord
package import Octets
package import Reasons

extension Quarantine {
  /// What is said while a medium is copied.
  package enum Notice: Hashable, Sendable {
    /// A copy that was interrupted goes on; so many contents of it, and their bytes, are here.
    case resumed(id: String, contents: Int, bytes: UInt64)
    /// How much it will take nobody knows before it is inflated; the disk takes so many bytes.
    case spaceUnknown(available: UInt64)
    /// The same was taken in before, then: it has a record, and gets no second one.
    case known(id: String, taken: UnixTime)
  }

  /// What was read, and what is remembered of it.
  package struct Taken: Sendable {
    package let record: MediumRecord
    /// What the one pass over the medium found; where it could not be read at all, why.
    package let medium: Result<Medium, Failure>
  }

  /// Copies a medium while it is read: one pass, nothing twice, nothing unpacked.
  ///
  /// What is wrong with the medium is kept in its record, and is no error. What is one leaves a copy that goes on with the
  /// next call for the same medium: the disk is full, the medium went away, the process ended.
  /// - Parameters:
  ///   - file: the open archive or folder; its path is not looked at.
  ///   - source: what failures call it.
  ///   - label: what people call it.
  ///   - now: the machine's clock.
  ///   - waiting: how long for those who clear up.
  package func take(
    _ file: OpenFile, as source: MediaSource, label: String, now: UnixTime, limits: MediaLimits = .usual,
    waiting: Duration = usualWait, progress: MediaReader.Progress? = nil,
    notice: @escaping @Sendable (Notice) -> Void = { _ in }
  ) throws(QuarantineError) -> Taken {
    let lock = try lock(.together, waiting: waiting)
    defer { withExtendedLifetime(lock) {} }
    let (record, own) = try begin(file, source, label, now, notice)
    defer { withExtendedLifetime(own) {} }
    let earlier = try earlier(record.id, notice)
    let journal = try storing("media/\(record.id).files") { () throws(FileError) in
      try media.append(to: Self.listName(record.id))
    }
    let copy = MediumCopy(record.id, into: self, earlier: earlier, journal: journal, notice: notice)
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
    let finished = try finish(record, result)
    guard let known = try known(like: finished) else { return Taken(record: finished, medium: result) }
    notice(.known(id: known.id, taken: known.taken))
    try remove(finished.id)
    try storing("media") { () throws(FileError) in try media.sync() }
    return Taken(record: known, medium: result)
  }

  /// The record to go on with, and the lock that makes it ours.
  private func begin(
    _ file: OpenFile, _ source: MediaSource, _ label: String, _ now: UnixTime, _ notice: (Notice) -> Void
  ) throws(QuarantineError) -> (MediumRecord, FileLock) {
    let status = try judging { () throws(Failure) in
      do throws(FileError) { return try file.status() } catch {
        throw Failure(.archiveUnreadable, source.description, "\(error)")
      }
    }
    let isNamed = source != .standardInput
    let mark: MediumRecord.Mark? =
      isNamed && status.kind == .regular
      ? MediumRecord.Moment(status.modified).map { MediumRecord.Mark(size: status.size, modified: $0) } : nil
    if isNamed, mark != nil || status.kind == .directory {
      for id in try ids() {
        guard let known = try? record(of: id), known.state == .copying, known.mark == mark,
          known.source.utf8.elementsEqual(source.description.utf8), known.label.utf8.elementsEqual(label.utf8)
        else { continue }
        return (known, try locking("\(id).lock", in: incoming, .alone, waiting: .zero))
      }
    }
    let id = Hex.encode((0..<MediumRecord.idBytes).map { _ in UInt8.random(in: .min ... .max) })
    let own = try locking("\(id).lock", in: incoming, .alone, waiting: .zero)
    let record = MediumRecord(id: id, label: label, source: source.description, taken: now, mark: mark)
    try keep(record)
    return (record, own)
  }

  /// What an interrupted copy left: its list is made whole again, and what was on its way is gone.
  private func earlier(
    _ id: String, _ notice: (Notice) -> Void
  ) throws(QuarantineError) -> [[UInt8]: MediumFile] {
    let mine = Array("\(id).".utf8)
    try storing("incoming") { () throws(FileError) in
      for name in try incoming.names(atMost: .max) ?? []
      where name.starts(with: mine) && !name.elementsEqual("\(id).lock".utf8) {
        try incoming.remove(name)
      }
    }
    var earlier: [[UInt8]: MediumFile] = [:]
    for file in journal(id) { earlier[file.name] = file }
    let files = earlier.values.filter { blobs.status($0.digest)?.size == $0.size }
    if !files.isEmpty {
      notice(.resumed(id: id, contents: files.count, bytes: files.reduce(0) { $0 &+ $1.size }))
    }
    _ = try keep(files, of: id)
    return Dictionary(uniqueKeysWithValues: files.map { ($0.name, $0) })
  }

  /// The record of a medium with the same files, whatever people called it: the same names, sizes and digests, in the
  /// same order and packed alike. One whose list is gone or altered is not: the new record takes its place.
  private func known(like new: MediumRecord) throws(QuarantineError) -> MediumRecord? {
    guard let files = new.files else { return nil }
    for id in try ids() where !id.utf8.elementsEqual(new.id.utf8) {
      guard let old = try? record(of: id), old.state != .copying, old.files == files, old.kind == new.kind,
        old.packing == new.packing, old.size == new.size, old.failures == new.failures,
        (try? self.files(of: old) { _ in }) != nil
      else { continue }
      return old
    }
    return nil
  }

  private func finish(
    _ begun: MediumRecord, _ result: Result<Medium, Failure>
  ) throws(QuarantineError) -> MediumRecord {
    var record = begun
    record.state = .complete
    switch result {
    case .success(let medium):
      // A record must not say that contents are there whose bytes or names a power cut takes away. One wait for all: one
      // for each takes a medium of many small files ten times as long.
      try storing("blobs") { () throws(FileError) in try root.syncFileSystem() }
      record.kind = medium.kind == .tar ? .tar : .directory
      record.packing = medium.compression.map { $0 == .gzip ? .gzip : .zstd }
      record.size = medium.size
      record.failures = medium.failures
      record.files = try keep(
        medium.entries.lazy.map {
          MediumFile(
            name: $0.name, digest: ClaimedDigest($0.digest), size: $0.size, offset: $0.offset, alias: $0.alias)
        }, of: record.id)
    case .failure(let failure):
      record.unreadable = failure
      try storing("media/\(record.id).files") { () throws(FileError) in
        try media.remove(Self.listName(record.id))
      }
    }
    try keep(record)
    try? incoming.remove(Array("\(record.id).lock".utf8))
    return record
  }
}
