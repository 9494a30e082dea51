import LogEntry
package import LogSnapshot
import MerkleTree
package import Octets
package import Reasons
package import SignedNote

/// Log entries that are at hand beside what the evidence carries: out of the log snapshots that a site was brought.
///
/// Nothing that it gives is believed. An entry is verified under the trust root like one that the evidence carried, so
/// that a source can leave out, and cannot make up.
package protocol EntrySource: Sendable {
  /// Entries that are this leaf.
  func entries(leafHash: [UInt8]) -> [SnapshotEntry]
  /// Entries that say that this was signed.
  func entries(signing digest: ClaimedDigest) -> [SnapshotEntry]
  /// What the accepted history of a log says of a state of it that somebody signed.
  func history(of checkpoint: Checkpoint) -> HistoryCheck
}

/// An entry of a log snapshot, with what proves it.
package struct SnapshotEntry: Hashable, Sendable {
  package let body: [UInt8]
  package let promise: CarriedEntry.Promise?
  /// Up to a checkpoint with the log's signature.
  package let proof: LogProof
  /// Why the snapshot no longer serves by the site's own limits; nil where it does.
  package let tooOld: Failure?

  package init(body: [UInt8], promise: CarriedEntry.Promise?, proof: LogProof, tooOld: Failure? = nil) {
    self.body = body
    self.promise = promise
    self.proof = proof
    self.tooOld = tooOld
  }
}

extension SnapshotEntry {
  package var leafHash: [UInt8] { MerkleTree.leafHash(body) }
  /// Whether its body says that this was signed.
  package func signs(_ digest: ClaimedDigest) -> Bool { LogEntryBody.signedDigests(body).contains(digest) }
}

/// A signed state of a log beside the history that was accepted of it.
package enum HistoryCheck: Hashable, Sendable {
  /// It is a state of that history.
  case consistent
  /// Nothing says: no snapshot of the log is installed, or what is kept of it does not reach there.
  case unknown
  /// The log signed another state of this size.
  case forked
}
