import Cryptography
import Octets
import Reasons
import TarArchive

/// An archive that passes by once: each entry is hashed as it comes.
struct StreamedArchive {
  private let source: MediaSource
  private let isInflated: Bool
  private var bytes: PassingBytes
  private var inventory: Inventory
  private let sink: (any ContentSink)?

  init(
    _ input: InflatedInput, isInflated: Bool, from source: MediaSource, limits: MediaLimits,
    to sink: (any ContentSink)? = nil
  ) {
    self.source = source
    self.sink = sink
    self.isInflated = isInflated
    bytes = PassingBytes(input, limit: limits.totalBytes, of: source.description)
    inventory = Inventory(limits)
  }

  consuming func read() throws(Failure) -> Inventory {
    try sink?.plan(nil)
    do throws(Failure) { try pass() } catch {
      guard error.reason == .archiveTrailingData else { throw error }
      inventory.note(error)
    }
    return inventory
  }

  private mutating func pass() throws(Failure) {
    var reader = TarReader()
    while true {
      let position = bytes.position
      let block = try bytes.take(TarBlock.size)
      if position == 0, isInflated {
        guard TarBlock.isHeader(block[...]) else {
          throw Failure(.archiveNotRecognised, source.description, at: 0, "what is compressed here is no tar archive")
        }
        try Recognition.verifyPlain(block[...], of: source.description)
      }
      guard block.count == TarBlock.size else {
        guard block.isEmpty else { throw truncated("", at: position, "the archive ends within a block") }
        return try reader.finish(at: position)
      }
      switch try reader.take(block: block[...], at: position) {
      case .block: break
      case .record(let size):
        let record = try bytes.take(size)
        guard record.count == size, try bytes.pass(TarBlock.padding(after: UInt64(size)), { _ in }) else {
          throw truncated("", at: position, "the archive ends within an extension header")
        }
        try reader.take(record: record)
      case .entry(let entry):
        try take(entry)
      case .end:
        while let (piece, position) = try bytes.rest() { try Tail.verifyZeros(piece, at: position) }
        return
      }
    }
  }

  private mutating func take(_ entry: TarEntry) throws(Failure) {
    var isWhole: Bool
    if let index = try inventory.add(entry) {
      let item = inventory[index]
      let start = try bytes.take(Int(min(entry.size, UInt64(Keeping.peek))))
      inventory.decide(index, start: start[...])
      let writer = try sink?.writer(
        for: MediumContent(
          name: item.name, size: item.size, offset: item.offset, modified: nil, algorithm: item.algorithm))
      var digester = Digester(item.algorithm)
      digester.update(start)
      try writer?.write(start[...])
      var contents = inventory[index].decision == .keep ? start : nil
      isWhole = try bytes.pass(entry.size - UInt64(start.count)) { piece throws(Failure) in
        digester.update(piece)
        try writer?.write(piece)
        contents?.append(contentsOf: piece)
      }
      let digest = digester.finish()
      if isWhole { try writer?.finish(digest) }
      inventory.hashed.set(
        index, Hashed(digest: digest, contents: contents), named: inventory.packedName(index))
    } else {
      isWhole = try bytes.pass(entry.size) { _ in }
    }
    if isWhole { isWhole = try bytes.pass(TarBlock.padding(after: entry.size)) { _ in } }
    guard isWhole else {
      throw truncated(
        printable(entry.name), at: entry.offset, "it states \(entry.size) bytes, and the archive ends before them")
    }
  }

  private func truncated(_ name: String, at offset: UInt64, _ detail: String) -> Failure {
    Failure(.archiveTruncated, name, at: offset, detail)
  }
}

/// Bytes that come piece by piece, counted.
struct PassingBytes {
  private let input: InflatedInput
  private let limit: UInt64
  private let source: String
  private var piece: [UInt8] = []
  private var unread = 0..<0
  /// Bytes taken so far.
  private(set) var position: UInt64 = 0

  init(_ input: InflatedInput, limit: UInt64, of source: String) {
    self.input = input
    self.limit = limit
    self.source = source
  }

  /// The next `count` bytes; fewer at the end.
  mutating func take(_ count: Int) throws(Failure) -> [UInt8] {
    var bytes: [UInt8] = []
    _ = try pass(UInt64(count)) { bytes += $0 }
    return bytes
  }

  /// Passes `count` bytes through `body`. Returns whether there were as many.
  mutating func pass(
    _ count: UInt64, _ body: (ArraySlice<UInt8>) throws(Failure) -> Void
  ) throws(Failure) -> Bool {
    var left = count
    while left > 0 {
      if unread.isEmpty, try !pull() { return false }
      let size = Int(min(left, UInt64(unread.count)))
      try body(piece[unread.lowerBound..<unread.lowerBound + size])
      advance(size)
      left -= UInt64(size)
    }
    return true
  }

  /// All that is at hand, and where it stands; nil at the end.
  mutating func rest() throws(Failure) -> (ArraySlice<UInt8>, UInt64)? {
    if unread.isEmpty, try !pull() { return nil }
    let result = (piece[unread], position)
    advance(unread.count)
    return result
  }

  private mutating func advance(_ count: Int) {
    unread = unread.lowerBound + count..<unread.upperBound
    position += UInt64(count)
  }

  private mutating func pull() throws(Failure) -> Bool {
    if !piece.isEmpty {
      // Let go of it first: the other thread writes into what it alone holds.
      var used: [UInt8] = []
      swap(&used, &piece)
      input.giveBack(used)
    }
    guard let (bytes, count) = try input.next() else { return false }
    guard position + UInt64(count) <= limit else {
      throw Failure(.archiveLimitExceeded, source, at: position, "it inflates to more than \(limit) bytes")
    }
    piece = bytes
    unread = 0..<count
    return true
  }
}
