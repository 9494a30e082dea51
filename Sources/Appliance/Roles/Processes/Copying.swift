import Channel
package import Files
import MediaReader
import MediumRecord
package import Octets
package import Quarantine
import Readings
import Reasons

/// What readers copy into, and what is said of it.
package struct Copying {
  /// The open quarantine.
  let folder: OpenFile
  /// What people call the stick.
  let label: String
  let now: UnixTime
  let notice: (Quarantine.Notice) -> Void

  package init(
    into folder: OpenFile, label: String, now: UnixTime, notice: @escaping (Quarantine.Notice) -> Void
  ) {
    self.folder = folder
    self.label = label
    self.now = now
    self.notice = notice
  }
}

/// A copy that ended before its end: the disk is full, or somebody else works there. It goes on with the next import.
package struct CopyTrouble: Error, Hashable, CustomStringConvertible {
  /// The disk is full, or would be left with less than its reserve.
  package let isFull: Bool
  package let description: String

  package init(_ error: QuarantineError) {
    isFull =
      switch error {
      case .noSpace: true
      case .file(_, let error): error.isFull
      default: false
      }
    description = "\(error)"
  }

  /// A reader's word: believed for nothing but what is said to people.
  init(_ bytes: [UInt8]) {
    isFull = bytes.first == 1
    description = printable(bytes.dropFirst(), limit: 4096)
  }

  var bytes: [UInt8] { [isFull ? 1 : 0] + Array(description.utf8.prefix(4096)) }
}

/// What a reader is asked that copies: source, label, and the machine's clock, each behind its length in two bytes.
struct CopyQuestion {
  let source: MediaSource
  let label: String
  let now: UnixTime

  init(_ source: MediaSource, label: String, now: UnixTime) {
    self.source = source
    self.label = label
    self.now = now
  }

  /// - Throws: `reading.malformed`.
  init(_ bytes: [UInt8]) throws(Failure) {
    var fields: [[UInt8]] = []
    var rest = bytes[...]
    while rest.count >= 2 {
      let length = Int(BigEndian.number(rest.prefix(2)))
      rest = rest.dropFirst(2)
      guard rest.count >= length else { break }
      fields.append(Array(rest.prefix(length)))
      rest = rest.dropFirst(length)
    }
    guard fields.count == 3, rest.isEmpty, let seconds = Int64(String(decoding: fields[2], as: UTF8.self)) else {
      throw Failure(.readingMalformed, "question", "no question")
    }
    source = try ReaderQuestion(fields[0]).source
    label = String(decoding: fields[1], as: UTF8.self)
    now = UnixTime(seconds)
  }

  var bytes: [UInt8] {
    [ReaderQuestion(source).bytes, Array(label.utf8), Array("\(now.seconds)".utf8)].flatMap { field in
      let field = field.prefix(Int(UInt16.max))
      return BigEndian.bytes(UInt64(field.count), count: 2) + field
    }
  }
}

/// The id of a medium in the quarantine, as its hexadecimal digits.
enum CopiedMessage {
  /// - Throws: `reading.malformed`.
  static func id(_ bytes: [UInt8]) throws(Failure) -> String {
    let id = String(decoding: bytes, as: UTF8.self)
    guard MediumRecord.isID(id) else { throw Failure(.readingMalformed, "copied", "no id of a medium") }
    return id
  }
}

/// What is said while a medium is copied: a kind and numbers, for people.
enum CopyNotice {
  static func bytes(_ notice: Quarantine.Notice) -> [UInt8] {
    switch notice {
    case .resumed(let id, let contents, let bytes):
      [1] + Array(id.utf8) + ProgressMessage(UInt64(clamping: contents), bytes).bytes
    case .spaceUnknown(let available): [2] + ProgressMessage(available, nil).bytes
    case .known(let id, let taken):
      [3] + Array(id.utf8) + ProgressMessage(UInt64(clamping: taken.seconds), nil).bytes
    }
  }

  static func notice(_ bytes: [UInt8]) -> Quarantine.Notice? {
    switch bytes.first {
    case 1, 3:
      let id = String(decoding: bytes.dropFirst().prefix(2 * MediumRecord.idBytes), as: UTF8.self)
      guard MediumRecord.isID(id), let numbers = ProgressMessage(Array(bytes.dropFirst(1 + 2 * MediumRecord.idBytes)))
      else { return nil }
      if bytes[0] == 3 { return .known(id: id, taken: UnixTime(Int64(clamping: numbers.done))) }
      return .resumed(id: id, contents: Int(clamping: numbers.done), bytes: numbers.total ?? 0)
    case 2: return ProgressMessage(Array(bytes.dropFirst())).map { .spaceUnknown(available: $0.done) }
    default: return nil
    }
  }
}

extension ReaderRole {
  /// Reads the medium into the quarantine that was handed over.
  func copy(_ file: OpenFile, _ question: CopyQuestion) throws(Failure) -> Answer {
    let channel = channel
    do throws(QuarantineError) {
      let quarantine = try Quarantine(open: OpenFile(owning: RoleTable.Place.quarantine))
      let taken = try quarantine.take(
        file, as: question.source, label: question.label, now: question.now, progress: channel.progress,
        notice: { try? channel.send(.notice, CopyNotice.bytes($0)) })
      let answer = answer(taken.medium)
      // The last word is the answer, and before it stands where the copy is.
      return answer.dropLast() + [(.quarantined, Array(taken.record.id.utf8))] + answer.suffix(1)
    } catch {
      if case .input(let failure) = error { throw failure }
      return [(.stopped, CopyTrouble(error).bytes)]
    }
  }

  private func answer(_ medium: Result<Medium, Failure>) -> Answer {
    do throws(Failure) {
      let (document, objects) = try Reader.reading(of: try medium.get()).serialized()
      return objects.map { (.object, $0) } + [(.reading, document)]
    } catch {
      return [(.failed, FailureMessage.serialized(error))]
    }
  }
}
