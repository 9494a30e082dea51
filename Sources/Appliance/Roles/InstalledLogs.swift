import LogHistory
import LogSnapshot
import LogStore
import MerkleTree
package import Octets
package import Reasons
package import SignedNote
package import Store
import Synchronization
import TrustStore
package import Verification

/// What the store keeps of transparency logs, for the prover to look things up in. Remembers what it gave, so that a verdict
/// can be proven again without it.
package final class InstalledLogs: EntrySource {
  private let logs: [(log: KeptLog, tooOld: Failure?)]
  private let memory = Mutex<(list: [SnapshotEntry], seen: Set<SnapshotEntry>)>(([], []))

  /// - Parameter tooOld: why a log no longer serves, by its origin.
  /// - Throws: where the ledger's objects cannot be read.
  package init(_ custodian: Custodian, tooOld: [[UInt8]: Failure]) throws {
    let store = LogStore(in: custodian.store.directory)
    var logs: [(KeptLog, Failure?)] = []
    for (origin, _) in custodian.state.standing.objects(of: InstalledTrust.log) {
      guard let accepted = try custodian.acceptedLog(origin) else { continue }
      logs.append((store.log(accepted), tooOld[origin]))
    }
    self.logs = logs
  }

  /// All that was given, each once.
  package var given: [SnapshotEntry] { memory.withLock { $0.list } }

  package func entries(leafHash: [UInt8]) -> [SnapshotEntry] { remembered { $0.entries(leafHash: leafHash) } }

  package func entries(signing digest: ClaimedDigest) -> [SnapshotEntry] {
    remembered { $0.entries(signing: digest) }
  }

  private func remembered(_ find: (KeptLog) -> Found) -> [SnapshotEntry] {
    let found = logs.flatMap { log, tooOld in
      find(log).entries.compactMap { SnapshotEntry($0, tooOld: tooOld) }
    }
    memory.withLock { memory in
      for entry in found where memory.seen.insert(entry).inserted { memory.list.append(entry) }
    }
    return found
  }

  package func history(of checkpoint: Checkpoint) -> HistoryCheck {
    guard let log = logs.first(where: { $0.log.accepted.checkpoint.origin == checkpoint.origin })?.log else {
      return .unknown
    }
    return log.begins(with: checkpoint.head).map { $0 ? .consistent : .forked } ?? .unknown
  }
}

/// The entries that a dossier kept, and the histories of logs as they are known now: what is known to be forked since proves
/// nothing any more.
struct RecordedEntries: EntrySource {
  let entries: [SnapshotEntry]
  let histories: InstalledLogs?

  func entries(leafHash: [UInt8]) -> [SnapshotEntry] { entries.filter { $0.leafHash == leafHash } }
  func entries(signing digest: ClaimedDigest) -> [SnapshotEntry] { entries.filter { $0.signs(digest) } }
  func history(of checkpoint: Checkpoint) -> HistoryCheck { histories?.history(of: checkpoint) ?? .unknown }
}

extension SnapshotEntry {
  /// Nil where no signed note goes with the proof.
  fileprivate init?(_ entry: KeptEntry, tooOld: Failure?) {
    guard let note = entry.note,
      let proof = try? LogProof(index: entry.proof.index, path: entry.proof.path, checkpoint: note)
    else { return nil }
    self.init(body: entry.leaf.body, promise: entry.leaf.promise, proof: proof, tooOld: tooOld)
  }
}
