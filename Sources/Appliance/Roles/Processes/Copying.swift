import Channel
import Files
import MediaReader
import MediumRecord
package import Octets
package import Quarantine
import Readings
import Reasons

/// Where media are copied to, and what is said of it.
package struct Copying {
  /// Something about a copy, for people.
  package enum Notice: Hashable, Sendable {
    /// A reader's word.
    case reader(IncomingFolder.Notice)
    /// The same was taken in before, and gets no second record.
    case known(id: String, taken: UnixTime)
  }

  let quarantine: Quarantine
  /// What people call the stick.
  let label: String
  let now: UnixTime
  let notice: (Notice) -> Void

  package init(
    into quarantine: Quarantine, label: String, now: UnixTime, notice: @escaping (Notice) -> Void
  ) {
    self.quarantine = quarantine
    self.label = label
    self.now = now
    self.notice = notice
  }

  /// - Parameter mark: of an archive that is a file.
  /// - Throws: `CopyTrouble`.
  func begin(_ source: MediaSource, mark: MediumRecord.Mark?) throws -> Incoming {
    do throws(QuarantineError) {
      return try quarantine.begin(source, label: label, mark: mark, now: now)
    } catch { throw CopyTrouble(error) }
  }

  /// - Throws: `Failure` for what a reader in foreign hands may have left; `CopyTrouble`.
  func takeOver(_ copy: Incoming) throws -> Quarantine.TakenOver {
    do throws(QuarantineError) {
      let taken = try quarantine.takeOver(copy)
      if taken.isKnown { notice(.known(id: taken.record.id, taken: taken.record.taken)) }
      return taken
    } catch {
      if case .input(let failure) = error { throw failure }
      throw CopyTrouble(error)
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
  init(_ bytes: [UInt8]) {
    disk = bytes.first.flatMap(Disk.init) ?? .nothing
    description = printable(bytes.dropFirst(), limit: 4096)
  }

  var bytes: [UInt8] { [disk.rawValue] + Array(description.utf8.prefix(4096)) }
}

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

extension ReaderRole {
  /// Reads the medium into the folder that was handed over.
  func copy(_ file: OpenFile, _ question: CopyQuestion) throws(Failure) -> Answer {
    let channel = channel
    do throws(QuarantineError) {
      let folder = try IncomingFolder(
        question.id, OpenFile(owning: RoleTable.Place.incoming), beside: OpenFile(owning: RoleTable.Place.contents))
      let medium = try folder.take(
        file, as: question.source, progress: channel.progress,
        notice: { try? channel.send(.notice, CopyNotice.bytes($0)) })
      let answer = answer(medium)
      // The last word is the answer, and before it that the copy is whole.
      return answer.dropLast() + [(.quarantined, [])] + answer.suffix(1)
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
