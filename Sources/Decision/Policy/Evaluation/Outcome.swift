package import Octets
package import Reasons

/// How a requirement came out for one part, with all below it: the explanation of a verdict.
package struct Outcome: Sendable {
  package let requirement: Requirement
  package let verdict: Verdict
  /// Positions of the findings that meet it, or what is below it.
  package let satisfiedBy: [Int]
  /// Why it is not met, the worst first; empty where it is.
  package let reasons: [Failure]
  /// What was wrong with other evidence beside it.
  package let warnings: [Failure]
  /// What was found, for people.
  package let notes: [String]
  /// Who let it be met without evidence.
  package let waivedBy: Waiver?
  /// What else was waived for it to be met: vulnerabilities.
  package let allowances: [Waiver]
  /// When it stops being met by itself; nil where it does not.
  package let until: UnixTime?
  package let parts: [Outcome]

  init(
    _ requirement: Requirement, _ verdict: Verdict, satisfiedBy: [Int] = [], reasons: [Failure] = [],
    warnings: [Failure] = [], notes: [String] = [], waivedBy: Waiver? = nil, allowances: [Waiver] = [],
    until: UnixTime? = nil, parts: [Outcome] = []
  ) {
    self.requirement = requirement
    self.verdict = verdict
    self.satisfiedBy = satisfiedBy
    self.reasons = reasons
    self.warnings = warnings
    self.notes = notes
    self.waivedBy = waivedBy
    self.allowances = allowances
    self.until = until
    self.parts = parts
  }

  /// The same, met by a waiver; what spoke against it is a warning now.
  func waived(by waiver: Waiver) -> Outcome {
    Outcome(
      requirement, .admit, satisfiedBy: satisfiedBy, warnings: reasons + warnings, notes: notes, waivedBy: waiver,
      until: waiver.expires, parts: parts)
  }

  /// Every waiver that the verdict leans on.
  package var waivers: [Waiver] {
    waivedBy.map { [$0] } ?? allowances + parts.filter { $0.verdict == .admit }.flatMap(\.waivers)
  }

  /// This and all below it.
  package var nodes: [Outcome] { [self] + parts.flatMap(\.nodes) }
}

/// How a part fared under one rule.
package struct RuleOutcome: Sendable {
  package let rule: Rule
  package let verdict: Verdict
  /// Nil where the rule requires nothing, and refuses.
  package let outcome: Outcome?
  /// What the rule itself says against it: a refusal, a limit that was passed.
  package let own: [Failure]
  /// When an admission under it ends by itself.
  package let until: UnixTime?

  package var reasons: [Failure] { own + (outcome?.reasons ?? []) }
}

func earlier(_ one: UnixTime?, _ other: UnixTime?) -> UnixTime? {
  guard let one, let other else { return one ?? other }
  return min(one, other)
}
