import Channel
import Processes
import Reasons
import RoleMessages
import Sandbox

/// A role at work in a process of its own, as the keeper sees it: what it says, and how it ends. Ended with its last
/// reference.
final class RoleProcess {
  let role: Role
  let channel: Channel
  /// What it said of its confinement, with its first word.
  private(set) var protections: Protections?
  private let child: any Endable
  private var hasEnded = false
  /// How it ended, where that is known.
  private var ending: ChildProcess.End?
  private let started = ContinuousClock.now
  /// How long it may be at work, however busy it seems.
  private let longest: Duration
  /// How far it said it has come.
  private var done: UInt64 = 0
  /// What errors are about: the archive's name.
  var subject: String

  init(
    _ role: Role, _ channel: Channel, _ child: any Endable, about subject: String,
    atMost longest: Duration = usualLongest
  ) {
    self.role = role
    self.channel = channel
    self.child = child
    self.subject = subject
    self.longest = longest
  }

  /// More than a full disk of some terabytes takes, read from a stick.
  static let usualLongest = Duration.seconds(24 * 3600)

  deinit { end() }

  /// Ends it and lets the system forget it.
  @discardableResult
  func end() -> ChildProcess.End? {
    guard !hasEnded else { return nil }
    hasEnded = true
    ending = child.end()
    return ending
  }

  /// Ends it, and makes sure that it has: until then it may write on.
  /// - Throws: `RoleTrouble`.
  func endForSure() throws(RoleTrouble) {
    end()
    guard ending != nil else { throw RoleTrouble(unendedReaderOf: subject) }
  }

  /// What it says next, past its first word.
  /// - Throws: `Failure` for whatever a role in foreign hands may do; `RoleTrouble` where it does not run at all.
  func receive() throws -> (message: Message, content: [UInt8]) {
    _ = try awaitReady()
    let (message, content) = try talking { () throws(ChannelError) in try channel.receive() }
    if message == .progress { try verifyProgress(content) }
    if role != .starter, .now - started > longest {
      end()
      throw Failure(
        role == .reader ? .readerTimeout : .proverTimeout, subject,
        "the \(role) was not done after \(longest.components.seconds) seconds")
    }
    return (message, content)
  }

  /// Words that say nothing new are no sign of life.
  private func verifyProgress(_ content: [UInt8]) throws {
    guard let step = ProgressMessage(content), step.done > done else {
      throw failure(.forbidden("that it has come no further"))
    }
    done = step.done
  }

  /// Its first word: what is in force there.
  /// - Throws: the same.
  func awaitReady() throws -> Protections {
    if let protections { return protections }
    let (message, content) = try talking { () throws(ChannelError) in try channel.receive() }
    switch message {
    case .ready where content.count == 2:
      let said = Protections(landlock: Int(content[1]), isConfined: content[0] == 1)
      protections = said
      return said
    case .unable:
      end()
      throw RoleTrouble("\(role)", String(decoding: content, as: UTF8.self))
    default: throw failure(.forbidden("“\(message)” of \(content.count) bytes as its first word"))
    }
  }

  func send(_ message: Message, _ content: [UInt8] = []) throws {
    do throws(ChannelError) { try channel.send(message, content) } catch {
      // Whoever ended before it took everything may have said why.
      if case .ended = error, let (message, content) = try? channel.receive(), message == .unable {
        throw RoleTrouble("\(role)", String(decoding: content, as: UTF8.self))
      }
      throw failure(error)
    }
  }

  /// Passes an open file or one end of a channel on, behind the last message.
  func send(descriptor: Int32) throws {
    try talking { () throws(ChannelError) in try channel.send(descriptor: descriptor) }
  }

  private func talking<Answer>(_ talk: () throws(ChannelError) -> Answer) throws -> Answer {
    do throws(ChannelError) { return try talk() } catch { throw failure(error) }
  }

  /// Why there is no answer. The process is ended: nothing more is heard of it.
  func failure(_ error: ChannelError) -> any Error {
    role == .starter ? RoleTrouble(starter: error, end()) : finding(error)
  }

  private func finding(_ error: ChannelError) -> any Error {
    let isReader = role == .reader
    end()
    switch error {
    case .silent:
      return Failure(
        isReader ? .readerTimeout : .proverTimeout, subject,
        "nothing whole was heard of the \(role) for \(channel.patience ?? 0) seconds")
    case .forbidden(let what):
      return Failure(isReader ? .readerForbiddenMessage : .proverForbiddenMessage, subject, "the \(role) said \(what)")
    case .ended, .system:
      // Whoever started it is gone, and with it all that it started: nothing on a medium did that.
      guard let ending else { return RoleTrouble(lostAbout: subject) }
      if ending == .signalled(Self.badSystemCall) {
        return Failure(
          isReader ? .readerForbiddenCall : .proverForbiddenCall, subject,
          "the \(role) tried what its role may not, and was ended")
      }
      return Failure(isReader ? .readerCrashed : .proverCrashed, subject, "the \(role) \(ending.words)")
    }
  }

  /// SIGSYS: seccomp.
  private static let badSystemCall: Int32 = 31
}

/// Ends a process that was started, wherever it was started from.
protocol Endable {
  /// Nil where nobody knows how it ended.
  func end() -> ChildProcess.End?
}

extension ChildProcess: Endable {
  func end() -> End? {
    // One that has ended by itself keeps the way in which it did.
    kill()
    return try? wait()
  }
}

extension ChildProcess.End {
  var words: String {
    switch self {
    case .exited(let status): "ended with status \(status) and no answer"
    case .signalled(9): "was ended by the system, for memory or processor time perhaps (signal 9)"
    case .signalled(let signal): "was ended by signal \(signal)"
    }
  }
}
