import LogHistory
import LogSnapshot
import MerkleTree
import Octets
import Reasons
import SignedNote
import SnapshotSketch
import Testing

/// What of a snapshot verified.
final class MemorySink: SnapshotSink {
  var tiles: [SnapshotPath: [UInt8]] = [:]
  var entries: [ProvenEntry] = []

  func keep(level: Int, number: UInt64, hashes: [UInt8]) {
    tiles[.tile(level: level, TilePath(number: number, width: hashes.count / 32))] = hashes
  }

  func keep(_ entry: ProvenEntry) { entries.append(entry) }
}

/// Hashes of a log up to some size, as a store would have them.
struct KeptSketch: KeptHashes {
  let log: SketchedTlog
  let size: UInt64

  func hashes(level: Int, from first: UInt64, count: Int) -> [UInt8]? {
    guard first + UInt64(count) <= size >> UInt64(8 * level) else { return nil }
    return (0..<UInt64(count)).flatMap { log.tree.subtreeHash(level: 8 * level, index: first + $0)! }
  }
}

extension SketchedTlog {
  /// A policy that names this log, and asks for nothing.
  var policy: TLogPolicy { get throws { try Self.policy("", logs: [self], "quorum none\n") } }

  static func policy(
    _ more: String, logs: [SketchedTlog] = [], witnesses: [SketchedWitness] = [], _ quorum: String
  ) throws -> TLogPolicy {
    var text = logs.map { "log \(String(decoding: $0.verifierKey.serialized, as: UTF8.self))\n" }.joined()
    for (number, witness) in witnesses.enumerated() {
      text += "witness W\(number + 1) \(String(decoding: witness.verifierKey.serialized, as: UTF8.self))\n"
    }
    return try TLogPolicy(parsing: Array((text + more + quorum).utf8), named: "policy")
  }

  func accepted(_ size: UInt64, heads: [UInt64] = []) throws -> AcceptedLog {
    AcceptedLog(checkpoint: try Checkpoint(parsing: checkpoint(size)), heads: heads.map(head))
  }
}

extension SketchedSnapshot {
  @discardableResult
  func verify(
    under policy: TLogPolicy, after accepted: AcceptedLog? = nil, beside kept: any KeptHashes = NothingKept(),
    into sink: MemorySink = MemorySink()
  ) throws -> VerifiedLog {
    let logs = try SnapshotVerifier(trustRoots: [], policy: policy).open(listing, in: self)
    let log = try #require(logs.first)
    return try log.verify(after: accepted, in: self, beside: kept, into: sink)
  }

  func expectRefusal(
    _ reason: Reason, _ words: String, under policy: TLogPolicy, after accepted: AcceptedLog? = nil,
    beside kept: any KeptHashes = NothingKept(), _ location: SourceLocation = #_sourceLocation
  ) {
    do {
      try verify(under: policy, after: accepted, beside: kept)
      Issue.record("it was accepted", sourceLocation: location)
    } catch let failure as Failure {
      #expect(failure.reason == reason, "\(failure)", sourceLocation: location)
      #expect("\(failure)".contains(words), "\(failure)", sourceLocation: location)
    } catch let fork as LogFork {
      #expect(fork.failure.reason == reason, "\(fork.failure)", sourceLocation: location)
    } catch {
      Issue.record("\(error)", sourceLocation: location)
    }
  }
}
