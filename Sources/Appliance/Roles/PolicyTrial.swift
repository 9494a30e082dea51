package import Dossier
import Findings
import OCIImage
import Octets
package import Policy
package import Reasons
package import SiteRules

/// A policy tried on facts, without a verdict that anybody could lean on: nothing is signed, recorded or kept.
package struct PolicyTrial: Sendable {
  package let policy: Policy
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
    let anchors = Set(facts.findings.map(\.anchor))
    let roots = anchors.filter { $0 != .keys }
    standings = policy.authorities.map { authority in
      if case .keys = authority.signer { return AuthorityStanding(.keys) }
      if let name = authority.trustRoot {
        let named = roots.first { $0.isOf(name) }
        return AuthorityStanding(named, lacking: named == nil ? Self.missing(authority) : nil)
      }
      // Without evidence nothing was proven, and nothing is missing.
      guard roots.count != 1 else { return AuthorityStanding(roots.first) }
      return AuthorityStanding(nil, lacking: roots.isEmpty ? nil : Self.missing(authority))
    }
  }

  private static func missing(_ authority: Authority) -> Failure {
    Failure(.trustRootMissing, "authority \(authority.name)", "the facts were not proven against its trust root")
  }

  /// Every selected image.
  /// - Throws: `image.not-found`, `image.none-carried`, `archive.limit-exceeded`.
  package func judge(
    _ facts: SavedFacts, selecting selection: Selection, on occasion: Occasion
  ) throws(Failure) -> [ImageJudgement] {
    try Keeper(nil).judge(
      facts.images, facts.findings, by: policy, standing: standings, denying: denials, selecting: selection,
      archiveFailures: facts.archiveFailures, on: occasion)
  }
}

extension Finding.Anchor {
  /// Whether it is the trust root that an authority calls so: by its path in the bundle, its folder there, or its file.
  fileprivate func isOf(_ name: String) -> Bool {
    guard case .trustRoot(let root) = self else { return false }
    return [name, "trust/\(name)/trusted_root.json"].contains { $0.utf8.elementsEqual(root.utf8) }
  }
}
