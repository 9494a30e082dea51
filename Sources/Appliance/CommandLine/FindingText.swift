import Findings
import Octets

/// Proven evidence in words: who, when, in which log.
enum FindingText {
  static func lines(_ finding: Finding) -> [String] {
    guard case .success(let proven) = finding.outcome else { return [] }
    return lines(proven) + ["  carried by  \(printable(finding.carrier))"]
  }

  static func lines(_ proven: Proven) -> [String] {
    var lines: [String] = []
    switch proven.signer {
    case .key(let fingerprint):
      lines.append("  signer      key \(ClaimedDigest(fingerprint))")
      lines.append("  time        none established: with a key alone no log and no timestamp is consulted")
    case .certificate(let facts):
      let names = facts.identities.map { printable($0) }.joined(separator: ", ")
      lines.append("  signer      \(names)")
      let issuer = facts.issuer.map { printable($0) } ?? "none"
      lines.append("  issuer      \(issuer) (certificate by \(printable(facts.authority)))")
      for time in proven.times { lines.append("  time        \(time.time) by \(time.source.wording)") }
    }
    for log in proven.log {
      let proofs = log.proofs.map(\.wording).joined(separator: " and ")
      lines.append(
        "  log         \(printable(log.log)) entry \(log.index) (\(printable(log.entryKind, limit: 64))), \(proofs)")
    }
    if let statement = proven.statement { lines.append("  predicate   \(printable(statement.predicateType))") }
    return lines
  }
}

extension EstablishedTime.Source {
  fileprivate var wording: String {
    switch self {
    case .signedEntryTimestamp(let log): "the signed entry timestamp of \(printable(log))"
    case .timestampAuthority(let name): "the timestamp authority \(printable(name))"
    }
  }
}

extension LogFacts.Proof {
  fileprivate var wording: String {
    switch self {
    case .promise: "promised by the log"
    case .inclusion: "proven included"
    case .snapshot: "proven included by a log snapshot"
    }
  }
}
