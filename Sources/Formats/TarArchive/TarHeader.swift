import Octets
import Reasons

/// One header block, as it stands: V7, ustar, PAX or GNU (POSIX.1-2017 pax, “ustar Interchange Format”; GNU tar manual,
/// “Basic Tar Format”). Owner, mode and times are not read: nothing depends on them.
struct TarHeader {
  /// With ustar's prefix before it.
  let name: [UInt8]
  /// In bytes, as this block alone states it.
  let size: UInt64
  let type: UInt8
  let linkName: [UInt8]

  /// - Parameter offset: of the block in the archive, for errors.
  /// - Throws: `archive.malformed`.
  init(_ block: ArraySlice<UInt8>, at offset: UInt64) throws(Failure) {
    precondition(block.count == TarBlock.size)
    func field(_ start: Int, _ length: Int) -> ArraySlice<UInt8> {
      block[block.startIndex + start..<block.startIndex + start + length]
    }
    func text(_ start: Int, _ length: Int) -> [UInt8] { Array(field(start, length).prefix { $0 != 0 }) }

    let shown = printable(text(0, 100), limit: 80)
    guard let checksum = TarNumber.parse(field(148, 8)) else {
      throw Failure(.archiveMalformed, shown, at: offset, "no tar header stands here: its checksum is no number")
    }
    guard Self.sums(block).contains(Int(clamping: checksum)) else {
      throw Failure(.archiveMalformed, shown, at: offset, "the header's checksum is wrong")
    }
    guard let size = TarNumber.parse(field(124, 12)) else {
      throw Failure(.archiveMalformed, shown, at: offset, "the header's size is no number")
    }
    self.size = size
    type = block[block.startIndex + 156]
    linkName = text(157, 100)
    // What stands where ustar has its prefix is not a prefix to all: GNU's magic is "ustar  \0", and there times stand,
    // which Go takes for a prefix where they are none, and Python always; GNU tar asks for no version; star has times
    // behind 131 bytes of it.
    let isUstar = field(257, 8).elementsEqual("ustar\u{0}00".utf8)
    let isStar = field(508, 4).elementsEqual("tar\u{0}".utf8)
    let prefix = text(345, 155)
    guard prefix.isEmpty || (isUstar && !(isStar && prefix.count > 131)) else {
      throw Failure(
        .archiveMalformed, shown, at: offset,
        "some readers would take more for its name: “\(printable(prefix, limit: 80))”")
    }
    name = prefix.isEmpty ? text(0, 100) : prefix + [0x2f] + text(0, 100)
  }

  /// The sum of all bytes, the checksum field counted as spaces: of unsigned bytes, and of signed ones as old tars had it.
  static func sums(_ block: ArraySlice<UInt8>) -> [Int] {
    var unsigned = 8 * 0x20
    // Each byte from 0x80 on counts 256 less where bytes are signed.
    var high = 0
    for index in block.indices where !(148..<156).contains(index - block.startIndex) {
      unsigned += Int(block[index])
      high += Int(block[index] >> 7)
    }
    return [unsigned, unsigned - 256 * high]
  }
}
