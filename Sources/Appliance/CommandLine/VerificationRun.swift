import Cryptography
import Dossier
import Findings
import LedgerLeaf
import MediaReader
import OCIImage
import Octets
import Policy
import Readings
import Reasons
import Report
import Roles
import Verification

/// One archive on its way through reader, prover and keeper.
struct VerificationRun {
  let archive: String
  let inForce: PolicyInForce
  let said: OccasionOptions
  /// What was said, and the effective time.
  let occasion: Occasion
  let selection: Selection
  let beside: Result<[Evidence], Failure>
  let keeper: Keeper
  let trust: TrustInForce
  /// The machine's clock: a claim.
  let clock: UnixTime
  /// What a verdict of the past is not asked for.
  let isFresh: Bool
  let crew: Crew
  let warned: BundleWarnings

  /// - Throws: what is no verdict: a store that cannot write.
  func run() throws -> ArchiveResult {
    let source = MediaSource(argument: archive)
    let progress = Progress.onScreen(archive)
    defer { progress?.end() }
    var reading: Reading?
    do {
      _ = try beside.get()
      let prover = try ConfinedProver(inForce.request, entries: trust.entries, about: source.description, of: crew)
      let found = try crew.read(source) { done, total in progress?.update(done, total) }
      reading = found
      progress?.end()
      try said.verifyMeant(found.archive.images, selection, in: shownArchive)
      if let known = try known(found) {
        return ArchiveResult(archive: shownArchive, reading: found, images: known)
      }
      return try judged(found, by: prover)
    } catch let failure as Failure {
      return try unjudged(source, (reading?.failures ?? []) + [failure], reading)
    }
  }

  private var loose: [Evidence] { (try? beside.get()) ?? [] }

  private func judged(_ reading: Reading, by prover: ConfinedProver) throws -> ArchiveResult {
    let pieces = reading.archive.evidence + loose
    let findings = try prover.prove(pieces)
    warnOfUnreadable(findings)
    let judgements = try keeper.judge(
      reading.archive.images, of: reading.archive.documents, findings, by: inForce.policy, standing: inForce.standings,
      denying: trust.denials, selecting: selection, archiveFailures: reading.failures, on: occasion)
    let documents = reading.archive.documents.byDigest
    try RecordedBytes.verifyBounded(judgements, findings, pieces, documents, under: inForce.policy)
    let circumstances = try circumstances(reading)
    let evidenceDigest = VerdictBasis.evidence(pieces)
    // Of all images together: hashed once, however many there are.
    let given = Dictionary(grouping: trust.entries?.given ?? [], by: \.leafHash)
    let origins = Dictionary(grouping: pieces.indices) { Origin(pieces[$0]) }
    let cases = try judgements.map { judgement in
      Case(
        VerificationSummary(
          judgement, findings, noting: inForce.policy.notes(on: judgement, at: occasion.now), under: circumstances),
        basis(judgement.parts.map(\.part), of: (judgement.image, reading.archive.shape), evidenceDigest),
        try dossier(judgement, reading.archive.shape, documents, findings, pieces, origins, given),
        until: [judgement.until, inForce.until].compactMap(\.self).min())
    }
    // What lies beside all archives of a stick is written down with those that it is about.
    let concerning = Self.origins(concerning: judgements.flatMap(\.parts), findings)
    let evidence = reading.archive.evidence + loose.filter { concerning.contains(Origin($0)) }
    let medium = TakenMedium(
      digest: ClaimedDigest(reading.inventory), size: reading.size, label: shownArchive,
      images: judgements.map(\.image.digest), evidence: evidence.map { ClaimedDigest($0.digest) })
    let reports = try keeper.issue(cases, of: medium, reaching: reached(findings, pieces), clock: clock)
    let images = zip(judgements, zip(cases, reports)).map { judgement, issued in
      ImageResult.judged(judgement, findings, issued.0.summary, issued.1)
    }
    return ArchiveResult(archive: shownArchive, reading: reading, images: images)
  }

  /// Verdicts of the past, where all that was asked about has one: the bytes were hashed just now, and nothing is wrong
  /// with them.
  private func known(_ reading: Reading) throws -> [ImageResult]? {
    guard !isFresh, keeper.custodian != nil, reading.failures.isEmpty else { return nil }
    let selected = try selection.parts(of: reading.archive.images)
    let denials = inForce.policy.denials(beside: trust.denials, of: reading.archive.documents)
    guard selection.ambiguousNames(among: reading.archive.images).isEmpty,
      selected.allSatisfy({ image, parts in
        zip(parts, inForce.policy.choices(for: parts, of: image, on: occasion)).allSatisfy { part, choice in
          inForce.policy.problems(of: part, under: choice).isEmpty && denials.objections(to: part).isEmpty
        }
      })
    else { return nil }
    let evidenceDigest = VerdictBasis.evidence(reading.archive.evidence + loose)
    var images: [ImageResult] = []
    for (image, parts) in selected {
      guard
        let known = try keeper.known(
          image.digest, on: basis(parts, of: (image, reading.archive.shape), evidenceDigest), now: occasion.now)
      else { return nil }
      images.append(.known(known, image.names))
    }
    return images
  }

  /// - Parameter image: and where it was read; nil where none was.
  private func basis(
    _ parts: [Part], of image: (Image, ImageArchive.Shape)?, _ evidence: ClaimedDigest
  ) -> VerdictBasis {
    let isConfined = !crew.isUnconfined
    return VerdictBasis(
      policy: ClaimedDigest(inForce.policy.digest),
      requirements: image.map { image, shape in
        inForce.requirements(of: parts, in: image, shape, on: occasion, program: programVersion, isConfined: isConfined)
      }
        ?? VerdictBasis.requirements(
          program: programVersion, isConfined: isConfined, said: occasion, shape: nil, parts: []),
      trust: inForce.trustBasis, evidence: evidence)
  }

