/// Passes over the header of a gzip member, in whatever pieces it comes (RFC 1952 §2.3). Nothing in it is of use here;
/// the optional checksum over it is not checked.
struct GzipHeader {
  private enum Place {
    case fixed(Int)
    case extraLength(Int)
    case extra(Int)
    case name, comment
    case checksum(Int)
    case whole
  }

  private var place = Place.fixed(0)
  private var parts: [Place] = []
  private var extraLength = 0

  var isWhole: Bool { if case .whole = place { true } else { false } }

  /// - Returns: how many bytes of `input` are header.
  /// - Throws: `noMember` unless it begins as a member does; `malformed` for reserved flags (§2.3.1.2: a reader must
  ///   give an error, since something unknown may follow).
  mutating func take(_ input: ArraySlice<UInt8>) throws(EngineError) -> Int {
    var next = input.startIndex
    while !isWhole, next < input.endIndex {
      try take(input[next])
      next += 1
    }
    return next - input.startIndex
  }

  private mutating func take(_ byte: UInt8) throws(EngineError) {
    switch place {
    case .fixed(let index):
      // Magic, then the method: deflate.
      if index < 3, byte != [0x1f, 0x8b, 8][index] { throw .noMember }
      if index == 3 {
        guard byte & 0xe0 == 0 else { throw .malformed("reserved flags") }
        // FEXTRA, FNAME, FCOMMENT, FHCRC, in the order in which they follow.
        let announced: [(flag: UInt8, part: Place)] = [
          (4, .extraLength(0)), (8, .name), (16, .comment), (2, .checksum(0)),
        ]
        parts = announced.filter { byte & $0.flag != 0 }.map(\.part)
      }
      place = index < 9 ? .fixed(index + 1) : part()
    case .extraLength(let index):
      extraLength |= Int(byte) << (8 * index)
      place = index == 0 ? .extraLength(1) : extraLength == 0 ? part() : .extra(0)
    case .extra(let index):
      place = index + 1 < extraLength ? .extra(index + 1) : part()
    case .name: if byte == 0 { place = part() }
    case .comment: if byte == 0 { place = part() }
    case .checksum(let index): place = index == 0 ? .checksum(1) : part()
    case .whole: break
    }
  }

  /// The next part that the flags announce.
  private mutating func part() -> Place { parts.isEmpty ? .whole : parts.removeFirst() }
}
