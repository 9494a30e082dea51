import ArgumentParser
import MediumRecord
import Octets
import Quarantine
import Reasons
import Report
import RoleMessages
import Roles
import StrictJSON
import Terminal

/// `assay quarantine`: what came in, and lies here.
struct QuarantineCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "quarantine",
    abstract: "What came in on media: list it, remove it, hash it again.",
    discussion: """
      `assay import` copies media into the quarantine of the store. They stay, whatever the verdict, until gc removes them.

        assay quarantine list
        assay quarantine gc --refused --dry-run     what would go, and how many bytes
        assay quarantine verify                     whether everything still is what it was
      """,
    subcommands: [QuarantineList.self, QuarantineCollect.self, QuarantineVerify.self])
}

/// `assay quarantine list`
struct QuarantineList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Media in the quarantine, with their images and verdicts.")

  @OptionGroup var state: StateOptions
  @OptionGroup(title: "Confinement") var caretaking: CaretakingOptions
  @Flag(help: "Machine-readable result (docs/formats/QuarantineOutput.md).")
  var json = false

  func run() throws {
    let (_, folders) = try state.quarantined("quarantine")
    try folders.make()
    try folders.confine(caretaking)
    let media = try CopyTrouble.saying { () throws(QuarantineError) in try folders.opened().list() }
    if json {
      return try Render.json(["format": "assay-quarantine-list/1", "media": .array(media.map(Self.json))])
    }
    guard !media.isEmpty else { return try Render.write("The quarantine is empty.") }
    for medium in media { try Render.write(Self.text(medium)) }
  }

  private static func text(_ medium: Quarantine.Listed) -> String {
    switch medium.record {
    case .failure(let failure): return "\(medium.id)  unreadable: \(Voice.sentence(failure))"
    case .success(let record):
      var line = "\(record.id)  \(record.taken)  \(state(medium, record))  \(record.size) bytes  "
      line += "\(printable(record.label)): \(printable(record.source))"
      if let failure = record.unreadable { line += "\n    \(Voice.sentence(failure))" }
      for failure in record.failures { line += "\n    \(Voice.sentence(failure))" }
      for image in record.images { line += "\n    \(image.verdict.rawValue)  \(image.digest)" }
      return line
    }
  }

  private static func state(_ medium: Quarantine.Listed, _ record: MediumRecord) -> String {
    switch medium.progress {
    case .copying: "copying"
    case .interrupted: "interrupted"
    case .taken: record.state.rawValue
    }
  }

  private static func json(_ medium: Quarantine.Listed) -> JSON {
    switch medium.record {
    case .failure(let failure): return ["id": .text(medium.id), "reason": failure.json]
    case .success(let record):
      return [
        "id": .text(record.id), "label": .text(printable(record.label)), "source": .text(printable(record.source)),
        "taken": "\(record.taken)", "state": .text(state(medium, record)),
        "bytes": .integer(Int64(clamping: record.size)),
        "reasons": .array((record.failures + [record.unreadable].compactMap(\.self)).map(\.json)),
        "images": .array(
          record.images.map {
            [
              "digest": "\($0.digest)", "verdict": .text($0.verdict.rawValue),
              "report": $0.report.map { "\($0)" } ?? .null,
            ]
          }),
      ]
    }
  }
}

/// `assay quarantine gc`
struct QuarantineCollect: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gc",
    abstract: "Remove media and contents that are not needed. What was admitted always stays.",
    discussion: """
      Without options it removes copies that were interrupted more than a day ago, before their end or before their \
      verdict, contents that no medium names, and what a letting-out that was ended left half written.
      Reports and the history stay, whatever is removed here.
      """)

  @Option(name: .customLong("medium"), help: .init("Remove this medium. Repeatable.", valueName: "ID"))
  var media: [String] = []

  @Flag(help: "Remove media of which every image was refused or left incomplete, and those that could not be read.")
  var refused = false

  @Option(help: .init("Remove media that were taken in longer ago.", valueName: "DAYS"))
  var olderThan: Int?

  @Flag(help: "Remove nothing; say what would go.")
  var dryRun = false

  @OptionGroup var state: StateOptions
  @OptionGroup(title: "Confinement") var caretaking: CaretakingOptions
  @Flag(help: "Machine-readable result (docs/formats/QuarantineOutput.md).")
  var json = false

  func validate() throws {
    if let olderThan, olderThan < 0 { throw ValidationError("--older-than takes days, from 0.") }
  }

  func run() throws {
    let (_, folders) = try state.quarantined("quarantine")
    try folders.make()
    try folders.confine(caretaking)
    var wish = Quarantine.Wish()
    wish.media = media
    wish.refused = refused
    wish.olderThanDays = olderThan
    let asked = wish
    let removal = try CopyTrouble.saying { () throws(QuarantineError) in
      try folders.opened().collect(
        asked, in: try folders.openedLayout(), now: UnixTime(wallClockSeconds()), isTrial: dryRun)
    }
    for failure in removal.unreadable {
      Voice.warn("no content is removed while a record cannot be read: \(Voice.sentence(failure))")
    }
    if !removal.unreadable.isEmpty { Voice.say("`assay quarantine gc --medium ID` removes such a medium.") }
    if json {
      return try Render.json([
        "format": "assay-quarantine-gc/1", "dryRun": .bool(dryRun), "bytes": .integer(Int64(clamping: removal.bytes)),
        "contents": .integer(Int64(removal.blobs)),
        "media": .array(
          removal.media.map { ["id": .text($0.id), "label": $0.label.map { .text(printable($0)) } ?? .null] }),
        "reasons": .array(removal.unreadable.map(\.json)),
      ])
    }
    let verb = dryRun ? "would go" : "removed"
    for medium in removal.media {
      try Render.write("\(verb)  \(medium.id)  \(printable(medium.label ?? "unreadable"))")
    }
    try Render.write("\(verb)  \(removal.media.count) media, \(removal.blobs) contents, \(removal.bytes) bytes")
  }
}

/// `assay quarantine verify`
struct QuarantineVerify: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Hash everything in the quarantine and among the admitted images again. 0: all is what it was; 3: not.")

  @OptionGroup var state: StateOptions
  @OptionGroup(title: "Confinement") var caretaking: CaretakingOptions
  @Flag(help: "Machine-readable result (docs/formats/QuarantineOutput.md).")
  var json = false

  func run() throws {
    let (_, folders) = try state.quarantined("quarantine")
    try folders.make()
    try folders.confine(caretaking)
    let inspection = try CopyTrouble.saying { () throws(QuarantineError) in
      try folders.opened().verify(try folders.openedLayout())
    }
    if json {
      try Render.json([
        "format": "assay-quarantine-verify/1", "contents": .integer(Int64(inspection.contents)),
        "bytes": .integer(Int64(clamping: inspection.bytes)),
        "damage": .array(
          inspection.damage.map { ["place": .text($0.place.rawValue), "reason": $0.failure.json] }),
      ])
    } else {
      for damage in inspection.damage {
        try Render.write("\(damage.place.rawValue): \(Voice.sentence(damage.failure))")
      }
      try Render.write(
        "\(inspection.contents) contents hashed, \(inspection.bytes) bytes; \(inspection.damage.count) are not what they were"
      )
    }
    if !inspection.damage.isEmpty { throw ExitCode(3) }
  }
}
