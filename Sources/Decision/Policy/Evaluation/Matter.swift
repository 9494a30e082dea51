package import Findings
package import OCIImage
import Octets
package import Reasons
package import SiteRules

/// All that a policy is asked about: what was proven, what is denied, and the occasion. With a policy it gives the verdict,
/// and nothing else does.
package struct Matter: Sendable {
  package let findings: FindingIndex
  package let denials: DenialsInForce
  /// Wrong bytes anywhere in the archive; they refuse whatever is signed.
  package let archiveFailures: [Failure]
  /// One for each authority of the policy, in its order.
  package let standings: [AuthorityStanding]
  package let occasion: Occasion
  /// What attestations say that the policy asks for, by position: read once, whatever asks.
  let contents: [Int: Contents]

  /// - Parameters:
  ///   - denials: the site's; the policy's own are added.
  ///   - documents: of the images that are judged; none where only facts about them are at hand.
  package init(
    _ findings: FindingIndex, under policy: Policy, standings: [AuthorityStanding], denying denials: DenialsInForce,
    of documents: [ImageDocument], archiveFailures: [Failure], on occasion: Occasion
  ) {
    self.findings = findings
    self.denials = policy.denials(beside: denials, of: documents)
    self.archiveFailures = archiveFailures
    self.standings = standings
    self.occasion = occasion
    var contents: [Int: Contents] = [:]
    let kinds = policy.attestationsAskedFor
    for (position, finding) in findings.findings.enumerated() {
      guard case .success(let proven) = finding.outcome, let statement = proven.statement,
        kinds.contains(Array(statement.predicateType.utf8))
      else { continue }
      contents[position] = Contents(statement)
    }
    self.contents = contents
  }
}

/// What an authority's evidence is proven against here.
package struct AuthorityStanding: Hashable, Sendable {
  /// Nil where there is nothing: `lacking` says why.
  package let anchor: Finding.Anchor?
  /// What is not at hand, so that evidence of this authority may not be recognised: a trust root, a key; or what is too
  /// old to decide.
  package let lacking: Failure?

  package init(_ anchor: Finding.Anchor?, lacking: Failure? = nil) {
    self.anchor = anchor
    self.lacking = lacking
  }
}
