import Octets
import Reasons
import StrictJSON

/// What rules about scans have in common: who scanned, and how long ago.
package struct ScanRule: Hashable, Sendable {
  static let members: Set<String> = ["scanner", "maxScanAge"]

  /// Of the scanner's URI.
  package var scanner: TextRules?
  package var maxAge: Span?

  package init() {}

  init(_ node: JSONNode) throws(Failure) {
    scanner = try node.textRules("scanner")
    maxAge = try node.span("maxScanAge")
  }

  func write(into object: inout JSONObject) {
    object.append("scanner", scanner)
    object.append("maxScanAge", maxAge)
  }

  /// - Parameter subject: what the failures are about.
  func judge(_ found: String?, at time: UnixTime?, _ now: UnixTime, _ subject: String) -> ContentOutcome {
    var outcome = ContentOutcome(notes: [
      "scanner \(found.map(quoted) ?? "not stated"), \(time.map(\.description) ?? "no time stated")"
    ])
    outcome.check(found, scanner, .scanScannerMismatch, "\(subject): scanner")
    guard let maxAge else { return outcome }
    guard let time else {
      outcome.failures.append(
        Failure(.scanAgeUnknown, "\(subject): time", "none stated; wanted is one not longer ago than \(maxAge.wording)")
      )
      return outcome
    }
    let age = AgeCheck(time, maxAge, now)
    if let trouble = age.trouble {
      outcome.failures.append(Failure(age.isAhead ? .scanAgeUnknown : .scanTooOld, "\(subject): time", trouble))
    } else {
      outcome.until = age.until
    }
    return outcome
  }
}
