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
      Reads OCI layouts, docker-archives and skopeo directories, as a tar (also gzip or zstd), a folder, or `-` for \
      standard input. Every byte is hashed; a digest or size that does not match refuses, whatever is signed.

        assay verify app.tar --key signer.pub
        assay verify app.tar --require attestation=https://slsa.dev/provenance/v1 \\
            --trusted-root trusted_root.json \\
            --certificate-identity WHO --certificate-oidc-issuer ISSUER

        assay verify app.tar --policy policy.yaml --environment production

      On a machine with a policy of its site, the policy decides: assay verify app.tar

      Verdicts: admit (0), refuse (3), incomplete (4). Several images or archives: the worst one counts.

      With a store, an image that was admitted before by the same policy, trust and evidence gets that verdict again, \
      by its receipt; its bytes are hashed all the same. --fresh proves everything anew.
      """)

  @Argument(help: .init("Archives to judge; `-` is standard input.", valueName: "ARCHIVE"))
  var archives: [String] = []

  @Flag(help: "Prove everything anew, whatever was admitted before.")
  var fresh = false

  @Option(
    help: .init(
      "No archive: whether this image was admitted by the same policy and trust. Nothing is hashed. Repeatable.",
      valueName: "DIGEST"))
  var byDigest: [String] = []

  @OptionGroup var asked: DemandOptions

  @OptionGroup var selected: SelectionOptions

  @Option(
    name: .customLong("bundle"),
    help: .init("Sigstore bundle that lies beside the archive: .sigstore.json or .jsonl.", valueName: "FILE"))
  var bundles: [String] = []

  @Option(help: .init("Write copies of the reports into this folder.", valueName: "DIR"))
  var report: String?

  @OptionGroup var state: StateOptions
  @OptionGroup var pin: PINOptions
  @OptionGroup(title: "Confinement") var confinement: ConfinementOptions

  @Flag(help: "Machine-readable result (docs/formats/VerifyOutput.md).")
  var json = false

  func run() throws {
    let clock = UnixTime(wallClockSeconds())
    guard !archives.isEmpty || !byDigest.isEmpty else { throw UsageMistake("Name an ARCHIVE to judge.") }
    guard archives.isEmpty || byDigest.isEmpty else { throw UsageMistake("Give either ARCHIVEs or --by-digest.") }
    guard byDigest.isEmpty || (selected.isEverything && bundles.isEmpty && !fresh) else {
      throw UsageMistake("--by-digest asks about whole images: leave out --image, --platform, --bundle and --fresh.")
    }
    guard archives.filter({ $0 == "-" }).count <= 1 else { throw UsageMistake("Standard input can be read once.") }
    // Mistakes in the command are told before a TPM is asked for anything.
    let demand = try asked.demand()
    guard asked.said.name == nil || archives.count == 1 || !byDigest.isEmpty else {
      throw UsageMistake("--as names one image: give one ARCHIVE.")
    }
    let example = archives.first ?? "ARCHIVE"
    let store = try openStore()
    // Without a store there is no other policy than the one that is named.
    if store == nil, case .installed = demand.wish { throw PolicyDemand.nothingAsked(example) }
    let digests = try byDigest.map(Self.digest)
    let selection = try selected.selection()
    try OutputFolder.verifyUsable(report)
    for archive in archives { try InputFile.verifyPresent(MediaSource(argument: archive)) }
    let crew = confinement.crew()
    let named = try NamedBundles(bundles)
    // The archive is being read while the store opens.
    if let first = archives.first { try crew.expect(MediaSource(argument: first)) }
    try crew.confineKeeper(of: store, reportingTo: report, reading: pin.pinFile.map { [$0] } ?? [])
    let loose = try named.read(by: crew)

    let sitting = try Sitting(
      try store?.running(), asked: demand, said: asked.said, clock: clock, example: example, keeper: keeper)
    // Of each result what is still to be told: what was read goes with its archive.
    var verdict: Verdict?
    var documents: [JSON] = []
    var output = ResultStream()
    func add(_ result: ArchiveResult) throws {
      verdict = max(verdict ?? .admit, result.verdict)
      if json || report != nil { documents.append(.object(Render.object(of: result))) }
      if !json { try output.write { try Render.text(result) } }
    }
    for digest in digests {
      var result = try byDigest(digest, sitting)
      result.isBySoftwareTPM = sitting.isBySoftwareTPM
      try sitting.write(result, into: report)
      try add(result)
    }
    for archive in archives {
      try add(
        try sitting.judge(archive, selection, beside: loose, isFresh: fresh, by: crew, reportingTo: report))
    }
    let worst = verdict ?? .refuse
    let summary = Render.json(documents, worst)
    if json { try output.write { try Render.json(summary) } }
    if let report { try OutputFolder.write(summary.serialized(pretty: true), as: "summary.json", into: report) }
    try output.end(with: worst)
  }

  private func openStore() throws -> Store? {
    let store = try state.openIfPresent()
    if store == nil, !byDigest.isEmpty {
      throw UsageMistake("--by-digest asks the history of a store, and there is none.")
    }
    return store
  }

  /// With the store at work, where there is one, and its PIN tried.
  private func keeper(_ custodian: Custodian?) throws -> Keeper {
    guard let custodian else {
      Voice.sayUnprovisioned()
      return Keeper(nil)
    }
    // Nobody is asked for a PIN that nothing will be signed with.
    guard byDigest.isEmpty else { return Keeper(custodian) }
    let keeper = Keeper(custodian, pin: try pin.pin(for: custodian.store))
    try keeper.verifyPIN()
    return keeper
  }

  private static func digest(_ text: String) throws -> ClaimedDigest {
    do throws(Failure) {
      return try ClaimedDigest(Array(text.utf8), in: "--by-digest", malformed: .imageNotFound)
    } catch {
      throw UsageMistake("--by-digest takes sha256:… or sha512:…, not “\(text)”.")
    }
  }

  /// What the history says of a digest, without any archive.
  private func byDigest(_ image: ClaimedDigest, _ sitting: Sitting) throws -> ArchiveResult {
    let found = try sitting.keeper.known(
      image, under: sitting.inForce, on: sitting.occasion, program: programVersion)
    guard let known = found else {
      let missing = Failure(
        .receiptMissing, "\(image)",
        "no admission by this policy and trust is in the history, or a later refusal stands above it")
      return ArchiveResult(archive: "\(image)", failures: [missing], reading: nil)
    }
    return ArchiveResult(archive: "\(image)", reading: nil, images: [.known(known, [])])
  }
}
