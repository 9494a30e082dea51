import Files
package import MediaReader
import MediumRecord
import Octets
package import Quarantine
package import Reasons

/// What a reader is asked that copies: the medium's id, and what any reader is asked.
package struct CopyQuestion {
  package let id: String
  package let source: MediaSource

  package init(_ id: String, _ source: MediaSource) {
    self.id = id
    self.source = source
  }

  /// - Throws: `reading.malformed`.
  package init(_ bytes: [UInt8]) throws(Failure) {
    id = String(decoding: bytes.prefix(2 * MediumRecord.idBytes), as: UTF8.self)
    guard MediumRecord.isID(id) else { throw Failure(.readingMalformed, "question", "no id of a medium") }
    source = try ReaderQuestion(Array(bytes.dropFirst(2 * MediumRecord.idBytes))).source
  }

  package var bytes: [UInt8] { Array(id.utf8) + ReaderQuestion(source).bytes }
}

/// What is said while a medium is copied: a kind and numbers, for people.
package enum CopyNotice {
  package static func bytes(_ notice: IncomingFolder.Notice) -> [UInt8] {
    switch notice {
    case .resumed(let id, let contents, let bytes):
      [1] + Array(id.utf8) + ProgressMessage(UInt64(clamping: contents), bytes).bytes
    case .spaceUnknown(let available): [2] + ProgressMessage(available, nil).bytes
    }
  }

  package static func notice(_ bytes: [UInt8]) -> IncomingFolder.Notice? {
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

/// A copy that ended before its end: the disk takes no more, or somebody else works there. It goes on with the next import.
package struct CopyTrouble: Error, Hashable, CustomStringConvertible {
  /// What the disk has to do with it.
  package enum Disk: UInt8, Sendable {
    case nothing
    /// It is full, or would be left with less than its reserve.
    case full
    case readOnly
  }

  package let disk: Disk
  package let description: String

  package init(_ error: QuarantineError) {
    disk =
      switch error {
      case .noSpace: .full
      case .file(_, let error): error.isFull ? .full : error.isReadOnly ? .readOnly : .nothing
      default: .nothing
      }
    description = "\(error)"
  }

  /// A reader's word: believed for what is said to people.
  package init(_ bytes: [UInt8]) {
    disk = bytes.first.flatMap(Disk.init) ?? .nothing
    description = printable(bytes.dropFirst(), limit: 4096)
  }

  package var bytes: [UInt8] { [disk.rawValue] + Array(description.utf8.prefix(4096)) }
}
