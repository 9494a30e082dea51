package import Files
package import Processes
import Synchronization

/// One end of what two roles say to each other: frames of one byte for the message, four for the length of what it carries,
/// most significant first, and that. The request table bounds each side; a frame that it does not allow is refused before
/// any of what it carries is read.
///
/// Threads may send at once: each frame passes whole.
package final class Channel: Sendable {
  private let socket: Socket
  private let own: Role
  private let other: Role
  private let sent = Mutex(Traffic())
  private let received = Mutex(Traffic())
  /// How long one frame of the other side may take to come, in seconds, or one of this side to be taken; nil for ever.
  package let patience: Int?

  /// - Parameters:
  ///   - own: which role speaks at this end; the other end is `other`.
  package init(_ socket: Socket, own: Role, other: Role, patience: Int? = nil) {
    self.socket = socket
    self.own = own
    self.other = other
    self.patience = patience
  }

  package func send(_ message: Message, _ content: [UInt8] = []) throws(ChannelError) {
    let head = [message.rawValue] + BigEndian.bytes(UInt64(UInt32(clamping: content.count)), count: 4)
    try sent.withLock { (sent) throws(ChannelError) in
      try sent.count(message, content.count, from: own, to: other)
      do throws(FileError) {
        // Small frames in one piece: each piece wakes the other side.
        if content.count <= Self.smallContent { return try socket.write(head + content, within: patience) }
        try socket.write(head, within: patience)
        try socket.write(content, within: patience)
      } catch {
        throw ChannelError(error)
      }
    }
  }

  /// Passes a descriptor on, behind the last frame.
  package func send(descriptor: Int32) throws(ChannelError) {
    do throws(FileError) { try socket.send(descriptor: descriptor, within: patience) } catch {
      throw ChannelError(error)
    }
  }

  /// A descriptor that was passed; closed with its last reference.
  package func receiveDescriptor() throws(ChannelError) -> Socket {
    let passed: Int32?
    do throws(FileError) { passed = try socket.receiveDescriptor() } catch { throw ChannelError(error) }
    guard let passed else { throw .ended }
    return Socket(owning: passed)
  }

  /// The next frame.
  package func receive() throws(ChannelError) -> (message: Message, content: [UInt8]) {
    var head = [UInt8](repeating: 0, count: Self.headBytes)
    guard try read(&head) == head.count else { throw .ended }
    guard let message = Message(rawValue: head[0]) else { throw .forbidden("message \(head[0]), which is none") }
    let count = Int(BigEndian.number(head[1...]))
    try received.withLock { (received) throws(ChannelError) in
      try received.count(message, count, from: other, to: own)
    }
    var content = [UInt8](repeating: 0, count: count)
    guard try read(&content) == count else { throw .ended }
    return (message, content)
  }

  /// The next frame, where only one message is wanted.
  package func receive(_ wanted: Message) throws(ChannelError) -> [UInt8] {
    let (message, content) = try receive()
    guard message == wanted else { throw .forbidden("“\(message)” where “\(wanted)” is wanted") }
    return content
  }

  private func read(_ buffer: inout [UInt8]) throws(ChannelError) -> Int {
    do throws(FileError) {
      return try socket.read(into: &buffer, 0..<buffer.count, within: patience)
    } catch {
      throw ChannelError(error)
    }
  }

  private static let headBytes = 5
  private static let smallContent = 4096
}

/// What one side has said so far.
private struct Traffic {
  private var step = 0
  private var times: [Message: Int] = [:]
  private var bytes: [Message: Int] = [:]

  mutating func count(_ message: Message, _ size: Int, from: Role, to: Role) throws(ChannelError) {
    guard let row = RequestTable.row(message, from: from, to: to) else {
      throw .forbidden("“\(message)”, which is not the \(from)'s to say")
    }
    guard row.step >= step else { throw .forbidden("“\(message)” out of order") }
    step = row.step
    times[message, default: 0] += 1
    guard times[message, default: 0] <= row.most else { throw .forbidden("“\(message)” more than \(row.most) times") }
    bytes[message, default: 0] += size
    guard size <= row.bytes, bytes[message, default: 0] <= row.together else {
      throw .forbidden("“\(message)” of \(size) bytes; at most \(row.bytes), and \(row.together) together")
    }
  }
}

/// Why a conversation ended without its answer.
package enum ChannelError: Error, Hashable, Sendable {
  /// The other side is gone.
  case ended
  /// It said nothing, or took nothing, for longer than this side waits.
  case silent
  /// It said what the request table does not let it say.
  case forbidden(String)
  case system(FileError)

  fileprivate init(_ error: FileError) {
    self = error.isTimeout ? .silent : error.isHangUp ? .ended : .system(error)
  }
}
