import ArgumentParser
import Octets
import Policy
import Reasons
import Report
import Roles
import Store
import StrictJSON
import Terminal

/// `assay recheck`: whether past admissions still hold.
struct RecheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recheck",
    abstract: "Prove past admissions again from the kept evidence, with today's code and trust.",
    discussion: """
      Lists every verdict that would change. 0: all hold; 3: at least one would change; 4: none would, and some can no \
      longer be proven. Nothing is recorded.
      """)

  @OptionGroup var state: StateOptions
  @OptionGroup(title: "Confinement") var confinement: ConfinementOptions
  @Argument(help: .init("The image; --all for every admission.", valueName: "DIGEST")) var image: String?
  @Flag(help: "Every admission of the history.") var all = false
  @Option(
    help: .init(
      "Today's trust root; without it, the one that each verdict was given under. NAME=FILE in place of the one that "
        + "reports name so; repeatable.", valueName: "FILE"))
  var trustedRoot: [String] = []
  @Flag(help: "One JSON object a line.") var json = false

  func run() throws {
    guard (image == nil) == all else { throw UsageMistake("Name a DIGEST, or give --all.") }
    let image = try image.map { text in
      do throws(Failure) {
        return try ClaimedDigest(Array(text.utf8), in: "", malformed: .imageNotFound)
      } catch {
        throw UsageMistake("An image is named by sha256:… or sha512:…, not “\(text)”.")
      }
    }
    let roots = try SignerOptions.givenRoots(trustedRoot)
    let store = try state.open()
    let crew = confinement.crew()
    crew.keepsProverAhead = true
    try crew.confineKeeper(of: store, reportingTo: nil)
    let custodian = try store.running()
    let keeper = Keeper(custodian)
    let now = keeper.effectiveTime(clock: UnixTime(wallClockSeconds()))
    let trust = try keeper.trust(now: now)
    var counts = (holding: 0, changed: 0, unprovable: 0)
    try Recheck(
      custodian,
      trustRoots: { name in
        (roots.first { $0.name?.utf8.elementsEqual(name.utf8) == true } ?? roots.first { $0.name == nil })?.bytes
      }, under: trust, now: now
    ).run(image, by: crew) { result in
      switch result.outcome {
      case .holds: counts.holding += 1
      case .changed: counts.changed += 1
      case .unprovable: counts.unprovable += 1
      }
      try show(result)
    }
    if !json {
      try Render.write(
        "\(counts.holding) hold, \(counts.changed) would change, \(counts.unprovable) cannot be proven any more")
    }
    if counts.holding + counts.changed + counts.unprovable == 0, let image {
      throw Failure(.receiptMissing, "\(image)", "the history holds no admission of it")
    }
    if counts.changed > 0 { throw ExitCode(ExitStatus.of(.refuse)) }
    if counts.unprovable > 0 { throw ExitCode(ExitStatus.of(.incomplete)) }
  }

  private func show(_ result: Recheck.Result) throws {
    let word: String
    var lines: [String] = []
    var reasons: [Failure] = []
    switch result.outcome {
    case .holds: word = "holds"
    case .changed(let verdict, let why):
      word = verdict.rawValue
      reasons = why
      lines = why.flatMap(Render.reason)
    case .unprovable(let what):
      word = "unprovable"
      lines = ["  \(printable(what, limit: 4096))"]
    }
    if json {
      let object: JSON = [
        "leaf": .integer(Int64(clamping: result.leaf)), "image": "\(result.image)", "recorded": "\(result.recorded)",
        "outcome": .text(word), "reasons": .array(reasons.map(\.json)),
      ]
      return try Render.write(String(decoding: object.serialized(), as: UTF8.self))
    }
    guard word != "holds" else { return }
    try Render.write(
      (["\(word)  \(result.image)  admitted in leaf \(result.leaf), \(result.recorded)"] + lines).joined(
        separator: "\n"))
  }
}
