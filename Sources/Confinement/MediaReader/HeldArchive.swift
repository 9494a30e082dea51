import Cryptography
import Octets
package import Reasons
import TarArchive

extension MediaReader {
  /// Reads a tar that another medium carried, and that is in memory. Names, bounds and what is refused are a medium's.
  ///
  /// - Throws: `archive.…`; everything that does not make it unreadable as a whole stands in the result's `failures`.
  ///   Errors name entries, and not the archive.
  package func read(held bytes: [UInt8]) throws(Failure) -> Medium {
    let (entries, failures) = try HeldArchive(bytes, limits: limits).read().resolved()
    return Medium(kind: .tar, compression: nil, size: UInt64(bytes.count), entries: entries, failures: failures)
  }
}

/// An archive whose bytes are all at hand.
private struct HeldArchive {
  private let bytes: [UInt8]
  private var position = 0
  private var inventory: Inventory

  init(_ bytes: [UInt8], limits: MediaLimits) {
    self.bytes = bytes
    inventory = Inventory(limits)
  }

  consuming func read() throws(Failure) -> Inventory {
    guard TarBlock.isHeader(bytes[...]) else {
      throw Failure(
        .archiveNotRecognised, "", at: 0, "no tar archive; one that is carried in another is not compressed")
    }
    try Recognition.verifyPlain(bytes[...], of: "")
    var reader = TarReader()
    while true {
      let start = UInt64(position)
      guard position < bytes.count else {
        try reader.finish(at: start)
        return inventory
      }
      switch try reader.take(block: try take(UInt64(TarBlock.size)), at: start) {
      case .block: break
      case .record(let size): try reader.take(record: Array(try takePadded(UInt64(size))))
      case .entry(let entry):
        let contents = try takePadded(entry.size)
        guard let index = try inventory.add(entry) else { continue }
        inventory.decide(index, start: contents.prefix(Keeping.peek))
        let item = inventory[index]
        inventory.hashed.set(
          index,
          Hashed(
            digest: digest(Array(contents), item.algorithm), contents: item.decision == .keep ? Array(contents) : nil),
          named: inventory.packedName(index))
      case .end:
        try Tail.verifyZeros(bytes[position...], at: UInt64(position))
        return inventory
      }
    }
  }

  private mutating func takePadded(_ size: UInt64) throws(Failure) -> ArraySlice<UInt8> {
    let contents = try take(size)
    _ = try take(TarBlock.padding(after: size))
    return contents
  }

  private mutating func take(_ size: UInt64) throws(Failure) -> ArraySlice<UInt8> {
    guard size <= UInt64(bytes.count - position) else {
      throw Failure(
        .archiveTruncated, "", at: UInt64(position), "\(size) bytes wanted, and the archive ends before them")
    }
    defer { position += Int(size) }
    return bytes[position..<position + Int(size)]
  }
}
