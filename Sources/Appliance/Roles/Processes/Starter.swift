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
    let folder = try order.copy.map { (id) throws(FileError) in
      try Directory(OpenFile(borrowing: RoleTable.Place.incoming)).file(Array(id.utf8))
    }
    return try ChildProcess.startOurselves(
      order.arguments(isUnconfined: isUnconfined),
      descriptors: [speaking.descriptor] + (medium.map { [$0.descriptor] } ?? [])
        + (folder.map { [$0.descriptor, RoleTable.Place.contents] } ?? []))
  }
}

/// What is to be started: a reader of one medium, or a prover.
struct StartOrder {
  let role: Role
  let source: MediaSource?
  /// The medium's id, where it is copied: the name of the folder that its reader gets, too.
  let copy: String?

  static func reader(_ source: MediaSource, copy: String? = nil) -> StartOrder {
    StartOrder(role: .reader, source: source, copy: copy)
  }
  static let prover = StartOrder(role: .prover, source: nil, copy: nil)

  private init(role: Role, source: MediaSource?, copy: String?) {
    self.role = role
    self.source = source
    self.copy = copy
  }

  init?(_ bytes: [UInt8]) {
    var rest = bytes.dropFirst()
    var copy: String?
    if let first = bytes.first, first == 3 || first == 4 {
      let id = String(decoding: rest.prefix(2 * MediumRecord.idBytes), as: UTF8.self)
      guard MediumRecord.isID(id) else { return nil }
      copy = id
      rest = rest.dropFirst(2 * MediumRecord.idBytes)
    }
    switch bytes.first {
    case 0 where rest.isEmpty: self = .prover
    case 1 where rest.isEmpty, 3 where rest.isEmpty: self = .reader(.standardInput, copy: copy)
    case 2, 4: self = .reader(.path(String(decoding: rest, as: UTF8.self)), copy: copy)
    default: return nil
    }
  }

  var bytes: [UInt8] {
    let id = Array((copy ?? "").utf8)
    return switch source {
    case nil: [0]
    case .standardInput: [copy == nil ? 1 : 3] + id
    case .path(let path): [copy == nil ? 2 : 4] + id + Array(path.utf8)
    }
  }

  func arguments(isUnconfined: Bool) -> [String] {
    StartedRole.arguments(role, isUnconfined: isUnconfined, isCopying: copy != nil)
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
