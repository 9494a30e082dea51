import Channel
import Files
import MediaReader
import MediumRecord
import Processes
import Reasons

/// The starter's side. When the keeper has confined itself it opens no medium and starts no process: it asks the starter,
/// which has no keys and reads nothing.
struct StarterRole {
  private let channel: Channel
  private let isUnconfined: Bool

  init(_ channel: Channel, isUnconfined: Bool) {
    self.channel = channel
    self.isUnconfined = isUnconfined
  }

  func run() throws(ChannelError) {
    while true {
      let (message, content) = try channel.receive()
      switch message {
      case .start:
        let speaking = try channel.receiveDescriptor()
        let order = StartOrder(content)
        let medium = order?.isOfOpenFile == true ? try channel.receiveDescriptor() : nil
        let started: ChildProcess
        do throws(StartTrouble) { started = try start(order, speaking, medium) } catch {
          try channel.send(.failed, error.bytes)
          continue
        }
        try channel.send(.started, StarterMessage.number(started.id))
      case .look:
        let look: Look
        do throws(StartTrouble) { look = try self.look(StartOrder(content)) } catch {
          try channel.send(.failed, error.bytes)
          continue
        }
        try channel.send(.seen, look.bytes)
      case .end:
        guard let id = StarterMessage.number(content) else { throw .forbidden("no number") }
        try channel.send(.ended, StarterMessage.end(ChildProcess(id: id).end()))
      default: throw .forbidden("\(message)")
      }
    }
  }

  private static let noOrder = StartTrouble(.machine, FileError("start", code: 22))

  private func look(_ order: StartOrder?) throws(StartTrouble) -> Look {
    guard let order else { throw Self.noOrder }
    do throws(FileError) { return try Look(order, standardInput: RoleTable.Place.medium) } catch {
      throw StartTrouble(.medium, error)
    }
  }

  /// - Parameter passed: the medium that came behind the order.
  private func start(
    _ order: StartOrder?, _ speaking: Socket, _ passed: Socket?
  ) throws(StartTrouble) -> ChildProcess {
    guard let order else { throw Self.noOrder }
    let medium: OpenFile?
    do throws(FileError) {
      // Standard input is the keeper's, which was handed over when this process started.
      if let passed {
        medium = OpenFile(borrowing: passed.descriptor)
      } else {
        medium = try order.opened(standardInput: RoleTable.Place.medium)
      }
    } catch { throw StartTrouble(.medium, error) }
    do throws(FileError) {
      let folder = try order.copy.map { (id) throws(FileError) in
        try Directory(OpenFile(borrowing: RoleTable.Place.incoming)).file(Array(id.utf8))
      }
      return try ChildProcess.startOurselves(
        order.arguments(isUnconfined: isUnconfined),
        descriptors: [speaking.descriptor] + (medium.map { [$0.descriptor] } ?? [])
          + (folder.map { [$0.descriptor, RoleTable.Place.contents] } ?? []))
    } catch { throw StartTrouble(.machine, error) }
  }
}

/// Why nothing was started: what kept it from that, in one byte, and the system's number.
struct StartTrouble: Error, Equatable {
  enum Cause: UInt8 {
    /// It cannot be opened.
    case medium
    /// A folder of ours, or the system, which starts nothing.
    case machine
  }

  let cause: Cause
  let error: FileError

  init(_ cause: Cause, _ error: FileError) {
    self.cause = cause
    self.error = error
  }

  init?(_ bytes: [UInt8]) {
    guard let cause = Cause(rawValue: bytes.first ?? .max), let number = StarterMessage.number(Array(bytes.dropFirst()))
    else { return nil }
    self.init(cause, FileError(cause == .medium ? "open" : "start", code: number))
  }

  var bytes: [UInt8] { [cause.rawValue] + StarterMessage.number(error.code) }
}

/// Numbers between keeper and starter: four bytes, most significant first.
enum StarterMessage {
  static func number(_ number: Int32) -> [UInt8] { BigEndian.bytes(UInt64(UInt32(bitPattern: number)), count: 4) }

  static func number(_ bytes: [UInt8]) -> Int32? {
    bytes.count == 4 ? Int32(bitPattern: UInt32(BigEndian.number(bytes))) : nil
  }

  static func end(_ end: ChildProcess.End?) -> [UInt8] {
    switch end {
    case .exited(let status): [0] + number(status)
    case .signalled(let signal): [1] + number(signal)
    case nil: []
    }
  }

  static func end(_ bytes: [UInt8]) -> ChildProcess.End? {
    guard let kind = bytes.first, kind <= 1, let number = number(Array(bytes.dropFirst())) else { return nil }
    return kind == 0 ? .exited(number) : .signalled(number)
  }
}
