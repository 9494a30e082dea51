/// What is asked of the images of a scope.
package struct Rule: Hashable, Sendable {
  package enum Answer: Hashable, Sendable {
    case require(Requirement)
    /// Nothing helps; the words are the reason.
    case refuse(String)
  }

  package let name: String
  package let scope: Scope
  package let answer: Answer
  /// Whether foreign (nondistributable) layers may be absent. Weakens a check, so every report states it.
  package let allowsForeignLayers: Bool
  package let limits: Limits

  package init(
    _ name: String, for scope: Scope, _ answer: Answer, allowsForeignLayers: Bool = false, limits: Limits = .none
  ) {
    self.name = name
    self.scope = scope
    self.answer = answer
    self.allowsForeignLayers = allowsForeignLayers
    self.limits = limits
  }

  package var requirement: Requirement? {
    if case .require(let requirement) = answer { requirement } else { nil }
  }
}

/// How old what the site trusts may be under a rule. Of metadata, since it expired; of a log snapshot, since it was surely
/// there; of a revocation list, since the next one was due.
package struct Limits: Hashable, Sendable {
  package enum Subject: String, Hashable, Sendable, CaseIterable {
    /// Every role of the bundle, and of upstreams, but `timestamp`.
    case trustRoot
    /// The role `timestamp`: what shows that nothing newer was held back.
    case timestamp
    case logSnapshot
    case revocationList
  }

  package static let none = Limits([:])

  package let spans: [Subject: Span]

  package init(_ spans: [Subject: Span]) { self.spans = spans }
}
