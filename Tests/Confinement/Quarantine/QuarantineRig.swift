import Compression
import Cryptography
import Files
import MediaReader
import MediumRecord
import OCIImage
import Octets
import Reasons
import TestSupport

@testable import Quarantine

/// A quarantine and a layout of admitted images of a test's own.
struct QuarantineRig {
  static let now = UnixTime(1_700_000_000)

  let folder: TemporaryFolder
  let quarantine: Quarantine
  let layout: AdmittedLayout

  init(reserving reserve: UInt64 = 0) throws {
    folder = try TemporaryFolder()
    quarantine = try Quarantine(try Directory(path: try Self.made(folder, "quarantine")), reserving: reserve)
    layout = try AdmittedLayout(try Directory(path: try Self.made(folder, "admitted")))
  }

  private static func made(_ folder: TemporaryFolder, _ name: String) throws -> String {
    try DurableFile.makeFolder(folder.path(name))
    return folder.path(name)
  }

  /// What was read, and what is remembered of it.
  struct Taken {
    let record: MediumRecord
    let isKnown: Bool
    let medium: Result<Medium, Failure>
  }

  /// As keeper and reader do it between them.
  @discardableResult
  func take(_ path: String, label: String = "stick", notes: NoteList? = nil) throws -> Taken {
    try quarantine.taking(path, label: label, notes: notes)
  }

  /// A copy that nobody took over: its reader was done, or is meant to look as if it had been ended.
  func leave(_ path: String) throws -> MediumRecord {
    let file = try OpenFile(path: path)
    let incoming = try quarantine.begin(
      .path(path), label: "stick", mark: MediumRecord.Mark(try file.status()), now: Self.now)
    let folder = try IncomingFolder(incoming.id, incoming.folder, beside: incoming.contents, reserving: 0)
    _ = try folder.take(file, as: .path(path))
    return try MediumRecord(
      parsing: self.folder.read("quarantine/incoming/\(incoming.id)/\(incoming.id).json"), named: "left")
  }

  /// Puts lines behind the list of a copy that is whole, and names the list in its record: as a reader in foreign hands may.
  func lengthenList(of id: String, by lines: [MediumFile]) throws {
    let (place, list) = ("quarantine/incoming/\(id)/\(id).json", "quarantine/incoming/\(id)/\(id).files")
    var record = try MediumRecord(parsing: folder.read(place), named: "left")
    let bytes = try folder.read(list) + lines.flatMap { try $0.line() }
    record.files = MediumRecord.Files(
      count: UInt64(bytes.count { $0 == 0x0a }), digest: ClaimedDigest(Cryptography.digest(bytes)))
    try folder.write(list, bytes)
    try folder.write(place, try record.serialized())
  }

  func path(ofBlob digest: ClaimedDigest, in folder: String = "quarantine") -> String {
    self.folder.path("\(folder)/blobs/\(digest.algorithm.rawValue)/\(digest.hex)")
  }

  /// What lies here of a medium, each content hashed where it lies.
  func trace(of id: String) -> Result<MediumTrace, Failure> {
    do {
      let record = try quarantine.record(of: id)
      if let failure = record.unreadable { return .failure(failure) }
      var files: [MediumFile] = []
      try quarantine.records.files(of: record) { files.append($0) }
      return .success(
        try MediumTrace(record, files) { Cryptography.digest(try readFile(path(ofBlob: $0)), $0.algorithm) })
    } catch QuarantineError.input(let failure) { return .failure(failure) } catch { fatalError("\(error)") }
  }

  func names(_ below: String) throws -> [String] {
    try Directory(path: folder.path(below)).names(atMost: .max)!.map { String(decoding: $0, as: UTF8.self) }
  }
}

extension RecordFolder {
  func journal(_ id: String, atMost most: UInt64 = mostFiles) -> [MediumFile] {
    var files: [MediumFile] = []
    journal(id, atMost: most) { files.append($0) }
    return files
  }
}

extension Quarantine {
  /// An image that goes by its manifest, where nothing else is said, of a medium that is looked over for it alone.
  func rehash(
    _ image: ClaimedDigest, in shape: ImageArchive.Shape = .ociLayout, of id: String,
    without absent: Set<ClaimedDigest> = []
  ) throws(QuarantineError) -> RehashedImage {
    try rehash(image, in: shape, of: atHand(id), without: absent)
  }

