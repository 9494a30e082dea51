import Octets
import Reasons

/// The files of one log in a snapshot: where they are, not what they hold.
package struct LogFolder: Sendable {
  /// A file that is there once or not at all.
  package struct File: Hashable, Sendable {
    package let size: Int
    package let position: UInt64
  }

  /// A tile, or an entry bundle (of level 0).
  package struct Tile: Hashable, Sendable {
    package let number: UInt64
    package let position: UInt64
    /// In bytes.
    package let size: UInt32
    package let width: UInt16
    package let level: UInt8

    fileprivate func isBefore(_ other: Tile) -> Bool {
      (other.level, number, width) < (level, other.number, other.width)
    }

    package var path: TilePath { TilePath(number: number, width: Int(width)) }
  }

  /// A file of one number.
  package struct Numbered: Hashable, Sendable {
    package let number: UInt64
    package let file: File
  }

  package struct Consistency: Hashable, Sendable {
    package let old: UInt64
    package let new: UInt64
    package let file: File
  }

  /// In the snapshot.
  package let name: [UInt8]
  private var descriptions: [File] = []
  private var checkpoints: [File] = []
  /// By size.
  package private(set) var earlierCheckpoints: [Numbered] = []
  /// Highest level first, then by number and width.
  package private(set) var tiles: [Tile] = []
  /// By number and width.
  package private(set) var bundles: [Tile] = []
  /// By index.
  package private(set) var entries: [Numbered] = []
  /// By index.
  package private(set) var proofs: [Numbered] = []
  package private(set) var consistency: [Consistency] = []

  init(_ name: [UInt8]) { self.name = name }

  /// `log.json`
  package var description: File { descriptions[0] }
  package var checkpoint: File { checkpoints[0] }

  mutating func add(_ path: SnapshotPath, size: Int, at position: UInt64) {
    let file = File(size: size, position: position)
    switch path {
    case .description: descriptions.append(file)
    case .checkpoint: checkpoints.append(file)
    case .earlierCheckpoint(let size): earlierCheckpoints.append(Numbered(number: size, file: file))
    case .tile(let level, let path): tiles.append(Self.tile(level, path, file))
    case .entryBundle(let path): bundles.append(Self.tile(0, path, file))
    case .consistency(let old, let new): consistency.append(Consistency(old: old, new: new, file: file))
    case .entry(let index): entries.append(Numbered(number: index, file: file))
    case .proof(let index): proofs.append(Numbered(number: index, file: file))
    }
  }

  mutating func finish() throws(Failure) {
    func single(_ files: [File], _ path: SnapshotPath) throws(Failure) {
      guard files.count == 1 else {
        if files.count > 1 { throw twice(path) }
        throw Failure(.logSnapshotMalformed, "\(printable(name, limit: 100))/\(path.text)", "it is missing")
      }
    }
    try single(descriptions, .description)
    try single(checkpoints, .checkpoint)
    earlierCheckpoints.sort { $0.number < $1.number }
    tiles.sort { $0.isBefore($1) }
    bundles.sort { $0.isBefore($1) }
    entries.sort { $0.number < $1.number }
    proofs.sort { $0.number < $1.number }
    consistency.sort { ($0.old, $0.new) < ($1.old, $1.new) }
    try verifyDistinct(earlierCheckpoints) { .earlierCheckpoint(size: $0.number) }
    try verifyDistinct(tiles) { .tile(level: Int($0.level), $0.path) }
    try verifyDistinct(bundles) { .entryBundle($0.path) }
    try verifyDistinct(entries) { .entry(index: $0.number) }
    try verifyDistinct(proofs) { .proof(index: $0.number) }
    try verifyDistinct(consistency) { .consistency(from: $0.old, to: $0.new) }
  }

  /// - Parameter list: sorted.
  private func verifyDistinct<Element>(_ list: [Element], _ path: (Element) -> SnapshotPath) throws(Failure) {
    var last: SnapshotPath?
    for element in list {
      let next = path(element)
      guard next != last else { throw twice(next) }
      last = next
    }
  }

  private func twice(_ path: SnapshotPath) -> Failure {
    Failure(.logSnapshotMalformed, "\(printable(name, limit: 100))/\(path.text)", "it is there twice")
  }

  /// A hash tile of exactly this width.
  package func tile(level: Int, _ path: TilePath) -> Tile? {
    let sought = Tile(
      number: path.number, position: 0, size: 0, width: UInt16(path.width), level: UInt8(level))
    var (low, high) = (0, tiles.count)
    while low < high {
      let middle = (low + high) / 2
      if tiles[middle].isBefore(sought) { low = middle + 1 } else { high = middle }
    }
    guard low < tiles.count, tiles[low].level == level, tiles[low].path == path else { return nil }
    return tiles[low]
  }

  package func proof(of index: UInt64) -> File? {
    var (low, high) = (0, proofs.count)
    while low < high {
      let middle = (low + high) / 2
      if proofs[middle].number < index { low = middle + 1 } else { high = middle }
    }
    return low < proofs.count && proofs[low].number == index ? proofs[low].file : nil
  }

  private static func tile(_ level: Int, _ path: TilePath, _ file: File) -> Tile {
    Tile(
      number: path.number, position: file.position, size: UInt32(file.size), width: UInt16(path.width),
      level: UInt8(level))
  }
}
