import Compression
import TestSupport
import Testing

/// Against the real gzip and zstd programs.
struct CompressorTests {
  /// A megabyte that compresses, and one that does not.
  static let texts: [[UInt8]] = [
    [], [7], (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* $0 / 7 % 61) },
    (0..<1_000_000).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 13 ^ $0) },
  ]

  @Test(arguments: [Compression.gzip, .zstd], texts.indices) func toolsReadIt(_ compression: Compression, _ text: Int)
    throws
  {
    let text = Self.texts[text]
    for piece in [100_000, 1 << 21] {
      let compressor = try Compressor(compression)
      var packed: [UInt8] = []
      for start in stride(from: 0, to: text.count, by: piece) {
        packed += try compressor.step(text[start..<min(start + piece, text.count)], isLast: false)
      }
      packed += try compressor.step([], isLast: true)
      #expect(try runChecked([compression.rawValue, "-dcq"], input: packed) == text)
    }
  }
}
