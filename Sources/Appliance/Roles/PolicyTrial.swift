package import Dossier
import Findings
import OCIImage
import Octets
package import Policy
package import Reasons
package import SiteRules

/// A policy tried on facts, without a verdict that anybody could lean on: nothing is signed, recorded or kept.
package struct PolicyTrial: Sendable {
  /// What it says of an archive.
  package struct Answer: Sendable {
    package let judgements: [ImageJudgement]
    /// Why no image could be judged; empty where one was.
    package let failures: [Failure]

    init(_ judgements: [ImageJudgement]) { (self.judgements, failures) = (judgements, []) }

    /// - Parameter failures: at least one.
    package init(unjudged failures: [Failure]) { (judgements, self.failures) = ([], failures) }

    package var verdict: Verdict {
      judgements.map(\.verdict).max() ?? Verdict(unjudged: failures)
    }

    /// Why, the first reason first: of the images that the verdict is about.
    package var reasons: [Failure] {
      failures + judgements.filter { $0.verdict == verdict }.flatMap(\.reasons)
    }
  }

  private let policy: Policy
  private let standings: [AuthorityStanding]
  private let denials: DenialsInForce

  /// On what is proven here and now.
  package init(_ inForce: PolicyInForce, denying denials: DenialsInForce) {
    policy = inForce.policy
    standings = inForce.standings
    self.denials = denials
  }

  /// On saved facts: what they were proven against is all that authorities can stand on.
  /// - Parameter denials: of now; those of then are not saved.
  package init(_ policy: Policy, on facts: SavedFacts, denying denials: DenialsInForce) {
    self.policy = policy
    self.denials = denials
    let roots = Set(facts.findings.map(\.anchor)).subtracting([.keys])
    standings = policy.authorities.map { authority in
      if case .keys = authority.signer { return AuthorityStanding(.keys) }
      // Without evidence nothing was proven, and nothing is missing.
      if facts.findings.isEmpty { return AuthorityStanding(nil) }
      let meant = authority.trustRoot.map { name in Self.anchors(called: name).first(where: roots.contains) }
      if let anchor = meant ?? (roots.count == 1 ? roots.first : nil) { return AuthorityStanding(anchor) }
      return AuthorityStanding(
        nil,
        lacking: Failure(
          .trustRootMissing, "authority \(authority.name)", "the facts were not proven against its trust root"))
    }
  }

  /// As findings call the trust root of this name: given by it, or installed under its path or its folder there.
  private static func anchors(called name: String) -> [Finding.Anchor] {
    [.trustRoot(name), .trustRoot("trust/\(name)/trusted_root.json")]
  }

  /// Every selected image.
  package func judge(_ facts: SavedFacts, selecting selection: Selection, on occasion: Occasion) -> Answer {
    do throws(Failure) {
      return Answer(
        try Keeper(nil).judge(
          facts.images, of: facts.documents, facts.findings, by: policy, standing: standings, denying: denials,
          selecting: selection, archiveFailures: facts.archiveFailures, on: occasion))
    } catch {
      return Answer(unjudged: facts.archiveFailures + [error])
    }
  }
}
