import CZstd

/// RFC 8878 through libzstd. A frame's checksum is checked where it has one.
final class ZstdEngine: Engine {
  private let stream: OpaquePointer

  init() throws(CompressionError) {
    guard let stream = ZSTD_createDStream() else { throw .malformed("no memory") }
    self.stream = stream
    ZSTD_DCtx_setParameter(stream, ZSTD_d_windowLogMax, Decompressor.windowLog)
  }

  deinit { ZSTD_freeDStream(stream) }

  func mayBegin(with byte: UInt8) -> Bool { byte == 0x28 || byte & 0xf0 == 0x50 }

  /// The library goes on to the next frame by itself.
  func beginMember() {}

  func step(
    _ input: ArraySlice<UInt8>, into output: inout [UInt8], _ range: Range<Int>
  ) throws(EngineError) -> (step: Decompressor.Step, isMemberEnd: Bool) {
    var consumed = 0
    var produced = 0
    let left = input.withUnsafeBytes { source in
      output.withUnsafeMutableBytes { target in
        var from = ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: 0)
        var to = ZSTD_outBuffer(dst: target.baseAddress! + range.lowerBound, size: range.count, pos: 0)
        defer { (consumed, produced) = (from.pos, to.pos) }
        return ZSTD_decompressStream(stream, &to, &from)
      }
    }
    guard ZSTD_isError(left) == 0 else {
      switch ZSTD_getErrorCode(left) {
      case ZSTD_error_prefix_unknown: throw .noMember
      case ZSTD_error_frameParameter_windowTooLarge: throw .windowTooLarge
      default: throw .malformed(String(cString: ZSTD_getErrorName(left)))
      }
    }
    return (Decompressor.Step(consumed: consumed, produced: produced), left == 0)
  }
}
