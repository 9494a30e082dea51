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

  @discardableResult
  func take(_ path: String, label: String = "stick", notes: NoteList? = nil) throws -> Quarantine.Taken {
    try quarantine.take(
      OpenFile(path: path), as: .path(path), label: label, now: Self.now,
      notice: { notes?.add($0) })
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
      try quarantine.files(of: record) { files.append($0) }
      return .success(
        try MediumTrace(record, files) { Cryptography.digest(try readFile(path(ofBlob: $0)), $0.algorithm) })
    } catch QuarantineError.input(let failure) { return .failure(failure) } catch { fatalError("\(error)") }
  }

  func names(_ below: String) throws -> [String] {
    try Directory(path: folder.path(below)).names(atMost: .max)!.map { String(decoding: $0, as: UTF8.self) }
  }
}

/// What was said.
final class NoteList: @unchecked Sendable {
  private(set) var all: [Quarantine.Notice] = []
  func add(_ notice: Quarantine.Notice) { all.append(notice) }
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
