import Octets
package import Reasons
package import StrictJSON
import TestResult

/// That tests passed: the run as a whole, and each that is required by name. Warnings are passes.
///
///     tests: {required: [T…]}
package struct TestRule: Hashable, Sendable {
  package var required: [TextRule] = []

  package init() {}

  package init(_ node: JSONNode) throws(Failure) {
    try node.verifyMembers(["required"])
    required = try node.ruleList("required")
  }

  package var json: JSON {
    var object = JSONObject()
    if !required.isEmpty { object.append("required", .array(required.map(\.json))) }
    return .object(object)
  }

  func judge(_ facts: TestResult) -> ContentOutcome {
    var outcome = ContentOutcome(notes: [
      "\(facts.outcome.rawValue): \(facts.passed.count) passed, \(facts.warned.count) with warnings, "
        + "\(facts.failed.count) failed"
    ])
    if facts.outcome == .failed || !facts.failed.isEmpty {
      let names = facts.failed.prefix(5).map(quoted)
      let shown = names.isEmpty ? "" : ": \(listed(names, of: facts.failed.count))"
      outcome.failures.append(
        Failure(.testsFailed, "tests", "\(facts.outcome.rawValue)\(shown); wanted is PASSED or WARNED, and none failed")
      )
    }
    for rule in required
    where !facts.passed.contains(where: rule.accepts) && !facts.warned.contains(where: rule.accepts) {
      outcome.failures.append(
        Failure(
          .testsMissing, "tests",
          "none of \(facts.passed.count + facts.warned.count) that passed is \(printable(rule.wording, limit: 200)), "
            + "which is required"))
    }
    return outcome
  }
}
