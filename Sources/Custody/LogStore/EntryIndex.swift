import Cryptography
import Files
import Octets

/// What an entry is found by: 32 bytes.
struct EntryKey: Hashable, Comparable {
  /// Big-endian words, so that they sort as the bytes do.
  let words: (UInt64, UInt64, UInt64, UInt64)

  /// - Precondition: 32 bytes.
  init(_ bytes: [UInt8]) {
    func word(_ number: Int) -> UInt64 { bytes[8 * number..<8 * number + 8].reduce(0) { $0 << 8 | UInt64($1) } }
    words = (word(0), word(1), word(2), word(3))
  }

  init(leafHash: [UInt8]) { self.init(leafHash) }
  /// SHA-256 of the digest's text.
  init(signing digest: ClaimedDigest) { self.init(Cryptography.digest(Array("\(digest)".utf8)).bytes) }
  /// Zeros, and the index in the tree: no hash is like that, and neighbours are neighbours.
  init(index: UInt64) { words = (0, 0, 0, index) }

  var bytes: [UInt8] { [words.0, words.1, words.2, words.3].flatMap { bigEndian($0, 8) } }

  static func == (one: EntryKey, other: EntryKey) -> Bool { one.words == other.words }
  static func < (one: EntryKey, other: EntryKey) -> Bool { one.words < other.words }
  func hash(into hasher: inout Hasher) {
    hasher.combine(words.0)
    hasher.combine(words.3)
  }
}

/// A row of the index: 32 bytes of key, 8 of index in the tree, 4 of pack, 8 of offset, 4 of length.
struct IndexRow: Hashable {
  static let size = 56

  let key: EntryKey
  let index: UInt64
  let pack: UInt32
  let offset: UInt64
  let length: UInt32

  init(_ key: EntryKey, index: UInt64, pack: UInt32, offset: UInt64, length: UInt32) {
    self.key = key
    self.index = index
    self.pack = pack
    self.offset = offset
    self.length = length
  }

  init(decoding bytes: ArraySlice<UInt8>) {
    let bytes = Array(bytes)
    func number(_ range: Range<Int>) -> UInt64 { bytes[range].reduce(0) { $0 << 8 | UInt64($1) } }
    key = EntryKey(Array(bytes[..<32]))
    index = number(32..<40)
    pack = UInt32(number(40..<44))
    offset = number(44..<52)
    length = UInt32(number(52..<56))
  }

  var encoded: [UInt8] {
    key.bytes + bigEndian(index, 8) + bigEndian(UInt64(pack), 4) + bigEndian(offset, 8) + bigEndian(UInt64(length), 4)
  }

  /// The order of the file; two rows of which neither is before the other are of one entry.
  func isBefore(_ other: IndexRow) -> Bool { key == other.key ? index < other.index : key < other.key }
}

/// The sorted rows, searched on the disk. In a file that somebody reordered things are not found.
struct EntryIndex {
  private let file: OpenFile
  private let count: UInt64

  init(_ file: OpenFile) {
    self.file = file
    count = ((try? file.status().size) ?? 0) / UInt64(IndexRow.size)
  }

  /// Rows from a key on, in order, until `take` has enough.
  /// - Parameter take: whether to go on.
  func rows(from key: EntryKey, _ take: (IndexRow) throws -> Bool) rethrows {
    var (low, high) = (UInt64(0), count)
    while low < high {
      let middle = (low + high) / 2
      guard let row = chunk(from: middle, 1).first else { return }
      if row.key < key { low = middle + 1 } else { high = middle }
    }
    var width = 8
    while low < count {
      let rows = chunk(from: low, width)
      guard !rows.isEmpty else { return }
      for row in rows where try !take(row) { return }
      low += UInt64(rows.count)
      width = min(2 * width, 1024)
    }
  }

  private func chunk(from first: UInt64, _ wanted: Int) -> [IndexRow] {
    var bytes = [UInt8](repeating: 0, count: Int(min(UInt64(wanted), count - first)) * IndexRow.size)
    let got = (try? file.read(into: &bytes, 0..<bytes.count, at: first * UInt64(IndexRow.size))) ?? 0
    return (0..<got / IndexRow.size).map { number in
      IndexRow(decoding: bytes[number * IndexRow.size..<(number + 1) * IndexRow.size])
    }
  }
}