  /// The latest time that a source of the installed trust root signed. Roots that the operator names show nothing: anybody
  /// can make one.
  private func reached(_ findings: [Finding], _ pieces: [Evidence]) -> TimeEvidence? {
    var latest: (established: EstablishedTime, finding: Finding)?
    for finding in findings where inForce.isOnInstalledRoot(finding) {
      guard case .success(let proven) = finding.outcome else { continue }
      for established in proven.times where established.time > latest?.established.time ?? UnixTime(.min) {
        latest = (established, finding)
      }
    }
    guard let (established, finding) = latest, let bytes = pieces.first(where: { Origin($0) == Origin(finding) })?.bytes
    else { return nil }
    return TimeEvidence(
      source: established.source.asEvidence, reached: established.time, evidence: ClaimedDigest(digest(bytes)))
  }

  /// What log snapshots gave to the evidence about one image.
  private func entries(
    of judgement: ImageJudgement, _ findings: [Finding], _ given: [[UInt8]: [SnapshotEntry]]
  ) -> [SnapshotEntry] {
    var leaves: Set<[UInt8]> = []
    return judgement.parts.flatMap(\.concerning).flatMap { position -> [SnapshotEntry] in
      guard case .success(let proven) = findings[position].outcome else { return [] }
      return proven.log.compactMap(\.snapshotLeaf).filter { leaves.insert($0).inserted }.flatMap { given[$0] ?? [] }
    }
  }

  /// - Throws: `archive.limit-exceeded` where it could not be read again: nothing is admitted that cannot be proven again.
  private func dossier(
    _ judgement: ImageJudgement, _ shape: ImageArchive.Shape, _ documents: [ClaimedDigest: ImageDocument],
    _ findings: [Finding], _ pieces: [Evidence], _ origins: [Origin: [Int]], _ given: [[UInt8]: [SnapshotEntry]]
  ) throws(Failure) -> Dossier {
    let concerning = Self.origins(concerning: judgement.parts, findings)
    let dossier = Dossier(
      shape, image: judgement.image, documents: documents, parts: judgement.parts.map(\.part),
      archiveFailures: judgement.parts[0].archiveFailures,
      evidence: concerning.flatMap { origins[$0] ?? [] }.sorted().map { pieces[$0] },
      asking: inForce.question(on: occasion),
      entries: entries(of: judgement, findings, given))
    guard keeper.custodian == nil || dossier.bytes.count <= Dossier.mostBytes else {
      throw Failure(
        .archiveLimitExceeded, "\(judgement.image.digest)",
        "its evidence takes more than \(Dossier.mostBytes) bytes to record")
    }
    return dossier
  }

  /// One piece may give several findings; which piece one came from, digest and carrier say.
  private static func origins(concerning parts: [PartJudgement], _ findings: [Finding]) -> Set<Origin> {
    Set(Set(parts.flatMap(\.concerning)).map { Origin(findings[$0]) })
  }

  /// What does not say which image it is about counts for none, and would be passed over without a word.
  private func warnOfUnreadable(_ findings: [Finding]) {
    let brought = Set(loose.map(Origin.init))
    let own = BundleWarnings()
    var seen: Set<Origin> = []
    for finding in findings where finding.attachedTo == nil && finding.subjects.isEmpty {
      let origin = Origin(finding)
      guard case .failure(let failure) = finding.outcome, seen.insert(origin).inserted else { continue }
      let words = "\(printable(finding.carrier)) counts for no image: \(Voice.sentence(failure))"
      // It lies beside all archives, and is the same to each.
      (brought.contains(origin) ? warned : own).warn(of: origin.carrier, words)
    }
  }

  /// No image could be judged: the archive as a whole gets the report.
  private func unjudged(_ source: MediaSource, _ failures: [Failure], _ reading: Reading?) throws -> ArchiveResult {
    let inventory = reading.map { ClaimedDigest($0.inventory) }
    // What is taken in is read once: of other bytes at the second time, nothing would have been said.
    let file = crew.copying == nil ? crew.digest(of: source) : nil
    let about: UnjudgedArchive = file.map { .file($0) } ?? inventory.map { .inventory($0) } ?? .unread(shownArchive)
    let pieces = (reading?.archive.evidence ?? []) + loose
    let matter = Case(
      VerificationSummary(about, failures: failures, under: try circumstances(reading)),
      basis([], of: nil, VerdictBasis.evidence(pieces)), nil)
    let medium = TakenMedium(
      digest: inventory ?? about.digest, size: reading?.size ?? 0, label: shownArchive, images: [], evidence: [])
    let report = try keeper.issue([matter], of: medium, clock: clock).first
    return ArchiveResult(
      archive: shownArchive, failures: failures, reading: reading, digest: about.digest, report: report)
  }

  private var shownArchive: String { archive == "-" ? "standard input" : archive }

  private func circumstances(_ reading: Reading?) throws -> Circumstances {
    Circumstances(
      policy: inForce.policy, from: inForce.origin, trustRoots: inForce.rootFacts, on: occasion,
      trust: keeper.custodian == nil ? nil : trust.facts, time: try keeper.time(clock: clock),
      medium: MediumFacts(
        name: InputFile.name(of: shownArchive),
        shape: reading?.shape, entries: reading?.entries ?? 0, size: reading?.size ?? 0),
      verifier: keeper.verifier, confinement: crew.facts, programVersion: programVersion)
  }
}

extension EstablishedTime.Source {
  fileprivate var asEvidence: TimeEvidence.Source {
    switch self {
    case .signedEntryTimestamp: .logCheckpoint
    case .timestampAuthority: .timestampAuthority
    }
  }
}
