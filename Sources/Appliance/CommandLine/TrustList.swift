import ArgumentParser
import Ledger
import LedgerLeaf
import Octets
import Report
import Roles
import Store
import StrictJSON
import Terminal
import TrustStore

/// `assay trust list`, `show`, `history`, `diff`, `export`: what is trusted, since when, and how it came to be.
extension TrustVerbs {
  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List what is trusted, and since when.")

    @OptionGroup var state: StateOptions
    @Flag(help: "Machine-readable: one JSON object a line.") var json = false

    func run() throws {
      let standing = try state.running().state.standing
      var lines: [String] = []
      for kind in InstalledTrust.all {
        for (name, object) in standing.objects(of: kind) {
          lines.append(json ? Self.json(kind, name, object) : Self.line(kind, name, object))
        }
      }
      if lines.isEmpty, !json { lines = ["Nothing is installed: assay trust pin, then assay trust import."] }
      if !lines.isEmpty { try Render.write(lines.joined(separator: "\n")) }
    }

    private static func line(_ kind: [UInt8], _ name: [UInt8], _ object: Standing.Object) -> String {
      "\(printable(kind))  \(printable(name))  \(object.digest)  leaf \(object.leaf), \(object.claimed)"
    }

    private static func json(_ kind: [UInt8], _ name: [UInt8], _ object: Standing.Object) -> String {
      let value: JSON = [
        "kind": .text(printable(kind)), "name": .text(printable(name)), "digest": "\(object.digest)",
        "leaf": .integer(Int64(clamping: object.leaf)), "since": "\(object.claimed)",
      ]
      return String(decoding: value.serialized(), as: UTF8.self)
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show what one installed object says, and how old all of it is.",
      discussion: """
        Without a NAME: everything, with the age of each role of the bundle and the site's limits. With a NAME, as \
        `trust list` has it: that object; with --output, its bytes, as they were signed.
        """)

    @Argument(help: .init("As `trust list` has it.", valueName: "NAME")) var name: String?
    @Option(help: .init("Write the object's bytes to this file.", valueName: "FILE")) var output: String?
    @OptionGroup var state: StateOptions

    func run() throws {
      guard name != nil || output == nil else { throw UsageMistake("--output takes one object: give its NAME.") }
      let custodian = try state.running()
      let all = InstalledTrust.all.flatMap { kind in
        custodian.state.standing.objects(of: kind).map { (kind: kind, name: $0.name, object: $0.object) }
      }
      let chosen = all.filter { item in name.map { item.name.elementsEqual($0.utf8) } ?? true }
      if let name, chosen.isEmpty {
        throw UsageMistake("Nothing of the name “\(name)” is installed: assay trust list.")
      }
      if let output {
        guard chosen.count == 1 else {
          throw UsageMistake("Several objects have this name; it is no file of a bundle.")
        }
        return try OutputFile.write(try custodian.bytes(of: chosen[0].object), to: output)
      }
      var lines: [String] = []
      for (kind, name, object) in chosen {
        let items = TrustText.items(kind, try custodian.bytes(of: object))
        guard !items.isEmpty || self.name != nil else { continue }
        lines += ["\(printable(kind)) \(printable(name)), since leaf \(object.leaf), \(object.claimed)"]
        lines += items.map { "            \($0)" }
      }
      if name == nil {
        let keeper = Keeper(custodian)
        let trust = try keeper.trust(now: keeper.effectiveTime(clock: UnixTime(wallClockSeconds())))
        lines += trust.ages.map { "age         \($0.words)\($0.standingWords)" }
      }
      try Render.write(lines.isEmpty ? "Nothing is installed." : lines.joined(separator: "\n"))
    }
  }

  struct History: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List every change of what is trusted, from the first on.")

    @Argument(help: .init("Only of this name.", valueName: "NAME")) var name: String?
    @OptionGroup var state: StateOptions
    @Flag(help: "One JSON object a line.") var json = false

    func run() throws {
      let custodian = try state.running()
      for index in custodian.state.changeLeaves {
        guard let leaf = try custodian.leaf(at: index), let change = leaf.change,
          name.map({ change.name.elementsEqual($0.utf8) }) ?? true
        else { continue }
        if json {
          try Render.write(String(decoding: LeafText.json(leaf, at: index).serialized(), as: UTF8.self))
        } else {
          try Render.write(LeafText.line(leaf, at: index))
        }
      }
    }
  }

  struct Diff: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show how what is trusted changed between two leaves of the history.",
      discussion: "What a medium would change: assay trust import MEDIA --dry-run.")

    @Argument(help: .init("The state just behind this leaf.", valueName: "FROM")) var from: UInt64
    @Argument(help: .init("Likewise; without it, now.", valueName: "TO")) var to: UInt64?
    @OptionGroup var state: StateOptions

    func run() throws {
      let custodian = try state.running()
      let size = try custodian.head().size
      for leaf in [from, to ?? from] where leaf >= size {
        throw UsageMistake("The history has \(size) leaves, numbered from 0; there is no leaf \(leaf).")
      }
      let (old, new) = (try standing(custodian, through: from), try standing(custodian, through: to ?? size - 1))
      var lines: [String] = []
      for name in Set(old.objects.keys).union(new.objects.keys).sorted() where BundleFile(kind: name.kind) != nil {
        let (before, after) = (old.objects[name], new.objects[name])
        guard before?.digest != after?.digest else { continue }
        let action: ObjectChange.Action = before == nil ? .add : after == nil ? .remove : .replace
        lines += TrustText.lines(
          action, name.kind, name.name, before: try before.map(custodian.bytes),
          after: try after.map(custodian.bytes) ?? [])
      }
      try Render.write(lines.isEmpty ? "No difference." : lines.joined(separator: "\n"))
    }

    private func standing(_ custodian: Custodian, through last: UInt64) throws -> Standing {
      var state = TrustState()
      for index in custodian.state.changeLeaves where index <= last {
        if let leaf = try custodian.leaf(at: index) { state.apply(leaf, at: index) }
      }
      return state.standing
    }
  }

  struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Copy everything that is trusted into a folder, as the files that were signed.",
      discussion: "For a look by other tools, and for the file of an audit. Nothing of it is secret.")

    @Argument(help: .init("A folder that is not there yet.", valueName: "FOLDER")) var folder: String
    @OptionGroup var state: StateOptions

    func run() throws {
      try OutputFile.verifyNewFolder(folder)
      let custodian = try state.running()
      var count = 0
      for kind in InstalledTrust.all {
        for (name, object) in custodian.state.standing.objects(of: kind) {
          try OutputFolder.export(try custodian.bytes(of: object), kind: kind, name: name, into: folder)
          count += 1
        }
      }
      try Render.write("Exported \(Quantity.count(UInt64(count), "file")) to \(printable(folder, limit: 4096))")
    }
  }
}

extension LedgerLeaf {
  /// The change of what is in force that this leaf records; nil for other leaves.
  fileprivate var change: ObjectChange? {
    switch event {
    case .trustChange(let change), .policyChange(let change): change
    default: nil
    }
  }
}
