import COpenSSL
import Cryptography
import Files
import Glibc
import LogHistory
import LogSnapshot
import LogStore
import MerkleTree
import SignedNote
import SnapshotReader
import TarArchive
import TestSupport

/// What the measurements of snapshots do in processes of their own: `snapshot make|hash|import|prove …`.
enum SnapshotErrand {
  static func run(_ arguments: [String]) throws {
    switch (arguments.first, arguments.count) {
    case ("make", 3): try SyntheticLog(UInt64(arguments[1]) ?? 0).write(into: arguments[2])
    case ("hash", 2): hash(Int(arguments[1]) ?? 0)
    case ("import", 3): try takeIn(arguments[1], state: arguments[2])
    case ("prove", 3): try prove(arguments[1], state: arguments[2])
    default: exit(64)
    }
  }

  /// What no verifier of a tree can leave out: SHA-256 over each two hashes and their prefix.
  private static func hash(_ count: Int) {
    let context = EVP_MD_CTX_new()
    defer { EVP_MD_CTX_free(context) }
    let algorithm = EVP_MD_fetch(nil, "SHA256", nil)
    defer { EVP_MD_free(algorithm) }
    var pair = [UInt8](repeating: 1, count: 65)
    precondition(EVP_DigestInit_ex2(context, algorithm, nil) == 1)
    pair.withUnsafeMutableBytes { bytes in
      for _ in 0..<count {
        precondition(EVP_DigestInit_ex2(context, nil, nil) == 1)
        precondition(EVP_DigestUpdate(context, bytes.baseAddress, 65) == 1)
        precondition(
          EVP_DigestFinal_ex(context, bytes.baseAddress?.advanced(by: 1).assumingMemoryBound(to: UInt8.self), nil) == 1)
      }
    }
  }

  private static func takeIn(_ base: String, state: String) throws {
    let policy = try TLogPolicy(parsing: readFile("\(base)/log.policy"), named: "policy")
    let verifier = try SnapshotVerifier(trustRoots: [], policy: policy)
    let tar = try SnapshotTar(OpenFile(path: "\(base)/log.tar"), named: "log.tar")
    let store = LogStore(in: state)
    for log in try verifier.open(tar.listing, in: tar) {
      let intake = try store.intake(of: log.origin)
      _ = try log.verify(after: nil, in: tar, beside: store.hashes(of: log.origin), into: intake)
      try intake.finish()
    }
  }

  /// Prints the median seconds of a proof by index, and of an entry with its proof by leaf hash.
  private static func prove(_ base: String, state: String) throws {
    let checkpoint = try Checkpoint(parsing: readFile("\(base)/checkpoint"))
    let log = LogStore(in: state).log(AcceptedLog(checkpoint: checkpoint, heads: []))
    var random = SplitMix(seed: 7)
    func timed(_ work: () -> Bool) throws -> Double {
      try median(
        (0..<1001).map { _ in
          let start = seconds(CLOCK_MONOTONIC)
          guard work() else { throw BenchFailure("there is no proof") }
          return seconds(CLOCK_MONOTONIC) - start
        })
    }
    let byIndex = try timed { log.inclusionProof(of: random.next() % checkpoint.size) != nil }
    let byLeaf = try timed {
      let leaf = leafHash(SyntheticLog.entry(random.next() % SyntheticLog.entries))
      return log.entries(leafHash: leaf).entries.count == 1
    }
    print(byIndex, byLeaf)
  }
}

/// A log of random leaf hashes, the first of which are of entries that are there; and its snapshot with all tiles.
struct SyntheticLog {
  static let entries: UInt64 = 16 * 256
  private let size: UInt64

  init(_ size: UInt64) throws {
    guard size >= Self.entries else { throw BenchFailure("\(size) leaves are too few") }
    self.size = size
  }

  static func entry(_ index: UInt64) -> [UInt8] { Array("entry \(index)".utf8) }

  func write(into base: String) throws {
    let file = try GrowingFile("\(base)/log.tar.new")
    func put(_ path: SnapshotPath, _ contents: [UInt8]) throws {
      let size = Int64(contents.count)
      try file.append((TarOutput.file("log/\(path.text)", size: size) + contents + TarOutput.padding(size))[...])
    }
    let origin = Array("synthetic.example".utf8)
    try put(.description, LogDescription(origin: origin, kind: .other).serialized())
    var (levels, level) = (try leaves(), 0)
    var tops: [[UInt8]] = []
    let hasher = RowHasher()
    while !levels.isEmpty {
      var above: [UInt8] = []
      for (number, start) in stride(from: 0, to: levels.count, by: 8192).enumerated() {
        let tile = Array(levels[start..<min(start + 8192, levels.count)])
        try put(.tile(level: level, TilePath(number: UInt64(number), width: tile.count / 32)), tile)
        if tile.count == 8192 { above += hasher.root(of: tile) }
      }
      tops.append(levels)
      (levels, level) = (above, level + 1)
    }
    for number in 0..<Self.entries / 256 {
      let bundle = (number * 256..<(number + 1) * 256).flatMap { index -> [UInt8] in
        let entry = Self.entry(index)
        return [UInt8(entry.count >> 8), UInt8(entry.count & 0xff)] + entry
      }
      try put(.entryBundle(TilePath(number: number)), bundle)
    }
    let root = Subtrees<Never> { (level, index) in
      let (first, count) = (Int(index) << (level % 8), 1 << (level % 8))
      return hasher.root(of: Array(tops[level / 8][first * 32..<(first + count) * 32]))
    }.root(ofFirst: size)
    try sign(origin, root ?? [], into: base) { try put(.checkpoint, $0) }
    try file.append(TarOutput.end[...])
    try file.finish(as: "\(base)/log.tar")
  }

  private func leaves() throws -> [UInt8] {
    var random = SplitMix(seed: 1)
    var hashes: [UInt8] = []
    hashes.reserveCapacity(Int(size) * 32)
    for index in 0..<size {
      if index < Self.entries {
        hashes += leafHash(Self.entry(index))
      } else {
        for _ in 0..<4 { withUnsafeBytes(of: random.next()) { hashes.append(contentsOf: $0) } }
      }
    }
    return hashes
  }

  private func sign(_ origin: [UInt8], _ root: [UInt8], into base: String, _ put: ([UInt8]) throws -> Void) throws {
    let key = try PrivateKey.generate(.ed25519)
    guard let name = NoteVerifierKey(name: origin, type: .ed25519, key: Array(key.publicKey.spki.suffix(32))) else {
      throw BenchFailure("no key")
    }
    let text = Checkpoint.text(origin: origin, size: size, root: root)
    let note = SignedNote.serialized(text: text, signatures: [(origin, name.keyID, try key.sign(text))])
    try put(note)
    try DurableFile.write(note, to: "\(base)/checkpoint")
    try DurableFile.write(
      Array("log ".utf8) + name.serialized + Array("\nquorum none\n".utf8), to: "\(base)/log.policy")
  }
}

/// Numbers that look random and are the same each time (Steele, Lea, Flood: SplitMix64).
struct SplitMix {
  private var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var value = state
    value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
    return value ^ value >> 31
  }
}
