/// Something that must hold: a condition, perhaps with a name that waivers and explanations know it by.
package struct Requirement: Hashable, Sendable {
  package let name: String?
  package let condition: Condition

  package init(_ condition: Condition, named name: String? = nil) {
    self.name = name
    self.condition = condition
  }

  package indirect enum Condition: Hashable, Sendable {
    /// The worst of them decides.
    case all([Requirement])
    /// The best of them decides.
    case any([Requirement])
    /// So many of them. Those that ask for the same kind of evidence count distinct authorities.
    case atLeast(Int, [Requirement])
    case evidence(EvidenceDemand)
  }

  /// This node and all below it.
  package var nodeCount: Int {
    switch condition {
    case .all(let parts), .any(let parts), .atLeast(_, let parts): 1 + parts.reduce(0) { $0 + $1.nodeCount }
    case .evidence: 1
    }
  }

  /// All demands for evidence below, in order.
  package var demands: [EvidenceDemand] {
    switch condition {
    case .all(let parts), .any(let parts), .atLeast(_, let parts): parts.flatMap(\.demands)
    case .evidence(let demand): [demand]
    }
  }

  /// Its own name and those below.
  package var names: [String] {
    let own = name.map { [$0] } ?? []
    return switch condition {
    case .all(let parts), .any(let parts), .atLeast(_, let parts): own + parts.flatMap(\.names)
    case .evidence: own
    }
  }
}

/// Who must have vouched, by which kind of evidence, how many of them, and where.
package struct EvidenceDemand: Hashable, Sendable {
  /// An attestation is not a signature, and none of one type is evidence of another.
  package enum Kind: Hashable, Sendable {
    case signature
    /// Any of these predicate types.
    case attestation([String])
  }

  /// On which digest the evidence must stand.
  package enum Coverage: String, Hashable, Sendable, CaseIterable {
    /// On the image's own index, or its manifest where it has none.
    case index
    /// On every platform's manifest itself. Whoever assembles these in another index is not asked.
    case everyPlatform = "every-platform"
  }

  package let kind: Kind
  /// Positions in the policy's authorities, as alternatives; at least one.
  package let by: [Int]
  /// Distinct authorities, at least 1.
  package let count: Int
  /// Nil: on the part itself or on an index above it.
  package let covers: Coverage?
  /// Since a trusted source said that it existed.
  package let maxAge: Span?
  /// What an attestation must say, all of it.
  package let contents: [ContentRule]

  package init(
    _ kind: Kind, by authorities: [Int], count: Int = 1, covers: Coverage? = nil, maxAge: Span? = nil,
    contents: [ContentRule] = []
  ) {
    self.kind = kind
    by = authorities
    self.count = max(1, count)
    self.covers = covers
    self.maxAge = maxAge
    self.contents = contents
  }
}
