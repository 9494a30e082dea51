/// Headers of a tar whose bytes depend on names and contents alone: ustar (POSIX.1-1988), mode 0644, nobody's, of 1970.
/// A name that does not fit goes before its file in a PAX header (POSIX.1-2001).
package enum TarOutput {
  /// Bytes of a file's size in eleven octal digits.
  private static let largest: Int64 = 0o77_777_777_777

  /// Two blocks of zeros.
  package static let end = [UInt8](repeating: 0, count: 2 * TarBlock.size)

  /// What stands before a file's bytes.
  package static func file(_ path: String, size: Int64) -> [UInt8] {
    let name = Array(path.utf8)
    let parts = split(name)
    guard let parts, size <= largest else {
      var records = record("path", path)
      if size > largest { records += record("size", String(size)) }
      // What a reader without PAX sees is cut short.
      let short = (prefix: [UInt8](), name: Array(name.suffix(100)))
      return header(([], Array("PaxHeader".utf8)), size: Int64(records.count), type: "x") + records
        + padding(Int64(records.count)) + header(parts ?? short, size: min(size, largest), type: "0")
    }
    return header(parts, size: size, type: "0")
  }

  /// Zeros up to the next block.
  package static func padding(_ size: Int64) -> [UInt8] {
    [UInt8](repeating: 0, count: Int(TarBlock.padding(after: UInt64(size))))
  }

  /// A name of at most 100 bytes behind a prefix of at most 155, parted at a `/`; nil where there is no such parting.
  private static func split(_ path: [UInt8]) -> (prefix: [UInt8], name: [UInt8])? {
    if path.count <= 100 { return ([], path) }
    for (index, byte) in path.enumerated().dropFirst() where byte == UInt8(ascii: "/") {
      let rest = path.count - index - 1
      if rest > 0, rest <= 100, index <= 155 { return (Array(path[..<index]), Array(path[(index + 1)...])) }
    }
    return nil
  }

  /// `27 path=targets/trust/…\n`: the length counts itself.
  private static func record(_ key: String, _ value: String) -> [UInt8] {
    let rest = " \(key)=\(value)\n"
    var count = rest.utf8.count
    while String(count).utf8.count + rest.utf8.count != count { count = String(count).utf8.count + rest.utf8.count }
    return Array("\(count)\(rest)".utf8)
  }

  private static func header(_ path: (prefix: [UInt8], name: [UInt8]), size: Int64, type: Unicode.Scalar) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: TarBlock.size)
    func put(_ field: some Sequence<UInt8>, at start: Int) {
      for (index, byte) in field.enumerated() { bytes[start + index] = byte }
    }
    func octal(_ value: Int64, digits: Int, at start: Int) {
      let text = String(value, radix: 8)
      put(Array((String(repeating: "0", count: digits - text.utf8.count) + text).utf8), at: start)
    }
    put(path.name, at: 0)
    octal(0o644, digits: 7, at: 100)
    octal(0, digits: 7, at: 108)
    octal(0, digits: 7, at: 116)
    octal(size, digits: 11, at: 124)
    octal(0, digits: 11, at: 136)
    put(Array("        ".utf8), at: 148)
    bytes[156] = UInt8(type.value)
    put(Array("ustar\u{0}00".utf8), at: 257)
    octal(0, digits: 7, at: 329)
    octal(0, digits: 7, at: 337)
    put(path.prefix, at: 345)
    octal(bytes.reduce(0) { $0 + Int64($1) }, digits: 6, at: 148)
    bytes[154] = 0
    return bytes
  }
}
