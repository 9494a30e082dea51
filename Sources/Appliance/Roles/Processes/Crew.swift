import Channel
import Files
package import MediaReader
import Processes
import Reasons
package import Sandbox

/// The processes that the keeper works with: a reader and a prover for each archive, each of them new, so that what one
/// archive did to them ends with it.
package final class Crew {
  /// Seconds without a word after which a role has hung.
  package static let usualPatience = 120

  package let isUnconfined: Bool
  private let patience: Int
  /// Where many are needed one after the other.
  package var keepsProverAhead = false
  /// Started ahead, for the first who asks.
  private var waiting: [RoleProcess] = []
  private var starter: RoleProcess?
  private var ownProtections: Protections?
  private var seen: [Protections] = []

  package init(isUnconfined: Bool = false, patience: Int = usualPatience) {
    self.isUnconfined = isUnconfined
    self.patience = patience
  }

  /// Starts a reader, which begins at once, and a prover ahead: they come to life while the keeper opens its TPM.
  /// - Throws: where the medium cannot be opened, or the system starts nothing.
  package func expect(_ source: MediaSource) throws {
    let reader = try start(.reader(source), about: source.description)
    try reader.send(.read, ReaderQuestion(source).bytes)
    waiting = [reader, try start(.prover, about: source.description)]
  }

  /// Confines this process, the keeper; from now on it opens no medium and starts nothing.
  /// - Throws: `ConfinementTrouble`.
  package func confineKeeper(_ capabilities: Capabilities) throws {
    starter = try startDirectly(
      StartedRole.arguments(.starter, isUnconfined: isUnconfined), .starter, [.standardInput], about: "starter")
    guard !isUnconfined else {
      ownProtections = Protections.none
      return
    }
    do throws(SandboxError) { ownProtections = try Sandbox.confine(capabilities) } catch {
      throw ConfinementTrouble(.keeper, "\(error)")
    }
  }

  /// Confines this process as a prover that works alone, with nothing but what it has read already.
  /// - Throws: `ConfinementTrouble`.
  package func confineAlone() throws {
    guard !isUnconfined else { return }
    StartedRole.warmUp()
    do throws(SandboxError) { ownProtections = try Sandbox.confine(RoleTable.alone) } catch {
      throw ConfinementTrouble(.prover, "\(error)")
    }
  }

  /// What protects this verification: of all processes that had a part in it, the least.
  package var protections: Protections {
    let all = seen + [ownProtections].compactMap(\.self)
    return Protections(
      landlock: all.map(\.landlock).min() ?? 0, isConfined: !all.isEmpty && all.allSatisfy(\.isConfined))
  }

  /// What a reader and a prover confine themselves to on this machine, found out by starting one of each.
  /// - Throws: `ConfinementTrouble`; `Failure` where they do not start.
  package func trial() throws -> Protections {
    let roles = [try start(.reader(.path("/dev/null")), about: "reader"), try start(.prover, about: "prover")]
    defer { for role in roles { role.end() } }
    let all = try roles.map { try $0.awaitReady() }
    return Protections(landlock: all.map(\.landlock).min() ?? 0, isConfined: all.allSatisfy(\.isConfined))
  }

  // MARK: Roles

  /// A reader that reads this medium already, or a new one.
  func reader(of source: MediaSource) throws -> RoleProcess {
    if let index = waiting.firstIndex(where: { $0.role == .reader && $0.subject == source.description }) {
      return waiting.remove(at: index)
    }
    let reader = try start(.reader(source), about: source.description)
    try reader.send(.read, ReaderQuestion(source).bytes)
    return reader
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
  func bundleReader(of source: MediaSource) throws -> RoleProcess {
    let reader = try start(.reader(source), about: source.description)
    try reader.send(.readBundle, ReaderQuestion(source).bytes)
    return reader
  }

  /// One that only hashes a medium.
  func hasher(of source: MediaSource) throws -> RoleProcess {
    let reader = try start(.reader(source), about: source.description)
    try reader.send(.hash, ReaderQuestion(source).bytes)
    return reader
  }

  /// Notes what protected a role that has answered.
  func note(_ role: RoleProcess) {
    if let protections = role.protections { seen.append(protections) }
  }

  private func start(_ order: StartOrder, about subject: String) throws -> RoleProcess {
    guard let starter else {
      let medium = try order.source?.open()
      return try startDirectly(
        StartedRole.arguments(order.role, isUnconfined: isUnconfined), order.role, medium.map { [$0] } ?? [],
        about: subject)
    }
    let (near, far) = try Socket.pair()
    try starter.send(.start, order.bytes)
    try starter.send(far)
    let (message, content) = try starter.receive()
    guard let number = StarterMessage.number(content) else { throw starter.failure(.forbidden("no number")) }
    guard message == .started else {
      throw Failure(.archiveUnreadable, subject, FileError("open", code: number).description)
    }
    return RoleProcess(
      order.role, Channel(near, own: .keeper, other: order.role, patience: patience),
      RemoteChild(id: number, starter: starter), about: subject)
  }

  private func startDirectly(
    _ arguments: [String], _ role: Role, _ media: [OpenFile], about subject: String
  ) throws -> RoleProcess {
    let (near, far) = try Socket.pair()
    let child = try ChildProcess.startOurselves(arguments, descriptors: [far.descriptor] + media.map(\.descriptor))
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
