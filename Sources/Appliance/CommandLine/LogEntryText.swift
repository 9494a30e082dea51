import Cryptography
import LogHistory
import LogSnapshot
import LogStore
import Octets
import Reasons
import Report
import Roles
import SigningIdentity
import StrictJSON

/// An entry of a log: what is proven of it, and what only the entry says.
struct LogEntryText {
  private let log: AcceptedLogs.Log
  private let leaf: KeptLeaf
  /// The state that its proof is about; nil where it is one of those that were accepted, and does not matter.
  private let head: LogHead?
  private let words: Result<EntryWords, Failure>
  private let integrated: Result<UnixTime?, Failure>

  init(_ leaf: KeptLeaf, in head: LogHead?, of log: AcceptedLogs.Log) {
    self.log = log
    self.leaf = leaf
    self.head = head
    words = Result { () throws(Failure) in try EntryWords(leaf.body) }
    integrated = Result { () throws(Failure) in try log.integratedTime(of: leaf) }
  }

  var headline: String { "entry \(leaf.index) of \(printable(log.origin))" }

  var lines: [String] {
    var lines = [headline]
    switch words {
    case .success(let words):
      lines.append("  kind        \(printable(words.kind))")
      lines += words.signed.map { "  signed      \($0)" }
    case .failure(let failure): lines.append("  kind        not read: \(Voice.sentence(failure))")
    }
    lines += ["  time        \(time)", "  proof       \(proof)", "  leaf hash   \(Hex.encode(leaf.leafHash))"]
    guard case .success(let words) = words else { return lines }
    lines += words.signers.map { "  signer      \(Self.signer($0))" }
    return lines + ["              by the entry's own word: no chain and no signature was verified here"]
  }

  private var time: String {
    switch integrated {
    case .success(let time?): "\(time), by the log's promise"
    case .success(nil): "not known: no promise of the log is carried"
    case .failure(let failure): "NOT KNOWN, the promise does not verify: \(Voice.sentence(failure))"
    }
  }

  private var proof: String {
    guard let head else { return "in an accepted state of the log" }
    let newest = head == log.kept.accepted.head
    return
      "in the \(newest ? "newest accepted" : "earlier accepted") state of \(Quantity.count(head.size, "entry", "entries"))"
  }

  static func signer(_ signer: EntrySigner) -> String {
    switch signer {
    case .key(let fingerprint): "key \(ClaimedDigest(fingerprint))"
    case .certificate(let claimed):
      "\(claimed.identities.map { printable($0) }.joined(separator: ", ")), issuer \(claimed.issuer.map { printable($0) } ?? "none")"
    case .unreadable(let failure): "not read: \(Voice.sentence(failure))"
    }
  }

  // MARK: JSON

  var json: JSONObject {
    var object: JSONObject = [
      "log": .text(printable(log.origin)), "index": .integer(Int64(clamping: leaf.index)),
      "leafHash": .text(Hex.encode(leaf.leafHash)),
      "provenIn": head.map { .integer(Int64(clamping: $0.size)) } ?? .null,
    ]
    switch words {
    case .success(let words):
      object.append("kind", .text(printable(words.kind)))
      object.append("signed", .array(words.signed.map { "\($0)" }))
      object.append("claimedSigners", .array(words.signers.map(Self.json)))
    case .failure(let failure): object.append("failure", failure.json)
    }
    object.append("integratedTime", ((try? integrated.get()) ?? nil).map { "\($0)" } ?? .null)
    if case .failure(let failure) = integrated { object.append("promiseFailure", failure.json) }
    return object
  }

  private static func json(_ signer: EntrySigner) -> JSON {
    switch signer {
    case .key(let fingerprint): ["key": "\(ClaimedDigest(fingerprint))"]
    case .certificate(let claimed):
      [
        "identities": .array(claimed.identities.map { .text(printable($0)) }),
        "issuer": claimed.issuer.map { .text(printable($0)) } ?? .null,
        "key": "\(ClaimedDigest(claimed.keyFingerprint))",
      ]
    case .unreadable(let failure): ["failure": failure.json]
    }
  }
}
