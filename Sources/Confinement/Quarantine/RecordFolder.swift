import Files
import MediumRecord
import Octets
import Reasons

/// Records of media, each with the list of its files beside it: `ID.json` and `ID.files` (docs/formats/MediumRecord.md).
struct RecordFolder: Sendable {
  let folder: Directory
  /// What errors call it.
  let name: String

  private static let recordEnding = Array(".json".utf8)

  static func recordName(_ id: String) -> [UInt8] { Array(id.utf8) + recordEnding }
  static func listName(_ id: String) -> [UInt8] { Array("\(id).files".utf8) }

  func ids() throws(QuarantineError) -> [String] {
    let names = try storing(name) { () throws(FileError) in try folder.names(atMost: .max) ?? [] }
    return names.compactMap { name in
      guard name.count > Self.recordEnding.count, name.suffix(Self.recordEnding.count).elementsEqual(Self.recordEnding)
      else { return nil }
      let id = String(decoding: name.dropLast(Self.recordEnding.count), as: UTF8.self)
      return MediumRecord.isID(id) ? id : nil
    }
  }

  /// - Throws: `unknownMedium`, or what is wrong with the record.
  func record(of id: String) throws(QuarantineError) -> MediumRecord {
    guard MediumRecord.isID(id) else { throw .unknownMedium(id) }
    let bytes: [UInt8]?
    do throws(FileError) {
      bytes = try folder.contents(of: Self.recordName(id), atMost: MediumRecord.mostBytes)
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
    try storing("\(name)/\(record.id).json") { () throws(FileError) in
      try folder.replace(Self.recordName(record.id), with: bytes)
      try folder.sync()
    }
  }

  func remove(_ id: String) throws(QuarantineError) {
    try storing("\(name)/\(id).json") { () throws(FileError) in
      // The record first: without it the list says nothing, and with it a missing list would be damage.
      try folder.remove(Self.recordName(id))
      try folder.remove(Self.listName(id))
      try folder.remove(Self.listName(id) + Array(".new".utf8))
    }
  }
}

extension RecordFolder {
  /// Of the one medium whose folder this is, on its way in.
  init(ofIncoming id: String, _ folder: Directory) { self.init(folder: folder, name: "incoming/\(id)") }
}
