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

  /// - Throws: what is no verdict: a mistyped path, a store that cannot write.
  func run() throws -> ArchiveResult {
    let source = MediaSource(argument: archive)
    try InputFile.verifyPresent(source)
    let progress = Progress.onScreen(archive)
    defer { progress?.end() }
    let reading: Reading
    do throws(Failure) {
      reading = try Reader.read(source) { done, total in progress?.update(done, total) }
    } catch {
      return ArchiveResult(archive: archive, failure: error)
    }
    progress?.end()
    let findings = demand.anchor.map { Prover.prove(reading.archive.evidence + loose, against: $0) } ?? []
    let judgements: [ImageJudgement]
    do throws(Failure) {
      judgements = try keeper.judge(
        reading.archive.images, findings, by: policy, selecting: selection, archiveFailures: reading.failures,
        undecidable: demand.undecidable)
    } catch {
      return ArchiveResult(archive: archive, failures: reading.failures + [error], reading: reading)
    }
    let circumstances = Circumstances(
      policy: policy, trustRoot: demand.trustRoot, clock: clock,
      medium: MediumFacts(
        name: fileName, shape: reading.shape, entries: reading.entries, size: reading.size), verifier: keeper.verifier,
      programVersion: programVersion)
    var images: [ImageResult] = []
    for judgement in judgements {
      let summary = VerificationSummary(judgement, findings, under: circumstances)
      images.append(ImageResult(summary: summary, report: try keeper.report(summary)))
    }
    return ArchiveResult(archive: archive, reading: reading, images: images)
  }

  private var fileName: String {
    archive == "-" ? "standard input" : archive.split(separator: "/").last.map(String.init) ?? archive
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

  init(archive: String, failure: Failure) {
    self.init(archive: archive, failures: [failure], reading: nil)
  }

  init(archive: String, failures: [Failure], reading: Reading?) {
    self.archive = archive
    self.failures = failures
    self.reading = reading
    images = []
  }

  init(archive: String, reading: Reading, images: [ImageResult]) {
    self.archive = archive
    self.reading = reading
    self.images = images
    failures = []
  }

  var verdict: Verdict {
    ([Verdict(failures)] + images.map(\.summary.judgement.verdict)).max() ?? .refuse
  }

  func copyReports(to folder: String) throws {
    for image in images {
      try OutputFolder.write(
        image.report.bytes, as: image.report.fileName(for: image.summary.judgement.image.digest), into: folder)
    }
  }
}

struct ImageResult {
  let summary: VerificationSummary
  let report: IssuedReport
}
