/// Archives are rows of blocks (POSIX.1-2017 pax, “ustar Interchange Format”).
package enum TarBlock {
  /// In bytes. Headers take one; contents are padded to a multiple.
  package static let size = 512

  /// Bytes of padding behind contents of `size` bytes.
  package static func padding(after size: UInt64) -> UInt64 {
    let rest = size % UInt64(Self.size)
    return rest == 0 ? 0 : UInt64(Self.size) - rest
  }

  /// Whether bytes could be the start of an archive: a header whose checksum is right. Says nothing of the rest.
  package static func isHeader(_ bytes: ArraySlice<UInt8>) -> Bool {
    bytes.count >= size && (try? TarHeader(bytes.prefix(size), at: 0)) != nil
  }

  /// Whether some reader of tar could take bytes for the start of an archive, though this one does not: its checksum is
  /// right, where stray bytes are passed over, in base-256, or, of signed bytes, with a sign.
  package static func couldBeHeader(_ bytes: ArraySlice<UInt8>) -> Bool {
    guard bytes.count >= size else { return false }
    let block = bytes.prefix(size)
    let field = block[block.startIndex + 148..<block.startIndex + 156]
    func octal(_ digits: some Sequence<UInt8>) -> Int { digits.reduce(0) { $0 << 3 | Int($1 & 7) } }
    func isDigit(_ byte: UInt8) -> Bool { (0x30...0x37).contains(byte) }
    let digits = field.filter(isDigit)
    let sums = TarHeader.sums(block)
    let stated = [
      octal(digits), octal(field.drop { !isDigit($0) }.prefix(while: isDigit)),
      // Base-256.
      field.dropFirst(4).reduce(0) { $0 << 8 | Int($1) },
    ]
    // The sum of signed bytes is small for what is compressed: stray bytes before it would make many a small number.
    func isBlank(_ byte: UInt8) -> Bool { byte == 0 || (0x09...0x0d).contains(byte) || (0x1c...0x20).contains(byte) }
    // Python takes `0o1234` and `1_234`.
    let number = field.drop { isBlank($0) || "+-".utf8.contains($0) }.prefix { isDigit($0) || "oO_".utf8.contains($0) }
      .filter(isDigit)
    // A field that says nothing is none to many.
    let isEmpty = number.isEmpty && field.first.map(isBlank) ?? true
    return stated.contains(sums[0]) || !number.isEmpty && octal(number) == abs(sums[1]) || isEmpty && sums[1] == 0
  }
}
