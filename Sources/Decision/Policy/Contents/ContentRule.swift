import MalwareScan
import Octets
import Provenance
package import Reasons
import SoftwareBill
package import StrictJSON
import TestResult
import VulnerabilityScan

/// A demand on what an attestation says: one of the members that a policy may write beside the attestation's type.
package enum ContentRule: Hashable, Sendable {
  case provenance(ProvenanceRule)
  case bill(BillRule)
  case vulnerabilities(VulnerabilityRule)
  case malware(MalwareRule)
  case tests(TestRule)
  case values(ValueRules)

  /// The members of an attestation's mapping that are read here.
  package static let members: Set<String> = ["provenance", "bill", "vulnerabilities", "malware", "tests", "where"]

  /// The short names of the types that a rule is about.
  private static let names: [(member: String, types: [String])] = [
    ("provenance", ["slsa-provenance"]), ("bill", ["spdx", "cyclonedx"]), ("vulnerabilities", ["vulnerabilities"]),
    ("malware", ["malware-scan"]), ("tests", ["test-result"]),
  ]

  /// Reads the rules of an attestation's mapping; its other members are the caller's.
  /// - Parameter types: as the policy names them: short names, or URIs.
  /// - Throws: the document's reason, also for a rule about another type than one of those named.
  package static func rules(in node: JSONNode, types: [String]) throws(Failure) -> [ContentRule] {
    for (member, names) in Self.names {
      guard let rule = try node.optional(member) else { continue }
      let known = names.flatMap(PredicateTypes.types)
      for type in types.flatMap(PredicateTypes.types) where !known.contains(where: { $0.utf8.elementsEqual(type.utf8) })
      {
        let wanted = names.joined(separator: " or ")
        throw rule.failure(
          "it is about \(wanted), and the attestation may be of the type \(printable(type, limit: 100))")
      }
    }
    var rules: [ContentRule] = []
    if let rule = try node.optional("provenance") { rules.append(.provenance(try ProvenanceRule(rule))) }
    if let rule = try node.optional("bill") { rules.append(.bill(try BillRule(rule))) }
    if let rule = try node.optional("vulnerabilities") { rules.append(.vulnerabilities(try VulnerabilityRule(rule))) }
    if let rule = try node.optional("malware") { rules.append(.malware(try MalwareRule(rule))) }
    if let rule = try node.optional("tests") { rules.append(.tests(try TestRule(rule))) }
    if let rule = try node.optional("where") { rules.append(.values(try ValueRules(rule))) }
    return rules
  }

  /// The member's name and its value; what `rules(in:types:)` reads back.
  package var json: (String, JSON) {
    switch self {
    case .provenance(let rule): ("provenance", rule.json)
    case .bill(let rule): ("bill", rule.json)
    case .vulnerabilities(let rule): ("vulnerabilities", rule.json)
    case .malware(let rule): ("malware", rule.json)
    case .tests(let rule): ("tests", rule.json)
    case .values(let rules): ("where", rules.json)
    }
  }

  /// The authorities whose VEX documents count; the caller gathers those into the circumstances.
  package var vexAuthorities: [String] {
    if case .vulnerabilities(let rule) = self { return rule.vexAuthorities }
    return []
  }

  /// Total and pure: the same for the same contents and circumstances.
  package func judge(_ contents: Contents, _ circumstances: ContentCircumstances) -> ContentOutcome {
    if let failure = contents.failure { return ContentOutcome(failures: [failure]) }
    guard case .success(let facts) = contents.facts else { return ContentOutcome() }
    switch (self, facts) {
    case (.values(let rules), _): return rules.judge(contents.predicate, circumstances)
    case (.provenance(let rule), .provenance(let facts)): return rule.judge(facts)
    case (.bill(let rule), .bill(let facts)): return rule.judge(facts)
    case (.vulnerabilities(let rule), .vulnerabilities(let facts)): return rule.judge(facts, circumstances)
    case (.malware(let rule), .malware(let facts)): return rule.judge(facts, circumstances)
    case (.tests(let rule), .tests(let facts)): return rule.judge(facts)
    default:
      // The reader let no such rule be; one that was built in code is not met.
      let type = printable(contents.predicateType, limit: 100)
      return ContentOutcome(failures: [
        Failure(.predicateUnsupported, "predicate", "“\(json.0)” does not apply to the type \(type)")
      ])
    }
  }
}
