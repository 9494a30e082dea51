package import Cryptography
package import Octets
package import Reasons
package import SiteRules
import StrictJSON

/// Who must have vouched for what (docs/formats/Policy.md): rules in order, of which the first whose scope matches an
/// image decides; an image that none is for is refused. A value of this type always makes sense: every authority that a
/// rule names is there, and every requirement has one.
package struct Policy: Sendable {
  package static let format = "assay-policy/1"

  package let name: String
  package let description: String?
  /// In order: a signer whom several accept speaks for the first of them.
  package let authorities: [Authority]
  package let rules: [Rule]
  package let waivers: [Waiver]
  package let denials: [Denial]
  /// Keys that the document holds itself; the canonical form names them by digest.
  package let keysInPlace: [PublicKey]

  /// The policy as canonical JSON (RFC 8785): the same policy has the same bytes everywhere, and reads back as itself.
  package let canonical: [UInt8]
  /// Names this policy in reports.
  package let digest: ComputedDigest
  /// Predicate types that some requirement is about, and those of VEX where it counts.
  let attestationsAskedFor: Set<[UInt8]>

  /// - Throws: `policy.malformed`, or JSON's own reason, where there is no canonical form.
  package init(
    _ name: String, description: String? = nil, authorities: [Authority], rules: [Rule], waivers: [Waiver] = [],
    denials: [Denial] = [], keysInPlace: [PublicKey] = []
  ) throws(Failure) {
    self.name = name
    self.description = description
    self.authorities = authorities
    self.rules = rules
    self.waivers = waivers
    self.denials = denials
    self.keysInPlace = keysInPlace
    canonical = try PolicyWriter(authorities: authorities).document(
      name, description, rules, waivers, denials
    ).canonical()
    digest = Cryptography.digest(canonical)
    attestationsAskedFor = Self.attestationsAskedFor(rules)
  }

  private static func attestationsAskedFor(_ rules: [Rule]) -> Set<[UInt8]> {
    var types: Set<[UInt8]> = []
    for demand in rules.compactMap(\.requirement).flatMap(\.demands) {
      guard case .attestation(let asked) = demand.kind else { continue }
      types.formUnion(asked.map { Array($0.utf8) })
      if demand.contents.contains(where: { !$0.vexAuthorities.isEmpty }) {
        types.formUnion(PredicateTypes.types("openvex").map { Array($0.utf8) })
      }
    }
    return types
  }

  /// What the options of a command ask for: one rule for every image.
  package init(
    oneOff kinds: [EvidenceDemand.Kind], by signer: SignerRule, allowsForeignLayers: Bool = false, count: Int = 1
  ) throws(Failure) {
    let demands = kinds.map { Requirement(.evidence(EvidenceDemand($0, by: [0], count: count))) }
    try self.init(
      Self.commandLine, authorities: [Authority("signer", signer)],
      rules: [
        Rule(
          "image", for: .everything, .require(demands.count == 1 ? demands[0] : Requirement(.all(demands))),
          allowsForeignLayers: allowsForeignLayers)
      ])
  }

  /// The name of policies that were made of options.
  package static let commandLine = "command line"

  /// Every key that an authority names.
  package var keys: [ClaimedDigest] {
    authorities.flatMap { authority -> [ClaimedDigest] in
      if case .keys(let keys) = authority.signer { keys.all } else { [] }
    }
  }
}
