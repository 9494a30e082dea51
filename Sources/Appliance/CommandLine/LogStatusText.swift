import Base64
import LogHistory
import LogSnapshot
import LogStore
import Octets
import Reasons
import Report
import Roles
import SignedNote
import StrictJSON

/// Accepted states of logs, and forks, in words and as JSON.
enum LogStatusText {
  static func lines(_ logs: AcceptedLogs, _ now: UnixTime) -> [String] {
    var lines = logs.forks.flatMap(self.lines)
    for log in logs.logs { lines += (lines.isEmpty ? [] : [""]) + self.lines(log, now, hasPolicy: logs.hasPolicy) }
    return lines.isEmpty ? ["No log is known: a trust bundle's role “logs” brings snapshots of them."] : lines
  }

  // MARK: Forks

  static func headline(_ fork: AcceptedLogs.Fork) -> String {
    "FORK  log \(printable(fork.origin, limit: 100)) signed two histories: leaf \(fork.leaf)"
  }

  private static func lines(_ fork: AcceptedLogs.Fork) -> [String] {
    var lines = ["\(headline(fork)), \(fork.claimed)"]
    if let proof = fork.proof {
      lines.append(state("earlier", proof.earlier, hasNote: proof.earlierNote != nil))
      lines.append(state("later", proof.later, hasNote: true))
      if !proof.path.isEmpty {
        lines.append(
          "      the path between them, which the later one's root hash confirms, leads to another earlier one")
      }
    } else {
      lines.append("      the evidence is gone from the disk, or damaged: look for it in a backup or an export")
    }
    return lines + [
      "      → \(Reason.logFork.explanation.remedy)",
      "      evidence: assay trust show '\(printable(fork.name, limit: 200))' --output FILE",
    ]
  }

  private static func state(_ which: String, _ head: LogHead, hasNote: Bool) -> String {
    let note = hasNote ? "" : " (its note is not known any more)"
    return
      "      \(padded(which))\(Quantity.count(head.size, "entry", "entries")), root \(Base64.encode(head.root))\(note)"
  }

  // MARK: Logs

  private static func lines(_ log: AcceptedLogs.Log, _ now: UnixTime, hasPolicy: Bool) -> [String] {
    let accepted = log.kept.accepted
    let earlier = accepted.heads.count
    var lines = [
      printable(log.origin),
      "  size        \(Quantity.count(accepted.head.size, "entry", "entries"))",
      "  root        \(Base64.encode(accepted.head.root))",
      "  accepted    leaf \(log.leaf), \(log.claimed)",
      "  continues   \(earlier == 0 ? "no earlier state that was seen here" : Quantity.count(earlier, "earlier state"))",
    ]
    switch log.note {
    case .success(let note):
      lines.append("  signed      as \(note.names.map { printable($0) }.joined(separator: ", "))")
      lines.append("  witnesses   \(witnesses(note, hasPolicy: hasPolicy))")
    case .failure(let failure):
      lines.append("  signed      NOT BY WHAT IS INSTALLED NOW: \(Voice.sentence(failure))")
    }
    lines.append("  age         \(age(log, now))")
    lines.append("  carried     \(Quantity.count(log.kept.listedEntries, "entry", "entries"))")
    return lines + log.kept.unreadable.map { "  UNREADABLE  \(printable($0, limit: 4096)): as if it were not there" }
  }

  private static func witnesses(_ note: AcceptedNote, hasPolicy: Bool) -> String {
    guard hasPolicy else { return "not asked for: no witness policy is installed" }
    let quorum =
      switch note.quorum {
      case .met: "; the quorum is met"
      case .notAsked: "; the policy asks for none"
      case nil: "; THE QUORUM OF THE INSTALLED POLICY IS NOT MET"
      }
    let names = note.witnessed.map { "\(printable($0.witness)) at \($0.time)" }.joined(separator: ", ")
    return (names.isEmpty ? "none of the policy's" : names) + quorum
  }

  /// Since when the newest state is known to have been there: by a witness's word, otherwise by the machine's clock.
  private static func since(_ log: AcceptedLogs.Log) -> UnixTime {
    (try? log.note.get().witnessed.map(\.time).max()) ?? log.claimed
  }

  private static func age(_ log: AcceptedLogs.Log, _ now: UnixTime) -> String {
    let since = since(log)
    return "\(Quantity.count(max(0, now.seconds - since.seconds) / 86_400, "day")), since \(since)"
  }

  private static func padded(_ word: String) -> String {
    word + String(repeating: " ", count: max(1, 9 - word.utf8.count))
  }

  // MARK: JSON

  static func json(_ logs: AcceptedLogs, _ now: UnixTime) -> JSON {
    [
      "format": "assay-log-status/1", "forks": .array(logs.forks.map(json)),
      "logs": .array(logs.logs.map { json($0, now) }),
    ]
  }

  static func json(_ fork: AcceptedLogs.Fork) -> JSON {
    func state(_ head: LogHead, _ note: [UInt8]?) -> JSON {
      [
        "size": .integer(Int64(clamping: head.size)), "root": .text(Base64.encode(head.root)),
        "note": note.map { .text(Base64.encode($0)) } ?? .null,
      ]
    }
    return [
      "origin": .text(printable(fork.origin)), "name": .text(printable(fork.name)),
      "leaf": .integer(Int64(clamping: fork.leaf)), "recorded": "\(fork.claimed)",
      "earlier": fork.proof.map { state($0.earlier, $0.earlierNote) } ?? .null,
      "later": fork.proof.map { state($0.later, $0.laterNote) } ?? .null,
      "path": .array(fork.proof?.path.map { .text(Base64.encode($0)) } ?? []),
    ]
  }

  private static func json(_ log: AcceptedLogs.Log, _ now: UnixTime) -> JSON {
    let accepted = log.kept.accepted
    var object: JSONObject = [
      "origin": .text(printable(log.origin)), "size": .integer(Int64(clamping: accepted.head.size)),
      "root": .text(Base64.encode(accepted.head.root)), "leaf": .integer(Int64(clamping: log.leaf)),
      "accepted": "\(log.claimed)", "earlierStates": .integer(Int64(accepted.heads.count)),
      "ageSeconds": .integer(max(0, now.seconds - since(log).seconds)),
      "carriedEntries": .integer(Int64(log.kept.listedEntries)),
      "unreadable": .array(log.kept.unreadable.map { .text(printable($0, limit: 4096)) }),
    ]
    switch log.note {
    case .success(let note):
      object.append("signedAs", .array(note.names.map { .text(printable($0)) }))
      object.append(
        "witnesses",
        .array(note.witnessed.map { ["name": .text(printable($0.witness)), "time": "\($0.time)"] }))
      object.append("quorum", note.quorum == .met ? "met" : note.quorum == .notAsked ? "not-asked" : "not-met")
    case .failure(let failure): object.append("failure", failure.json)
    }
    return .object(object)
  }
}
