import Octets
import Reasons
import SignedNote

/// The last checkpoint that a witness cosigned, of each log: all that it must not forget.
///
///     assay-witness-memory/1
///     log 263
///     urn:x-assay:ledger:0707…      a checkpoint of 263 bytes, with the log's signature
///     …
///
/// Logs are sorted by their origins, one entry each. Nothing authenticates the file but the logs' own signatures.
struct WitnessMemory: Hashable, Sendable {
  static let mostLogs = 256
  /// Bytes of one checkpoint; a ledger's has some 250.
  static let mostCheckpoint = 4096
  static let mostBytes = mostLogs * (mostCheckpoint + 16)
  private static let firstLine = Array("assay-witness-memory/1\n".utf8)

  private(set) var checkpoints: [Checkpoint] = []

  init() {}

  /// - Throws: `witness.memory-malformed`, `log.checkpoint-malformed`.
  init(parsing bytes: [UInt8], named subject: String) throws(Failure) {
    func malformed(_ detail: String, at offset: Int) -> Failure {
      Failure(.witnessMemoryMalformed, subject, at: UInt64(offset), detail)
    }
    guard bytes.starts(with: Self.firstLine) else { throw malformed("another first line", at: 0) }
    var rest = bytes.dropFirst(Self.firstLine.count)
    while !rest.isEmpty {
      let start = rest.startIndex
      guard checkpoints.count < Self.mostLogs else { throw malformed("more than \(Self.mostLogs) logs", at: start) }
      guard let end = rest.prefix(16).firstIndex(of: 0x0a), rest.starts(with: "log ".utf8),
        let size = Self.size(rest[(start + 4)..<end])
      else { throw malformed("no line with the size of a checkpoint", at: start) }
      guard rest.endIndex - (end + 1) >= size else { throw malformed("a checkpoint cut short", at: end + 1) }
      let note = Array(rest[(end + 1)..<(end + 1 + size)])
      let checkpoint = try Checkpoint(parsing: note, named: "\(subject): log \(checkpoints.count)")
      if let last = checkpoints.last, !last.origin.lexicographicallyPrecedes(checkpoint.origin) {
        throw malformed("logs that are not sorted, or one twice", at: start)
      }
      checkpoints.append(checkpoint)
      rest = rest[(end + 1 + size)...]
    }
  }

  func serialized() -> [UInt8] {
    checkpoints.reduce(into: Self.firstLine) { text, checkpoint in
      let note = checkpoint.note.serialized()
      text += Array("log \(note.count)\n".utf8) + note
    }
  }

  subscript(origin: [UInt8]) -> Checkpoint? { checkpoints.first { $0.origin == origin } }

  /// Puts a checkpoint in the place of its log's earlier one.
  /// - Returns: whether there was room.
  mutating func remember(_ checkpoint: Checkpoint) -> Bool {
    checkpoints.removeAll { $0.origin == checkpoint.origin }
    let index = checkpoints.firstIndex { checkpoint.origin.lexicographicallyPrecedes($0.origin) }
    checkpoints.insert(checkpoint, at: index ?? checkpoints.endIndex)
    return checkpoints.count <= Self.mostLogs
  }

  /// 1 to `mostCheckpoint`, in its one spelling.
  private static func size(_ digits: ArraySlice<UInt8>) -> Int? {
    let text = String(decoding: digits, as: UTF8.self)
    guard let size = Int(text), "\(size)".utf8.elementsEqual(digits), 1...mostCheckpoint ~= size else { return nil }
    return size
  }
}
