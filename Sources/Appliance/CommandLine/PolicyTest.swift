import ArgumentParser
import Dossier
import MediaReader
import Octets
import Policy
import Reasons
import Report
import Roles
import StrictJSON

/// `assay policy test`
struct PolicyTest: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test",
    abstract: "Compare what a policy says of archives with what it should say.",
    discussion: """
      CASES lists archives, or facts that `policy explain --save-facts` saved of them, and the verdict that is expected:

        format: assay-policy-cases/1
        cases:
          - name: production wants two teams
            archive: one-signature.tar
            environment: production
            expect: incomplete
            reason: signature.missing

      Paths begin at the folder of CASES. Nothing is signed, recorded or kept; the site’s denials count. \
      docs/formats/PolicyCases.md has every member.

        assay policy test policy.yaml cases.yaml --trusted-root trusted_root.json

      Exit statuses: 0 everything is as expected; 3 something is not; 64 the command or a document was wrong.
      """)

  @Argument(help: .init("The policy document.", valueName: "FILE")) var policy: String
  @Argument(help: .init("What it should say.", valueName: "CASES")) var cases: String
  @OptionGroup var grounds: TrialOptions
  @Option(help: .init("Witnesses whose cosignatures count (C2SP tlog-policy).", valueName: "FILE"))
  var witnessPolicy: String?
  @Flag(help: "Machine-readable (docs/formats/PolicyCases.md).") var json = false

  /// What came of one case.
  private struct Outcome {
    let name: String
    let place: String
    let verdict: Verdict
    let reason: Failure?
    /// Nil where all is as it should be.
    let complaint: String?
  }

  func run() throws {
    let policy = try PolicyOptions.read(policy)
    let folder = cases.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(cases[...$0]) } ?? ""
    let bytes = try InputFile.read(cases, upTo: Policy.mostDocumentBytes)
    let document: PolicyCases
    do throws(Failure) {
      document = try PolicyCases(bytes, named: cases, in: folder)
    } catch {
      throw UsageMistake(Voice.sentence(error))
    }
    var said = OccasionOptions()
    said.witnessPolicy = witnessPolicy
    let matters = document.cases.map(\.matter)
    for case .archive(let path) in matters { try InputFile.verifyPresent(MediaSource(argument: path)) }
    let crew = grounds.confinement.crew()
    let ground = try grounds.ground(
      said, by: crew, reading: matters.compactMap { if case .facts(let path) = $0 { path } else { nil } })
    let inForce = try ground.inForce(policy, named: self.policy)
    var reached: Set<String> = []
    var read = Matters(inForce: inForce, crew: crew)
    let outcomes = try document.cases.map { one in
      try outcome(of: one, policy, inForce, ground, &read, reaching: &reached)
    }
    let wrong = outcomes.filter { $0.complaint != nil }
    let idle = policy.rules.map(\.name).filter { !reached.contains($0) }
    if json {
      try Render.json(Self.document(outcomes, idle))
    } else {
      var lines = outcomes.map { outcome in
        let first = outcome.reason.map { ", \($0.reason.rawValue)" } ?? ""
        return outcome.complaint.map { "✗ \(printable(outcome.name))  (\(outcome.place)): \($0)" }
          ?? "✓ \(printable(outcome.name)): \(outcome.verdict.rawValue)\(first)"
      }
      lines.append(
        "\(Quantity.count(UInt64(outcomes.count), "case")): \(outcomes.count - wrong.count) as expected, \(wrong.count) not"
      )
      try Render.write(lines.joined(separator: "\n"))
      for name in idle { Voice.warn("no case reaches the rule “\(name)”") }
    }
    if !wrong.isEmpty { throw ExitCode(ExitStatus.of(.refuse)) }
  }

  private func outcome(
    of one: PolicyCases.Case, _ policy: Policy, _ inForce: PolicyInForce, _ ground: TrialGround, _ read: inout Matters,
    reaching reached: inout Set<String>
  ) throws -> Outcome {
    let selection: Selection
    do { selection = try SelectionOptions.selection(one.image, one.platform) } catch let mistake as UsageMistake {
      throw UsageMistake("\(cases), \(one.place): \(mistake)")
    }
    let (name, environment, team, exporter, medium) = one.occasion
    let occasion = Occasion(
      name: name, environment: environment, team: team, exporter: exporter, medium: medium, now: one.at ?? ground.now,
      ages: ground.trust.policyAges)
    var rules: [String] = []
    let answer: PolicyTrial.Answer
    do {
      let facts = try read.facts(of: one.matter)
      let trial: PolicyTrial
      switch one.matter {
      case .archive: trial = PolicyTrial(inForce, denying: ground.trust.denials)
      case .facts: trial = PolicyTrial(policy, on: facts, denying: ground.trust.denials)
      }
      answer = trial.judge(facts, selecting: selection, on: occasion)
    } catch let failure as Failure {
      answer = PolicyTrial.Answer(unjudged: [failure])
    }
    guard name == nil || answer.judgements.count <= 1 else {
      throw UsageMistake(
        "\(cases), \(one.place): `as` names one image, and there are \(answer.judgements.count): choose one with `image`."
      )
    }
    for rule in answer.judgements.flatMap(\.parts).flatMap(\.rules).map(\.rule.name) where !rules.contains(rule) {
      rules.append(rule)
    }
    reached.formUnion(rules)
    return Outcome(
      name: one.name, place: one.place, verdict: answer.verdict, reason: answer.reasons.first,
      complaint: complaint(one, answer.verdict, answer.reasons.first, rules))
  }

  private func complaint(
    _ one: PolicyCases.Case, _ verdict: Verdict, _ reason: Failure?, _ rules: [String]
  ) -> String? {
    let why = reason.map { ": \(Voice.sentence($0))" } ?? ""
    if verdict != one.expected { return "expected \(one.expected.rawValue), found \(verdict.rawValue)\(why)" }
    if let wanted = one.reason, wanted != reason?.reason {
      return "expected the reason \(wanted.rawValue), found \(reason?.reason.rawValue ?? "none")\(why)"
    }
    if let wanted = one.rules, Set(wanted) != Set(rules) {
      return
        "expected the rules \(wanted.map { printable($0) }.joined(separator: ", ")), found \(rules.joined(separator: ", "))"
    }
    return nil
  }

  private static func document(_ outcomes: [Outcome], _ idle: [String]) -> JSON {
    [
      "format": "assay-policy-test/1", "cases": .integer(Int64(outcomes.count)),
      "unexpected": .integer(Int64(outcomes.count { $0.complaint != nil })),
      "rulesNotReached": .array(idle.map(JSON.text)),
      "outcomes": .array(
        outcomes.map { outcome in
          [
            "name": .text(printable(outcome.name)), "verdict": .text(outcome.verdict.rawValue),
            "reason": outcome.reason.map { .text($0.reason.rawValue) } ?? .null,
            "complaint": outcome.complaint.map(JSON.text) ?? .null,
          ]
        }),
    ]
  }
}

/// What cases are about, each read and proven once.
private struct Matters {
  let inForce: PolicyInForce
  let crew: Crew
  private var archives: [String: SavedFacts] = [:]

  init(inForce: PolicyInForce, crew: Crew) {
    self.inForce = inForce
    self.crew = crew
  }

  mutating func facts(of matter: PolicyCases.Case.Matter) throws -> SavedFacts {
    switch matter {
    case .archive(let path):
      if let known = archives[path] { return known }
      let facts = try inForce.facts(of: path, with: [], by: crew)
      archives[path] = facts
      return facts
    case .facts(let path):
      let bytes = try InputFile.read(path, upTo: SavedFacts.mostBytes)
      do throws(Failure) { return try SavedFacts(parsing: bytes, named: path) } catch {
        throw UsageMistake(Voice.sentence(error))
      }
    }
  }
}
