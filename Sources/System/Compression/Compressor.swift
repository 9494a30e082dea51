import CISAL
import CZstd

/// Packs a stream piece by piece: one gzip member, or one zstd frame with its checksum. The same pieces make the same
/// bytes with the same version of the library.
package final class Compressor {
  private enum Engine {
    case gzip(UnsafeMutablePointer<assay_deflate>)
    case zstd(OpaquePointer)
  }

  private static let zstdLevel: Int32 = 9

  private let engine: Engine
  private var room = [UInt8](repeating: 0, count: 256 << 10)

  package init(_ compression: Compression) throws(CompressionError) {
    switch compression {
    case .gzip:
      guard let state = assay_deflate_new() else { throw .malformed("no memory") }
      engine = .gzip(state)
    case .zstd:
      guard let stream = ZSTD_createCCtx() else { throw .malformed("no memory") }
      ZSTD_CCtx_setParameter(stream, ZSTD_c_compressionLevel, Self.zstdLevel)
      ZSTD_CCtx_setParameter(stream, ZSTD_c_checksumFlag, 1)
      engine = .zstd(stream)
    }
  }

  deinit {
    switch engine {
    case .gzip(let state): assay_deflate_free(state)
    case .zstd(let stream): ZSTD_freeCCtx(stream)
    }
  }

  /// Takes the next bytes, and gives what is packed so far; after the last ones, the end.
  package func step(_ bytes: ArraySlice<UInt8>, isLast: Bool) throws(CompressionError) -> [UInt8] {
    var rest = bytes
    var packed: [UInt8] = []
    while true {
      let (consumed, produced, isDone) =
        switch engine {
        case .gzip(let state): try deflate(state, rest, isLast)
        case .zstd(let stream): try compress(stream, rest, isLast)
        }
      rest = rest.dropFirst(consumed)
      packed += room[..<produced]
      if rest.isEmpty, isDone { return packed }
    }
  }

  private func deflate(
    _ state: UnsafeMutablePointer<assay_deflate>, _ input: ArraySlice<UInt8>, _ isLast: Bool
  ) throws(CompressionError) -> (Int, Int, Bool) {
    var consumed = UInt32(clamping: input.count)
    var produced = UInt32(room.count)
    let isEnd = isLast && Int(consumed) == input.count
    let code = input.withUnsafeBufferPointer { source in
      room.withUnsafeMutableBufferPointer { target in
        assay_deflate_step(state, source.baseAddress, &consumed, target.baseAddress, &produced, isEnd ? 1 : 0)
      }
    }
    guard code == COMP_OK else { throw .malformed("ISA-L error \(code)") }
    let isDone = isLast ? assay_deflate_is_finished(state) != 0 : Int(produced) < room.count
    return (Int(consumed), Int(produced), isDone)
  }

  private func compress(
    _ stream: OpaquePointer, _ input: ArraySlice<UInt8>, _ isLast: Bool
  ) throws(CompressionError) -> (Int, Int, Bool) {
    var consumed = 0
    var produced = 0
    let left = input.withUnsafeBytes { source in
      room.withUnsafeMutableBytes { target in
        var from = ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: 0)
        var to = ZSTD_outBuffer(dst: target.baseAddress, size: target.count, pos: 0)
        defer { (consumed, produced) = (from.pos, to.pos) }
        return ZSTD_compressStream2(stream, &to, &from, isLast ? ZSTD_e_end : ZSTD_e_continue)
      }
    }
    guard ZSTD_isError(left) == 0 else { throw .malformed(String(cString: ZSTD_getErrorName(left))) }
    return (consumed, produced, isLast ? left == 0 : produced < room.count)
  }
}
