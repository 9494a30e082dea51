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
///   incoming/ID.N       a content on its way
/// ```
/// Everything is reached from one open folder, name by name. Nothing that lies here is believed: bytes are hashed each
/// time that something rests on them.
package struct Quarantine: Sendable {
  /// Bytes of the disk that are left for the ledger, whose records say what came in: 64 MiB.
  package static let reserve: UInt64 = 64 << 20
  /// How long an import waits for one who is clearing up, and the other way round.
  package static let usualWait = Duration.seconds(10)

  static let lockName = "lock"
  let root: Directory
  let blobs: BlobFolder
  let media: Directory
  let incoming: Directory
  let reserve: UInt64

  /// - Parameters:
  ///   - root: the folder `quarantine`; what is not in it yet is made.
  ///   - reserve: bytes to leave on its disk.
  package init(_ root: Directory, reserving reserve: UInt64 = reserve) throws(QuarantineError) {
    self.root = root
    self.reserve = reserve
    blobs = try BlobFolder(in: root)
    media = try storing("media") { () throws(FileError) in try root.makeDirectory(Array("media".utf8)) }
    incoming = try storing("incoming") { () throws(FileError) in try root.makeDirectory(Array("incoming".utf8)) }
    try storing("quarantine") { () throws(FileError) in try root.sync() }
  }

  /// The same of the folder that is open as a file.
  package init(open file: OpenFile, reserving reserve: UInt64 = reserve) throws(QuarantineError) {
    try self.init(try storing("quarantine") { () throws(FileError) in try Directory(file) }, reserving: reserve)
  }

  func lock(_ sharing: FileLock.Sharing, waiting: Duration) throws(QuarantineError) -> FileLock {
    try locking(Self.lockName, in: root, sharing, waiting: waiting)
  }

  // MARK: Records

  static let recordEnding = Array(".json".utf8)

  /// One medium, or why its record cannot be read.
  package struct Listed: Sendable {
    package let id: String
    package let record: Result<MediumRecord, Failure>
  }

  /// Every medium, sorted by when it was taken; those that cannot be read last.
  package func list() throws(QuarantineError) -> [Listed] {
    var found: [Listed] = []
    for id in try ids() {
      do throws(QuarantineError) {
        found.append(Listed(id: id, record: .success(try record(of: id))))
      } catch {
        guard case .input(let failure) = error else { throw error }
        found.append(Listed(id: id, record: .failure(failure)))
      }
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

  func ids() throws(QuarantineError) -> [String] {
    let names = try storing("media") { () throws(FileError) in try media.names(atMost: .max) ?? [] }
    return names.compactMap { name in
      guard name.count > Self.recordEnding.count, name.suffix(Self.recordEnding.count).elementsEqual(Self.recordEnding)
      else { return nil }
      let id = String(decoding: name.dropLast(Self.recordEnding.count), as: UTF8.self)
      return MediumRecord.isID(id) ? id : nil
    }
  }

  /// - Throws: `unknownMedium`, or what is wrong with the record.
  package func record(of id: String) throws(QuarantineError) -> MediumRecord {
    guard MediumRecord.isID(id) else { throw .unknownMedium(id) }
    let bytes: [UInt8]?
    do throws(FileError) {
      bytes = try media.contents(of: Self.recordName(id), atMost: MediumRecord.mostBytes)
    } catch {
      throw .input(Failure(.quarantineMalformed, "medium \(id)", "\(error)"))
    }
    guard let bytes else { throw .unknownMedium(id) }
    let record = try judging { () throws(Failure) in try MediumRecord(parsing: bytes, named: "medium \(id)") }
    guard record.id.utf8.elementsEqual(id.utf8) else {
      throw .input(Failure(.quarantineMalformed, "medium \(id)", "it says that it is medium \(record.id)"))
    }
    return record
  }

  func keep(_ record: MediumRecord) throws(QuarantineError) {
    let bytes = try judging { () throws(Failure) in try record.serialized() }
    try storing("media/\(record.id).json") { () throws(FileError) in
      try media.replace(Self.recordName(record.id), with: bytes)
      try media.sync()
    }
  }

  static func recordName(_ id: String) -> [UInt8] { Array(id.utf8) + recordEnding }
  static func listName(_ id: String) -> [UInt8] { Array("\(id).files".utf8) }

  /// Records what was decided about the images of a medium.
  package func judge(_ id: String, _ images: [MediumRecord.Image]) throws(QuarantineError) {
    let lock = try lock(.together, waiting: Self.usualWait)
    defer { withExtendedLifetime(lock) {} }
    var record = try record(of: id)
    guard record.state != .copying else { throw .notCopied(id) }
    record.state = .judged
    record.images = images
    try keep(record)
  }
}

private func < (one: (UnixTime, [UInt8]), other: (UnixTime, [UInt8])) -> Bool {
  one.0 != other.0 ? one.0 < other.0 : one.1.lexicographicallyPrecedes(other.1)
}
