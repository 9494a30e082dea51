import LedgerLeaf
import MediaReader
import MediumRecord
import OCIImage
import Octets
import Policy
import Quarantine
import Readings
import Reasons
import Report
import RoleMessages
import Roles
import StrictJSON

/// Lets admitted images out of the quarantine, and writes verdicts into its records. The keeper's own work: what it lets
/// out it has hashed itself, whatever a reader said.
struct LettingOut {
  let folders: QuarantineFolders
  let crew: Crew
  /// What the operator calls the one image, and what it was judged as; nil where the archive's names count.
  let name: String?

  /// Until it returns, nothing is removed of what was taken over of the archive.
  func result(of archive: ArchiveResult) throws -> ImportResult {
    defer { crew.copying?.letGo(of: .path(archive.archive)) }
    guard let medium = crew.copying?.copy(of: .path(archive.archive)) else {
      return ImportResult(archive: archive, medium: nil, outcomes: [])
    }
    let (quarantine, layout) = try CopyTrouble.saying { () throws(QuarantineError) in
      (try folders.opened(), try folders.openedLayout(waiting: Quarantine.longWait))
    }
    var atHand: MediumAtHand?
    var verdicts: [MediumRecord.Image] = []
    var outcomes: [ImportResult.Outcome] = []
    for image in archive.images {
      let (digest, names, report) = try image.facts
      verdicts.append(MediumRecord.Image(digest: digest, verdict: MediumRecord.Verdict(image.verdict), report: report))
      // Nothing was judged where nothing was read.
      guard image.verdict == .admit, let reading = archive.reading?.archive else { continue }
      do throws(QuarantineError) {
        let copy = if let atHand { atHand } else { try quarantine.atHand(medium) }
        atHand = copy
        let rehashed = try quarantine.rehash(
          digest, in: reading.shape, of: copy, without: Self.absent(digest, in: reading))
        let admission = try quarantine.admit(
          rehashed, named: name.map { [$0] } ?? names, byOperator: name != nil, from: copy, into: layout)
        outcomes.append(.out(digest, admission))
      } catch {
        // The verdict stands, and is recorded; the copy is not what was judged, or the disk does not take it.
        do throws(CopyTrouble) { outcomes.append(.kept(digest, try Self.fault(error, medium))) } catch {
          outcomes.append(.waiting(digest, error))
        }
      }
    }
    do throws(QuarantineError) { try quarantine.judge(medium, verdicts) } catch {
      Voice.warn("the quarantine does not have these verdicts: \(Voice.sentence(try Self.fault(error, medium)))")
    }
    return ImportResult(archive: archive, medium: medium, outcomes: outcomes)
  }

  /// What a reader in foreign hands can say of its copy, or leave in its place: it costs its own archive, and no other.
  /// - Throws: `CopyTrouble` for what is the disk's.
  private static func fault(_ error: QuarantineError, _ medium: String) throws(CopyTrouble) -> Failure {
    switch error {
    case .input(let failure): failure
    case .unknownMedium, .notCopied: Failure(.quarantineMalformed, "medium \(medium)", "\(error)")
    case .noSpace, .held, .file: throw CopyTrouble(error)
    }
  }

  /// What the verdict knew that was not carried: foreign layers, where the policy allows that. (An index is admitted whole.)
  private static func absent(_ digest: ClaimedDigest, in archive: ImageArchive) -> Set<ClaimedDigest> {
    guard let image = archive.images.first(where: { $0.digest == digest }) else { return [] }
    var absent: Set<ClaimedDigest> = []
    for part in image.parts {
      if part.isAbsent { absent.insert(part.digest) }
      absent.formUnion(part.layers.filter { !$0.isCarried }.map(\.digest))
    }
    return absent
  }
}

/// What came of one archive of a medium.
struct ImportResult {
  enum Outcome {
    case out(ClaimedDigest, Admission)
    /// Admitted, and not let out: its copy was altered since it was judged.
    case kept(ClaimedDigest, Failure)
    /// Admitted, and the disk did not take it: it is let out by the next import of the same medium.
    case waiting(ClaimedDigest, CopyTrouble)
  }

  let archive: ArchiveResult
  /// Its id in the quarantine; nil where it was not copied.
  let medium: String?
  let outcomes: [Outcome]

  var verdict: Verdict {
    let kept = outcomes.contains { if case .kept = $0 { true } else { false } }
    return kept ? .refuse : archive.verdict
  }

  /// What kept an admitted image in.
  var trouble: CopyTrouble? {
    outcomes.lazy.compactMap { if case .waiting(_, let trouble) = $0 { trouble } else { nil } }.first
  }

  /// An archive may call an image by ten thousand names, and hang as many things on it.
  private static let mostLines = 20

