import Glibc

/// A file that is open for reading; closed with its last reference. Reads may come from any thread.
package final class OpenFile: Sendable {
  /// As the system knows it, to be handed to another process.
  package let descriptor: Int32
  private let isOwned: Bool

  package init(owning descriptor: Int32) {
    self.descriptor = descriptor
    isOwned = true
  }

  /// Of somebody who closes it.
  package init(borrowing descriptor: Int32) {
    self.descriptor = descriptor
    isOwned = false
  }

  package static let standardInput = OpenFile(borrowing: 0)

  /// What nobody can read from: in the place of one that cannot be had.
  package static func unreadable() throws(FileError) -> OpenFile {
    let descriptor = open("/dev/null", O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError("open") }
    return OpenFile(owning: descriptor)
  }

  /// What is open there, for reading alone. A terminal is open for both, and so is what a shell opens by `<>`: whoever it is
  /// handed to could write on the screen, or on the medium. A socket is what it is: of it there is no second opening.
  /// - Throws: also where it is open for writing alone.
  package convenience init(readingAlone descriptor: Int32) throws(FileError) {
    let mode = fcntl(descriptor, F_GETFL) & O_ACCMODE
    guard mode != O_WRONLY else { throw FileError("open", code: EBADF) }
    guard mode == O_RDWR else {
      self.init(borrowing: descriptor)
      return
    }
    let another = open("/proc/self/fd/\(descriptor)", O_RDONLY | O_CLOEXEC | O_NOCTTY)
    guard another >= 0 else {
      guard errno == ENXIO else { throw FileError("open") }
      self.init(borrowing: descriptor)
      return
    }
    // It begins where that one stands; what has no places takes none.
    _ = lseek(another, lseek(descriptor, 0, SEEK_CUR), SEEK_SET)
    self.init(owning: another)
  }

  /// Opens what the operator named; a symbolic link is followed. Never waits for a pipe's other end.
  package convenience init(path: String) throws(FileError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
    guard descriptor >= 0 else { throw FileError("open") }
    self.init(owning: descriptor)
  }

  deinit { if isOwned { close(descriptor) } }

  package func status() throws(FileError) -> FileStatus {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw FileError("stat") }
    return FileStatus(status)
  }

  /// Reads at `offset` until `buffer[start..<end]` is full or the file ends.
  /// - Precondition: 0 ≤ start ≤ end ≤ buffer.count.
  /// - Returns: the number of bytes read; less than asked only at the end of the file.
  package func read(
    into buffer: inout [UInt8], _ range: Range<Int>, at offset: UInt64
  ) throws(FileError) -> Int {
    guard let start = off_t(exactly: offset), start <= off_t.max - off_t(range.count) else {
      throw FileError("read", code: EOVERFLOW)
    }
    return try fill(&buffer, range) { pread(descriptor, $0, $1, start + off_t($2)) }
  }

  /// Whether the file holds these bytes at `offset`.
  /// - Parameter buffer: room to read into, made as large as it needs to be.
  package func holds(
    _ bytes: ArraySlice<UInt8>, at offset: UInt64, using buffer: inout [UInt8]
  ) throws(FileError) -> Bool {
    if buffer.count < bytes.count { buffer = [UInt8](repeating: 0, count: bytes.count) }
    guard try read(into: &buffer, 0..<bytes.count, at: offset) == bytes.count else { return false }
    return buffer.withUnsafeBytes { mine in
      bytes.withUnsafeBytes { $0.isEmpty || memcmp($0.baseAddress!, mine.baseAddress!, $0.count) == 0 }
    }
  }

  /// Reads onward from where the last such call ended, until `buffer[range]` is full or the input ends.
  package func readOn(into buffer: inout [UInt8], _ range: Range<Int>) throws(FileError) -> Int {
    try fill(&buffer, range) { room, count, _ in Glibc.read(descriptor, room, count) }
  }

  private func fill(
    _ buffer: inout [UInt8], _ range: Range<Int>, _ read: (UnsafeMutableRawPointer, Int, Int) -> Int
  ) throws(FileError) -> Int {
    precondition(range.lowerBound >= 0 && range.upperBound <= buffer.count)
    var done = 0
    while done < range.count {
      let count = buffer.withUnsafeMutableBytes { bytes in
        read(bytes.baseAddress! + range.lowerBound + done, range.count - done, done)
      }
      if count == 0 { break }
      guard count > 0 else {
        if errno == EINTR { continue }
        if errno == EAGAIN, waitUntilReadable() { continue }
        throw FileError("read")
      }
      done += count
    }
    return done
  }

  /// Standard input may have been made non-blocking by whoever started us.
  private func waitUntilReadable() -> Bool {
    var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&request, 1, -1) > 0 || errno == EINTR
  }

  /// All that there is from where `readOn` ended last; nil where it is more than `limit` bytes.
  package func contents(atMost limit: Int) throws(FileError) -> [UInt8]? {
    let status = try status()
    if status.kind == .regular, status.size > UInt64(limit) { return nil }
    let room = status.kind == .regular ? Int(status.size) : limit
    var bytes = [UInt8](repeating: 0, count: room + 1)
    let count = try readOn(into: &bytes, 0..<bytes.count)
    bytes.removeLast(bytes.count - count)
    return count <= limit ? bytes : nil
  }

  /// Lets `readOn` begin at the start again.
  package func rewind() throws(FileError) {
    guard lseek(descriptor, 0, SEEK_SET) == 0 else { throw FileError("seek") }
  }

  package enum Access: Sendable { case sequential, scattered }

  /// Tells the kernel how the file will be read. Advice: nothing depends on it.
  package func advise(_ access: Access) {
    _ = posix_fadvise(descriptor, 0, 0, access == .sequential ? POSIX_FADV_SEQUENTIAL : POSIX_FADV_RANDOM)
  }
}
