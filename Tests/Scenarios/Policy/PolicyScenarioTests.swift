import Policy
import StrictJSON
import TestSupport
import Testing

/// Documents, archives that the miniature Sigstore made, and the verdict and first reason that they must lead to.
@Suite struct PolicyScenarioTests {
  static let tables: [PolicyTable] = [
    .teams, .scopes, .combinations, .needs, .coverage, .limits, .exceptions, .provenance, .contents,
  ]
  static let rows = tables.flatMap { table in table.scenarios.map { (table, $0) } }

  @Test(arguments: rows) func comesOutAsExpected(_ table: PolicyTable, _ scenario: PolicyScenario) throws {
    let policy = try ScenarioBench.shared.policy(Array(table.document.utf8))
    let answer = try ScenarioBench.shared.answer(scenario, under: policy)
    #expect(answer.verdict == scenario.verdict, "\(answer)")
    #expect(answer.reasons.first == scenario.reason, "\(answer)")
  }

  /// The same through the program; ages of installed trust have no option.
  @Test(arguments: rows.filter { $0.1.ages == nil })
  func theProgramSaysTheSame(_ table: PolicyTable, _ scenario: PolicyScenario) throws {
    let bench = ScenarioBench.shared
    let (status, answer) = try Assay().verify(
      [try bench.archive(scenario), "--policy", try bench.file(table)] + scenario.options + bench.rootOptions(scenario))
    let statuses: [Verdict: Int32] = [.admit: 0, .refuse: 3, .incomplete: 4]
    #expect(status == statuses[scenario.verdict], "\(answer.firstReason ?? "")")
    #expect(answer.firstReason == scenario.reason)
  }

  @Test func namesAreTheirOwn() {
    for table in Self.tables {
      let names = table.scenarios.map(\.name)
      #expect(Set(names).count == names.count)
    }
  }
}
