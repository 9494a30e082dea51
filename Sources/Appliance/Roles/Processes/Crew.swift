import Channel
import Files
package import MediaReader
import MediumRecord
import Processes
import Quarantine
import Reasons
import RoleMessages
package import Sandbox

/// The processes that the keeper works with: a reader and a prover for each archive, each of them new, so that what one
/// archive did to them ends with it.
package final class Crew {
  /// Seconds without a word after which a role has hung.
  package static let usualPatience = 120

  package let isUnconfined: Bool
  private let patience: Int
  /// Where readers copy what they read; nil where they only read.
  package private(set) var copying: Copying?
  /// The medium below which archives lie, where it was looked over.
  var surveyed: SurveyedMedium?
  /// Where many are needed one after the other.
  package var keepsProverAhead = false
  /// Started ahead, for the first who asks.
  private var waiting: [RoleProcess] = []
  private var starter: RoleProcess?
  private var ownProtections: Protections?
  private var seen: Set<Protections> = []

  package init(isUnconfined: Bool = false, patience: Int = usualPatience) {
    self.isUnconfined = isUnconfined
    self.patience = patience
  }

  /// From now on readers of archives copy what they read. Said before the keeper is confined.
  package func copy(into copying: Copying) { self.copying = copying }

  /// Starts a reader, which begins at once, and a prover ahead: they come to life while the keeper opens its TPM.
  /// - Throws: where the medium cannot be opened, or the system starts nothing.
  package func expect(_ source: MediaSource) throws {
    waiting = [try ask(source), try start(.prover, about: source.description)]
  }

  /// A reader of an archive that has been asked, and copies it where that is wanted.
  private func ask(_ source: MediaSource) throws -> RoleProcess {
    guard let copying else { return try ask(.read, of: source) }
    let copy = try copying.begin(source, mark: surveyed?.marks[Array(source.description.utf8)])
    do {
      let reader = try start(order(of: source, copy: copy.id), copyingTo: copy, about: source.description)
      try reader.send(.quarantine, CopyQuestion(copy.id, source).bytes)
      return reader
    } catch {
      // Nobody reads there: others may go on with it, or remove it.
      copying.leave(source, hasBegun: false, after: error)
      throw error
    }
  }

  /// A reader that has been asked, and only reads.
  /// - Parameter file: the medium, where it is open already.
  func ask(_ question: Message, of source: MediaSource, in file: OpenFile? = nil) throws -> RoleProcess {
    let order = file == nil ? order(of: source) : .readerOfOpenFile
    let reader = try start(order, handing: file, about: source.description)
    try reader.send(question, ReaderQuestion(source).bytes)
    return reader
  }

  /// What the system says of a medium, or of what a survey named on it.
  /// - Throws: `archive.unreadable`; `RoleTrouble`.
  func look(_ order: StartOrder, about subject: String) throws -> Look {
    guard let starter else {
      do throws(FileError) { return try Look(order, standardInput: 0) } catch {
        throw Self.failure(StartTrouble(.medium, error), subject)
      }
    }
    try starter.send(.look, order.bytes)
    let (message, content) = try starter.receive()
    if let trouble = StartTrouble(content), message == .failed { throw Self.failure(trouble, subject) }
    guard message == .seen, let look = Look(content) else { throw starter.failure(.forbidden("nothing that was seen")) }
    return look
  }

  private func order(of source: MediaSource, copy: String? = nil) -> StartOrder {
    surveyed?.order(of: source, copy: copy) ?? .reader(source, copy: copy)
  }

  /// Confines this process, the keeper; from now on it opens no medium and starts nothing.
  /// - Throws: `RoleTrouble`.
  package func confineKeeper(_ capabilities: Capabilities) throws {
    // A terminal of somebody else cannot be opened, which matters to whoever reads from it: no archive that has nothing in it.
    let input = try (try? MediaSource.standardInput.open()) ?? OpenFile.unreadable()
    starter = try startDirectly(
      StartedRole.arguments(.starter, isUnconfined: isUnconfined, isCopying: copying != nil), .starter,
      [input] + (try copying?.quarantine.handedToStarter() ?? []), about: "starter", whenSpokenTo: true)
    try confine("keeper", to: capabilities)
  }

  /// Confines this process as a prover that works alone, with nothing but what it has read already.
  /// - Throws: `RoleTrouble`.
  package func confineAlone() throws {
    StartedRole.warmUp()
    try confine("prover", to: RoleTable.alone)
  }

  /// Confines this process to the folders of the quarantine, and of what was let out of it.
  /// - Throws: `RoleTrouble`.
  package func confineCaretaker(of folders: [String]) throws {
    // Counted while the system may still be asked.
    _ = readingThreads
    StartedRole.warmUp()
    try confine("caretaker of the quarantine", to: RoleTable.caretaker(of: folders))
  }

  /// This process, as a role.
  private func confine(_ role: String, to capabilities: Capabilities) throws {
    do throws(SandboxError) {
      ownProtections = isUnconfined ? Protections.none : try Sandbox.confine(capabilities)
    } catch {
      throw RoleTrouble(role, "\(error)")
    }
  }

  /// What protects this verification: of all processes that had a part in it, the least.
  package var protections: Protections { .least(of: Array(seen) + [ownProtections].compactMap(\.self)) }

  /// What a reader and a prover confine themselves to on this machine, found out by starting one of each.
  /// - Throws: `RoleTrouble`; `Failure` where they do not start.
  package func trial() throws -> Protections {
    let roles = [
      try start(.reader(.path("/dev/null")), about: "reader"), try start(.prover, about: "prover"),
    ]
    defer { for role in roles { role.end() } }
    return .least(of: try roles.map { try $0.awaitReady() })
  }

  // MARK: Roles

  /// A reader that reads this medium already, or a new one.
  func reader(of source: MediaSource) throws -> RoleProcess {
    if let index = waiting.firstIndex(where: { $0.role == .reader && $0.subject == source.description }) {
      return waiting.remove(at: index)
    }
    return try ask(source)
  }

  func prover(about subject: String) throws -> RoleProcess {
    // One that waits has heard nothing yet: it is as good as new.
    guard let index = waiting.firstIndex(where: { $0.role == .prover }) else {
      return try start(.prover, about: subject)
    }
    let prover = waiting.remove(at: index)
    prover.subject = subject
    return prover
  }

  /// Starts a prover ahead of who will want it next.
  package func expectProver() throws { waiting.append(try start(.prover, about: "")) }

  /// One that reads a trust bundle.
  func bundleReader(of source: MediaSource) throws -> RoleProcess { try ask(.readBundle, of: source) }

  /// One that only hashes a medium.
  func hasher(of source: MediaSource) throws -> RoleProcess { try ask(.hash, of: source) }

  /// Ends a reader, and takes over what it left.
  /// - Throws: `Failure`, `CopyTrouble`; `RoleTrouble` where it may still write there.
  func takeOverCopy(of source: MediaSource, from reader: RoleProcess) throws {
    guard let copying, copying.isOnItsWay(source) else {
      reader.end()
      return
    }
    try reader.endForSure()
    try copying.takeOver(source)
  }

  /// Notes what protected a role that has answered.
  func note(_ role: RoleProcess) {
    if let protections = role.protections { seen.insert(protections) }
  }

  private func start(
    _ order: StartOrder, copyingTo copy: Incoming? = nil, handing file: OpenFile? = nil, about subject: String
  ) throws -> RoleProcess {
    guard let starter else {
      let medium: OpenFile?
      do throws(FileError) {
        if let file { medium = file } else { medium = try order.opened(standardInput: 0) }
      } catch {
        throw Self.failure(StartTrouble(.medium, error), subject)
      }
      return try startDirectly(
        order.arguments(isUnconfined: isUnconfined), order.role,
        (medium.map { [$0] } ?? []) + (copy.map { [$0.folder, $0.contents] } ?? []), about: subject)
    }
    let (near, far) = try Socket.pair()
    try starter.send(.start, order.bytes)
    try starter.send(descriptor: far.descriptor)
    if let file { try starter.send(descriptor: file.descriptor) }
    let (message, content) = try starter.receive()
    if let trouble = StartTrouble(content), message == .failed { throw Self.failure(trouble, subject) }
    guard message == .started, let number = StarterMessage.number(content) else {
      throw starter.failure(.forbidden("no number"))
    }
    return RoleProcess(
      order.role, Channel(near, own: .keeper, other: order.role, patience: patience),
      RemoteChild(id: number, starter: starter), about: subject)
  }

  private static func failure(_ trouble: StartTrouble, _ subject: String) -> any Error {
    switch trouble.cause {
    case .medium: Failure(.archiveUnreadable, subject, "\(trouble.error)")
    case .machine: RoleTrouble(starting: subject, trouble.error)
    }
  }

  private func startDirectly(
    _ arguments: [String], _ role: Role, _ media: [OpenFile], about subject: String, whenSpokenTo: Bool = false
  ) throws -> RoleProcess {
    let (near, far) = try Socket.pair()
    let child: ChildProcess
    do throws(FileError) {
      child = try ChildProcess.startOurselves(
        arguments, descriptors: [far.descriptor] + media.map(\.descriptor), whenSpokenTo: whenSpokenTo)
    } catch { throw Self.failure(StartTrouble(.machine, error), subject) }
    return RoleProcess(
      role, Channel(near, own: .keeper, other: role, patience: patience), child, about: subject)
  }
}

/// A process that the starter started.
private struct RemoteChild: Endable {
  let id: Int32
  let starter: RoleProcess

  func end() -> ChildProcess.End? {
    guard (try? starter.send(.end, StarterMessage.number(id))) != nil, let (_, content) = try? starter.receive() else {
      return nil
    }
    return StarterMessage.end(content)
  }
}
