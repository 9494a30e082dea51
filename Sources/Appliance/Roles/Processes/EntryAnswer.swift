import Base64
import Dossier
import Findings
import LogSnapshot
import Octets
package import Reasons
import SignedNote
package import StrictJSON
package import Verification

/// What the keeper gives a prover that asks for log entries, or for the history of a log (docs/formats/ProofRequests.md):
/// canonical JSON of a list, and one byte. A checkpoint is asked about by its note's bytes.
///
///     [{"body":"eyJh…","promise":null,"proof":"YzJz…","tooOld":null}]
package enum EntryAnswer {
  /// Entries of one answer: a log gives 64 at the most, and few sites have more than sixteen logs.
  package static let most = 1_024
  /// Bytes of one answer.
  package static let limits = JSONLimits(bytes: 4 << 20, depth: 4, values: 16 * most)

  /// What does not fit is left out: a source may leave out, and cannot make up.
  package static func serialized(_ entries: [SnapshotEntry]) throws(Failure) -> [UInt8] {
    var list: [[UInt8]] = []
    var size = 2
    for entry in entries.prefix(most) {
      let bytes = try json(entry).canonical()
      guard size + bytes.count + 1 <= limits.bytes else { continue }
      size += bytes.count + 1
      list.append(bytes)
    }
    return [UInt8(ascii: "[")] + Array(list.joined(separator: [UInt8(ascii: ",")])) + [UInt8(ascii: "]")]
  }

  /// - Throws: `proof-request.malformed`, and what JSON and the proof's own format refuse.
  package static func entries(parsing bytes: [UInt8]) throws(Failure) -> [SnapshotEntry] {
    let root = try JSONNode(parsing: bytes, named: "entries", malformed: .proofRequestMalformed, limits: limits)
    var entries: [SnapshotEntry] = []
    for node in try root.elements(atMost: most) {
      let entry = try entry(node)
      try node.verifyWritten(json(entry))
      entries.append(entry)
    }
    try root.verifyCanonical(bytes)
    return entries
  }

  package static func serialized(_ history: HistoryCheck) -> [UInt8] {
    switch history {
    case .consistent: [0]
    case .unknown: [1]
    case .forked: [2]
    }
  }

  /// - Throws: `proof-request.malformed`.
  package static func history(parsing bytes: [UInt8]) throws(Failure) -> HistoryCheck {
    switch bytes {
    case [0]: .consistent
    case [1]: .unknown
    case [2]: .forked
    default: throw Failure(.proofRequestMalformed, "history", "no answer")
    }
  }

  private static func json(_ entry: SnapshotEntry) -> JSON {
    func base64(_ bytes: [UInt8]) -> JSON { .text(Base64.encode(bytes)) }
    return [
      "body": base64(entry.body), "proof": base64(entry.proof.serialized()),
      "promise": PromiseRecord.json(entry.promise),
      "tooOld": entry.tooOld.map(FailureRecord.json) ?? .null,
    ]
  }

  private static func entry(_ node: JSONNode) throws(Failure) -> SnapshotEntry {
    return SnapshotEntry(
      body: try node.required("body").base64(), promise: try PromiseRecord.promise(node.optional("promise")),
      proof: try LogProof(parsing: try node.required("proof").base64(), named: "entries"),
      tooOld: try node.optional("tooOld").map { (node) throws(Failure) in try FailureRecord.failure(node) })
  }
}
