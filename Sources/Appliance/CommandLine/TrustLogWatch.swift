import ArgumentParser
import LogStore
import Octets
import Policy
import Reasons
import Roles
import Store
import StrictJSON

/// `assay trust log watch`
struct TrustLogWatch: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch",
    abstract: "List what was signed under a name or key, and what of it never came here.",
    discussion: """
      Goes through every entry that is carried of the logs, and lists those that this signer made. One is known if \
      what was signed stands in --known FILE, is an image (or a judged part of one) that this appliance gave a \
      verdict about, or is what the evidence of a recorded verdict was signed over. Every other one is UNKNOWN: \
      somebody signed as this signer, and what was signed never came here.

        assay trust log watch --certificate-identity release@example.com \\
            --certificate-oidc-issuer https://accounts.example.com --known released.txt

      FILE has one sha256:… a line; lines with # are for people. The end says which entries were gone through \
      without a gap: within those, nothing else was signed as this signer. Who signed is the entry's own word; a log \
      takes entries under any name, so that an UNKNOWN one may also be an attempt that no verifier would believe.

      0: all are known; 3: at least one is UNKNOWN.
      """)

  @OptionGroup var signer: SignerOptions
  @Option(help: .init("Digests of what this signer did sign, one a line.", valueName: "FILE")) var known: String?
  @Option(help: .init("Only this log, by its origin.", valueName: "ORIGIN")) var log: String?
  @OptionGroup var state: StateOptions
  @Flag(help: "One JSON object a line (docs/formats/LogOutput.md).") var json = false

  /// Bytes of a list of digests: a million.
  private static let listLimit = 80 << 20

  func run() throws {
    guard signer.trustedRoot.isEmpty, signer.instance == nil else {
      throw UsageMistake("No chain is verified here: leave --trusted-root and --instance out.")
    }
    guard let rule = try signer.demand()?.rule else {
      throw UsageMistake("Whom to watch for: --certificate-identity and --certificate-oidc-issuer, or --key.")
    }
    let listed = try known.map(Self.list) ?? []
    let custodian = try state.running()
    let chosen = try TrustLogProve.choose(try AcceptedLogs(custodian).logs, named: log)
    guard !chosen.isEmpty else { throw UsageMistake("No log is known: a trust bundle's role “logs” brings snapshots.") }
    let judged = try JudgedDigests(custodian)
    if judged.unreadable > 0 {
      Voice.warn(
        "\(Quantity.count(judged.unreadable, "dossier")) of past verdicts cannot be read; what was signed over there counts as unknown."
      )
    }
    var alarms = 0
    for log in chosen {
      var sightings = (all: 0, unknown: 0)
      let coverage = try LogWatch(for: rule).run(over: log.kept) { sighting in
        let source = Self.source(sighting.words.signed, listed, judged)
        sightings.all += 1
        if source == nil { sightings.unknown += 1 }
        let text = LogEntryText(sighting.leaf, in: nil, of: log)
        try Render.write(json ? Self.line(text, source) : Self.lines(text, source).joined(separator: "\n"))
      }
      alarms += sightings.unknown
      if json {
        try Render.write(String(decoding: WatchText.json(coverage, log, sightings).serialized(), as: UTF8.self))
      } else {
        try Render.write(WatchText.lines(coverage, log, sightings).joined(separator: "\n"))
      }
    }
    if alarms > 0 { throw ExitCode(ExitStatus.of(.refuse)) }
  }

  // MARK: What is known

  private enum Source {
    case list
    case verdict(JudgedDigests.Meeting)

    var words: String {
      switch self {
      case .list: "stands in the list"
      case .verdict(let meeting): "met in judging: leaf \(meeting.leaf), \(meeting.verdict.name)"
      }
    }
  }

  /// One digest is enough: of an envelope, an entry may name both the payload and the whole.
  private static func source(
    _ signed: [ClaimedDigest], _ listed: Set<ClaimedDigest>, _ judged: JudgedDigests
  ) -> Source? {
    if signed.contains(where: listed.contains) { return .list }
    return signed.lazy.compactMap { judged[$0] }.first.map { .verdict($0) }
  }

  private static func list(_ path: String) throws -> Set<ClaimedDigest> {
    var digests: Set<ClaimedDigest> = []
    let lines = try InputFile.read(path, upTo: listLimit).split(separator: 0x0a)
    for line in lines where line.first != UInt8(ascii: "#") {
      // As sha256sum and editors leave them.
      let text = line.last == 0x0d ? line.dropLast() : line
      digests.insert(try TrustLogFind.digest(printable(text, limit: 200), "\(path) has a digest a line"))
    }
    return digests
  }

  // MARK: Words

  private static func lines(_ text: LogEntryText, _ source: Source?) -> [String] {
    ["\(source == nil ? "UNKNOWN  " : "known    ")\(text.headline)"] + text.lines.dropFirst()
      + (source.map { ["  known       \($0.words)"] } ?? [])
  }

  private static func line(_ text: LogEntryText, _ source: Source?) -> String {
    var object = text.json
    object.append("known", .bool(source != nil))
    if case .verdict(let meeting)? = source { object.append("verdictLeaf", .integer(Int64(clamping: meeting.leaf))) }
    return String(decoding: JSON.object(object).serialized(), as: UTF8.self)
  }
}
