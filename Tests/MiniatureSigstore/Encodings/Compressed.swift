/// gzip and zstd containers whose blocks are stored, not compressed: any reader takes them, and the same contents
/// give the same bytes on every machine.
enum Compressed {
  /// The largest stored deflate block, RFC 1951 §3.2.4.
  static let deflateBlock = 65_535
  /// The window that the zstd frame announces, and so its largest block, RFC 8878 §3.1.1.2.
  static let zstdBlock = 1 << 17

  static func gzip(_ contents: [UInt8]) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(contents.count + (contents.count / deflateBlock + 1) * 5 + 18)
    out += [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]
    var start = 0
    repeat {
      let end = min(start + deflateBlock, contents.count)
      let length = UInt64(end - start)
      out.append(end == contents.count ? 1 : 0)
      out += littleEndian(length, count: 2)
      out += littleEndian(~length, count: 2)
      out.append(contentsOf: contents[start..<end])
      start = end
    } while start < contents.count
    out += littleEndian(UInt64(crc32(contents)), count: 4)
    out += littleEndian(UInt64(UInt32(truncatingIfNeeded: contents.count)), count: 4)
    return out
  }

  /// The contents of what `gzip` above made.
  static func contents(ofStored gzip: [UInt8]) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(gzip.count)
    var at = 10
    while true {
      let length = Int(gzip[at + 1]) | Int(gzip[at + 2]) << 8
      out.append(contentsOf: gzip[(at + 5)..<(at + 5 + length)])
      if gzip[at] & 1 == 1 { return out }
      at += 5 + length
    }
  }

  static func zstd(_ contents: [UInt8]) -> [UInt8] {
    // Magic, a frame header without content size or checksum, and a window of 2^17.
    var out: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 7 << 3]
    var start = 0
    repeat {
      let end = min(start + zstdBlock, contents.count)
      out += littleEndian(UInt64(end - start) << 3 | (end == contents.count ? 1 : 0), count: 3)
      out.append(contentsOf: contents[start..<end])
      start = end
    } while start < contents.count
    return out
  }

  /// CRC-32, ISO 3309, as RFC 1952 §8 wants it.
  static func crc32(_ bytes: [UInt8]) -> UInt32 {
    var crc: UInt32 = 0xffff_ffff
    crcTable.withUnsafeBufferPointer { table in
      bytes.withUnsafeBufferPointer { bytes in
        for byte in bytes { crc = table[Int(UInt8(truncatingIfNeeded: crc) ^ byte)] ^ (crc >> 8) }
      }
    }
    return ~crc
  }

  private static let crcTable: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? 0xedb8_8320 ^ (value >> 1) : value >> 1 }
  }
}
