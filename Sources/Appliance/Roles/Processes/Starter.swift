import Channel
import Files
import MediaReader
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
        let started: ChildProcess
        do throws(FileError) { started = try start(content, speaking) } catch {
          try channel.send(.failed, StarterMessage.number(error.code))
          continue
        }
        try channel.send(.started, StarterMessage.number(started.id))
      case .end:
        guard let id = StarterMessage.number(content) else { throw .forbidden("no number") }
        try channel.send(.ended, StarterMessage.end(ChildProcess(id: id).end()))
      default: throw .forbidden("\(message)")
      }
    }
  }

  private func start(_ content: [UInt8], _ speaking: Socket) throws(FileError) -> ChildProcess {
    guard let order = StartOrder(content) else { throw FileError("start", code: 22) }
    let medium = try order.source.map { (source) throws(FileError) in
      switch source {
      // The keeper's, which was handed over when this process started.
      case .standardInput: OpenFile(borrowing: RoleTable.Place.medium)
      case .path(let path): try OpenFile(path: path)
      }
    }
    return try ChildProcess.startOurselves(
      order.arguments(isUnconfined: isUnconfined),
      descriptors: [speaking.descriptor] + (medium.map { [$0.descriptor] } ?? [])
        + (order.isCopying ? [RoleTable.Place.quarantine] : []))
  }
}

/// What is to be started: a reader of one medium, or a prover.
struct StartOrder {
  let role: Role
  let source: MediaSource?
  /// Whether it gets the quarantine, too.
  let isCopying: Bool

  static func reader(_ source: MediaSource, copying: Bool) -> StartOrder {
    StartOrder(role: .reader, source: source, isCopying: copying)
  }
  static let prover = StartOrder(role: .prover, source: nil, isCopying: false)

  private init(role: Role, source: MediaSource?, isCopying: Bool) {
    self.role = role
    self.source = source
    self.isCopying = isCopying
  }

  init?(_ bytes: [UInt8]) {
    switch bytes.first {
    case 0 where bytes.count == 1: self = .prover
    case 1 where bytes.count == 1, 3 where bytes.count == 1: self = .reader(.standardInput, copying: bytes[0] == 3)
    case 2, 4: self = .reader(.path(String(decoding: bytes.dropFirst(), as: UTF8.self)), copying: bytes[0] == 4)
    default: return nil
    }
  }

  var bytes: [UInt8] {
    switch source {
    case nil: [0]
    case .standardInput: [isCopying ? 3 : 1]
    case .path(let path): [isCopying ? 4 : 2] + Array(path.utf8)
    }
  }

  func arguments(isUnconfined: Bool) -> [String] {
    StartedRole.arguments(role, isUnconfined: isUnconfined, writesQuarantine: isCopying)
  }
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
