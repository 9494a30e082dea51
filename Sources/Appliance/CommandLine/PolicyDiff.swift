import ArgumentParser
import Octets
import Policy
import Reasons
import Report
import Roles
import Store
import StrictJSON
import Terminal

/// `assay policy diff`
struct PolicyDiff: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Which past verdicts would come out otherwise under another policy.",
    discussion: """
      Proves the kept evidence of every verdict in a store’s history again, judges it by the policy in OLD and by \
      the one in NEW, and lists what they say differently. What the operator said then (environment, team and so on) \
      is said again. Nothing is recorded.

        assay policy diff policy.yaml policy-new.yaml
        assay policy diff policy.yaml policy-new.yaml --over /var/lib/assay

      Exit statuses: 0 nothing would change; 3 something would; 4 nothing would, and some can no longer be proven.
      """)

  @Argument(help: .init("The policy that is compared with.", valueName: "OLD")) var old: String
  @Argument(help: .init("The policy to come.", valueName: "NEW")) var new: String
  @Option(
    help: .init("Folder of the store whose ledger is gone through; default: the store at work.", valueName: "LEDGER"))
  var over: String?
  @OptionGroup var brought: GivenTrustOptions
  @OptionGroup(title: "Confinement") var confinement: ConfinementOptions
  @Flag(help: "One JSON object a line (docs/formats/VerifyOutput.md).") var json = false

  func run() throws {
    let policies = (try PolicyOptions.read(old), try PolicyOptions.read(new))
    let given = try brought.given()
    let store = try Store.open(at: over ?? Store.defaultDirectory)
    let crew = confinement.crew()
    crew.keepsProverAhead = true
    try crew.confineKeeper(of: store, reportingTo: nil)
    let custodian = try store.running()
    let keeper = Keeper(custodian)
    let now = keeper.effectiveTime(clock: UnixTime(wallClockSeconds()))
    let comparison = PolicyComparison(
      custodian, policies.0, policies.1, with: given, under: try keeper.trust(now: now), now: now)
    var counts = (same: 0, changed: 0, unprovable: 0)
    try comparison.run(by: crew) { result in
      switch result.outcome {
      case .same: counts.same += 1
      case .changed: counts.changed += 1
      case .unprovable: counts.unprovable += 1
      }
      try show(result)
    }
    if !json {
      try Render.write(
        "\(counts.changed) would change, \(counts.same) would not, \(counts.unprovable) cannot be proven any more")
    }
    if counts.changed > 0 { throw ExitCode(ExitStatus.of(.refuse)) }
    if counts.unprovable > 0 { throw ExitCode(ExitStatus.of(.incomplete)) }
  }

  private func show(_ result: PolicyComparison.Result) throws {
    var object: JSONObject = [
      "leaf": .integer(Int64(clamping: result.leaf)), "image": "\(result.image)", "recorded": "\(result.recorded)",
      "verdict": .text(result.recordedVerdict.rawValue),
    ]
    var lines: [String] = []
    switch result.outcome {
    case .same(let verdict):
      guard json else { return }
      object.append("old", .text(verdict.rawValue))
      object.append("new", .text(verdict.rawValue))
    case .changed(let old, let new, let reasons):
      object.append("old", .text(old.rawValue))
      object.append("new", .text(new.rawValue))
      object.append("reasons", .array(reasons.map(\.json)))
      lines = ["\(old.rawValue) → \(new.rawValue)  \(result.image)  leaf \(result.leaf), \(result.recorded)"]
      lines += reasons.flatMap(Render.reason)
    case .unprovable(let words):
      object.append("unprovable", .text(printable(words, limit: 4096)))
      lines = ["unprovable  \(result.image)  leaf \(result.leaf): \(printable(words, limit: 4096))"]
    }
    try Render.write(
      json ? String(decoding: JSON.object(object).serialized(), as: UTF8.self) : lines.joined(separator: "\n"))
  }
}
