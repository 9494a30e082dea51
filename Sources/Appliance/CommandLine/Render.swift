import Findings
import LedgerLeaf
import OCIImage
import Octets
import Policy
import Readings
import Reasons
import Report
import Roles
import StrictJSON
import Terminal

/// Results on standard output: text for a person, JSON for a machine.
enum Render {
  static func json(_ value: JSON) throws { try write(String(decoding: value.serialized(pretty: true), as: UTF8.self)) }

  static func write(_ text: String) throws {
    guard Terminal.writeOutput(text.hasSuffix("\n") ? text : text + "\n") else { throw OutputLost() }
  }

  /// `docs/formats/VerifyOutput.md`.
  /// - Parameter archives: each as `object(of:)` has it.
  static func json(_ archives: [JSON], _ verdict: Verdict) -> JSON {
    ["format": "assay-verify/1", "verdict": .text(verdict.rawValue), "archives": .array(archives)]
  }

  static func object(of result: ArchiveResult) -> JSONObject {
    var object: JSONObject = ["archive": .text(printable(result.archive)), "verdict": .text(result.verdict.rawValue)]
    if let reading = result.reading {
      object.append("shape", .text(reading.shape))
      object.append("entries", .integer(Int64(reading.entries)))
      object.append("bytes", .integer(Int64(clamping: reading.size)))
      object.append("notes", .array(reading.archive.notes.map(\.json)))
    }
    object.append("reasons", .array(result.failures.map(\.json)))
    object.append("images", .array(result.images.map(json)))
    if let report = result.report { object.append("report", json(report)) }
    return object
  }

  private static func json(_ image: ImageResult) -> JSON {
    switch image {
    case .judged(let judgement, let findings, let summary, let report):
      let explanation = Explanation(
        judgement: judgement, findings: findings, policy: summary.circumstances.policy, notes: summary.notes)
      var object = explanation.json
      object.append("report", json(report))
      return .object(object)
    case .known(let known, let names):
      return [
        "digest": "\(known.record.image)", "names": .array(names.map { .text(printable($0)) }), "verdict": "admit",
        "reasons": [], "parts": [], "evidence": [], "waivers": [], "notes": [],
        "report": ["digest": "\(known.report)", "signed": true, "path": .text(known.path)],
        "receipt": ["leaf": .integer(Int64(clamping: known.leaf)), "recorded": "\(known.recorded)"],
      ]
    }
  }

  private static func json(_ report: IssuedReport) -> JSON {
    var object: JSONObject = [
      "digest": "\(ClaimedDigest(report.digest))", "signed": .bool(report.isSigned),
      "path": report.record.map { .text($0.path) } ?? .null,
    ]
    if let record = report.record {
      object.append("leaf", .integer(Int64(clamping: record.leaf)))
      object.append("commit", .integer(Int64(clamping: record.commit)))
    }
    return .object(object)
  }

  // MARK: Text

  static func text(_ result: ArchiveResult) throws {
    let headline = headline(result)
    var lines = headline.map { [$0] } ?? []
    lines += result.failures.flatMap(reason)
    let signed = result.isBySoftwareTPM ? ["              signed by a software TPM: for trying out"] : []
    if let issued = result.report { lines += report(issued) + signed }
    for image in result.images { lines += (headline == nil ? [] : [""]) + text(image) + signed }
    for note in result.reading?.archive.notes ?? [] { lines += ["  note        \(Voice.sentence(note))"] }
    try write(lines.joined(separator: "\n") + "\n")
  }

  private static func headline(_ result: ArchiveResult) -> String? {
    guard let reading = result.reading else {
      return result.images.isEmpty ? "\(Paint.verdict(result.verdict))  \(printable(result.archive))" : nil
    }
    let medium =
      "\(reading.shape), \(Quantity.count(reading.entries, "file")), "
      + Quantity.bytes(reading.size)
    let prefix = result.images.isEmpty ? "\(Paint.verdict(result.verdict))  " : ""
    return "\(prefix)\(printable(result.archive))  (\(medium), every byte hashed)"
  }

  private static func text(_ image: ImageResult) -> [String] {
    switch image {
    case .judged(let judgement, let findings, let summary, let report): text(judgement, findings, summary, report)
    case .known(let known, let names): text(known, names)
    }
  }

  private static func text(_ known: KnownVerdict, _ names: [String]) -> [String] {
    let names = names.map { "  " + printable($0) }.joined()
    return [
      "\(Paint.verdict(.admit))  \(known.record.image)\(names)",
      "  receipt     verdict in leaf \(known.leaf), \(known.recorded); what it rests on has not changed",
      "  report      \(known.report)  \(known.path)",
    ]
  }

