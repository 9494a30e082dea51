import Findings
package import OCIImage
import Octets
package import Reasons

extension Policy {
  /// Requirements times findings about a part, and rules about contents times what attestations say, over all parts of an
  /// archive; our own choice. The verdict takes time linear in them.
  package static let workLimit = 2_000_000
  /// Bytes of a statement that count as one finding. The same large statement may be about thousands of parts.
  package static let statementUnit = 4096
  /// Requirements over all parts: each is explained in the report.
  package static let explanationLimit = 100_000

  /// Judges the parts of an image that are asked about. Pure and total: the same facts give the same judgement.
  ///
  /// - Parameters:
  ///   - parts: not empty.
  ///   - failures: what speaks against all of the image, beside wrong bytes of the archive.
  package func judge(_ image: Image, _ parts: [Part], _ matter: Matter, against failures: [Failure] = [])
    -> ImageJudgement
  {
    let chooser = RuleChooser(self, image, matter.occasion)
    // One list for all parts: there may be ten thousand of either.
    let archiveFailures = matter.archiveFailures + failures
    let judged = parts.map { judge($0, of: image, chooser.choice(for: $0), matter, archiveFailures) }
    return ImageJudgement(image: image, first: judged[0], others: Array(judged.dropFirst()))
  }

  private func judge(
    _ part: Part, of image: Image, _ choice: RuleChoice, _ matter: Matter, _ archiveFailures: [Failure]
  ) -> PartJudgement {
    let evaluation = PartEvaluation(policy: self, matter: matter, part: part, image: image, choice: choice)
    var problems = matter.denials.objections(to: part) + self.problems(of: part, under: choice)
    if choice.isUnmatched {
      problems.append(
        Failure(.policyNoRule, "image", "no rule of policy “\(printable(name))” is for it\(matter.occasion.words)"))
    }
    return PartJudgement(
      part: part, choice: choice, rules: choice.rules.map { evaluation.outcome(of: rules[$0]) },
      concerning: matter.findings.concerning(Set(part.coveringDigests)), archiveFailures: archiveFailures,
      problems: problems)
  }

  /// What is wrong with a part itself, whatever vouches for it.
  package func problems(of part: Part, under choice: RuleChoice) -> [Failure] {
    let allows = !choice.rules.isEmpty && choice.rules.allSatisfy { rules[$0].allowsForeignLayers }
    return part.problems.filter { !(allows && $0.reason == .blobForeignNotCarried) }
  }

  /// The rules and waivers that parts of an image answer to: all by which a name or the operator's word changes a verdict.
  package func choices(for parts: [Part], of image: Image, on occasion: Occasion) -> [RuleChoice] {
    let chooser = RuleChooser(self, image, occasion)
    return parts.map { chooser.choice(for: $0) }
  }

  /// - Throws: `archive.limit-exceeded` where judging would take more than anybody could weigh.
  package func verifyBounded(
    _ selected: [(image: Image, parts: [Part])], _ findings: FindingIndex, on occasion: Occasion
  ) throws(Failure) {
    try findings.verifyBounded(selected.lazy.flatMap(\.parts))
    let sizes = rules.map { $0.requirement?.nodeCount ?? 1 }
    let contents = rules.map { $0.requirement?.demands.reduce(0) { $0 + $1.contents.count } ?? 0 }
    var (work, nodes) = (0, 0)
    for (image, parts) in selected {
      let chooser = RuleChooser(self, image, occasion)
      for part in parts {
        let chosen = chooser.choice(for: part).rules
        let size = chosen.reduce(0) { $0 + sizes[$1] }
        nodes += size
        work += size * (1 + findings.count(concerning: part))
        work +=
          chosen.reduce(0) { $0 + contents[$1] } * findings.statementBytes(concerning: part) / Self.statementUnit
        guard work <= Self.workLimit, nodes <= Self.explanationLimit else {
          throw Failure(
            .archiveLimitExceeded, "policy",
            "its requirements, asked of every part with the evidence about it, are more than this program weighs")
        }
      }
    }
  }
}
