package import Octets
package import Reasons
package import StrictJSON

/// Something in a policy that its author may not have meant. It changes no verdict: the policy decides as it is written.
package struct Advice: Hashable, Sendable {
  package enum Severity: String, Hashable, Sendable {
    /// It cannot be meant so: something can never be met, or has no effect at all.
    case error
    /// It is likely not meant so.
    case warning
    /// It is worth knowing.
    case note
  }

  /// Stable names, for tools; docs/formats/PolicyCheck.md says what each means.
  package enum Kind: String, Hashable, Sendable, CaseIterable {
    case ruleUnreachable = "rule.unreachable"
    case ruleMatchesEverything = "rule.matches-everything"
    case ruleNoneForEverything = "rule.none-for-everything"
    case scopeNeverMatches = "scope.never-matches"
    case patternOpenEnded = "pattern.open-ended"
    case patternAnyCharacter = "pattern.any-character"
    case requirementNeverMet = "requirement.never-met"
    case requirementUnused = "requirement.unused"
    case requirementImplied = "requirement.implied"
    case authorityUnused = "authority.unused"
    case authoritySharedKey = "authority.shared-key"
    case authorityOvershadowed = "authority.overshadowed"
    case waiverWaivesNothing = "waiver.waives-nothing"
    case waiverExpired = "waiver.expired"
    case waiverExpiresSoon = "waiver.expires-soon"
    case denialRepeated = "denial.repeated"

    package var severity: Severity {
      switch self {
      case .requirementNeverMet, .waiverWaivesNothing: .error
      case .ruleNoneForEverything: .note
      case .ruleUnreachable, .ruleMatchesEverything, .scopeNeverMatches, .patternOpenEnded, .patternAnyCharacter,
        .requirementUnused, .requirementImplied, .authorityUnused, .authoritySharedKey, .authorityOvershadowed,
        .waiverExpired, .waiverExpiresSoon, .denialRepeated:
        .warning
      }
    }
  }

  package let kind: Kind
  /// The value concerned, as `JSONNode.path` names it.
  package let path: String
  package let words: String

  init(_ kind: Kind, at path: String, _ words: String) {
    self.kind = kind
    self.path = path
    self.words = words
  }

  package var severity: Severity { kind.severity }
}

extension Policy {
  /// What is to be said about this policy.
  /// - Parameters:
  ///   - root: the document that it was read from; what a name stands for is in there alone.
  ///   - now: by which waivers expire.
  /// - Throws: `policy.malformed` where the document is of another policy.
  package func advice(on root: JSONNode, at now: UnixTime) throws(Failure) -> [Advice] {
    let requirements = try PlacedRequirements(root, of: self)
    var all = try ruleAdvice(root)
    all += try scopeAdvice(root)
    all += try Self.patternAdvice(root)
    all += requirements.advice(under: authorities)
    all += try authorityAdvice(root)
    all += waiverAdvice(requirements, at: now)
    all += denialAdvice()
    // A requirement that is used twice is looked at twice.
    var seen: Set<Advice> = []
    return all.filter { seen.insert($0).inserted }
  }
}
