import Channel
import Files
import Findings
import MediaReader
import Octets
import Processes
import Readings
import Reasons
import StrictJSON

/// The reader's side: one question about the medium that it was handed, one answer.
struct ReaderRole {
  let channel: Channel

  init(_ channel: Channel) { self.channel = channel }

  func run() throws(ChannelError) {
    let (message, content) = try channel.receive()
    let file = OpenFile(owning: RoleTable.Place.medium)
    if message == .readBundle, let question = try? ReaderQuestion(content) {
      return try BundleRole(channel, file, question.source).run()
    }
    let answer: Answer
    do throws(Failure) {
      switch message {
      case .read: answer = try read(file, try ReaderQuestion(content).source)
      case .hash: answer = try digest(file, try ReaderQuestion(content).source)
      case .survey: answer = try survey(file, try ReaderQuestion(content).source)
      case .readLoose: answer = loose(file)
      case .quarantine: answer = try copy(file, try CopyQuestion(content))
      default: throw Failure(.readingMalformed, "question", "“\(message)” is no question")
      }
    } catch {
      return try channel.send(.failed, FailureMessage.serialized(error))
    }
    for (message, content) in answer { try channel.send(message, content) }
  }

  /// What there is to be said, last the answer itself.
  typealias Answer = [(message: Message, content: [UInt8])]

  private func read(_ file: OpenFile, _ source: MediaSource) throws(Failure) -> Answer {
    let reading = try Reader.read(file, as: source, progress: channel.progress)
    let (document, objects) = try reading.serialized()
    return objects.map { (.object, $0) } + [(.reading, document)]
  }

  private func digest(_ file: OpenFile, _ source: MediaSource) throws(Failure) -> Answer {
    do throws(FileError) {
      return [
        (
          .digest,
          try MediaReader.digest(of: file, progress: channel.progress).map { Array("\(ClaimedDigest($0))".utf8) } ?? []
        )
      ]
    } catch {
      throw Failure(.archiveUnreadable, source.description, error.description)
    }
  }
}

/// What is asked of a reader: what errors call the medium, and whether it passes but once.
struct ReaderQuestion {
  let source: MediaSource

  init(_ source: MediaSource) { self.source = source }

  /// - Throws: `reading.malformed`.
  init(_ bytes: [UInt8]) throws(Failure) {
    guard let first = bytes.first, first <= 1 else { throw Failure(.readingMalformed, "question", "no question") }
    source = first == 1 ? .standardInput : .path(String(decoding: bytes.dropFirst(), as: UTF8.self))
  }

  var bytes: [UInt8] {
    switch source {
    case .standardInput: [1]
    case .path(let name): [0] + Array(name.utf8)
    }
  }
}

extension Channel {
  /// Says how far a reader has come.
  var progress: MediaReader.Progress {
    { done, total in try? self.send(.progress, ProgressMessage(done, total).bytes) }
  }
}

/// How far a role has come: two numbers of eight bytes, most significant first; the second is 0 where it is not known.
struct ProgressMessage {
  let done: UInt64
  let total: UInt64?

  init(_ done: UInt64, _ total: UInt64?) {
    self.done = done
    self.total = total
  }

  init?(_ bytes: [UInt8]) {
    guard bytes.count == 16 else { return nil }
    done = BigEndian.number(bytes[..<8])
    let whole = BigEndian.number(bytes[8...])
    total = whole == 0 ? nil : whole
  }

  var bytes: [UInt8] { BigEndian.bytes(done, count: 8) + BigEndian.bytes(total ?? 0, count: 8) }
}

/// A failure as a message.
enum FailureMessage {
  static func serialized(_ failure: Failure) -> [UInt8] {
    // As long as the request table lets it be; texts of failures are shown shortened in any case.
    var failure = failure
    failure.subject = String(decoding: failure.subject.utf8.prefix(16 << 10), as: UTF8.self)
    failure.detail = String(decoding: failure.detail.utf8.prefix(16 << 10), as: UTF8.self)
    return (try? FailureRecord.json(failure).canonical()) ?? []
  }

  /// - Throws: `malformed` where it is no failure.
  static func failure(_ bytes: [UInt8], malformed: Reason) throws(Failure) -> Failure {
    try FailureRecord.failure(JSONNode(parsing: bytes, named: "failure", malformed: malformed))
  }
}
