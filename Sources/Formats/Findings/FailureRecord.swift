package import Reasons
package import StrictJSON

/// A failure, as saved findings and dossiers hold it.
package enum FailureRecord {
  /// Members in the canonical order: findings are compared with what would be written.
  package static func json(_ failure: Failure) -> JSON {
    [
      "detail": .text(failure.detail), "offset": failure.offset.map { .text("\($0)") } ?? .null,
      "reason": .text(failure.reason.rawValue), "subject": .text(failure.subject),
    ]
  }

  /// - Throws: also for a reason that changes no verdict: who says that something failed must not have said nothing by it.
  package static func failure(_ node: JSONNode) throws(Failure) -> Failure {
    let word = try node.required("reason")
    guard let reason = Reason(rawValue: try word.string()) else { throw word.failure("no reason that is known") }
    guard reason.effect != .note else { throw word.failure("“\(reason.rawValue)” is no failure") }
    let offset = try node.optional("offset").map { (node) throws(Failure) in
      guard let offset = UInt64(try node.string()) else { throw node.failure("no offset") }
      return offset
    }
    return Failure(
      reason, try node.required("subject").string(), at: offset, try node.required("detail").string())
  }
}
