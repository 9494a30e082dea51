import Compression

/// A stream inflates to the same bytes in whatever pieces it comes, and what is packed inflates to itself.
enum CompressionInvariant {
  /// Bytes; what inflates to more is left there.
  private static let most = 1 << 18

  static func check(_ bytes: [UInt8]) throws -> Bool {
    for compression in [Compression.gzip, .zstd] {
      let compressor = try Compressor(compression)
      let half = bytes.count / 2
      let packed = try compressor.step(bytes[..<half], isLast: false) + compressor.step(bytes[half...], isLast: true)
      try hold(Compression(magic: packed) == compression, "what was packed is not recognised")
      let again = inflated(packed, compression, pieces: 61, room: 127, most: .max)
      try hold(again == Inflated(bytes: bytes, end: .whole), "what was packed inflates to something else")
    }
    guard let compression = Compression(magic: bytes) else { return false }
    let whole = inflated(bytes, compression, pieces: max(1, bytes.count), room: 1 << 16, most: most)
    let pieces = inflated(bytes, compression, pieces: 1 + bytes.count % 13, room: 1 + bytes.count % 251, most: most)
    if whole.end == .tooMuch || pieces.end == .tooMuch { return false }
    try hold(whole.end == pieces.end, "whole it ends \(whole.end), and in pieces \(pieces.end)")
    if whole.end == .malformed {
      // A piece more or less may have come out before the trouble was seen.
      let common = min(whole.bytes.count, pieces.bytes.count)
      try hold(whole.bytes[..<common] == pieces.bytes[..<common], "in pieces it inflates to other bytes")
    } else {
      try hold(whole.bytes == pieces.bytes, "in pieces it inflates to other bytes")
    }
    return whole.end == .whole
  }

  private enum End: Equatable { case whole, cutShort, malformed, window, trailing(Int), tooMuch }

  private struct Inflated: Equatable {
    var bytes: [UInt8]
    var end: End
  }

  private static func inflated(
    _ input: [UInt8], _ compression: Compression, pieces: Int, room: Int, most: Int
  ) -> Inflated {
    var result = Inflated(bytes: [], end: .cutShort)
    var buffer = [UInt8](repeating: 0, count: room)
    var position = 0
    do throws(CompressionError) {
      var decompressor = try Decompressor(compression)
      while true {
        guard result.bytes.count <= most else { return Inflated(bytes: result.bytes, end: .tooMuch) }
        let piece = input[position..<min(input.count, position + pieces)]
        let step = try decompressor.step(piece, into: &buffer, 0..<room)
        position += step.consumed
        result.bytes += buffer[..<step.produced]
        if piece.isEmpty, step.produced == 0 { break }
      }
      result.end = decompressor.isAtEnd ? .whole : .cutShort
    } catch {
      switch error {
      case .malformed: result.end = .malformed
      case .windowTooLarge: result.end = .window
      case .trailingData(let at): result.end = .trailing(position + at)
      }
    }
    return result
  }
}
