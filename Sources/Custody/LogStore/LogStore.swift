import Cryptography
package import Files
package import LogHistory
import Octets
import SignedNote

/// What was kept of transparency logs between snapshots, so that proofs can be made without the network.
///
/// ```
/// STATE/logs/<first 32 hex of SHA-256(origin)>/
///   hashes-<L>        hashes of 256^L leaves each, 32 bytes, at their places; a hole of zeros where none is kept
///   pack-<n>          entries of one import, one behind the other
///   index             rows of 56 bytes, sorted: where the entry of a leaf hash, a signed digest, an index is
///   pack.new, index.new, run-<k>   an import that goes on, or that was killed
/// ```
/// Nothing of it is believed: what is read is verified against a head that the ledger vouches for, each time. So an import
/// that was killed harms nothing, and whoever edits the disk takes proofs away and makes none.
///
/// One process at a time uses it: whoever has the store's lock.
package struct LogStore: Sendable {
  private let folder: String

  /// - Parameter directory: the state directory, which is there.
  package init(in directory: String) { folder = directory + "/logs" }

  /// The log as the ledger has it: lookups are answered from here.
  package func log(_ accepted: AcceptedLog) -> KeptLog {
    KeptLog(accepted, KeptFiles(folder(of: accepted.checkpoint.origin)))
  }

  /// What is kept of a log, for the verifier of its next snapshot; also of one that was never accepted.
  package func hashes(of origin: [UInt8]) -> any KeptHashes { KeptFiles(folder(of: origin)) }

  /// Where a snapshot of a log goes while it is verified.
  package func intake(of origin: [UInt8]) throws(FileError) -> LogIntake {
    let place = folder(of: origin)
    for path in [folder, place] where !DurableFile.isTaken(path) {
      try DurableFile.makeFolder(path)
      try DurableFile.sync(folder: DurableFile.parent(of: path))
    }
    return try LogIntake(place)
  }

  /// - Returns: the path of the folder of a log, there or not.
  package func folder(of origin: [UInt8]) -> String {
    folder + "/" + Hex.encode(digest(origin).bytes.prefix(16))
  }
}
