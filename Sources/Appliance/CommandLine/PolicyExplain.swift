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
      Judges ARCHIVE by the policy in FILE as `verify` would, and shows every requirement with the evidence that met it,
      or with what is missing. Nothing is signed, recorded or kept, and the site’s own policy is not asked: for trying a
      policy before it is in force. The site’s denials count.

        ✓ met   ? nothing is wrong, and something is missing   ✗ something is wrong

        assay policy explain policy.yaml app.tar --environment production
        assay policy explain policy.yaml app.tar --save-facts app.facts.json     for `assay policy test`

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
      "Save what the policy was asked about: cases for `assay policy test`, without the archive.", valueName: "FILE"))
  var saveFacts: String?
  @Flag(help: "Machine-readable, as `assay verify --json` has it.") var json = false

  func run() throws {
    try said.verifyWords()
    let policy = try PolicyOptions.read(policy)
    let selection = try selected.selection()
    let loose = try bundles.flatMap(LooseBundles.read)
    let ground = try grounds.ground(said)
    let inForce = try ground.inForce(policy, named: self.policy)
    let occasion = said.occasion(now: ground.now, under: ground.trust)
    let facts: SavedFacts
    let judgements: [ImageJudgement]
    do {
      facts = try inForce.facts(of: archive, with: loose)
      judgements = try PolicyTrial(inForce, denying: ground.trust.denials).judge(
        facts, selecting: selection, on: occasion)
    } catch let failure as Failure {
      if json {
        try Render.json(Self.document([], policy, [], Verdict([failure]), [failure]))
      } else {
        try Render.write(
          (["\(Paint.verdict(Verdict([failure])))  \(printable(archive))"] + Render.reason(failure)).joined(
            separator: "\n"))
      }
      throw ExitCode(ExitStatus.of(Verdict([failure])))
    }
    if let saveFacts { try OutputFile.write(facts.serialized(), to: saveFacts) }
    let verdict = judgements.map(\.verdict).max() ?? .refuse
    if json {
      try Render.json(Self.document(judgements, policy, facts.findings, verdict, []))
    } else {
      let texts = judgements.map { ExplanationText(judgement: $0, findings: facts.findings, policy: policy).lines }
      try Render.write(texts.map { $0.joined(separator: "\n") }.joined(separator: "\n\n"))
    }
    try verdict.exit()
  }

  private static func document(
    _ judgements: [ImageJudgement], _ policy: Policy, _ findings: [Finding], _ verdict: Verdict, _ failures: [Failure]
  ) -> JSON {
    [
      "format": "assay-policy-explain/1",
      "policy": ["name": .text(policy.name), "digest": "\(ClaimedDigest(policy.digest))"],
      "verdict": .text(verdict.rawValue), "reasons": .array(failures.map(\.json)),
      "images": .array(
        judgements.map { judgement in
          [
            "digest": "\(judgement.image.digest)", "names": .array(judgement.image.names.map { .text(printable($0)) }),
            "verdict": .text(judgement.verdict.rawValue), "reasons": .array(judgement.reasons.map(\.json)),
            "parts": .array(judgement.parts.map { $0.json(findings, policy) }),
            "waivers": .array(judgement.waivers.map(\.json)),
          ]
        }),
    ]
  }
}