  /// For people, below the verdict.
  func lines(_ folders: QuarantineFolders) -> [String] {
    var lines: [String] = []
    for outcome in outcomes {
      switch outcome {
      case .kept(let digest, let failure):
        lines.append("not let out  \(digest): \(Voice.sentence(failure))")
      case .waiting(let digest, let trouble):
        lines.append("not let out  \(digest): \(trouble); the next import of this medium does it")
      case .out(let digest, let admission):
        let names = admission.names.isEmpty ? "without a name" : "as " + admission.names.joined(separator: ", ")
        lines.append("let out      \(digest) \(names), in \(folders.admittedPath)")
        if admission.manifest != digest { lines.append("             its manifest there is \(admission.manifest)") }
        if admission.attachments > 0 {
          lines.append("             with what hangs on it (signatures, attestations): \(admission.attachments)")
        }
        for name in admission.unfitNames.prefix(Self.mostLines) {
          lines.append("             not under the name “\(printable(name))”")
        }
        if admission.unfitNames.count > Self.mostLines {
          lines.append("             nor under \(admission.unfitNames.count - Self.mostLines) others")
        }
        for older in admission.displaced {
          lines.append("             “\(older.name)” stood for \(older.digest), which stays without it")
        }
        for failure in admission.leftBehind.prefix(Self.mostLines) {
          lines.append("             left behind: \(Voice.sentence(failure))")
        }
        if admission.leftBehind.count > Self.mostLines {
          lines.append("             and \(admission.leftBehind.count - Self.mostLines) others")
        }
      }
    }
    if let medium { lines.append("kept         medium \(medium) in \(folders.path)") }
    return lines
  }

  /// What the end of the command needs of it: neither what was read nor what was proven.
  struct Told {
    let verdict: Verdict
    let trouble: CopyTrouble?
    /// Images that were let out.
    let out: Int
    /// `docs/formats/ImportOutput.md`; nil where nobody asked for it.
    let document: JSON?
  }

  func told(withDocument: Bool) -> Told {
    Told(
      verdict: verdict, trouble: trouble, out: outcomes.count { if case .out = $0 { true } else { false } },
      document: withDocument ? json : nil)
  }

  /// The last line, where there are several: it is what a person looks for, and the exit status follows it.
  static func summary(_ results: [Told], _ verdict: Verdict) -> String {
    let out = results.reduce(0) { $0 + $1.out }
    let counts = [Verdict.admit, .incomplete, .refuse].compactMap { kind in
      let count = results.count { $0.verdict == kind }
      return count > 0 ? "\(count) \(kind.rawValue)" : nil
    }
    return "\(verdict.rawValue): \(results.count) archives (\(counts.joined(separator: ", "))), let out: \(out)"
  }

  /// `docs/formats/ImportOutput.md`.
  static func json(
    _ results: [Told], _ verdict: Verdict, _ leftThere: [(path: String, why: String)],
    _ folders: QuarantineFolders
  ) -> JSON {
    [
      "format": "assay-import/1", "verdict": .text(verdict.rawValue), "admitted": .text(folders.admittedPath),
      "archives": .array(results.compactMap(\.document)),
      "leftThere": .array(
        leftThere.map { ["path": .text(printable($0.path, limit: 4096)), "why": .text($0.why)] }),
    ]
  }

  private var json: JSON {
    var object = Render.object(of: archive)
    object.append("medium", medium.map { .text($0) } ?? .null)
    object.append(
      "letOut",
      .array(
        outcomes.map { outcome in
          switch outcome {
          case .kept(let digest, let failure): ["digest": "\(digest)", "manifest": .null, "reason": failure.json]
          case .waiting(let digest, let trouble): ["digest": "\(digest)", "manifest": .null, "trouble": "\(trouble)"]
          case .out(let digest, let admission):
            [
              "digest": "\(digest)", "manifest": "\(admission.manifest)",
              "names": .array(admission.names.map { .text($0) }),
              "unfitNames": .array(admission.unfitNames.map { .text(printable($0)) }),
              "displaced": .array(
                admission.displaced.map { ["name": .text($0.name), "digest": "\($0.digest)"] }),
              "attachments": .integer(Int64(admission.attachments)),
              "leftBehind": .array(admission.leftBehind.map(\.json)),
            ]
          }
        }))
    return .object(object)
  }
}

extension ImageResult {
  /// Digest, names, and the report's digest.
  fileprivate var facts: (ClaimedDigest, [String], ClaimedDigest?) {
    get throws {
      switch self {
      case .judged(let judgement, _, _, let report):
        (judgement.image.digest, judgement.image.names, ClaimedDigest(report.digest))
      case .known(let known, let names): (known.record.image, names, known.report)
      }
    }
  }
}

extension MediumRecord.Verdict {
  init(_ verdict: Verdict) {
    self =
      switch verdict {
      case .admit: .admit
      case .refuse: .refuse
      case .incomplete: .incomplete
      }
  }
}
