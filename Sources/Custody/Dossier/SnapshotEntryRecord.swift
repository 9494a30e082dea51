import Base64
import Cryptography
import LogSnapshot
import Octets
import Reasons
import SignedNote
import StrictJSON
import Verification

/// A log entry that a verdict took out of a log snapshot, as a dossier holds it: body and proof are objects beside it.
enum SnapshotEntryRecord {
  static func json(_ entry: SnapshotEntry) -> JSON {
    [
      "body": "\(ClaimedDigest(digest(entry.body)))", "proof": "\(ClaimedDigest(digest(entry.proof.serialized())))",
      "promise": PromiseRecord.json(entry.promise),
    ]
  }

  /// - Parameter read: gives an object by its digest, hashed again.
  static func entry(_ node: JSONNode, _ read: (ClaimedDigest) throws -> [UInt8]) throws -> SnapshotEntry {
    func object(_ name: String) throws -> [UInt8] {
      let node = try node.required(name)
      return try read(try node.digest())
    }
    return SnapshotEntry(
      body: try object("body"), promise: try PromiseRecord.promise(node.optional("promise")),
      proof: try LogProof(parsing: try object("proof"), named: "dossier"))
  }
}
