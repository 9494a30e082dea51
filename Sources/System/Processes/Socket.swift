import CLinux
package import Files
import Glibc

/// One end of a pair of connected sockets between two processes of this machine; closed with its last reference.
package final class Socket: Sendable {
  package let descriptor: Int32

  package init(owning descriptor: Int32) { self.descriptor = descriptor }

  deinit { close(descriptor) }

  /// - Returns: an end for this process, on which no call blocks, and one to hand on.
  package static func pair() throws(FileError) -> (near: Socket, far: Socket) {
    var ends: (Int32, Int32) = (-1, -1)
    let made = withUnsafeMutableBytes(of: &ends) { bytes in
      socketpair(
        AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0,
        bytes.bindMemory(to: Int32.self).baseAddress!)
    }
    guard made == 0 else { throw FileError("socketpair", code: errno) }
    let (near, far) = (Socket(owning: ends.0), Socket(owning: ends.1))
    guard fcntl(near.descriptor, F_SETFL, O_NONBLOCK) == 0 else { throw FileError("fcntl", code: errno) }
    return (near, far)
  }

  /// Reads until `buffer[range]` is full or the other end has closed.
  /// - Parameter seconds: how long to wait for all of it; nil waits for ever.
  /// - Returns: how many bytes came.
  /// - Throws: ETIMEDOUT where they did not come in time.
  package func read(into buffer: inout [UInt8], _ range: Range<Int>, within seconds: Int?) throws(FileError) -> Int {
    precondition(range.lowerBound >= 0 && range.upperBound <= buffer.count)
    let deadline = Deadline(seconds)
    var done = 0
    while done < range.count {
      try wait(POLLIN, deadline, "read")
      let count = buffer.withUnsafeMutableBytes {
        Glibc.read(descriptor, $0.baseAddress! + range.lowerBound + done, range.count - done)
      }
      if count == 0 { break }
      guard count > 0 else {
        if errno == EINTR || errno == EAGAIN { continue }
        // The other end died with bytes of ours unread.
        if errno == ECONNRESET { break }
        throw FileError("read", code: errno)
      }
      done += count
    }
    return done
  }

  /// Writes all of it.
  /// - Parameter seconds: how long to wait until the other end has taken it; nil waits for ever.
  /// - Throws: ETIMEDOUT; EPIPE where the other end has closed and SIGPIPE is ignored, which ends this process otherwise.
  package func write(_ bytes: [UInt8], within seconds: Int?) throws(FileError) {
    let deadline = Deadline(seconds)
    var done = 0
    while done < bytes.count {
      try wait(POLLOUT, deadline, "write")
      let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress! + done, bytes.count - done) }
      guard count >= 0 else {
        if errno == EINTR || errno == EAGAIN { continue }
        throw FileError("write", code: errno)
      }
      done += count
    }
  }

  /// When to give up: however little comes, and however often.
  private struct Deadline {
    private let last: ContinuousClock.Instant?

    init(_ seconds: Int?) { last = seconds.map { .now + .seconds($0) } }

    /// For poll(2), rounded up, so that what is left is never waited for in no time.
    var milliseconds: Int32 {
      guard let last else { return -1 }
      return Int32(clamping: Int(max(0, (last - .now) / .milliseconds(1)).rounded(.up)))
    }
  }

  private func wait(_ events: Int32, _ deadline: Deadline, _ operation: String) throws(FileError) {
    var request = pollfd(fd: descriptor, events: Int16(events), revents: 0)
    while true {
      let ready = poll(&request, 1, deadline.milliseconds)
      if ready > 0 { return }
      if ready == 0 { throw FileError(operation, code: ETIMEDOUT) }
      guard errno == EINTR else { throw FileError(operation, code: errno) }
    }
  }

  /// Passes a descriptor on, with one byte.
  package func send(descriptor: Int32, within seconds: Int?) throws(FileError) {
    let deadline = Deadline(seconds)
    while true {
      try wait(POLLOUT, deadline, "send")
      let error = assay_send_descriptor(self.descriptor, descriptor)
      if error == 0 { return }
      guard error == EAGAIN else { throw FileError("send", code: error) }
    }
  }

  /// - Returns: nil where the other end has closed.
  package func receiveDescriptor() throws(FileError) -> Int32? {
    var descriptor: Int32 = -1
    let count = assay_receive_descriptor(self.descriptor, &descriptor)
    guard count >= 0 else { throw FileError("receive", code: errno) }
    return count == 0 ? nil : descriptor
  }
}
