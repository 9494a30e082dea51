package import OCIImage
package import Octets
package import Reasons

/// How one requirement came out for one part.
package struct RequirementOutcome: Sendable {
  package let requirement: Requirement
  package let verdict: Verdict
  /// Positions of the satisfying findings.
  package let satisfiedBy: [Int]
  /// Why it was not met, the worst first; under `admit`, what was wrong with other evidence beside it: warnings.
  package let reasons: [Failure]
}

/// The answer for one digest.
package struct PartJudgement: Sendable {
  package let part: Part
  package let requirements: [RequirementOutcome]
  /// Positions of all findings about this part.
  package let concerning: [Int]
  /// What speaks against every part of the archive or image alike.
  package let archiveFailures: [Failure]
  /// What speaks against this part, in the order of the verification steps.
  package let reasons: [Failure]
  package let verdict: Verdict

  /// Bad evidence beside good: said aloud, changes nothing.
  package var warnings: [Failure] { requirements.filter { $0.verdict == .admit }.flatMap(\.reasons) }

  package init(
    part: Part, requirements: [RequirementOutcome], concerning: [Int], archiveFailures: [Failure], reasons: [Failure]
  ) {
    self.part = part
    self.requirements = requirements
    self.concerning = concerning
    self.archiveFailures = archiveFailures
    self.reasons = reasons
    verdict = max(Verdict(archiveFailures), Verdict(reasons))
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
}
