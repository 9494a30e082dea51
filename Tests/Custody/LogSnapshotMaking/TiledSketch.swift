import Cryptography
import LogSnapshot
import MerkleTree
import SignedNote
import TestSupport

/// A tiled log in memory, and what a desk fetched of it.
struct TiledSketch {
  static let origin = "tiles.example/log"
  private(set) var tree = GrowingTree()
  private(set) var leaves: [[UInt8]] = []
  private let key: PrivateKey

  init(_ count: Int, fork: Int = .max, leaf: (Int) -> [UInt8]? = { _ in nil }) throws {
    key = try .generate(.ed25519)
    for index in 0..<count {
      let bytes = leaf(index) ?? Array("\(index < fork ? "leaf" : "other leaf") \(index)".utf8)
      leaves.append(bytes)
      tree.append(bytes)
    }
  }

  func note(_ size: UInt64, origin: String = Self.origin) throws -> [UInt8] {
    let text = Checkpoint.text(origin: Array(origin.utf8), size: size, root: tree.root(ofFirst: size) ?? [])
    let line = (Array(Self.origin.utf8), verifierKey?.keyID ?? [], try key.sign(text))
    return SignedNote.serialized(text: text, signatures: [line])
  }

  private var verifierKey: NoteVerifierKey? {
    NoteVerifierKey(name: Array(Self.origin.utf8), type: .ed25519, key: Array(key.publicKey.spki.suffix(32)))
  }

  var vkey: String { String(decoding: verifierKey?.serialized ?? [], as: UTF8.self) }

  /// All of the log, as it serves a tree of so many.
  func fetch(_ size: UInt64, into home: TemporaryFolder, as folder: String = "log") throws {
    try home.write("\(folder)/checkpoint", note(size))
    for level in 0..<8 {
      let hashes = size >> UInt64(8 * level)
      for (number, width) in Self.tiles(hashes) {
        let tile = (0..<UInt64(width)).flatMap { tree.subtreeHash(level: 8 * level, index: number << 8 | $0) ?? [] }
        let path = TilePath(number: number, width: width)
        try home.write("\(folder)/" + SnapshotPath.tile(level: level, path).text, tile)
        guard level == 0 else { continue }
        try home.write("\(folder)/" + SnapshotPath.entryBundle(path).text, bundle(number, width))
      }
    }
  }

  func bundle(_ number: UInt64, _ width: Int) -> [UInt8] {
    leaves[Int(number << 8)..<Int(number << 8) + width].flatMap { leaf in
      [UInt8(leaf.count >> 8), UInt8(leaf.count & 0xff)] + leaf
    }
  }

  static func tiles(_ hashes: UInt64) -> [(number: UInt64, width: Int)] {
    (0..<(hashes + 255) / 256).map { ($0, Int(min(256, hashes - $0 << 8))) }
  }
}
