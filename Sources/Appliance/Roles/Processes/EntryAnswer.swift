import Base64
import Findings
import LogSnapshot
import Octets
import Reasons
import SignedNote
import StrictJSON
import Verification

/// Log entries and histories as the keeper gives them to a prover: canonical JSON of a list, and one byte.
enum EntryAnswer {
  /// Entries of one answer; a log is asked for no more.
  static let most = 4096

  static func serialized(_ entries: [SnapshotEntry]) throws(Failure) -> [UInt8] {
    let list: JSON = .array(entries.prefix(most).map(json))
    return try list.canonical()
  }

  static func entries(parsing bytes: [UInt8]) throws(Failure) -> [SnapshotEntry] {
    var entries: [SnapshotEntry] = []
    for node in try JSONNode(parsing: bytes, named: "entries", malformed: .findingsMalformed).elements(atMost: most) {
      entries.append(try entry(node))
    }
    return entries
  }

  static func serialized(_ history: HistoryCheck) -> [UInt8] {
    switch history {
    case .consistent: [0]
    case .unknown: [1]
    case .forked: [2]
    }
  }

  static func history(parsing bytes: [UInt8]) throws(Failure) -> HistoryCheck {
    switch bytes {
    case [0]: .consistent
    case [1]: .unknown
    case [2]: .forked
    default: throw Failure(.findingsMalformed, "history", "no answer")
    }
  }

  private static func json(_ entry: SnapshotEntry) -> JSON {
    func base64(_ bytes: [UInt8]) -> JSON { .text(Base64.encode(bytes)) }
    return [
      "body": base64(entry.body), "proof": base64(entry.proof.serialized()),
      "promise": entry.promise.map {
        [
          "signature": base64($0.signature), "integratedTime": .text("\($0.integratedTime.seconds)"),
          "logID": .text(Hex.encode($0.logID)), "logIndex": .text("\($0.logIndex)"),
        ]
      } ?? .null,
      "tooOld": entry.tooOld.map(FailureRecord.json) ?? .null,
    ]
  }

  private static func entry(_ node: JSONNode) throws(Failure) -> SnapshotEntry {
    let promise = try node.optional("promise").map { (node) throws(Failure) in
      let (time, index) = (try node.required("integratedTime"), try node.required("logIndex"))
      guard let seconds = Int64(try time.string()) else { throw time.failure("no number of seconds") }
      guard let logIndex = UInt64(try index.string()) else { throw index.failure("no index") }
      return CarriedEntry.Promise(
        signature: try node.required("signature").base64(), integratedTime: UnixTime(seconds),
        logID: try node.required("logID").hexadecimal(), logIndex: logIndex)
    }
    return SnapshotEntry(
      body: try node.required("body").base64(), promise: promise,
      proof: try LogProof(parsing: try node.required("proof").base64(), named: "entry"),
      tooOld: try node.optional("tooOld").map { (node) throws(Failure) in try FailureRecord.failure(node) })
  }
}
