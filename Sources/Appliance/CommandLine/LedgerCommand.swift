import ApplianceIdentity
import ArgumentParser
import Base64
import Cryptography
import Files
import Ledger
import LedgerLeaf
import Octets
import Policy
import QRCode
import Reasons
import SignedNote
import Store
import StrictJSON
import Terminal

/// `assay ledger`: the history, for the operator and for those who check it.
struct LedgerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ledger", abstract: "Look at the history, prove from it, and hand it out.",
    subcommands: [
      List.self, Show.self, Prove.self, Head.self, CopyOut.self, VerifyExport.self, LedgerCosign.self,
      LedgerWitness.self,
    ])

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List the leaves, the newest last.")

    @OptionGroup var state: StateOptions
    @Option(help: .init("Only this kind: verdict, report, import …", valueName: "KIND")) var kind: String?
    @Option(help: .init("At most so many, from the end; 0 lists all.", valueName: "N")) var last: UInt64 = 50
    @Flag(help: "One JSON object a line (docs/formats/LedgerOutput.md).") var json = false

    func run() throws {
      let kind = try kind.map(LedgerCommand.kind)
      let custodian = try state.running()
      let size = try custodian.head().size
      var found: [(UInt64, LedgerLeaf)] = []
      for index in (0..<size).reversed() {
        guard let leaf = try custodian.leaf(at: index) else { continue }
        if let kind, leaf.event.kind != kind { continue }
        found.append((index, leaf))
        if last > 0, found.count == last { break }
      }
      for (index, leaf) in found.reversed() {
        if json {
          try Render.write(String(decoding: LeafText.json(leaf, at: index).serialized(), as: UTF8.self))
        } else {
          try Render.write(LeafText.line(leaf, at: index))
        }
      }
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show one leaf with all its fields.")

    @OptionGroup var state: StateOptions
    @Argument(help: .init("The leaf's number.", valueName: "INDEX")) var index: UInt64

    func run() throws {
      let custodian = try state.running()
      guard let leaf = try custodian.leaf(at: index) else { throw try LedgerCommand.noSuchLeaf(index, custodian) }
      try Render.json(LeafText.json(leaf, at: index))
    }
  }

  struct Prove: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Prove that a leaf is in the history, for people without this machine.",
      discussion: "Writes a C2SP tlog-proof under the checkpoint of now. Its extra data is the leaf itself.")

    @OptionGroup var state: StateOptions
    @Argument(help: .init("The leaf's number.", valueName: "INDEX")) var index: UInt64
    @Option(help: .init("Write to this file, not to standard output.", valueName: "FILE")) var output: String?

    func run() throws {
      let custodian = try state.running()
      guard let bytes = try custodian.ledger.leaf(at: index),
        let proof = try custodian.ledger.proof(ofLeafAt: index, extra: bytes)
      else { throw try LedgerCommand.noSuchLeaf(index, custodian) }
      try OutputFile.write(proof.serialized(), to: output)
    }
  }

  struct Head: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "checkpoint",
      abstract: "Sign the history's head: a C2SP checkpoint by the commit key.",
      discussion: """
        Two sites that see one checkpoint see one history. --since makes the request that a witness wants (C2SP \
        tlog-witness): what it saw last, the proof that nothing was changed since, and the checkpoint.
        """)

    @OptionGroup var state: StateOptions
    @Option(help: .init("Make a witness request from this size on; 0 for the first.", valueName: "SIZE")) var since:
      UInt64?
    @Option(help: .init("Write to this file, not to standard output.", valueName: "FILE")) var output: String?
    @Flag(help: "Show size and root as a QR code and in words, to compare two sites by eye or phone.") var qr = false
    @Flag(help: "The screen is dark on light.") var light = false

    func run() throws {
      guard since == nil || !qr else { throw UsageMistake("--qr shows the head; a witness wants --since alone.") }
      let custodian = try state.running()
      let note = try custodian.ledger.checkpoint()
      if qr { return try show(try custodian.head()) }
      guard let since else { return try OutputFile.write(note, to: output) }
      let size = try custodian.head().size
      guard since <= size else { throw UsageMistake("The history has \(size) leaves, no \(since).") }
      let path = since == 0 ? [] : try custodian.ledger.consistencyPath(from: since) ?? []
      try OutputFile.write(WitnessRequest(old: since, path: path, checkpoint: note).serialized(), to: output)
    }

    /// The head as text that a phone reads, and in words that two people compare.
    private func show(_ head: AnchoredHead) throws {
      let text =
        "\(String(decoding: Ledger.origin(of: head.storeID), as: UTF8.self)) \(head.size) \(Base64.encode(head.root))"
      let lines = try QRCode(text).lines(for: light ? .light : .dark)
      try Render.write((lines + ["", text, Proquint.words(Array(head.root.prefix(16)))]).joined(separator: "\n"))
    }
  }

  struct CopyOut: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "export",
      abstract: "Copy the whole history out, in clear, for public tools: C2SP tlog-tiles and a checkpoint.",
      discussion: "The export is a backup, too, and what a lost machine's history is taken over from. It is recorded.")

    @OptionGroup var state: StateOptions
    @Argument(help: .init("A folder that is not there yet.", valueName: "FOLDER")) var folder: String
    @Option(name: .customLong("for"), help: .init("For whom; recorded.", valueName: "TEXT")) var recipient: String

    func run() throws {
      try OutputFile.verifyNewFolder(folder)
      let custodian = try state.running()
      // Recorded once it is there, with the head that it has.
      try custodian.ledger.export(to: folder)
      let head = try custodian.head()
      try custodian.record(
        [.export(Export(size: head.size, root: head.root, recipient: LedgerLeaf.text(recipient)))],
        at: UnixTime(wallClockSeconds()))
      try Render.write("Exported \(Quantity.count(head.size, "leaf", "leaves")) to \(printable(folder, limit: 4096))")
    }
  }

  struct VerifyExport: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "verify",
      abstract: "Check an exported history from its files alone, or this machine's own against its TPM.",
      discussion: "With FOLDER and --appliance no store is needed. 0: whole and signed; 3: not.")

    @Argument(help: .init("An exported history; without it, this machine's own.", valueName: "FOLDER"))
    var folder: String?
    @Option(help: .init("The appliance's identity.", valueName: "FILE")) var appliance: String?
    @OptionGroup var state: StateOptions

    func run() throws {
      guard (folder == nil) == (appliance == nil) else { throw UsageMistake("FOLDER and --appliance go together.") }
      guard let folder, let appliance else { return try verifyOwn() }
      let identity = try InputFile.identity(appliance)
      let export = try ExportedLedger(opening: folder, storeID: identity.storeID, key: identity.commitKey.spki)
      var leaves: UInt64 = 0
      try export.forEachLeaf { (index, bytes) throws(Failure) in
        _ = try LedgerLeaf(decoding: bytes, named: "leaf \(index)")
        leaves += 1
      }
      try Render.write(
        "whole  \(Quantity.count(leaves, "leaf", "leaves")) under the checkpoint of \(Hex.encode(identity.storeID)), root \(Hex.encode(export.root))"
      )
    }

    private func verifyOwn() throws {
      switch try state.open().unlock() {
      case .running(let custodian):
        let head = try custodian.head()
        try Render.write(
          "whole  \(Quantity.count(head.size, "leaf", "leaves")) in \(Quantity.count(head.number, "commit")), root \(Hex.encode(head.root)), confirmed by the TPM"
        )
      case .refused(let forensic, _):
        Voice.say("\(forensic.finding)")
        throw ExitCode(ExitStatus.of(.refuse))
      }
    }
  }

  fileprivate static func kind(_ name: String) throws -> LedgerEvent.Kind {
    guard let kind = LedgerEvent.Kind.allCases.first(where: { $0.name == name }) else {
      let names = LedgerEvent.Kind.allCases.map(\.name).joined(separator: ", ")
      throw UsageMistake("“\(name)” is no kind of leaf; there are \(names).")
    }
    return kind
  }

  fileprivate static func noSuchLeaf(_ index: UInt64, _ custodian: Custodian) throws -> UsageMistake {
    UsageMistake("The history has \(try custodian.head().size) leaves, numbered from 0; there is no leaf \(index).")
  }
}
