import Cryptography
import Findings
import LedgerLeaf
import OCIImage
import Octets
import Policy
import Readings
import Reasons
import Report
import Roles

/// What came of one archive.
struct ArchiveResult {
  let archive: String
  /// Nil where the archive could not be read as a whole, or none was read.
  var reading: Reading?
  /// Why no image was judged; empty where images were.
  var failures: [Failure] = []
  var images: [ImageResult] = []
  /// Digest of the whole file and the report about it, where no image was judged.
  var digest: ClaimedDigest?
  var report: IssuedReport?
  /// Whether what signed is no chip.
  var isBySoftwareTPM = false

  init(
    archive: String, failures: [Failure], reading: Reading?, digest: ClaimedDigest? = nil, report: IssuedReport? = nil
  ) {
    self.archive = archive
    self.failures = failures
    self.reading = reading
    self.digest = digest
    self.report = report
  }

  init(archive: String, reading: Reading?, images: [ImageResult]) {
    self.archive = archive
    self.reading = reading
    self.images = images
  }

  var verdict: Verdict {
    images.map(\.verdict).max().map { max($0, Verdict(failures)) } ?? Verdict(unjudged: failures)
  }

  /// Every report about what was asked, with the digest that it is about: those of the past among them.
  func reports(_ keeper: Keeper) throws -> [(ClaimedDigest, IssuedReport)] {
    var known = try keeper.issued(images.compactMap { if case .known(let known, _) = $0 { known } else { nil } })[...]
    var reports: [(ClaimedDigest, IssuedReport)] = []
    for image in images {
      switch image {
      case .judged(let judgement, _, _, let report): reports.append((judgement.image.digest, report))
      case .known(let verdict, _): if let report = known.popFirst() { reports.append((verdict.record.image, report)) }
      }
    }
    if let digest, let report { reports.append((digest, report)) }
    return reports
  }
}

/// What came of one image.
enum ImageResult {
  case judged(ImageJudgement, [Finding], VerificationSummary, IssuedReport)
  /// A verdict of the past that still holds, and the names that the archive gives the image now.
  case known(KnownVerdict, [String])

  var verdict: Verdict {
    switch self {
    case .judged(let judgement, _, _, _): judgement.verdict
    case .known: .admit
    }
  }
}
