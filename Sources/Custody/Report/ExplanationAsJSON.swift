package import Findings
import Octets
package import Policy
import Reasons
package import StrictJSON

// Why a verdict is what it is, as a tree; docs/formats/Report.md lists every field.

extension RuleOutcome {
  package func json(_ findings: [Finding], _ policy: Policy) -> JSON {
    var object: JSONObject = [
      "rule": .text(rule.name), "scope": rule.scope.json, "verdict": .text(verdict.rawValue),
    ]
    if !own.isEmpty { object.append("reasons", .array(own.map(\.json))) }
    if let outcome { object.append("requirement", outcome.json(findings, policy)) }
    if let until { object.append("until", "\(until)") }
    return .object(object)
  }
}

extension Outcome {
  /// Each leaf with the evidence that met it, or with what is missing.
  package func json(_ findings: [Finding], _ policy: Policy) -> JSON {
    var object = JSONObject()
    if let name = requirement.name { object.append("name", .text(name)) }
    object.append("requires", .text(requirement.condition.word))
    object.append("verdict", .text(verdict.rawValue))
    switch requirement.condition {
    case .all, .any: break
    case .atLeast(let count, _): object.append("count", .integer(Int64(count)))
    case .evidence(let demand):
      if case .attestation(let types) = demand.kind { object.append("types", .array(types.map(JSON.text))) }
      object.append("by", .array(demand.by.map { .text(policy.authorities[$0].name) }))
      object.append("count", .integer(Int64(demand.count)))
      object.append("metBy", .array(satisfiedBy.map { "\(ClaimedDigest(findings[$0].evidence))" }))
    }
    if !allowances.isEmpty { object.append("allowances", .array(allowances.map { .text($0.name) })) }
    if let waivedBy { object.append("waivedBy", .text(waivedBy.name)) }
    if !notes.isEmpty { object.append("notes", .array(notes.map { .text(printable($0)) })) }
    switch requirement.condition {
    case .evidence:
      if !reasons.isEmpty { object.append("reasons", .array(reasons.map(\.json))) }
      if !warnings.isEmpty { object.append("warnings", .array(warnings.map(\.json))) }
    case .all, .any, .atLeast:
      // What speaks against the parts stands with them.
      if waivedBy != nil { object.append("warnings", .array(warnings.map(\.json))) }
      object.append("parts", .array(parts.map { $0.json(findings, policy) }))
    }
    return .object(object)
  }
}

extension Requirement.Condition {
  package var word: String {
    switch self {
    case .all: "all"
    case .any: "any"
    case .atLeast: "at-least"
    case .evidence(let demand): demand.kind == .signature ? "signature" : "attestation"
    }
  }
}
