import ArgumentParser
import Findings
import MediaReader
import OCIImage
import Octets
import Policy
import Reasons
import Report
import Roles
import Store
import StrictJSON
import Terminal

/// `assay verify`: the main job.
struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Judge the images of an archive, and write a signed report.",
    discussion: """
      Reads OCI layouts, docker-archives and skopeo directories, as a tar (also gzip or zstd), a folder, or `-` for
      standard input. Every byte is hashed; a digest or size that does not match refuses, whatever is signed.

        assay verify app.tar --key signer.pub
        assay verify app.tar --require attestation=https://slsa.dev/provenance/v1 --trusted-root trusted_root.json \\
            --certificate-identity WHO --certificate-oidc-issuer ISSUER

      Verdicts: admit (0), refuse (3), incomplete (4). Several images or archives: the worst one counts.
      """)

  @Argument(help: .init("Archives to judge; `-` is standard input.", valueName: "ARCHIVE"))
  var archives: [String]

  @OptionGroup(title: "Who must have signed")
  var signer: SignerOptions

  @Option(
    name: .customLong("require"),
    help: .init(
      "`signature` (the default) or `attestation=PREDICATE-TYPE`. Several: all of them.", valueName: "WHAT"))
  var requirements: [String] = []

  @Option(help: .init("Judge only the image of this name or digest.", valueName: "REF-or-DIGEST"))
  var image: String?

  @Option(help: .init("Judge only this platform: OS[(OS.VERSION)]/ARCH[/VARIANT].", valueName: "PLATFORM"))
  var platform: String?

  @Option(
    name: .customLong("bundle"),
    help: .init("Sigstore bundle that lies beside the archive: .sigstore.json or .jsonl.", valueName: "FILE"))
  var bundles: [String] = []

  @Flag(help: "Admit images whose foreign (nondistributable) layers were not carried. Recorded in the report.")
  var allowForeignLayers = false

  @Option(help: .init("Write copies of the reports into this folder.", valueName: "DIR"))
  var report: String?

  @OptionGroup var state: StateOptions

  @Flag(help: "Machine-readable result (docs/formats/VerifyOutput.md).")
  var json = false

  func run() throws {
    let now = UnixTime(wallClockSeconds())
    guard let demand = try signer.demand(now: now) else {
      throw UsageMistake(
        "Say who must have signed: --key, or --certificate-identity with --certificate-oidc-issuer.\n"
          + "       To see what an archive holds without judging it: assay inspect \(archives[0])")
    }
    guard archives.filter({ $0 == "-" }).count <= 1 else { throw UsageMistake("Standard input can be read once.") }
    let kinds = try evidenceKinds()
    let policy = Policy(
      Requirement(kinds[0], by: demand.rule), kinds.dropFirst().map { Requirement($0, by: demand.rule) },
      allowsForeignLayers: allowForeignLayers)
    let selection = try selection()
    let loose = try bundles.flatMap(LooseBundles.read)
    try OutputFolder.verifyUsable(report)
    for archive in archives { try InputFile.verifyPresent(MediaSource(argument: archive)) }
    let store = try state.openIfPresent()
    let keeper = Keeper(store)
    if store == nil { Voice.sayUnprovisioned() }

    var results: [ArchiveResult] = []
    for archive in archives {
      let run = VerificationRun(
        archive: archive, demand: demand, policy: policy, selection: selection, loose: loose, keeper: keeper,
        clock: now)
      let result = try run.run()
      if let report { try result.copyReports(to: report) }
      results.append(result)
      if !json { try Render.text(result) }
    }
    let verdict = results.map(\.verdict).max() ?? .refuse
    let summary = Render.json(results, verdict)
    if json { try Render.json(summary) }
    if let report { try OutputFolder.write(summary.serialized(pretty: true), as: "summary.json", into: report) }
    try verdict.exit()
  }

  private func evidenceKinds() throws -> [EvidenceKind] {
    if requirements.isEmpty { return [.signature] }
    return try requirements.map { text in
      if text == "signature" { return .signature }
      let prefix = "attestation="
      guard text.hasPrefix(prefix), text.utf8.count > prefix.utf8.count else {
        throw UsageMistake("--require takes `signature` or `attestation=PREDICATE-TYPE`, not “\(text)”.")
      }
      return .attestation(predicateType: String(text.dropFirst(prefix.count)))
    }
  }

  private func selection() throws -> Selection {
    var wanted: Platform?
    if let platform {
      wanted = Platform(platform)
      if wanted == nil {
        throw UsageMistake("--platform takes OS[(OS.VERSION)]/ARCH[/VARIANT], like linux/arm64/v8, not “\(platform)”.")
      }
    }
    guard let image else { return Selection(.all, platform: wanted) }
    if let digest = try? ClaimedDigest(Array(image.utf8), in: "", malformed: .imageNotFound) {
      return Selection(.digest(digest), platform: wanted)
    }
    return Selection(.named(image), platform: wanted)
  }
}
