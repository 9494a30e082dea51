package import Files
package import MediaReader
package import MediumRecord
package import Octets

/// A medium on its way in, as the keeper holds it: the locks, the folder for its reader, and what its record begins with.
package final class Incoming: Sendable {
  package let id: String
  /// `incoming/ID` and `blobs`, to be handed to its reader: the one to be written, the other to be read.
  package let folder: OpenFile
  package let contents: OpenFile
  let record: MediumRecord
  /// While it is held, nothing is removed from the quarantine.
  let shared: FileLock
  private let own: FileLock

  init(
    _ record: MediumRecord, _ folder: OpenFile, _ contents: OpenFile, sharing shared: FileLock, holding own: FileLock
  ) {
    id = record.id
    self.record = record
    self.folder = folder
    self.contents = contents
    self.shared = shared
    self.own = own
  }
}

extension Quarantine {
  /// Begins the copy of a medium, or goes on with one that was interrupted: of the same source, label and mark.
  /// - Parameters:
  ///   - mark: of an archive that is a file.
  ///   - now: the machine's clock.
  ///   - waiting: how long for those who clear up.
  package func begin(
    _ source: MediaSource, label: String, mark: MediumRecord.Mark?, now: UnixTime, waiting: Duration = usualWait
  ) throws(QuarantineError) -> Incoming {
    let shared = try lock(.together, waiting: waiting)
    let earlier = try interrupted(source, label, mark)
    let id = earlier?.record.id ?? Hex.encode((0..<MediumRecord.idBytes).map { _ in UInt8.random(in: .min ... .max) })
    let own: FileLock
    if let earlier { own = earlier.lock } else { own = try ownLock(id) }
    let name = "incoming/\(id)"
    let folder = try storing(name) { () throws(FileError) in try incoming.makeDirectory(Array(id.utf8)) }
    _ = try BlobFolder(in: folder)
    // The clock may have been set back: no copy is of a time to come.
    let record = MediumRecord(
      id: id, label: label, source: source.description, taken: min(now, earlier?.record.taken ?? now), mark: mark)
    try RecordFolder(ofIncoming: id, folder).keep(record)
    // Last: a folder without it is nobody's.
    try begun.keep(record)
    return try storing(name) { () throws(FileError) in
      try incoming.sync()
      return Incoming(
        record, try incoming.file(Array(id.utf8)), try root.file(Array(BlobFolder.folderName.utf8)), sharing: shared,
        holding: own)
    }
  }

  /// The folders `incoming` and `blobs`, open for whoever opens a medium's own for its reader.
  package func handedToStarter() throws(QuarantineError) -> [OpenFile] {
    try storing("quarantine") { () throws(FileError) in
      [try root.file(Array("incoming".utf8)), try root.file(Array(BlobFolder.folderName.utf8))]
    }
  }

  /// How long whoever looks whether a copy is worked on may hold up one who goes on with it.
  private static let glance = Duration.milliseconds(500)

  private func ownLock(
    _ id: String, _ sharing: FileLock.Sharing = .alone, waiting: Duration = .zero
  ) throws(QuarantineError) -> FileLock {
    try locking(Self.ownLockName(id), in: incoming, sharing, waiting: waiting)
  }

  static func ownLockName(_ id: String) -> String { "\(id).lock" }

  /// A copy of the same medium to go on with, and its lock: by what was written down when it began, and by nothing that its
  /// reader may have written. Those that nobody can go on with are removed.
  /// - Throws: `held` where somebody goes on with it now.
  private func interrupted(
    _ source: MediaSource, _ label: String, _ mark: MediumRecord.Mark?
  ) throws(QuarantineError) -> (record: MediumRecord, lock: FileLock)? {
    func isMeant(_ known: MediumRecord?) -> Bool {
      guard let known else { return false }
      return known.mark == mark && known.source.utf8.elementsEqual(source.description.utf8)
        && known.label.utf8.elementsEqual(label.utf8)
    }
    let taken = try records.ids()
    for id in try incomingIDs() {
      let (lock, holder): (FileLock?, QuarantineError?)
      do throws(QuarantineError) {
        (lock, holder) = (try ownLock(id, waiting: isMeant(try? begun.record(of: id)) ? Self.glance : .zero), nil)
      } catch { (lock, holder) = (nil, error) }
      // As it is under the lock: whoever had it may have been done.
      guard let folder = try? incoming.directory(Array(id.utf8)) else { continue }
      let known = try? begun.record(of: id)
      let isMeant = isMeant(known)
      guard let lock else {
        if isMeant, let holder { throw holder }
        continue
      }
      // One that has its record is done: what goes on under its id would take the record's place.
      let isDone = taken.contains { $0.utf8.elementsEqual(id.utf8) }
      if let known, isMeant, !isDone, IncomingFolder.isOrderly(folder), isReaders(folder, of: known),
        try isFree(folder)
      {
        return (known, lock)
      }
      if known == nil || isMeant || isDone { removeIncoming(id) }
    }
    return nil
  }

  /// Whether nobody writes there. A reader that outlived whoever started it does, for a moment; and one in foreign hands may
  /// have left a lock that nobody opens.
  /// - Throws: `held`.
  private func isFree(_ folder: Directory) throws(QuarantineError) -> Bool {
    do throws(QuarantineError) {
      _ = try locking(IncomingFolder.lockName, in: folder, .alone, waiting: .seconds(1))
      return true
    } catch {
      if case .held = error { throw error }
      return false
    }
  }

  /// Whether the reader, too, took what lies there for this medium's. One that found an archive with another mark than was
  /// said copied that one, and what it finished of it is none of this one's.
  private func isReaders(_ folder: Directory, of known: MediumRecord) -> Bool {
    guard let record = try? RecordFolder(ofIncoming: known.id, folder).record(of: known.id) else { return false }
    return record.mark == known.mark
  }

  /// A copy that is done or that nobody goes on with. What cannot be removed now is removed when contents are collected.
  func removeIncoming(_ id: String) {
    // First what makes it one to go on with.
    try? incoming.remove(RecordFolder.recordName(id))
    try? incoming.removeTree(Array(id.utf8))
    try? incoming.remove(Array(Self.ownLockName(id).utf8))
  }

  /// Nothing is gone on with of what lies there.
  package func drop(_ copy: Incoming) { removeIncoming(copy.id) }

  /// The copies that are on their way, or were interrupted there.
  func incomingIDs() throws(QuarantineError) -> [String] {
    try storing("incoming") { () throws(FileError) in try incoming.names(atMost: .max) ?? [] }
      .map { String(decoding: $0, as: UTF8.self) }.filter(MediumRecord.isID)
  }

  /// Whether an import holds such a copy. Others may look at the same time.
  func isWorkedOn(_ id: String) -> Bool {
    (try? ownLock(id, .together)) == nil
  }
}
