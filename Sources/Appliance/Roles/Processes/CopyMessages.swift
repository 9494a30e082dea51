import MediaReader
import MediumRecord
import Quarantine
import Reasons

/// What a reader is asked that copies: the medium's id, and what any reader is asked.
struct CopyQuestion {
  let id: String
  let source: MediaSource

  init(_ id: String, _ source: MediaSource) {
    self.id = id
    self.source = source
  }

  /// - Throws: `reading.malformed`.
  init(_ bytes: [UInt8]) throws(Failure) {
    id = String(decoding: bytes.prefix(2 * MediumRecord.idBytes), as: UTF8.self)
    guard MediumRecord.isID(id) else { throw Failure(.readingMalformed, "question", "no id of a medium") }
    source = try ReaderQuestion(Array(bytes.dropFirst(2 * MediumRecord.idBytes))).source
  }

  var bytes: [UInt8] { Array(id.utf8) + ReaderQuestion(source).bytes }
}

/// What is said while a medium is copied: a kind and numbers, for people.
enum CopyNotice {
  static func bytes(_ notice: IncomingFolder.Notice) -> [UInt8] {
    switch notice {
    case .resumed(let id, let contents, let bytes):
      [1] + Array(id.utf8) + ProgressMessage(UInt64(clamping: contents), bytes).bytes
    case .spaceUnknown(let available): [2] + ProgressMessage(available, nil).bytes
    }
  }

  static func notice(_ bytes: [UInt8]) -> IncomingFolder.Notice? {
    switch bytes.first {
    case 1:
      let id = String(decoding: bytes.dropFirst().prefix(2 * MediumRecord.idBytes), as: UTF8.self)
      guard MediumRecord.isID(id), let numbers = ProgressMessage(Array(bytes.dropFirst(1 + 2 * MediumRecord.idBytes)))
      else { return nil }
      return .resumed(id: id, contents: Int(clamping: numbers.done), bytes: numbers.total ?? 0)
    case 2: return ProgressMessage(Array(bytes.dropFirst())).map { .spaceUnknown(available: $0.done) }
    default: return nil
    }
  }
}
