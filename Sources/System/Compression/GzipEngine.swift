import CISAL

/// RFC 1952 through ISA-L. Each member's CRC-32 and length are checked.
final class GzipEngine: Engine {
  private let state: UnsafeMutablePointer<inflate_state>
  private var header = GzipHeader()

  init() throws(CompressionError) {
    guard let state = assay_inflate_new() else { throw .malformed("no memory") }
    self.state = state
  }

  deinit { assay_inflate_free(state) }

  func mayBegin(with byte: UInt8) -> Bool { byte == 0x1f }

  func beginMember() {
    assay_inflate_next_member(state)
    header = GzipHeader()
  }

  func step(
    _ input: ArraySlice<UInt8>, into output: inout [UInt8], _ range: Range<Int>
  ) throws(EngineError) -> (step: Decompressor.Step, isMemberEnd: Bool) {
    let headerBytes = try header.take(input)
    guard header.isWhole else { return (Decompressor.Step(consumed: headerBytes, produced: 0), false) }
    let input = input.dropFirst(headerBytes)
    var consumed = UInt32(clamping: input.count)
    var produced = UInt32(clamping: range.count)
    let code = input.withUnsafeBufferPointer { source in
      output.withUnsafeMutableBufferPointer { target in
        assay_inflate(state, source.baseAddress, &consumed, target.baseAddress! + range.lowerBound, &produced)
      }
    }
    switch code {
    case ISAL_DECOMP_OK, ISAL_END_INPUT, ISAL_OUT_OVERFLOW: break
    case ISAL_INCORRECT_CHECKSUM: throw .malformed("checksum does not match")
    case ISAL_INVALID_BLOCK: throw .malformed("invalid block")
    case ISAL_INVALID_SYMBOL: throw .malformed("invalid symbol")
    case ISAL_INVALID_LOOKBACK: throw .malformed("reference to before the start")
    default: throw .malformed("ISA-L error \(code)")
    }
    return (
      Decompressor.Step(consumed: headerBytes + Int(consumed), produced: Int(produced)),
      assay_inflate_is_finished(state) != 0
    )
  }
}
