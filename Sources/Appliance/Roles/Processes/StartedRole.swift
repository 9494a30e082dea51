import Channel
import Cryptography
import Files
import Processes
import Sandbox

/// A process that was started to be one role, and nothing else: `--role=reader`.
package struct StartedRole {
  let role: Role
  let isUnconfined: Bool
  /// Whether it copies, or starts who does.
  let isCopying: Bool

  package var name: String { role.rawValue }

  static let option = "--role="
  static let unconfined = "--unconfined"
  static let copying = "--copying"

  /// Nil where the arguments are a person's.
  /// - Parameter arguments: with the program's name.
  package init?(_ arguments: [String]) {
    guard let word = arguments.dropFirst().first, word.hasPrefix(Self.option),
      let role = Role(rawValue: String(word.dropFirst(Self.option.count))), role != .keeper
    else { return nil }
    self.role = role
    isUnconfined = arguments.contains(Self.unconfined)
    isCopying = arguments.contains(Self.copying)
  }

  static func arguments(_ role: Role, isUnconfined: Bool, isCopying: Bool = false) -> [String] {
    [option + role.rawValue] + (isUnconfined ? [unconfined] : []) + (isCopying ? [copying] : [])
  }

  /// Confines itself, says so, and does what the role does; ends the process.
  package func run() -> Never {
    OwnProcess.dieWithParent()
    let channel = Channel(Socket(owning: RoleTable.Place.channel), own: role, other: .keeper)
    do {
      let protections = try confine()
      try channel.send(.ready, [protections.isConfined ? 1 : 0, UInt8(clamping: protections.landlock)])
    } catch {
      try? channel.send(.unable, Array("\(error)".utf8.prefix(1024)))
      OwnProcess.end(1)
    }
    do {
      switch role {
      case .reader: try ReaderRole(channel).run()
      case .prover: try ProverRole(channel).run()
      case .starter: try StarterRole(channel, isUnconfined: isUnconfined).run()
      case .keeper: break
      }
    } catch {
      // The other side is gone, or took nothing: there is nobody to tell.
      OwnProcess.end(1)
    }
    OwnProcess.end(0)
  }

  private func confine() throws -> Protections {
    let capabilities: Capabilities
    switch role {
    case .reader:
      // Counted while the system may still be asked.
      _ = readingThreads
      Self.warmUp()
      let medium = try? OpenFile(borrowing: RoleTable.Place.medium).status()
      let room = isCopying ? try Directory(OpenFile(borrowing: RoleTable.Place.incoming)).freeBytes() : nil
      // What the limit does not take is an error of the disk's, as without it.
      OwnProcess.outliveFileSize()
      capabilities = RoleTable.reader(medium, copyingInto: room)
    case .prover:
      Self.warmUp()
      capabilities = RoleTable.prover
    case .starter: capabilities = RoleTable.starter(isCopying: isCopying)
    case .keeper: return .none
    }
    return isUnconfined ? .none : try Sandbox.confine(capabilities)
  }

  /// What libraries open files for when they are first used.
  static func warmUp() {
    OwnProcess.readTimeZone()
    OwnProcess.useOneHeap()
    _ = digest([])
  }
}
