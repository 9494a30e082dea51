import Octets
import Reasons
import StrictJSON

extension Policy {
  /// Rules that never decide, and images that no rule is for.
  func ruleAdvice(_ root: JSONNode) throws(Failure) -> [Advice] {
    var all: [Advice] = []
    for (position, rule) in rules.enumerated() {
      if let earlier = rules[..<position].first(where: { $0.scope.covers(rule.scope) }) {
        let which = earlier.scope.isEmpty ? "matches everything" : "matches all that it could"
        all.append(
          Advice(
            .ruleUnreachable, at: "rules[\(position)]",
            "the rule “\(rule.name)” never decides: “\(earlier.name)” stands before it and \(which)"))
      }
      let behind = rules.count - position - 1
      if rule.scope.isEmpty, behind > 0 {
        all.append(
          Advice(
            .ruleMatchesEverything, at: "rules[\(position)].scope",
            "an empty scope matches every image: \(behind) \(behind == 1 ? "rule" : "rules") behind it never "
              + "\(behind == 1 ? "decides" : "decide"); put “\(rule.name)” last"))
      }
    }
    if !rules.contains(where: \.scope.isEmpty) {
      all.append(
        Advice(.ruleNoneForEverything, at: "rules", "an image that none of these rules is for is refused"))
    }
    return all
  }
}
