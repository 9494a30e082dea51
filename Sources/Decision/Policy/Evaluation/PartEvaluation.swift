import Findings
import OCIImage
import Octets
import Reasons

/// One part before one policy.
struct PartEvaluation {
  let policy: Policy
  let matter: Matter
  let part: Part
  let image: Image
  let choice: RuleChoice

  var now: UnixTime { matter.occasion.now }

  func outcome(of rule: Rule) -> RuleOutcome {
    switch rule.answer {
    case .refuse(let words):
      let refusal = Failure(.policyRefused, "rule \(rule.name)", printable(words))
      return RuleOutcome(rule: rule, verdict: .refuse, outcome: nil, own: [refusal], until: nil)
    case .require(let requirement):
      let outcome = outcome(of: requirement)
      let (failures, until) = exceeded(rule.limits)
      return RuleOutcome(
        rule: rule, verdict: max(outcome.verdict, Verdict(failures)), outcome: outcome, own: failures,
        until: earlier(outcome.until, until))
    }
  }

  /// What the rule's own limits say of the trust that is installed.
  private func exceeded(_ limits: Limits) -> ([Failure], until: UnixTime?) {
    var failures: [Failure] = []
    var until: UnixTime?
    for subject in Limits.Subject.allCases {
      guard let limit = limits.spans[subject] else { continue }
      let ages = matter.occasion.ages?.filter { $0.subject == subject } ?? []
      if ages.isEmpty {
        failures.append(
          Failure(
            .trustAgeUnknown, subject.rawValue,
            "at most \(limit.wording) are allowed, and nothing is installed whose age could be told"))
      }
      for age in ages {
        let end = limit.end(after: age.from)
        until = earlier(until, end)
        guard now >= end else { continue }
        failures.append(
          Failure(
            .trustTooOld, subject.rawValue, "\(printable(age.words)): more than \(limit.wording) past \(age.from)"))
      }
    }
    return (failures, until)
  }

  /// Those in force for this part.
  var waivers: [Waiver] { choice.waivers.map { policy.waivers[$0] }.filter { now < $0.expires } }

  func outcome(of requirement: Requirement) -> Outcome {
    let outcome = plainOutcome(of: requirement)
    guard outcome.verdict != .admit, let name = requirement.name else { return outcome }
    let waiver = waivers.first { waiver in
      if case .requirement(let waived) = waiver.subject { waived.utf8.elementsEqual(name.utf8) } else { false }
    }
    return waiver.map(outcome.waived) ?? outcome
  }

  private func plainOutcome(of requirement: Requirement) -> Outcome {
    switch requirement.condition {
    case .all(let parts):
      let outcomes = parts.map(outcome)
      let verdict = outcomes.reduce(Verdict.admit) { max($0, $1.verdict) }
      return combined(requirement, outcomes, verdict) { $0 != .admit }
    case .any(let parts):
      let outcomes = parts.map(outcome)
      let verdict = outcomes.reduce(Verdict.refuse) { min($0, $1.verdict) }
      return combined(requirement, outcomes, verdict) { $0 == verdict }
    case .atLeast(let count, let parts): return atLeast(count, requirement, parts.map(outcome))
    case .evidence(let demand): return outcome(of: demand, requirement)
    }
  }

  /// - Parameter tells: of which parts the reasons say why, where it is not met.
  private func combined(
    _ requirement: Requirement, _ parts: [Outcome], _ verdict: Verdict, first: [Failure] = [],
    _ tells: (Verdict) -> Bool
  ) -> Outcome {
    let met = parts.filter { $0.verdict == .admit }
    return Outcome(
      requirement, verdict, satisfiedBy: met.flatMap(\.satisfiedBy),
      reasons: verdict == .admit ? [] : first + parts.filter { tells($0.verdict) }.flatMap(\.reasons),
      until: met.reduce(nil) { earlier($0, $1.until) }, parts: parts)
  }

  private func atLeast(_ count: Int, _ requirement: Requirement, _ parts: [Outcome]) -> Outcome {
    let met = parts.filter { $0.verdict == .admit }.count
    let distinct = distinctlyMet(parts)
    let open = parts.filter { $0.verdict == .incomplete }.count
    guard distinct < count else { return combined(requirement, parts, .admit) { _ in false } }
    // What one authority met twice, another's evidence could still meet.
    guard met + open >= count else { return combined(requirement, parts, .refuse) { $0 != .admit } }
    let tooFew = Failure(
      .policyTooFew, requirement.name ?? "atLeast",
      "\(count) are required by different authorities; \(met) are met, by \(distinct)")
    return combined(requirement, parts, .incomplete, first: distinct < met ? [tooFew] : []) { $0 == .incomplete }
  }

  /// How many of them are met by different authorities: each must have a kind of evidence by an authority of its own. What
  /// else stands around a demand makes no second signer of the first.
  private func distinctlyMet(_ parts: [Outcome]) -> Int {
    var free = 0
    var met: [[Int]] = []
    for part in parts where part.verdict == .admit {
      let evidence = part.evidence
      let kinds = evidence.map(\.kind)
      // Signatures first: where several kinds met it, who signed counts.
      guard let kind = kinds.first(where: { $0 == .signature }) ?? kinds.min(by: { $0.name < $1.name }) else {
        free += 1
        continue
      }
      met.append(evidence.filter { $0.kind == kind }.flatMap(\.positions))
    }
    if met.count < 2 { return free + met.count }
    let voices = Voices(met.flatMap { $0 }, policy, matter)
    var offers = OfferNumbers()
    return free
      + Matching.most(
        met.map { positions in
          Set(
            positions.flatMap { position in
              voices.of([position]).map { offers[matter.findings.findings[position].kind, by: $0] }
            })
        })
  }
}

extension Outcome {
  /// By which kinds of evidence it was met, and which findings those are; empty where it was waived, or asked elsewhere.
  fileprivate var evidence: [(kind: EvidenceDemand.Kind, positions: [Int])] {
    guard verdict == .admit else { return [] }
    if case .evidence(let demand) = requirement.condition {
      return satisfiedBy.isEmpty ? [] : [(demand.kind, satisfiedBy)]
    }
    return waivedBy == nil ? parts.flatMap(\.evidence) : []
  }
}
