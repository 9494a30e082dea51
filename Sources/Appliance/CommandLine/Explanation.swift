import Findings
import OCIImage
import Octets
import Policy
import Reasons
import Report
import StrictJSON

/// A verdict as a tree: each leaf with the evidence that met it, or with what is missing.
struct Explanation {
  let judgement: ImageJudgement
  let findings: [Finding]
  let policy: Policy
  /// What is to be said beside the verdict.
  let notes: [Failure]

  /// An image as `assay verify --json` has it, without its report.
  var json: JSONObject {
    let concerning = Set(judgement.parts.flatMap(\.concerning)).sorted()
    return [
      "digest": "\(judgement.image.digest)",
      "names": .array(judgement.image.namesThatCount.map { .text(printable($0)) }),
      "verdict": .text(judgement.verdict.rawValue), "reasons": .array(judgement.reasons.map(\.json)),
      "parts": .array(judgement.parts.map { $0.json(findings, policy) }),
      "evidence": .array(concerning.map { findings[$0].json }),
      "waivers": .array(judgement.waivers.map(\.json)), "notes": .array(notes.map(\.json)),
    ]
  }

  /// For people.
  var lines: [String] {
    let names = judgement.image.namesThatCount.map { printable($0) }.joined(separator: ", ")
    var lines = ["\(Paint.verdict(judgement.verdict))  \(judgement.image.digest)\(names.isEmpty ? "" : "  \(names)")"]
    for failure in judgement.parts[0].archiveFailures { lines.append("  \(marked(failure))") }
    // What is said of several parts alike is said once.
    var said: [(lines: [String], parts: [String])] = []
    var places: [[String]: Int] = [:]
    let ofTheArchive = Set(judgement.parts[0].archiveFailures)
    for part in judgement.parts {
      let text = text(part, without: ofTheArchive)
      let place = places[text] ?? said.count
      if place == said.count { said.append((text, [])) }
      places[text] = place
      said[place].parts.append(name(part.part))
    }
    for (text, parts) in said { lines += parts.map { "  \($0)" } + text }
    return lines + notes.map { "  warning     \(Voice.sentence($0))" }
  }

  private func name(_ part: Part) -> String {
    "\(part.platform.map { "\($0)" } ?? part.roleName)  \(part.digest)"
  }

  private func text(_ part: PartJudgement, without said: Set<Failure>) -> [String] {
    var lines: [String] = []
    let elsewhere = Set(part.rules.flatMap(\.reasons))
    for failure in part.reasons where !elsewhere.contains(failure) && !said.contains(failure) {
      lines.append("    \(marked(failure))")
    }
    for rule in part.rules {
      lines.append("    \(mark(rule.verdict)) rule \(rule.rule.name)\(scope(rule.rule.scope))")
      for failure in rule.own { lines.append("      \(marked(failure))") }
      if let outcome = rule.outcome { lines += text(outcome, indent: "      ") }
      if let until = rule.until, rule.verdict == .admit { lines.append("      until \(until)") }
    }
    return lines
  }

  private func text(_ outcome: Outcome, indent: String) -> [String] {
    let name = outcome.requirement.name.map { "\($0): " } ?? ""
    var lines = ["\(indent)\(mark(outcome.verdict)) \(name)\(wording(outcome.requirement.condition))"]
    let inner = indent + "  "
    if let waiver = outcome.waivedBy { lines.append("\(inner)by \(waiver.wording)") }
    for waiver in outcome.allowances { lines.append("\(inner)with \(waiver.wording)") }
    for note in outcome.notes { lines.append("\(inner)\(printable(note))") }
    guard case .evidence = outcome.requirement.condition else {
      return lines + outcome.parts.flatMap { text($0, indent: inner) }
    }
    for position in outcome.satisfiedBy { lines.append("\(inner)by \(evidence(findings[position]))") }
    for failure in outcome.reasons { lines.append("\(inner)\(Voice.sentence(failure))") }
    for failure in outcome.warnings { lines.append("\(inner)beside it: \(Voice.sentence(failure))") }
    return lines
  }

  private func marked(_ failure: Failure) -> String { "\(mark(Verdict([failure]))) \(Voice.sentence(failure))" }

  private func mark(_ verdict: Verdict) -> String {
    switch verdict {
    case .admit: "✓"
    case .incomplete: "?"
    case .refuse: "✗"
    }
  }

  private func wording(_ condition: Requirement.Condition) -> String {
    switch condition {
    case .all: return "all of"
    case .any: return "any of"
    case .atLeast(let count, let parts): return "at least \(count) of \(parts.count)"
    case .evidence(let demand):
      let by = demand.by.map { policy.authorities[$0].name }.joined(separator: " or ")
      let count = demand.count == 1 ? "" : "\(demand.count) different "
      let covers = demand.covers.map { ", on \($0 == .index ? "the image’s index" : "every platform")" } ?? ""
      let age = demand.maxAge.map { ", at most \($0.wording) old" } ?? ""
      let contents =
        demand.contents.isEmpty
        ? "" : ", which says what is asked (\(demand.contents.map(\.json.0).joined(separator: ", ")))"
      switch demand.kind {
      case .signature: return "\(count)signature\(demand.count == 1 ? "" : "s") by \(by)\(covers)\(age)"
      case .attestation(let types):
        let type = Set(types.map(PredicateTypes.wording)).sorted().map { printable($0) }.joined(separator: " or ")
        return "\(count)attestation \(type) by \(by)\(covers)\(age)\(contents)"
      }
    }
  }

  private func scope(_ scope: Scope) -> String {
    scope.isEmpty ? "" : "  " + printable(scope.json.serialized())
  }

  private func evidence(_ finding: Finding) -> String {
    var signer = ""
    if case .success(let proven) = finding.outcome { signer = ", \(proven.signer.wording)" }
    return "\(ClaimedDigest(finding.evidence)) (\(printable(finding.carrier)))\(signer)"
  }
}
