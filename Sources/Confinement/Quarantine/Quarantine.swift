package import Files
package import MediumRecord
import Octets
package import Reasons

/// What came in on media: contents by what they hash to, and a record of each medium.
///
/// ```
/// quarantine/           0700
///   lock                shared while media are copied or let out, held alone while what is not needed is removed
///   blobs/sha256/HEX    contents, each whole, never written again under this name
///   blobs/sha512/HEX
///   media/ID.json       records (docs/formats/MediumRecord.md)
///   media/ID.files      the list of a medium's files
///   incoming/ID/        a medium on its way, for its reader alone (IncomingFolder)
///   incoming/ID.json    what the keeper wrote down of it when it began
///   incoming/ID.lock    held by the import that copies it
///   changes.lock        held by an import while contents and records get their places
/// ```
/// Everything is reached from one open folder, name by name. Nothing that lies here is believed: bytes are hashed each
/// time that something rests on them.
package struct Quarantine: Sendable {
  /// Bytes of the disk that are left for the ledger, whose records say what came in: 64 MiB.
  package static let reserve: UInt64 = 64 << 20
  /// How long an import waits for one who is clearing up, and the other way round.
  package static let usualWait = Duration.seconds(10)

  static let lockName = "lock"
  /// How long one import waits for what another one changes, who may hash what it takes over.
  package static let longWait = Duration.seconds(600)
  let root: Directory
  let blobs: BlobFolder
  let records: RecordFolder
  let incoming: Directory
  /// What copies on their way are of, out of their readers' reach: `incoming/ID.json`.
  let begun: RecordFolder
  let reserve: UInt64

  /// - Parameters:
  ///   - root: the folder `quarantine`; what is not in it yet is made.
  ///   - reserve: bytes to leave on its disk.
  package init(_ root: Directory, reserving reserve: UInt64 = reserve) throws(QuarantineError) {
    self.root = root
    self.reserve = reserve
    blobs = try BlobFolder(in: root)
    let media = try storing("media") { () throws(FileError) in try root.makeDirectory(Array("media".utf8)) }
    records = RecordFolder(folder: media, name: "media")
    incoming = try storing("incoming") { () throws(FileError) in try root.makeDirectory(Array("incoming".utf8)) }
    begun = RecordFolder(folder: incoming, name: "incoming")
    try storing("quarantine") { () throws(FileError) in try root.sync() }
  }

  func lock(_ sharing: FileLock.Sharing, waiting: Duration) throws(QuarantineError) -> FileLock {
    try locking(Self.lockName, in: root, sharing, waiting: waiting)
  }

  /// Held by one of several imports while contents and records get their places.
  func changing(waiting: Duration) throws(QuarantineError) -> FileLock {
    try locking("changes.lock", in: root, .alone, waiting: waiting)
  }

  /// The layout of what was let out. Of several imports one makes what is not there: another one's index would be lost.
  package func layout(in folder: Directory, waiting: Duration = longWait) throws(QuarantineError) -> AdmittedLayout {
    let lock = try locking("admitted.lock", in: root, .alone, waiting: waiting)
    defer { withExtendedLifetime(lock) {} }
    return try AdmittedLayout(folder)
  }

  /// Bytes that may be written before the reserve begins.
  package func available() throws(QuarantineError) -> UInt64 {
    let free = try storing("quarantine") { () throws(FileError) in try root.freeBytes() }
    return free - min(free, reserve)
  }

  // MARK: Records

  /// One medium, or why its record cannot be read.
  package struct Listed: Sendable {
    package enum Progress: Hashable, Sendable {
      /// Read to its end, or as far as it can be read.
      case taken
      /// An import copies it now.
      case copying
      /// Its copy ended before its end, and goes on with the next import of the same medium.
      case interrupted
    }
    package let id: String
    package let progress: Progress
    package let record: Result<MediumRecord, Failure>
  }

  /// Every medium, sorted by when it was taken; those that cannot be read last.
  package func list() throws(QuarantineError) -> [Listed] {
    var found: [Listed] = []
    let taken = try records.ids()
    for id in taken { found.append(try listed(id, .taken, in: records)) }
    // One that has its record is done, whatever is left of its copy.
    for id in try incomingIDs() where !taken.contains(where: { $0.utf8.elementsEqual(id.utf8) }) {
      guard (try? incoming.directory(Array(id.utf8))) != nil else { continue }
      found.append(try listed(id, isWorkedOn(id) ? .copying : .interrupted, in: begun))
    }
    return found.sorted { one, other in
      switch (one.record, other.record) {
      case (.success(let one), .success(let other)):
        (one.taken, one.id.utf8.map(\.self)) < (other.taken, other.id.utf8.map(\.self))
      case (.success, .failure): true
      case (.failure, .success): false
      case (.failure, .failure): Array(one.id.utf8).lexicographicallyPrecedes(Array(other.id.utf8))
      }
    }
  }

  private func listed(
    _ id: String, _ progress: Listed.Progress, in folder: RecordFolder
  ) throws(QuarantineError) -> Listed {
    do throws(QuarantineError) {
      return Listed(id: id, progress: progress, record: .success(try folder.record(of: id)))
    } catch {
      switch error {
      case .input(let failure): return Listed(id: id, progress: progress, record: .failure(failure))
      case .unknownMedium:
        let failure = Failure(.quarantineMalformed, "medium \(id)", "its record is gone")
        return Listed(id: id, progress: progress, record: .failure(failure))
      default: throw error
      }
    }
  }

  package func record(of id: String) throws(QuarantineError) -> MediumRecord { try records.record(of: id) }

  /// Records what was decided about the images of a medium. Verdicts give way to newer ones about the same images alone: what
  /// another medium's reader left may count as this one.
  package func judge(
    _ id: String, _ images: [MediumRecord.Image], waiting: Duration = longWait
  ) throws(QuarantineError) {
    let locks = (try lock(.together, waiting: Self.usualWait), try changing(waiting: waiting))
    defer { withExtendedLifetime(locks) {} }
    var record = try record(of: id)
    guard record.state != .copying else { throw .notCopied(id) }
    let digests = Set(images.map(\.digest))
    let others = record.images.filter { !digests.contains($0.digest) }
    record.state = .judged
    record.images = images + others.prefix(MediumRecord.mostImages - min(images.count, MediumRecord.mostImages))
    try records.keep(record)
  }
}

private func < (one: (UnixTime, [UInt8]), other: (UnixTime, [UInt8])) -> Bool {
  one.0 != other.0 ? one.0 < other.0 : one.1.lexicographicallyPrecedes(other.1)
}
