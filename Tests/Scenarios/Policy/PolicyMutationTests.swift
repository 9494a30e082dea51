import Policy
import StrictJSON
import Testing

/// Taking any one thing out of a policy changes what some scenario comes to: nothing in it is there for nothing, and
/// nothing that the evaluation overlooks.
@Suite struct PolicyMutationTests {
  /// A policy without one member or element.
  struct Mutant: CustomStringConvertible {
    let description: String
    let json: JSON
  }

  /// Without any one member or element below `value`, wherever it stands.
  static func mutants(_ value: JSON, at place: String = "") -> [Mutant] {
    switch value {
    case .object(let object):
      return object.members.indices.flatMap { index -> [Mutant] in
        let key = String(decoding: object.members[index].key, as: UTF8.self)
        let path = place.isEmpty ? key : "\(place).\(key)"
        var without = object
        without.members.remove(at: index)
        return [Mutant(description: path, json: .object(without))]
          + mutants(object.members[index].value, at: path).map { inner in
            var changed = object
            changed.members[index].value = inner.json
            return Mutant(description: inner.description, json: .object(changed))
          }
      }
    case .array(let elements):
      return elements.indices.flatMap { index -> [Mutant] in
        let path = "\(place)[\(index)]"
        var without = elements
        without.remove(at: index)
        return [Mutant(description: path, json: .array(without))]
          + mutants(elements[index], at: path).map { inner in
            var changed = elements
            changed[index] = inner.json
            return Mutant(description: inner.description, json: .array(changed))
          }
      }
    default: return []
    }
  }

  /// A name that nothing refers to changes no verdict.
  private static func isOnlyAWord(_ mutant: Mutant) -> Bool {
    mutant.description.hasSuffix(".name") || mutant.description == "description"
  }

  @Test(arguments: PolicyScenarioTests.tables)
  func everyPartOfItMatters(_ table: PolicyTable) throws {
    let bench = ScenarioBench.shared
    let policy = try bench.policy(Array(table.document.utf8))
    let expected = try table.scenarios.map { try bench.answer($0, under: policy) }
    var tried = 0
    var survivors: [String] = []
    for mutant in Self.mutants(try JSON(parsing: policy.canonical, named: "policy")) {
      // What is no policy any more, or the same one, is none to be told apart.
      guard let changed = try? bench.policy(mutant.json.serialized()), changed.canonical != policy.canonical else {
        continue
      }
      tried += 1
      let isTold = try zip(table.scenarios, expected).contains { scenario, expected in
        try bench.answer(scenario, under: changed) != expected
      }
      if !isTold, !Self.isOnlyAWord(mutant) { survivors.append(mutant.description) }
    }
    #expect(survivors == [], "of \(tried)")
    #expect(tried >= 5)
  }
}
