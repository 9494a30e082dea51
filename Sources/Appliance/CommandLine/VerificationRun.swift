import Cryptography
import Findings
import MediaReader
import OCIImage
import Octets
import Policy
import Reasons
import Report
import Roles

/// One archive on its way through reader, prover and keeper.
struct VerificationRun {
  let archive: String
  let demand: SignerDemand
  let policy: Policy
  let selection: Selection
  let loose: [Evidence]
  let keeper: Keeper
  let clock: UnixTime

  /// - Throws: what is no verdict: a store that cannot write.
  func run() throws -> ArchiveResult {
    let source = MediaSource(argument: archive)
    let progress = Progress.onScreen(archive)
    defer { progress?.end() }
    var reading: Reading?
    do {
      let found = try Reader.read(source) { done, total in progress?.update(done, total) }
      reading = found
      progress?.end()
      let findings = demand.anchor.map { Prover.prove(found.archive.evidence + loose, against: $0) } ?? []
      warnOfUnreadable(findings)
      let judgements = try keeper.judge(
        found.archive.images, findings, by: policy, selecting: selection, archiveFailures: found.failures,
        undecidable: demand.undecidable)
      return ArchiveResult(
        archive: shownArchive, reading: found, images: try judgements.map { try issue($0, findings, found) })
    } catch let failure as Failure {
      return try unjudged(source, (reading?.failures ?? []) + [failure], reading)
    }
  }

  /// What does not say which image it is about counts for none, and would be passed over without a word.
  private func warnOfUnreadable(_ findings: [Finding]) {
    for finding in findings where finding.attachedTo == nil && finding.subjects.isEmpty {
      guard case .failure(let failure) = finding.outcome else { continue }
      Voice.warn("\(printable(finding.carrier)) counts for no image: \(Voice.sentence(failure))")
    }
  }

  private func issue(_ judgement: ImageJudgement, _ findings: [Finding], _ reading: Reading) throws -> ImageResult {
    let summary = VerificationSummary(judgement, findings, under: circumstances(reading))
    return ImageResult(
      judgement: judgement, findings: findings, summary: summary, report: try keeper.report(summary))
  }

  /// No image could be judged. The archive as a whole gets the report, if it is a file that can be named by a digest.
  private func unjudged(_ source: MediaSource, _ failures: [Failure], _ reading: Reading?) throws -> ArchiveResult {
    let digest = Reader.digest(of: source)
    let report = try digest.map { digest in
      try keeper.report(VerificationSummary(archive: digest, failures: failures, under: circumstances(reading)))
    }
    return ArchiveResult(archive: shownArchive, failures: failures, reading: reading, digest: digest, report: report)
  }

  private var shownArchive: String { archive == "-" ? "standard input" : archive }

  private func circumstances(_ reading: Reading?) -> Circumstances {
    Circumstances(
      policy: policy, trustRoot: demand.trustRoot, clock: clock,
      medium: MediumFacts(
        name: shownArchive.split(separator: "/").last.map(String.init) ?? shownArchive,
        shape: reading?.shape, entries: reading?.entries ?? 0, size: reading?.size ?? 0),
      verifier: keeper.verifier, programVersion: programVersion)
  }
}

/// What came of one archive.
struct ArchiveResult {
  let archive: String
  /// Nil where the archive could not be read as a whole.
  let reading: Reading?
  /// Why no image was judged; empty where images were.
  let failures: [Failure]
  let images: [ImageResult]
  /// Digest of the whole file and the report about it, where no image was judged.
  let digest: ComputedDigest?
  let report: IssuedReport?

  init(
    archive: String, failures: [Failure], reading: Reading?, digest: ComputedDigest?, report: IssuedReport?
  ) {
    self.archive = archive
    self.failures = failures
    self.reading = reading
    self.digest = digest
    self.report = report
    images = []
  }

  init(archive: String, reading: Reading, images: [ImageResult]) {
    self.archive = archive
    self.reading = reading
    self.images = images
    (failures, digest, report) = ([], nil, nil)
  }

  var verdict: Verdict {
    ([Verdict(failures)] + images.map(\.judgement.verdict)).max() ?? .refuse
  }

  func copyReports(to folder: String) throws {
    for image in images {
      try OutputFolder.write(
        image.report.bytes, as: image.report.fileName(for: image.judgement.image.digest), into: folder)
    }
    if let digest, let report {
      try OutputFolder.write(report.bytes, as: report.fileName(for: ClaimedDigest(digest)), into: folder)
    }
  }
}

struct ImageResult {
  let judgement: ImageJudgement
  let findings: [Finding]
  let summary: VerificationSummary
  let report: IssuedReport
}
