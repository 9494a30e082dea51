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
      "promise": entry.promise.map {
        [
          "signature": .text(Base64.encode($0.signature)), "integratedTime": .text("\($0.integratedTime.seconds)"),
          "logID": .text(Hex.encode($0.logID)), "logIndex": .text("\($0.logIndex)"),
        ]
      } ?? .null,
    ]
  }

  /// - Parameter read: gives an object by its digest, hashed again.
  static func entry(_ node: JSONNode, _ read: (ClaimedDigest) throws -> [UInt8]) throws -> SnapshotEntry {
    func object(_ name: String) throws -> [UInt8] {
      let node = try node.required(name)
      return try read(try node.digest())
    }
    let promise = try node.optional("promise").map { node in
      let (time, index) = (try node.required("integratedTime"), try node.required("logIndex"))
      guard let seconds = Int64(try time.string()) else { throw time.failure("no number of seconds") }
      guard let logIndex = UInt64(try index.string()) else { throw index.failure("no index") }
      return CarriedEntry.Promise(
        signature: try node.required("signature").base64(), integratedTime: UnixTime(seconds),
        logID: try node.required("logID").hexadecimal(), logIndex: logIndex)
    }
    return SnapshotEntry(
      body: try object("body"), promise: promise, proof: try LogProof(parsing: try object("proof"), named: "dossier"))
  }
}
