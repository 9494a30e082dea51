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
  /// Everything that speaks against admission, in the order of the verification steps.
  package let reasons: [Failure]

  package var verdict: Verdict { Verdict(reasons) }

  /// Bad evidence beside good: said aloud, changes nothing.
  package var warnings: [Failure] { requirements.filter { $0.verdict == .admit }.flatMap(\.reasons) }

  package init(part: Part, requirements: [RequirementOutcome], reasons: [Failure]) {
    self.part = part
    self.requirements = requirements
    self.reasons = reasons
  }
}

/// The answer for one image: the worst of the parts that were asked about.
package struct ImageJudgement: Sendable {
  package let image: Image
  /// Never empty; the root first where it was asked about.
  package let parts: [PartJudgement]

  package init(image: Image, first: PartJudgement, others: [PartJudgement]) {
    self.image = image
    parts = [first] + others
  }

  package var verdict: Verdict { parts.map(\.verdict).max() ?? .refuse }

  /// The digests that share the image's verdict: the subjects of its report.
  package var subjects: [ClaimedDigest] { parts.filter { $0.verdict == verdict }.map(\.part.digest) }

  /// Each reason once, those of the verdict first.
  package var reasons: [Failure] {
    var seen: Set<Failure> = []
    let unique = parts.flatMap(\.reasons).filter { seen.insert($0).inserted }
    return unique.filter { Verdict([$0]) == verdict } + unique.filter { Verdict([$0]) != verdict }
  }
}