  @discardableResult
  func admit(
    _ image: RehashedImage, named names: [String], into layout: AdmittedLayout, waiting: Duration = usualWait
  ) throws(QuarantineError) -> Admission {
    try admit(image, named: names, from: atHand(image.medium), into: layout, waiting: waiting)
  }

  func taking(
    _ path: String, label: String = "stick", reserving reserve: UInt64 = 0, notes: NoteList? = nil,
    progress: MediaReader.Progress? = nil, waiting: Duration = Quarantine.longWait,
    spoiling: (String) throws -> Void = { _ in }
  ) throws -> QuarantineRig.Taken {
    let file = try OpenFile(path: path)
    let incoming = try begin(
      .path(path), label: label, mark: MediumRecord.Mark(try file.status()), now: QuarantineRig.now)
    let folder = try IncomingFolder(incoming.id, incoming.folder, beside: incoming.contents, reserving: reserve)
    let medium = try folder.take(file, as: .path(path), progress: progress, notice: { notes?.add($0) })
    try spoiling(incoming.id)
    let taken = try takeOver(incoming, waiting: waiting)
    return QuarantineRig.Taken(record: taken.record, isKnown: taken.isKnown, medium: medium)
  }
}

/// What was said.
final class NoteList: @unchecked Sendable {
  private(set) var all: [IncomingFolder.Notice] = []
  func add(_ notice: IncomingFolder.Notice) { all.append(notice) }
}

/// What must lie in a quarantine of a medium that was read: all that its entries are, but for the contents that a reader
/// keeps, which are the bytes that have the digests.
struct MediumTrace: Equatable {
  private struct File: Equatable {
    let name: [UInt8]
    let size: UInt64
    let offset: UInt64
    let digest: ComputedDigest
    let alias: [UInt8]?
  }

  private let kind: MediumRecord.Kind?
  private let packing: String?
  private let size: UInt64
  private let files: [File]
  private let failures: [Failure]

  init(_ medium: Medium) {
    kind = medium.kind == .tar ? .tar : .directory
    packing = medium.compression?.rawValue
    size = medium.size
    failures = medium.failures
    files = medium.entries.map {
      File(name: $0.name, size: $0.size, offset: $0.offset, digest: $0.digest, alias: $0.alias)
    }
  }

  init(_ record: MediumRecord, _ list: [MediumFile], hashing: (ClaimedDigest) throws -> ComputedDigest) throws {
    kind = record.kind
    packing = record.packing?.rawValue
    size = record.size
    failures = record.failures
    files = try list.map {
      File(name: $0.name, size: $0.size, offset: $0.offset, digest: try hashing($0.digest), alias: $0.alias)
    }
  }

  var digests: Set<ComputedDigest> { Set(files.map(\.digest)) }
}

func trace(_ read: () throws -> Medium) -> Result<MediumTrace, Failure> {
  do { return .success(MediumTrace(try read())) } catch let failure as Failure {
    return .failure(failure)
  } catch { fatalError("\(error)") }
}

/// What two readings must have in common.
struct Impression: Equatable {
  private struct Entry: Equatable {
    let name: [UInt8]
    let size: UInt64
    let offset: UInt64
    let digest: ComputedDigest
    let contents: [UInt8]?
    let omission: Medium.Omission?
    let alias: [UInt8]?
  }

  private let kind: Medium.Kind
  private let compression: String?
  private let size: UInt64
  private let entries: [Entry]
  private let failures: [Failure]

  init(_ medium: Medium) {
    kind = medium.kind
    compression = medium.compression?.rawValue
    size = medium.size
    failures = medium.failures
    entries = medium.entries.map {
      Entry(
        name: $0.name, size: $0.size, offset: $0.offset, digest: $0.digest, contents: $0.contents,
        omission: $0.omission, alias: $0.alias)
    }
  }
}

func impression(_ read: () throws -> Medium) -> Result<Impression, Failure> {
  do { return .success(Impression(try read())) } catch let failure as Failure {
    return .failure(failure)
  } catch QuarantineError.input(let failure) { return .failure(failure) } catch { fatalError("\(error)") }
}

extension Medium {
  /// What it holds, as its images' reader sees it.
  func archive() throws -> ImageArchive {
    try ImageArchive(
      StoredFiles(
        entries.map {
          StoredFile(
            name: $0.name, size: $0.size, digest: $0.digest, contents: $0.contents, isAlias: $0.alias != nil,
            offset: $0.offset)
        }))
  }
}
