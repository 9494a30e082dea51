import Compression
import Files
import Reasons

/// An input that comes once and in order: standard input, or a compressed file. It is read and inflated on a thread of
/// its own, so that hashing need not wait.
final class InflatedInput: Sendable {
  /// Bytes of a piece; four of them go round.
  static let pieceBytes = 512 << 10
  static let pieces = 4

  enum Piece: Sendable {
    /// The first `count` bytes of the buffer.
    case bytes([UInt8], count: Int)
    case failure(Failure)
  }

  private let file: OpenFile
  private let head: [UInt8]
  private let compression: Compression?
  private let source: String
  private let meter: ProgressMeter
  private let pieceBytes: Int
  private let filled = Handoff<Piece>(capacity: pieces)
  private let emptied = Handoff<[UInt8]>(capacity: pieces)

  /// - Parameters:
  ///   - file: stands behind `head`.
  ///   - head: what has been read of it already; no more than a piece.
  ///   - pieceBytes: at least one.
  /// - Throws: `archive.unreadable` where there is no thread to be had.
  init(
    _ file: OpenFile, head: [UInt8], compression: Compression?, source: MediaSource, meter: ProgressMeter,
    pieceBytes: Int = InflatedInput.pieceBytes
  ) throws(Failure) {
    self.file = file
    self.head = head
    self.compression = compression
    self.source = source.description
    self.meter = meter
    self.pieceBytes = pieceBytes
    let isRunning = onThreadOfItsOwn { [self] in
      do throws(Failure) { try produce() } catch { _ = filled.give(.failure(error)) }
      filled.close()
    }
    guard isRunning else { throw Failure(.archiveUnreadable, self.source, "no thread to read on") }
    for _ in 0..<Self.pieces { _ = emptied.give([UInt8](repeating: 0, count: pieceBytes)) }
  }

  /// The next piece; nil at the end.
  func next() throws(Failure) -> (bytes: [UInt8], count: Int)? {
    switch filled.take() {
    case .bytes(let bytes, let count): (bytes, count)
    case .failure(let failure): throw failure
    case nil: nil
    }
  }

  /// Gives a used piece's room back.
  func giveBack(_ buffer: consuming [UInt8]) { _ = emptied.give(buffer) }

  /// Nothing more is wanted. The thread ends with its next piece; if it waits for standard input, with the process.
  func stop() {
    filled.close()
    emptied.close()
  }

  private func produce() throws(Failure) {
    if let compression { try inflate(compression) } else { try copy() }
  }

  private func copy() throws(Failure) {
    var head = head
    while var buffer = emptied.take() {
      let start = head.count
      buffer.replaceSubrange(..<start, with: head)
      head = []
      let count = start + (try read(into: &buffer, start..<buffer.count))
      guard count > 0 else { return }
      meter.advance(count)
      guard filled.give(.bytes(buffer, count: count)) else { return }
    }
  }

  private func inflate(_ compression: Compression) throws(Failure) {
    var input = head + [UInt8](repeating: 0, count: pieceBytes - head.count)
    var unread = 0..<head.count
    var offset: UInt64 = 0
    var isAtEnd = false
    meter.advance(head.count)
    var decompressor: Decompressor
    do throws(CompressionError) { decompressor = try Decompressor(compression) } catch {
      throw failure(error, compression, at: 0)
    }
    while var buffer = emptied.take() {
      var count = 0
      while count < buffer.count {
        if unread.isEmpty, !isAtEnd {
          unread = 0..<(try read(into: &input, 0..<input.count))
          isAtEnd = unread.isEmpty
          meter.advance(unread.count)
        }
        let step: Decompressor.Step
        do throws(CompressionError) {
          step = try decompressor.step(input[unread], into: &buffer, count..<buffer.count)
        } catch {
          // What came before it may be a whole archive.
          if count > 0 { _ = filled.give(.bytes(buffer, count: count)) }
          throw failure(error, compression, at: offset)
        }
        unread = (unread.lowerBound + step.consumed)..<unread.upperBound
        offset += UInt64(step.consumed)
        count += step.produced
        if isAtEnd, step.produced == 0 { break }
      }
      let isLast = count < buffer.count
      if count > 0, !filled.give(.bytes(buffer, count: count)) { return }
      if isLast { break }
    }
    guard decompressor.isAtEnd else {
      throw Failure(.archiveTruncated, source, at: offset, "the \(compression.rawValue) stream ends too early")
    }
  }

  private func failure(_ error: CompressionError, _ compression: Compression, at offset: UInt64) -> Failure {
    let name = compression.rawValue
    return switch error {
    case .malformed(let words):
      Failure(.archiveCompressionMalformed, source, at: offset, "\(name): \(words)")
    case .windowTooLarge:
      Failure(
        .archiveLimitExceeded, source, at: offset,
        "\(name) with a window of more than \(Decompressor.windowBytes) bytes")
    case .trailingData(let at):
      Failure(.archiveTrailingData, source, at: offset.advanced(by: at), "data behind the \(name) stream")
    }
  }

  private func read(into buffer: inout [UInt8], _ range: Range<Int>) throws(Failure) -> Int {
    try reading(source) { () throws(FileError) in try file.readOn(into: &buffer, range) }
  }
}
