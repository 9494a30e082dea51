import ArgumentParser
import Cryptography
import Findings
import Octets
import Policy
import Reasons
import Report
import Roles
import StrictJSON
import Terminal
import Verification

/// `assay verify-bundle`: one Sigstore bundle over one file.
struct VerifyBundle: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check a Sigstore bundle over a file or digest.",
    discussion: """
        assay verify-bundle --bundle a.sigstore.json --key signer.pub a.txt
        assay verify-bundle --bundle a.sigstore.json --trusted-root trusted_root.json \\
            --certificate-identity WHO --certificate-oidc-issuer ISSUER sha256:…
      """)

  @Option(help: .init("The Sigstore bundle.", valueName: "FILE")) var bundle: String

  @OptionGroup(title: "Who must have signed") var signer: SignerOptions

  @OptionGroup(title: "Confinement") var confinement: ConfinementOptions

  @Flag(help: "Machine-readable result.") var json = false

  @Argument(help: .init("What was signed.", valueName: "FILE_OR_DIGEST")) var artifact: String

  func run() throws {
    let now = UnixTime(wallClockSeconds())
    guard let demand = try signer.demand() else {
      throw UsageMistake("Say who must have signed: --key, or --certificate-identity with --certificate-oidc-issuer.")
    }
    let bytes = try InputFile.read(bundle, upTo: InputFile.bundleLimit)
    let artifact = try InputFile.artifact(self.artifact)
    // From here on this process is a prover itself: it has no store.
    try confinement.crew().confineAlone()
    let proven: Proven
    do throws(Failure) {
      proven = try prove(bytes, over: artifact, demand, now)
    } catch {
      let verdict = Verdict([error])
      try report(verdict, error.json, Render.reason(error))
      return try verdict.exit()
    }
    try report(.admit, proven.json, FindingText.lines(proven))
  }

  private func prove(
    _ bundle: [UInt8], over artifact: Artifact, _ demand: SignerDemand, _ now: UnixTime
  ) throws(Failure) -> Proven {
    let inForce = try PolicyInForce(
      Policy(oneOff: [.signature], by: demand.rule), from: .commandLine, with: demand.given, under: .none, now: now)
    guard let anchor = inForce.anchors.first else {
      throw inForce.standings.first?.lacking ?? Failure(.trustRootMissing, "trust root")
    }
    let proven = try Prover.prove(bundle: bundle, over: artifact, against: anchor)
    if let objection = demand.rule.objection(to: proven.signer) { throw objection }
    return proven
  }

  /// `docs/formats/VerifyOutput.md`, verify-bundle.
  private func report(_ verdict: Verdict, _ facts: JSON, _ lines: [String]) throws {
    let label = verdict == .admit ? "proven" : "failed"
    let text =
      json
      ? String(
        decoding: JSON(
          dictionaryLiteral: ("format", "assay-verify-bundle/1"), ("verdict", .text(verdict.rawValue)), (label, facts)
        ).serialized(pretty: true), as: UTF8.self)
      : ([Paint.verdict(verdict) + "  " + printable(artifact)] + lines).joined(separator: "\n")
    try Render.write(text)
  }
}
