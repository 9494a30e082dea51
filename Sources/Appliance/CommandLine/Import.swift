import ArgumentParser
import Files
import MediaReader
import MediumRecord
import Octets
import Policy
import Quarantine
import Reasons
import Report
import RoleMessages
import Roles
import Store
import StrictJSON
import Terminal

/// `assay import`: from the stick into the site, in one pass.
struct Import: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Take a medium in: copy it, judge its images, and let out what is admitted.",
    discussion: """
      MEDIUM is a stick's folder, an archive, or a folder that is a layout. Everything is read once: each content is \
      copied into the quarantine while it is hashed, and judged as `assay verify` judges. What is admitted is hashed \
      once more, from the copy, and only then gets a name in the folder `admitted` of the store, with its signatures.

        assay import /media/stick --key signer.pub
        assay import /media/stick                       by the policy of this site
        skopeo copy oci:STORE/admitted:app:v1 docker://registry.site/app:v1

      Sigstore bundles on the stick (.sigstore.json, .jsonl) count as evidence. Trust bundles are named, not taken in: \
      `assay trust import` does that. Interrupted, by a full disk or a stick that was pulled out, it goes on with \
      the next import of the same medium. The copy stays until `assay quarantine gc` removes it.

      Verdicts: admit (0), refuse (3), incomplete (4). Several images or archives: the worst one counts.
      """)

  @Argument(help: .init("A stick's folder, an archive, or a layout.", valueName: "MEDIUM"))
  var medium: String

  @Option(help: .init("What people call the medium (default: the last part of its path).", valueName: "TEXT"))
  var label: String?

  @Flag(help: "Prove everything anew, whatever was admitted before.")
  var fresh = false

  @OptionGroup var asked: DemandOptions

  @Option(help: .init("Write copies of the reports into this folder.", valueName: "DIR"))
  var report: String?

  @OptionGroup var state: StateOptions
  @OptionGroup var pin: PINOptions
  @OptionGroup(title: "Confinement") var confinement: ConfinementOptions

  @Flag(help: "Machine-readable result (docs/formats/ImportOutput.md).")
  var json = false

  func run() throws {
    let clock = UnixTime(wallClockSeconds())
    let demand = try asked.demand()
    guard medium != "-" else {
      throw UsageMistake("A medium is named by its path: standard input cannot go on where it was interrupted.")
    }
    guard label.map({ (1...4096).contains($0.utf8.count) }) ?? true else {
      throw UsageMistake("--label takes 1 to 4096 bytes.")
    }
    let (store, folders) = try state.quarantined("import")
    try InputFile.verifyPresent(.path(medium))
    let crew = confinement.crew()
    try OutputFolder.verifyUsable(report)
    try folders.make()
    let quarantine = try CopyTrouble.saying { () throws(QuarantineError) in try folders.opened() }
    crew.copy(
      into: Copying(into: quarantine, label: label ?? InputFile.name(of: medium), now: clock, notice: Self.say))
    try crew.confineKeeper(of: store, reportingTo: report, reading: pin.pinFile.map { [$0] } ?? [])
    let stick = try Stick(medium, by: crew)
    guard asked.said.name == nil || stick.archives.count <= 1 else {
      throw UsageMistake("--as names one image, and there are \(stick.archives.count) archives.")
    }
    stick.sayLeftThere()
    guard !stick.archives.isEmpty else {
      Voice.say("\(medium) holds no archive that Assay reads: nothing was judged")
      return try tell([], .incomplete, stick, folders, ResultStream())
    }
    let sitting = try Sitting(
      try store.running(), asked: demand, said: asked.said, clock: clock, example: medium
    ) { custodian in
      let keeper = Keeper(custodian, pin: try pin.pin(for: store))
      try keeper.verifyPIN()
      return keeper
    }
    // Only now a reader begins: one that copies leaves something behind, which a wrong PIN must not.
    let letting = LettingOut(folders: folders, crew: crew, name: asked.said.name)
    // Of each result what is still to be told: what was read goes with its archive.
    var results: [ImportResult.Told] = []
    var output = ResultStream()
    var stopped: [(archive: String, trouble: CopyTrouble)] = []
    for archive in stick.archives {
      let (result, imported): (ArchiveResult, ImportResult)
      do {
        result = try sitting.judge(archive, beside: stick.evidence, isFresh: fresh, by: crew, reportingTo: report)
        imported = try letting.result(of: result)
      } catch let trouble as CopyTrouble {
        // Another one may be smaller; and what one reader says of the disk is no reason to leave the others.
        Voice.warn("\(printable(archive)) was not taken in: \(trouble)")
        stopped.append((archive, trouble))
        continue
      }
      results.append(imported.told(withDocument: json || report != nil))
      if !json {
        try output.write {
          if results.count > 1 { try Render.write("") }
          try Render.text(result)
          for line in imported.lines(folders) { try Render.write(line) }
        }
      }
    }
    // Nobody may take for admitted what is not to be had yet.
    let kept = results.contains { $0.trouble != nil }
    let verdicts = results.map(\.verdict) + (stopped.isEmpty && !kept ? [] : [.incomplete])
    try tell(results, verdicts.max() ?? .refuse, stick, folders, output, stopped)
  }

  /// What came of it all, as the last thing.
  private func tell(
    _ results: [ImportResult.Told], _ verdict: Verdict, _ stick: Stick, _ folders: QuarantineFolders,
    _ stream: ResultStream, _ stopped: [(archive: String, trouble: CopyTrouble)] = []
  ) throws {
    var output = stream
    let leftThere = stopped.map { (path: $0.archive, why: "\($0.trouble)") } + stick.others
    let summary = ImportResult.json(results, verdict, leftThere, folders)
    if json {
      try output.write { try Render.json(summary) }
    } else if results.count > 1 {
      try output.write { try Render.write("\n\(ImportResult.summary(results, verdict))") }
    }
    if let report { try OutputFolder.write(summary.serialized(pretty: true), as: "summary.json", into: report) }
    if let first = stopped.first?.trouble ?? results.lazy.compactMap(\.trouble).first { throw first }
    try output.end(with: verdict)
  }

  private static func say(_ notice: Copying.Notice) {
    switch notice {
    case .reader(.resumed(let id, let contents, let bytes)):
      Voice.say(
        "goes on with medium \(id): \(Quantity.count(contents, "content")) (\(Quantity.count(bytes, "byte"))) here already"
      )
    case .known(let id, let taken):
      Voice.say("known: the same was taken in at \(taken), as medium \(id); it is judged again")
    case .reader(.spaceUnknown(let available)):
      Voice.say(
        "compressed: how much it takes is not known before it is read; the disk takes \(Quantity.count(available, "byte"))"
      )
    }
  }
}
