import Octets
import StrictJSON

extension PlacedRequirements {
  static func advice(on placed: Placed, _ authorities: [Authority]) -> [Advice] {
    switch placed.condition {
    case .all(let parts): return parts.flatMap { advice(on: $0, authorities) }
    case .any(let parts): return parts.flatMap { advice(on: $0, authorities) } + advice(onBranches: parts)
    case .atLeast(let count, let parts):
      let most = mostMet(of: parts, authorities)
      let own =
        most < count
        ? [
          Advice(
            .requirementNeverMet, at: "\(placed.path).atLeast",
            "\(count) can never be met: for one kind of evidence each needs an operator of its own, and there are enough "
              + "for \(most)")
        ] : []
      return own + parts.flatMap { advice(on: $0, authorities) }
    case .evidence(let demand, let path):
      let operators = Set(demand.by.map { Array(authorities[$0].operator.utf8) }).count
      guard demand.count > operators else { return [] }
      let words =
        operators == demand.by.count
        ? "\(operators == 1 ? "one authority is" : "\(operators) authorities are") named"
        : "the \(demand.by.count) authorities are of \(operators == 1 ? "one operator" : "\(operators) operators"), "
          + "who \(operators == 1 ? "counts" : "count") once"
      return [
        Advice(.requirementNeverMet, at: "\(path).atLeast", "\(demand.count) signers can never be met: \(words)")
      ]
    }
  }

  // MARK: At least so many

  /// How many could be met at once, if everybody signed: as the evaluation counts, by operators.
  private static func mostMet(of parts: [Placed], _ authorities: [Authority]) -> Int {
    var free = 0
    var choices: [Set<Int>] = []
    var offers = OfferNumbers()
    var numbers: [[UInt8]: Int] = [:]
    for part in parts {
      guard case .evidence(let demand, _) = part.condition else {
        free += 1
        continue
      }
      let operators = demand.by.map { position in
        let name = Array(authorities[position].operator.utf8)
        let number = numbers[name] ?? numbers.count
        numbers[name] = number
        return number
      }
      let types: [String?] = if case .attestation(let types) = demand.kind { types } else { [nil] }
      choices.append(Set(types.flatMap { type in operators.map { offers[type, by: $0] } }))
    }
    return free + Matching.most(choices)
  }

  // MARK: Branches that change nothing

  /// Alternatives beyond which nothing is compared: each is with each.
  private static let mostBranches = 64

  private static func advice(onBranches parts: [Placed]) -> [Advice] {
    guard parts.count <= mostBranches else { return [] }
    var comparison = Comparison()
    return parts.indices.compactMap { position in
      let other = parts.indices.first { other in
        other != position && comparison.implies(parts[position], parts[other])
          // Of two that say the same, the first stays.
          && (other < position || !comparison.implies(parts[other], parts[position]))
      }
      return other.map { other in
        Advice(
          .requirementImplied, at: parts[position].path,
          "this alternative changes nothing: what meets it meets the \(ordinal(other)) one too")
      }
    }
  }

  private static func ordinal(_ position: Int) -> String {
    let words = ["first", "second", "third", "fourth", "fifth", "sixth"]
    return words.indices.contains(position) ? words[position] : "\(position + 1)th"
  }
}

/// Whether one requirement holds wherever another does, as far as that is certain.
private struct Comparison {
  /// Comparisons of two requirements; the ways through two that are deep are many. Behind the last nothing is certain.
  private var left = 100_000

  mutating func implies(
    _ one: PlacedRequirements.Placed, _ other: PlacedRequirements.Placed
  ) -> Bool {
    left -= 1
    guard left > 0 else { return false }
    switch (one.condition, other.condition) {
    case (.evidence(let one, _), .evidence(let other, _)): return Self.implies(one, other)
    case (_, .all(let parts)): return parts.allSatisfy { implies(one, $0) }
    case (.any(let parts), _): return parts.allSatisfy { implies($0, other) }
    case (_, .any(let parts)) where parts.contains(where: { implies(one, $0) }): return true
    case (.all(let parts), _): return parts.contains { implies($0, other) }
    case (.atLeast(let count, let parts), .atLeast(let fewer, let others)):
      return count >= fewer && parts.count == others.count && zip(parts, others).allSatisfy { implies($0, $1) }
    case (.atLeast, _), (.evidence, .any), (.evidence, .atLeast): return false
    }
  }

  private static func implies(_ one: EvidenceDemand, _ other: EvidenceDemand) -> Bool {
    let isOfKind =
      switch (one.kind, other.kind) {
      case (.signature, .signature): true
      case (.attestation(let types), .attestation(let wider)):
        Set(types.map { Array($0.utf8) }).isSubset(of: wider.map { Array($0.utf8) })
      case (.signature, .attestation), (.attestation, .signature): false
      }
    let isYoungEnough = other.maxAge.map { limit in one.maxAge.map { $0.seconds <= limit.seconds } ?? false } ?? true
    return isOfKind && isYoungEnough && Set(one.by).isSubset(of: other.by) && one.count >= other.count
      && one.covers == other.covers && Set(other.contents).isSubset(of: one.contents)
  }
}