  private static func text(
    _ judgement: ImageJudgement, _ findings: [Finding], _ summary: VerificationSummary, _ issued: IssuedReport
  ) -> [String] {
    let names = judgement.image.namesThatCount.map { printable($0) }.joined(separator: ", ")
    // An image of one manifest is its own only part: one line says both.
    let sole = judgement.parts.count == 1 && judgement.parts[0].part.digest == judgement.image.digest
    let platform = sole ? judgement.parts[0].part.platform.map { "  \($0)" } ?? "" : ""
    var lines = [
      "\(Paint.verdict(judgement.verdict))  \(judgement.image.digest)\(platform)\(names.isEmpty ? "" : "  \(names)")"
    ]
    for part in judgement.parts where !sole {
      let label = part.part.platform.map { "\($0)" } ?? part.part.roleName
      lines.append("  \(Paint.verdict(part.verdict))  \(label)  \(part.part.digest)")
    }
    var seen: Set<Int> = []
    for index in judgement.parts.flatMap(\.satisfiedBy) where seen.insert(index).inserted {
      lines += FindingText.lines(findings[index])
    }
    lines += rules(judgement, summary)
    if judgement.verdict == .admit { lines += limits(summary.circumstances) }
    lines += judgement.reasons.flatMap(reason)
    var warned: Set<Failure> = []
    for warning in judgement.parts.flatMap(\.warnings) + summary.notes where warned.insert(warning).inserted {
      lines.append("  warning     \(Voice.sentence(warning))")
    }
    return lines + report(issued)
  }

  /// Which rules of a document decided, and what was waived.
  private static func rules(_ judgement: ImageJudgement, _ summary: VerificationSummary) -> [String] {
    let origin: String
    switch summary.circumstances.origin {
    case .commandLine: return []
    case .file(let name): origin = "from the file \(printable(name))"
    case .installed(let name): origin = "installed as \(printable(name))"
    }
    var seen: Set<String> = []
    let names = judgement.parts.flatMap(\.rules).map(\.rule.name).filter { seen.insert($0).inserted }
    let policy = summary.circumstances.policy
    return ["  policy      \(printable(policy.name)), \(ClaimedDigest(policy.digest)), \(origin)"]
      + names.map { "  rule        \(printable($0))" } + summary.waivers.map { "  waiver      \($0.wording)" }
  }

  /// What an admit does not say by itself.
  private static func limits(_ circumstances: Circumstances) -> [String] {
    var lines: [String] = []
    for root in circumstances.trustRoots {
      let origin =
        root.isInstalled ? "installed as \(printable(root.name))" : "given as a file: its age is not known"
      lines.append("  trust root  \(ClaimedDigest(root.digest)), \(origin)")
    }
    lines.append("  revocation  \(TrustFacts.revocationWords(circumstances.trust))")
    return lines
  }

  private static func report(_ report: IssuedReport) -> [String] {
    guard let record = report.record else { return ["  report      \(ClaimedDigest(report.digest))  (not signed)"] }
    return [
      "  report      \(ClaimedDigest(report.digest))  \(record.path)",
      "  recorded    leaf \(record.leaf) of the ledger, commit \(record.commit), anchored in the TPM",
    ]
  }

  /// No image could be judged.
  static func unjudged(_ archive: String, _ failures: [Failure]) -> [String] {
    ["\(Paint.verdict(Verdict(unjudged: failures)))  \(printable(archive))"] + failures.flatMap(reason)
  }

  static func reason(_ failure: Failure) -> [String] {
    ["  reason      \(Voice.sentence(failure))", "              → \(failure.reason.explanation.remedy)"]
  }
}

/// A result that could not be written: the disk behind the pipe is full, or its reader is gone.
struct OutputLost: Error, CustomStringConvertible {
  let description = "The result could not be written to standard output."
}

/// Colour, on a terminal only.
enum Paint {
  static func verdict(_ verdict: Verdict) -> String {
    let word = verdict.rawValue + String(repeating: " ", count: 10 - verdict.rawValue.utf8.count)
    guard Terminal.outputIsColourful else { return word }
    let colour =
      switch verdict {
      case .admit: "32"
      case .incomplete: "33"
      case .refuse: "31"
      }
    return "\u{1b}[1;\(colour)m\(word)\u{1b}[0m"
  }
}
