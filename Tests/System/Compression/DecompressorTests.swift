import Compression
import TestSupport
import Testing

/// Against the real gzip and zstd programs.
struct DecompressorTests {
  /// Inflates all of `input`, given in pieces of `piece` bytes, through an output of `room` bytes.
  private func inflate(
    _ input: [UInt8], _ compression: Compression, piece: Int = 1000, room: Int = 700
  ) throws -> (bytes: [UInt8], isAtEnd: Bool) {
    var decompressor = try Decompressor(compression)
    var output = [UInt8](repeating: 0, count: room)
    var bytes: [UInt8] = []
    var start = 0
    while true {
      let end = min(start + piece, input.count)
      let step = try decompressor.step(input[start..<end], into: &output, 0..<room)
      bytes += output[..<step.produced]
      start += step.consumed
      if start == input.count, step.produced == 0 { return (bytes, decompressor.isAtEnd) }
    }
  }

  private func compressed(_ bytes: [UInt8], _ compression: Compression) throws -> [UInt8] {
    try runChecked([compression.rawValue, "-c", "-q"], input: bytes)
  }

  /// 100 kB that neither compress to nothing nor not at all.
  private static let text: [UInt8] = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* $0 / 7 % 61) }

  static let both: [Compression] = [.gzip, .zstd]

  @Test(arguments: both, [(1, 1), (7, 3), (1000, 700), (1 << 20, 1 << 20)])
  func whatTheToolWroteComesBack(compression: Compression, sizes: (piece: Int, room: Int)) throws {
    let text = sizes.piece == 1 ? Array(Self.text[..<5000]) : Self.text
    let result = try inflate(try compressed(text, compression), compression, piece: sizes.piece, room: sizes.room)
    #expect(result.bytes == text)
    #expect(result.isAtEnd)
  }

  @Test(arguments: both, [1, 1000]) func membersFollowEachOther(compression: Compression, piece: Int) throws {
    let input =
      try compressed(Array("one".utf8), compression) + compressed([], compression)
      + compressed(Array("two".utf8), compression)
    let result = try inflate(input, compression, piece: piece)
    #expect(result.bytes == Array("onetwo".utf8))
    #expect(result.isAtEnd)
  }

  @Test(arguments: both) func zerosMayFollow(compression: Compression) throws {
    let input = try compressed(Self.text, compression) + [UInt8](repeating: 0, count: 3000)
    #expect(try inflate(input, compression).bytes == Self.text)
  }

  @Test(arguments: both, [[0x78], [0, 0, 0x78], [0x1f, 0x78, 1, 2], [0x28, 0xb5, 1, 2, 3], [0x5f, 1, 2, 3, 4]])
  func nothingElseMayFollow(compression: Compression, garbage: [UInt8]) throws {
    let whole = try compressed(Self.text, compression)
    let error = #expect(throws: CompressionError.self) {
      try inflate(whole + garbage + [UInt8](repeating: 9, count: 30), compression, piece: 1 << 20)
    }
    guard case .trailingData = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  /// Half of a member's magic is no member: the place is that of the first half, though it came in an earlier piece.
  @Test(arguments: [(1, -1), (1 << 20, 0)]) func trailingDataIsWhereItBegins(piece: Int, place: Int) throws {
    let whole = try compressed([1], .gzip)
    let error = #expect(throws: CompressionError.self) { try inflate(whole + [0x1f, 0], .gzip, piece: piece) }
    #expect(error == .trailingData(at: place))
  }

  @Test(arguments: both) func anEarlyEndIsSeen(compression: Compression) throws {
    let whole = try compressed(Array(Self.text[..<3000]), compression)
    for count in 0..<whole.count {
      #expect(try !inflate(Array(whole[..<count]), compression, piece: 1 << 20).isAtEnd, "\(count)")
    }
  }

  @Test func gzipChecksumIsChecked() throws {
    var whole = try compressed(Self.text, .gzip)
    whole[whole.count - 8] ^= 1
    #expect(throws: CompressionError.malformed("checksum does not match")) { try inflate(whole, .gzip) }
  }

  @Test func gzipLengthIsChecked() throws {
    var whole = try compressed(Self.text, .gzip)
    whole[whole.count - 1] ^= 1
    #expect(throws: CompressionError.malformed("checksum does not match")) { try inflate(whole, .gzip) }
  }

  @Test func zstdChecksumIsChecked() throws {
    var whole = try compressed(Self.text, .zstd)
    whole[whole.count - 1] ^= 1
    #expect(throws: CompressionError.self) { try inflate(whole, .zstd) }
  }

  @Test func zstdWindowIsBounded() throws {
    let within = try runChecked(["zstd", "-c", "-q", "--long=27"], input: Self.text)
    #expect(try inflate(within, .zstd).bytes == Self.text)
    // From a pipe, so that zstd cannot fit the window to the size.
    let beyond = try runChecked(["sh", "-c", "cat | zstd -c -q --long=28"], input: Self.text)
    #expect(throws: CompressionError.windowTooLarge) { try inflate(beyond, .zstd) }
  }

  @Test func zstdSkippableFrameIsSkipped() throws {
    let skippable: [UInt8] = [0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]
    #expect(Compression(magic: skippable) == .zstd)
    #expect(try inflate(skippable + compressed(Self.text, .zstd), .zstd).bytes == Self.text)
  }

  @Test func aNameInTheGzipHeaderIsPassedOver() throws {
    let folder = try TemporaryFolder()
    let whole = try runChecked(["gzip", "-c", "--name", try folder.write("a name", Self.text)])
    #expect(whole[3] == 8)
    #expect(try inflate(whole, .gzip, piece: 1).bytes == Self.text)
  }

  @Test(arguments: 0..<32, [1, 1000]) func everyGzipHeaderFieldIsPassedOver(flags: Int, piece: Int) throws {
    var whole = try compressed(Array("text".utf8), .gzip)
    whole[3] = UInt8(flags)
    var fields: [UInt8] = []
    if flags & 4 != 0 { fields += [3, 0, 9, 9, 9] }
    if flags & 8 != 0 { fields += Array("name\u{0}".utf8) }
    if flags & 16 != 0 { fields += Array("comment\u{0}".utf8) }
    if flags & 2 != 0 { fields += [9, 9] }
    whole.insert(contentsOf: fields, at: 10)
    #expect(try inflate(whole, .gzip, piece: piece).bytes == Array("text".utf8))
  }

  @Test func anEmptyExtraFieldIsPassedOver() throws {
    var whole = try compressed(Array("text".utf8), .gzip)
    whole[3] = 4
    whole.insert(contentsOf: [0, 0], at: 10)
    #expect(try inflate(whole, .gzip).bytes == Array("text".utf8))
  }

  @Test(arguments: [0x20, 0x40, 0x80] as [UInt8]) func reservedGzipFlagsAreRefused(flag: UInt8) throws {
    var whole = try compressed(Self.text, .gzip)
    whole[3] = flag
    #expect(throws: CompressionError.malformed("reserved flags")) { try inflate(whole, .gzip) }
  }

  @Test(arguments: 0..<3) func aGzipHeaderBeginsAsOne(index: Int) throws {
    var whole = try compressed(Self.text, .gzip)
    whole[index] ^= 1
    #expect(throws: CompressionError.malformed("no header of this compression")) { try inflate(whole, .gzip) }
  }

  @Test(arguments: both) func damageNeverTraps(compression: Compression) throws {
    let whole = try compressed(Array(Self.text[..<300]), compression)
    for index in whole.indices {
      for bit in 0..<8 {
        var changed = whole
        changed[index] ^= 1 << bit
        _ = try? inflate(changed, compression)
      }
    }
  }

  @Test(
    arguments: [
      ([0x1f, 0x8b, 8, 0], .gzip), ([0x28, 0xb5, 0x2f, 0xfd], .zstd), ([0x5f, 0x2a, 0x4d, 0x18], .zstd),
      ([0x28, 0xb5, 0x2f], nil), ([0x60, 0x2a, 0x4d, 0x18], nil), ([0x1f], nil), ([], nil),
    ] as [([UInt8], Compression?)])
  func magic(bytes: [UInt8], compression: Compression?) {
    #expect(Compression(magic: bytes) == compression)
  }
}
