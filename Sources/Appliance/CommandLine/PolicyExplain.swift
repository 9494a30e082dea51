import ArgumentParser
import Dossier
import Findings
import MediaReader
import OCIImage
import Octets
import Policy
import Reasons
import Report
import Roles
import StrictJSON
import Terminal

/// `assay policy explain`
struct PolicyExplain: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Show how a policy comes to its verdict on an archive, as a tree.",
    discussion: """
      Judges ARCHIVE by the policy in FILE as `verify` would, and shows every requirement with the evidence that met \
      it, or with what is missing. Nothing is signed, recorded or kept, and the site’s own policy is not asked: for \
      trying a policy before it is in force. The site’s denials count.

        ✓ met
        ? nothing is wrong, and something is missing
        ✗ something is wrong

        assay policy explain policy.yaml app.tar --environment production
        assay policy explain policy.yaml app.tar --save-facts app.facts.json

      Exit statuses are those of the verdict: admit 0, refuse 3, incomplete 4.
      """)

  @Argument(help: .init("The policy document.", valueName: "FILE")) var policy: String
  @Argument(help: .init("The archive.", valueName: "ARCHIVE")) var archive: String
  @OptionGroup var grounds: TrialOptions
  @OptionGroup var said: OccasionOptions
  @OptionGroup var selected: SelectionOptions
  @Option(
    name: .customLong("bundle"),
    help: .init("Sigstore bundle that lies beside the archive: .sigstore.json or .jsonl.", valueName: "FILE"))
  var bundles: [String] = []
  @Option(
    help: .init(
      "Save what the policy was asked about, for cases of `assay policy test` without the archive.", valueName: "FILE"))
  var saveFacts: String?
  @Flag(help: "Machine-readable (docs/formats/VerifyOutput.md).") var json = false

  func run() throws {
    try said.verifyWords()
    let policy = try PolicyOptions.read(policy)
    let selection = try selected.selection()
    let source = MediaSource(argument: archive)
    try InputFile.verifyPresent(source)
    let crew = grounds.confinement.crew()
    let named = try NamedBundles(bundles)
    try crew.expect(source)
    let ground = try grounds.ground(said, by: crew, writing: saveFacts)
    let loose = try named.read(by: crew)
    let inForce = try ground.inForce(policy, named: self.policy)
    let occasion = said.occasion(now: ground.now, under: ground.trust)
    let trial = PolicyTrial(inForce, denying: ground.trust.denials)
    var facts: SavedFacts?
    let answer: PolicyTrial.Answer
    do {
      let found = try inForce.facts(of: archive, with: loose.get(), by: crew)
      facts = found
      answer = trial.judge(found, selecting: selection, on: occasion)
    } catch let failure as Failure {
      answer = PolicyTrial.Answer(unjudged: [failure])
    }
    if let facts, answer.failures.isEmpty {
      try said.verifyMeant(facts.images, selection, in: archive)
      if let saveFacts { try OutputFile.write(facts.serialized(), to: saveFacts) }
    }
    let findings = facts?.findings ?? []
    let explained = answer.judgements.map {
      Explanation(judgement: $0, findings: findings, policy: policy, notes: policy.notes(on: $0, at: occasion.now))
    }
    if json {
      try Render.json(Self.document(answer, policy, explained))
    } else {
      let unjudged = answer.failures.isEmpty ? [] : [Render.unjudged(archive, answer.failures)]
      try Render.write((unjudged + explained.map(\.lines)).map { $0.joined(separator: "\n") }.joined(separator: "\n\n"))
    }
    try answer.verdict.exit()
  }

  private static func document(_ answer: PolicyTrial.Answer, _ policy: Policy, _ explained: [Explanation]) -> JSON {
    [
      "format": "assay-policy-explain/1",
      "policy": ["name": .text(printable(policy.name)), "digest": "\(ClaimedDigest(policy.digest))"],
      "verdict": .text(answer.verdict.rawValue), "reasons": .array(answer.failures.map(\.json)),
      "images": .array(explained.map { .object($0.json) }),
    ]
  }
}
