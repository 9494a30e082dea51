import Channel
import Files
import MediaReader
import MediumRecord
import Octets
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
        do throws(StartTrouble) { started = try start(content, speaking) } catch {
          try channel.send(.failed, error.bytes)
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

  private func start(_ content: [UInt8], _ speaking: Socket) throws(StartTrouble) -> ChildProcess {
    guard let order = StartOrder(content) else { throw StartTrouble(.machine, FileError("start", code: 22)) }
    let medium: OpenFile?
    do throws(FileError) {
      // Standard input is the keeper's, which was handed over when this process started.
      medium = try order.opened(standardInput: OpenFile(borrowing: RoleTable.Place.medium))
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

/// What is to be started: a reader of one medium, or a prover.
struct StartOrder {
  let role: Role
  let source: MediaSource?
  /// The folder that a path is reached from, through no link; nil for what the operator named itself.
  let folder: String?
  /// The medium's id, where it is copied: the name of the folder that its reader gets, too.
  let copy: String?

  /// - Parameter folder: the start of the path, without the `/` behind it.
  static func reader(_ source: MediaSource, below folder: String? = nil, copy: String? = nil) -> StartOrder {
    StartOrder(role: .reader, source: source, folder: folder, copy: copy)
  }
  static let prover = StartOrder(role: .prover, source: nil, folder: nil, copy: nil)

  private init(role: Role, source: MediaSource?, folder: String?, copy: String?) {
    self.role = role
    self.source = source
    self.folder = folder
    self.copy = copy
  }

  /// A role in one byte; of a reader the id of a copy, or nothing, behind its length; a source in one byte; of a path the
  /// length of its folder in two, and the path.
  init?(_ bytes: [UInt8]) {
    var cursor = ByteCursor(bytes, of: "order", failing: .readingMalformed)
    do throws(Failure) {
      guard try cursor.byte() == 1 else {
        self = .prover
        guard bytes == self.bytes else { return nil }
        return
      }
      let id = String(decoding: try cursor.take(Int(try cursor.byte())), as: UTF8.self)
      guard id.isEmpty || MediumRecord.isID(id) else { return nil }
      if try cursor.byte() == 0 {
        self = .reader(.standardInput, copy: id.isEmpty ? nil : id)
      } else {
        let length = Int(try cursor.bigEndian(2))
        let path = try cursor.take(cursor.remaining)
        self = .reader(
          .path(String(decoding: path, as: UTF8.self)),
          below: length == 0 ? nil : String(decoding: path.prefix(length), as: UTF8.self),
          copy: id.isEmpty ? nil : id)
      }
    } catch { return nil }
    // As it would be written: nothing behind it, and no folder that is none of the path's.
    guard bytes == self.bytes, folder.map({ isBelow($0) }) ?? true else { return nil }
  }

  private func isBelow(_ folder: String) -> Bool {
    guard case .path(let path)? = source else { return false }
    return path.utf8.starts(with: (folder + "/").utf8)
  }

  var bytes: [UInt8] {
    guard let source else { return [0] }
    let id = Array((copy ?? "").utf8)
    let head = [1, UInt8(id.count)] + id
    return switch source {
    case .standardInput: head + [0]
    case .path(let path):
      head + [1] + BigEndian.bytes(UInt64(folder?.utf8.count ?? 0), count: 2) + Array(path.utf8)
    }
  }

  /// The medium; nil where none is wanted.
  func opened(standardInput: OpenFile) throws(FileError) -> OpenFile? {
    switch source {
    case nil: return nil
    case .standardInput: return standardInput
    case .path(let path):
      guard let folder else { return try OpenFile(path: path) }
      return try Directory(path: folder).file(at: Array(path.utf8.dropFirst(folder.utf8.count + 1)))
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
