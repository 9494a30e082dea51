import Channel
import Cryptography
import Files
import Findings
import Glibc
import MediaReader
import MediumRecord
import Octets
import Quarantine
import Readings
import Reasons
import Roles
import StrictJSON

/// A reader that copies what it reads, and lies about the copy or spoils it. Its medium is a file.
struct Miscopy {
  private let how: String
  private let id: String
  private let folder: IncomingFolder
  /// The folder of the copy, and what was copied before.
  private let root: Directory
  private let contents: Directory

  /// - Parameters:
  ///   - how: what follows `copy-` in the lie's name.
  ///   - asked: the question: the medium's id, and what readers are asked.
  init(_ how: String, _ asked: [UInt8]) throws {
    self.how = how
    id = String(decoding: asked.prefix(2 * MediumRecord.idBytes), as: UTF8.self)
    folder = try IncomingFolder(id, OpenFile(borrowing: 5), beside: OpenFile(borrowing: 6))
    root = try Directory(OpenFile(borrowing: 5))
    contents = try Directory(OpenFile(borrowing: 6))
  }

  /// Everything that is said, in order; the reading is as it is.
  func words() throws -> [(Message, [UInt8])] {
    let file = OpenFile(owning: 4)
    let (document, objects) = try Reader.read(file, as: .path("archive")).serialized()
    let copied = [(Message.quarantined, [UInt8]())]
    switch how {
    case "not": break
    case "stopped": return [(.stopped, [1])]
    case "stopped-by-nothing": return [(.stopped, [0])]
    case "unreadable", "malformed":
      let failure = Failure(how == "unreadable" ? .archiveUnreadable : .archiveMalformed, "archive", "it is said to be")
      return [(.failed, try FailureRecord.json(failure).canonical())]
    case "unfinished": break
    default:
      _ = try folder.take(file, as: .path("archive"))
      try spoil()
    }
    let times = how == "not" ? 0 : how == "twice" ? 2 : 1
    return objects.map { (.object, $0) } + Array(repeating: copied, count: times).flatMap(\.self)
      + [(.reading, how == "nonsense" ? Array("{}".utf8) : document)]
  }

  private func spoil() throws {
    let blobs = try root.directory(Array("blobs".utf8)).directory(Array("sha256".utf8))
    let names = try blobs.names(atMost: .max) ?? []
    let (record, list) = (Array("\(id).json".utf8), Array("\(id).files".utf8))
    switch how {
    case "other-bytes":
      for name in names { try blobs.replace(name, with: (blobs.contents(of: name, atMost: .max) ?? []).map { ~$0 }) }
    case "other-sizes": for name in names { try blobs.replace(name, with: Array("other bytes".utf8)) }
    case "no-bytes": for name in names { try blobs.remove(name) }
    case "other-digests":
      // Each content under the name of the next one.
      let beside = Array("beside".utf8)
      try blobs.rename(names[0], to: blobs, as: beside)
      for (name, next) in zip(names, names.dropFirst()) { try blobs.rename(next, to: blobs, as: name) }
      try blobs.rename(beside, to: blobs, as: names[names.count - 1])
    case "folders":
      for name in names {
        try blobs.remove(name)
        _ = try blobs.makeDirectory(name).makeDirectory(name).create(name)
      }
    case "links":
      let place = try root.directory(Array("blobs".utf8)).file(Array("sha256".utf8))
      for name in names.map({ String(decoding: $0, as: UTF8.self) }) {
        linkat(place.descriptor, name, place.descriptor, name + "-other", 0)
      }
    case "no-folder": try root.rename(Array("blobs".utf8), to: root, as: Array("elsewhere".utf8))
    case "no-record": try root.remove(record)
    case "other-record": try root.replace(record, with: Array("{}".utf8))
    case "other-label", "other-source", "other-time":
      let honest = try MediumRecord(parsing: bytes(record), named: "record")
      var told = MediumRecord(
        id: id, label: how == "other-label" ? "another" : honest.label,
        source: how == "other-source" ? "another" : honest.source,
        taken: how == "other-time" ? UnixTime(honest.taken.seconds + 1_000_000) : honest.taken, mark: honest.mark)
      (told.state, told.kind, told.packing, told.size) = (honest.state, honest.kind, honest.packing, honest.size)
      told.files = honest.files
      try root.replace(record, with: try told.serialized())
    case "other-list":
      // Each name with another one's digest: as it would be written, and not what the record names.
      let lines = try bytes(list).split(separator: 0x0a).map(Array.init)
      try root.replace(list, with: Array((lines.dropFirst() + lines.prefix(1)).joined(separator: [0x0a])) + [0x0a])
    case "names-of-others":
      // Other bytes under the names of what is in the quarantine, on its list like its own.
      let lines = try bytes(list)
      var more: [UInt8] = []
      for name in try contents.directory(Array("sha256".utf8)).names(atMost: .max) ?? [] {
        try blobs.replace(name, with: Array("other".utf8))
        let digest = try ClaimedDigest(Array("sha256:".utf8) + name, in: "name", malformed: .quarantineMalformed)
        more += try MediumFile(name: Array("extra/".utf8) + name, digest: digest, size: 5, offset: 0).line()
      }
      try root.replace(list, with: lines + more)
      var told = try MediumRecord(parsing: bytes(record), named: "record")
      let count = UInt64((lines + more).count { $0 == 0x0a })
      told.files = MediumRecord.Files(count: count, digest: ClaimedDigest(digest(lines + more)))
      try root.replace(record, with: try told.serialized())
    default: break
    }
  }

  private func bytes(_ name: [UInt8]) throws -> [UInt8] {
    try root.contents(of: name, atMost: .max) ?? []
  }
}
