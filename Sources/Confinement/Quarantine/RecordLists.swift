import Cryptography
import Files
import MediaReader
import MediumRecord
import Octets
import Reasons

// The list of a medium's files, as it lies beside the record.

extension RecordFolder {
  /// Lines of a list: the entries that a medium may have.
  static let mostFiles = UInt64(MediaLimits.usual.entries)

  /// Passes each file of a medium that was copied, in the medium's order.
  /// - Throws: where the list is not the one that the record names.
  func files(
    of record: MediumRecord, atMost most: UInt64 = mostFiles, _ body: (MediumFile) throws(Failure) -> Void
  ) throws(QuarantineError) {
    guard record.state != .copying else { throw .notCopied(record.id) }
    guard let expected = record.files else { return }
    let subject = "files of medium \(record.id)"
    try judging { () throws(Failure) in
      let file: OpenFile
      do throws(FileError) { file = try folder.file(Self.listName(record.id)) } catch {
        throw Failure(.quarantineMalformed, subject, "\(error)")
      }
      var list = MediumFileList(named: subject)
      let digest = try Self.pass(file, subject) { piece throws(Failure) in
        try list.take(piece, body)
        // A reader in foreign hands holds itself to no bound of its own.
        guard list.count <= most else {
          throw Failure(.quarantineMalformed, subject, "more than \(most) files")
        }
      }
      try list.finish()
      guard expected.digest == digest, expected.count == list.count else {
        throw Failure(.quarantineMalformed, subject, "it is not the list that the record names")
      }
    }
  }

  /// Passes what an interrupted copy had finished. What is no line ends it: a crash may leave any part of the last one; and
  /// so does what no medium has, which would keep whoever goes on with it busy for as long as anybody waits.
  func journal(
    _ id: String, atMost most: UInt64 = mostFiles, within limits: MediaLimits = .usual, _ body: (MediumFile) -> Void
  ) {
    guard let file = try? folder.file(Self.listName(id)), (try? file.status().kind) == .regular else { return }
    var list = MediumFileList(named: "")
    var nameBytes = 0
    _ = try? Self.pass(file, "") { piece throws(Failure) in
      try list.take(piece) { file throws(Failure) in
        nameBytes += file.name.count + (file.alias?.count ?? 0)
        guard file.name.count <= limits.nameBytes, nameBytes <= limits.totalNameBytes else {
          throw Failure(.quarantineMalformed, "", "")
        }
        // A copy that was finished, and not taken over, lists its links.
        if file.alias == nil { body(file) }
      }
      guard list.count <= most else { throw Failure(.quarantineMalformed, "", "") }
    }
  }

  private static func pass(
    _ file: OpenFile, _ subject: String, _ body: (ArraySlice<UInt8>) throws(Failure) -> Void
  ) throws(Failure) -> ComputedDigest {
    var digester = Digester(.sha256)
    var buffer = [UInt8](repeating: 0, count: 256 << 10)
    while true {
      let count: Int
      do throws(FileError) { count = try file.readOn(into: &buffer, 0..<buffer.count) } catch {
        throw Failure(.quarantineMalformed, subject, "\(error)")
      }
      guard count > 0 else { return digester.finish() }
      digester.update(buffer[..<count])
      try body(buffer[..<count])
    }
  }

  /// Puts a whole list in the place of what lies there.
  func keep(_ files: some Sequence<MediumFile>, of id: String) throws(QuarantineError) -> MediumRecord.Files {
    let list = Self.listName(id)
    let beside = list + Array(".new".utf8)
    let file = try storing("\(name)/\(id).files") { () throws(FileError) in
      try folder.remove(beside)
      return try folder.create(beside)
    }
    var digester = Digester(.sha256)
    var count: UInt64 = 0
    var lines: [UInt8] = []
    for entry in files {
      lines += try judging { () throws(Failure) in try entry.line() }
      count += 1
      guard lines.count >= 256 << 10 else { continue }
      digester.update(lines)
      try storing("\(name)/\(id).files") { () throws(FileError) in try file.append(lines[...]) }
      lines.removeAll(keepingCapacity: true)
    }
    digester.update(lines)
    try storing("\(name)/\(id).files") { () throws(FileError) in try file.append(lines[...]) }
    try storing("\(name)/\(id).files") { () throws(FileError) in
      try file.sync()
      try folder.rename(beside, to: folder, as: list)
      try folder.sync()
    }
    return MediumRecord.Files(count: count, digest: ClaimedDigest(digester.finish()))
  }
}
