import Channel
import Files
import Findings
import MediaReader
import Octets
import Processes
import Readings
import Reasons
import RoleMessages
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

extension Channel {
  /// Says how far a reader has come.
  var progress: MediaReader.Progress {
    { done, total in try? self.send(.progress, ProgressMessage(done, total).bytes) }
  }
}
