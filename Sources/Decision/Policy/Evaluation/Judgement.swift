package import OCIImage
package import Octets
package import Reasons

/// The answer for one digest.
package struct PartJudgement: Sendable {
  package let part: Part
  /// The rules and waivers that it answers to.
  package let choice: RuleChoice
  /// Of every rule that the part answers to, in the policy's order.
  package let rules: [RuleOutcome]
  /// Positions of all findings about this part.
  package let concerning: [Int]
  /// What speaks against every part of the archive or image alike.
  package let archiveFailures: [Failure]
  /// What speaks against this part, in the order of the verification steps.
  package let reasons: [Failure]
  package let verdict: Verdict

  /// Bad evidence beside good: said aloud, changes nothing.
  package var warnings: [Failure] { rules.compactMap(\.outcome).flatMap(\.nodes).flatMap(\.warnings) }
  /// Positions of the findings that met something.
  package var satisfiedBy: [Int] { rules.compactMap(\.outcome).flatMap(\.satisfiedBy) }
  package var waivers: [Waiver] { rules.compactMap(\.outcome).flatMap(\.waivers) }
  /// When an admission ends by itself.
  package var until: UnixTime? { rules.reduce(nil) { earlier($0, $1.until) } }

  /// - Parameter problems: what is wrong with the part itself, or denied of it, whatever vouches for it.
  package init(
    part: Part, choice: RuleChoice, rules: [RuleOutcome], concerning: [Int], archiveFailures: [Failure],
    problems: [Failure]
  ) {
    self.part = part
    self.choice = choice
    self.rules = rules
    self.concerning = concerning
    self.archiveFailures = archiveFailures
    reasons = problems + rules.filter { $0.verdict != .admit }.flatMap(\.reasons)
    let ruled = rules.reduce(Verdict.admit) { max($0, $1.verdict) }
    verdict = max(Verdict(archiveFailures), Verdict(problems), ruled)
  }
}

/// The answer for one image: the worst of the parts that were asked about.
package struct ImageJudgement: Sendable {
  package let image: Image
  /// Never empty; the root first where it was asked about.
  package let parts: [PartJudgement]
  package let verdict: Verdict

  package init(image: Image, first: PartJudgement, others: [PartJudgement]) {
    self.image = image
    parts = [first] + others
    verdict = parts.reduce(first.verdict) { max($0, $1.verdict) }
  }

  /// The digests that share the image's verdict: the subjects of its report.
  package var subjects: [ClaimedDigest] { parts.filter { $0.verdict == verdict }.map(\.part.digest) }

  /// Each reason once, those of the verdict first.
  package var reasons: [Failure] {
    var seen: Set<Failure> = []
    let unique = (parts[0].archiveFailures + parts.flatMap(\.reasons)).filter { seen.insert($0).inserted }
    return unique.filter { Verdict([$0]) == verdict } + unique.filter { Verdict([$0]) != verdict }
  }

  /// Each waiver that the verdict leans on once.
  package var waivers: [Waiver] {
    var seen: Set<Waiver> = []
    return parts.flatMap(\.waivers).filter { seen.insert($0).inserted }
  }

  /// When an admission ends by itself.
  package var until: UnixTime? { parts.reduce(nil) { earlier($0, $1.until) } }

  /// Whether a rule that it answers to lets foreign layers be absent.
  package var allowsForeignLayers: Bool { parts.contains { $0.rules.contains { $0.rule.allowsForeignLayers } } }
}
