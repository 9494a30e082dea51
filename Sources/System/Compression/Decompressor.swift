/// The compressions that may stand around an archive.
package enum Compression: String, CaseIterable, Hashable, Sendable {
  case gzip, zstd

  /// Recognises a stream by its first four bytes (RFC 1952 §2.3.1; RFC 8878 §3.1.1 and §3.1.2).
  package init?(magic bytes: some Sequence<UInt8>) {
    switch Array(bytes.prefix(4)) {
    case let start where start.starts(with: [0x1f, 0x8b]): self = .gzip
    case [0x28, 0xb5, 0x2f, 0xfd]: self = .zstd
    case let start where start.count == 4 && start[0] & 0xf0 == 0x50 && start[1...] == [0x2a, 0x4d, 0x18]: self = .zstd
    default: return nil
    }
  }
}

/// Inflates a stream piece by piece, in bounded memory. Members or frames may follow each other, as gzip and zstd
/// allow; behind the last one only zeros may stand, as tape blocks leave them.
package struct Decompressor: ~Copyable {
  /// The most memory that a stream may ask for as its window, in bytes: `zstd --long` writes 128 MiB.
  package static let windowBytes = 1 << windowLog
  static let windowLog: Int32 = 27

  /// What one step did, in bytes.
  package struct Step: Hashable, Sendable {
    package let consumed: Int
    package let produced: Int
  }

  private var engine: any Engine
  private var membersEnded = 0
  private var isInMember = false
  private var hasProduced = false
  private var isPadding = false
  /// Bytes consumed of the member that is open.
  private var memberBytes = 0

  package init(_ compression: Compression) throws(CompressionError) {
    switch compression {
    case .gzip: engine = try GzipEngine()
    case .zstd: engine = try ZstdEngine()
    }
  }

  /// Whether the input may end here: a member has ended and none has begun.
  package var isAtEnd: Bool { membersEnded > 0 && !isInMember }

  /// Inflates from `input` into `output[range]`. Call again with the rest of the input, and again with empty input
  /// while it fills the whole range.
  /// - Precondition: `range` is not empty and lies within `output`.
  package mutating func step(
    _ input: ArraySlice<UInt8>, into output: inout [UInt8], _ range: Range<Int>
  ) throws(CompressionError) -> Step {
    if isAtEnd {
      guard let next = input.first else { return Step(consumed: 0, produced: 0) }
      if isPadding || next == 0 {
        isPadding = true
        if let garbage = input.firstIndex(where: { $0 != 0 }) {
          throw .trailingData(at: garbage - input.startIndex)
        }
        return Step(consumed: input.count, produced: 0)
      }
      guard engine.mayBegin(with: next) else { throw .trailingData(at: 0) }
      engine.beginMember()
      memberBytes = 0
    }
    do {
      isInMember = isInMember || !input.isEmpty
      let result = try engine.step(input, into: &output, range)
      hasProduced = hasProduced || result.step.produced > 0
      memberBytes += result.step.consumed
      if result.isMemberEnd {
        membersEnded += 1
        isInMember = false
        hasProduced = false
      }
      return result.step
    } catch .noMember where membersEnded > 0 && !hasProduced {
      throw .trailingData(at: -memberBytes)
    } catch {
      throw error.known
    }
  }
}

/// One library's way to do a step.
protocol Engine {
  /// Whether a further member or frame can begin with this byte.
  func mayBegin(with byte: UInt8) -> Bool
  mutating func beginMember()
  mutating func step(
    _ input: ArraySlice<UInt8>, into output: inout [UInt8], _ range: Range<Int>
  ) throws(EngineError) -> (step: Decompressor.Step, isMemberEnd: Bool)
}

enum EngineError: Error {
  /// What stands here does not begin as a member does.
  case noMember
  case malformed(String)
  case windowTooLarge

  var known: CompressionError {
    switch self {
    case .noMember: .malformed("no header of this compression")
    case .malformed(let words): .malformed(words)
    case .windowTooLarge: .windowTooLarge
    }
  }
}
