import Channel
import Files
import MediaReader
import MediumRecord
import Octets
import Quarantine
import Readings
import Roles

/// A reader that copies what it reads, and lies about the copy or spoils it. Its medium is a file.
struct Miscopy {
  private let how: String
  private let quarantine: Quarantine
  /// The quarantine's folder, name by name.
  private let root: Directory

  /// - Parameter how: what follows `copy-` in the lie's name.
  init(_ how: String) throws {
    self.how = how
    root = try Directory(OpenFile(borrowing: 5))
    quarantine = try Quarantine(root)
  }

  /// Everything that is said, in order; the reading is as it is.
  func words() throws -> [(Message, [UInt8])] {
    let file = OpenFile(owning: 4)
    let (document, objects) = try Reader.read(file, as: .path("archive")).serialized()
    let copied = try copied(file).map { (Message.quarantined, Array($0.utf8)) }
    return objects.map { (.object, $0) } + copied + [how == "stopped" ? (.stopped, [0]) : (.reading, document)]
  }

  /// What is said to be there.
  private func copied(_ file: OpenFile) throws -> [String] {
    switch how {
    case "not", "stopped": return []
    case "unknown": return ["00000000000000aa"]
    case "nonsense": return ["../../../etc/pas"]
    case "unfinished":
      let record = MediumRecord(
        id: "00000000000000aa", label: "label", source: "archive", taken: UnixTime(0), mark: nil)
      try media.replace(Array("\(record.id).json".utf8), with: try record.serialized())
      return [record.id]
    case "of-another":
      // The first that somebody else brought.
      let names = try media.names(atMost: .max) ?? []
      return [String(decoding: names[0].prefix(2 * MediumRecord.idBytes), as: UTF8.self)]
    default: break
    }
    let id = try quarantine.take(file, as: .path("archive"), label: "label", now: UnixTime(0)).record.id
    try spoil(id)
    return how == "twice" ? [id, id] : [id]
  }

  private func spoil(_ id: String) throws {
    let blobs = try root.directory(Array("blobs".utf8)).directory(Array("sha256".utf8))
    let names = try blobs.names(atMost: .max) ?? []
    switch how {
    case "other-bytes": for name in names { try blobs.replace(name, with: Array("other bytes".utf8)) }
    case "no-bytes": for name in names { try blobs.remove(name) }
    case "other-digests":
      // Each content under the name of the next one.
      let beside = Array("beside".utf8)
      try blobs.rename(names[0], to: blobs, as: beside)
      for (name, next) in zip(names, names.dropFirst()) { try blobs.rename(next, to: blobs, as: name) }
      try blobs.rename(beside, to: blobs, as: names[names.count - 1])
    case "other-record": try media.replace(Array("\(id).json".utf8), with: Array("{}".utf8))
    case "other-list":
      // Each name with another one's digest: as it would be written, and not what the record names.
      let list = Array("\(id).files".utf8)
      let lines = try contents(list).split(separator: 0x0a).map(Array.init)
      try media.replace(list, with: Array((lines.dropFirst() + lines.prefix(1)).joined(separator: [0x0a])) + [0x0a])
    default: break
    }
  }

  private var media: Directory {
    get throws { try root.directory(Array("media".utf8)) }
  }

  private func contents(_ name: [UInt8]) throws -> [UInt8] {
    let file = try media.file(name)
    var bytes = [UInt8](repeating: 0, count: Int(try file.status().size))
    _ = try file.read(into: &bytes, 0..<bytes.count, at: 0)
    return bytes
  }
}
