/// Many short runs of bytes in a few blocks: no allocation for each, and no second copy while it grows.
struct ByteStore: Sendable {
  /// Which block, and where in it.
  typealias Place = UInt32

  static let blockBytes = 1 << 16
  /// A run of more bytes is a block of its own, and given back without copying.
  private static let longestRun = 8 << 10

  private var blocks: [[UInt8]] = []
  /// The block that takes the next run.
  private var open: Int?

  /// What limits allow takes a tenth of the 65,536 blocks that a place can name; one more would be a trap, not a mistake.
  mutating func add(_ run: [UInt8]) -> Place {
    guard run.count <= Self.longestRun else {
      blocks.append(run)
      return Place((blocks.count - 1) * Self.blockBytes)
    }
    if open.map({ blocks[$0].count + run.count > Self.blockBytes }) ?? true {
      open = blocks.count
      blocks.append([])
      blocks[open!].reserveCapacity(Self.blockBytes)
    }
    let start = blocks[open!].count
    blocks[open!] += run
    return Place(open! * Self.blockBytes + start)
  }

  /// Of an empty run nothing is there, wherever it was put.
  func run(_ place: Place, _ count: Int) -> ArraySlice<UInt8> {
    let start = Int(place) % Self.blockBytes
    return count == 0 ? [] : blocks[Int(place) / Self.blockBytes][start..<start + count]
  }

  func bytes(_ place: Place, _ count: Int) -> [UInt8] {
    count > Self.longestRun ? blocks[Int(place) / Self.blockBytes] : Array(run(place, count))
  }
}
