import Files
import Reasons
import RekorAnswer
import SignedNote

/// A checkpoint that goes into the snapshot, with the bytes in which it was fetched.
struct CarriedCheckpoint: Sendable {
  let note: [UInt8]
  let parsed: Checkpoint
  /// The file that it came from, for failures.
  let source: String

  init(_ note: [UInt8], from source: String) throws(Failure) {
    parsed = try Checkpoint(parsing: note, named: source)
    self.note = note
    self.source = source
  }

  var origin: [UInt8] { parsed.origin }
  var size: UInt64 { parsed.size }
  var root: [UInt8] { parsed.root }
  var head: (size: UInt64, root: [UInt8]) { (parsed.size, parsed.root) }

  /// Reads a file that holds a note, or what `GET /api/v1/log` answered: a note for each shard.
  static func read(_ path: String) throws(SnapshotError) -> [CarriedCheckpoint] {
    let bytes = try InputFiles.read(path, upTo: max(SignedNote.mostBytes, RekorTreeHeads.byteLimit))
    return try checked { () throws(Failure) in
      guard bytes.first(where: { $0 != 0x20 && $0 != 0x0a }) == UInt8(ascii: "{") else {
        return [try CarriedCheckpoint(bytes, from: path)]
      }
      var heads: [CarriedCheckpoint] = []
      for note in try RekorTreeHeads.read(bytes, named: path) {
        heads.append(try CarriedCheckpoint(note, from: path))
      }
      return heads
    }
  }
}

/// Files that the operator named.
enum InputFiles {
  /// All bytes of a file.
  /// - Throws: `.mistake` where there is none, or a longer one.
  static func read(_ path: String, upTo limit: Int) throws(SnapshotError) -> [UInt8] {
    let bytes: [UInt8]?
    do throws(FileError) { bytes = try contents(path, upTo: limit) } catch {
      throw .mistake("Cannot read \(path): \(error)")
    }
    guard let bytes else { throw .mistake("\(path) is no file of at most \(limit) bytes.") }
    return bytes
  }

  /// Nil for what is no regular file, or a longer one.
  static func contents(_ path: String, upTo limit: Int) throws(FileError) -> [UInt8]? {
    let file = try OpenFile(path: path)
    let status = try file.status()
    guard status.kind == .regular, status.size <= UInt64(limit) else { return nil }
    var bytes = [UInt8](repeating: 0, count: Int(status.size))
    let count = try file.read(into: &bytes, 0..<bytes.count, at: 0)
    return Array(bytes.prefix(count))
  }
}
