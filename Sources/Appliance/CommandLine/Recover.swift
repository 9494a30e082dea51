import ApplianceIdentity
import ArgumentParser
import Cryptography
import Ledger
import LedgerLeaf
import Octets
import Policy
import Reasons
import SignedNote
import Store
import StrictJSON
import TPM
import Terminal
import TrustStore
import Witness

/// `assay recover`: what to do when the history is not the one that the TPM confirms, or the TPM is gone.
struct Recover: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Look at a refused history, or take a lost machine's history over to a new store.",
    discussion: """
      Nothing here makes a refused history valid again: the TPM alone could, and it does not go back. Either the \
      newest state is put back in its place, or a new store takes over what an export proves, by the consent of \
      three people.
      """,
    subcommands: [Inspect.self, Unlock.self, Own.self, Propose.self, Approve.self, ReAnchor.self])

  struct Inspect: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Say what is wrong with a refused history, and read what still opens. Changes nothing.")

    @OptionGroup var state: StateOptions
    @Flag(help: "List the leaves that still open, as JSON lines; unproven.") var leaves = false

    func run() throws {
      switch try state.open().unlock() {
      case .running(let custodian):
        let head = try custodian.head()
        try Render.write("Nothing is wrong: \(head.size) leaves in \(head.number) commits, confirmed by the TPM.")
      case .refused(let forensic, _):
        if leaves { return try list(forensic) }
        var lines = ["\(forensic.finding)"]
        if let last = forensic.lastRecord {
          lines += [
            "  on the disk   commit \(last.number), \(last.size) leaves, root \(Hex.encode(last.root))",
            "                anchor behind it \(Hex.encode(last.anchor))",
          ]
        }
        lines.append("  in the TPM    \(anchor(forensic.anchor))")
        try Render.write(lines.joined(separator: "\n"))
        throw ExitCode(ExitStatus.of(.refuse))
      }
    }

    private func anchor(_ reading: AnchorReading) -> String {
      switch reading {
      case .missing: "no anchor"
      case .unwritten: "an anchor that was never written"
      case .value(let value): "anchor \(Hex.encode(value))"
      }
    }

    private func list(_ forensic: ForensicLedger) throws {
      var closed = 0
      for index in 0..<(forensic.lastRecord?.size ?? 0) {
        guard let bytes = forensic.leaf(at: index), let leaf = try? LedgerLeaf(decoding: bytes) else {
          closed += 1
          continue
        }
        try Render.write(String(decoding: LeafText.json(leaf, at: index).serialized(), as: UTF8.self))
      }
      Voice.warn("Nothing of this is proven. \(closed) leaves do not open.")
      throw ExitCode(ExitStatus.of(.refuse))
    }
  }

  struct Unlock: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Take wrong tries of the PIN back, with the secret from the safe.",
      discussion: "Without it, one try comes back every two hours that the machine is on.")

    @OptionGroup var state: StateOptions
    @Option(help: .init("The TPM's secrets.", valueName: "FILE")) var escrow: String

    func run() throws {
      let store = try state.open()
      let file = EscrowFile(at: escrow)
      let secrets = try file.secrets(of: store)
      let tpm = try store.custody()
      try tpm.resetLockout(secrets.lockout)
      let lockout = try tpm.lockout()
      try Render.write("\(lockout.triesLeft) of \(lockout.limit) tries left.")
    }
  }

  struct Own: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Take ownership of the TPM with an escrow file, where `init` was cut off before it could.")

    @OptionGroup var state: StateOptions
    @Option(help: .init("The file that `init` wrote.", valueName: "FILE")) var escrow: String

    func run() throws {
      let file = EscrowFile(at: escrow)
      let store = try state.open()
      try file.takeOwnership(of: store, try file.secrets(of: store))
      try Render.write("The TPM is owned. Take \(printable(escrow, limit: 4096)) away, and keep it in the safe.")
    }
  }

  /// The lost machine's history, as far as its files prove it.
  struct LostHistory: ParsableArguments {
    @Option(help: .init("Its last export.", valueName: "FOLDER")) var history: String
    @Option(help: .init("Its identity.", valueName: "FILE")) var appliance: String
    @Option(help: .init("Why, in the words of those who decide.", valueName: "TEXT")) var reason: String

    func export() throws -> (ExportedLedger, ApplianceIdentity) {
      let identity = try InputFile.identity(appliance)
      return (try ExportedLedger(opening: history, storeID: identity.storeID, key: identity.commitKey.spki), identity)
    }

    func takeOver(_ export: ExportedLedger, _ identity: ApplianceIdentity) -> TakeOver {
      TakeOver(
        storeID: identity.storeID, size: export.size, root: export.root, reason: LedgerLeaf.text(reason))
    }
  }

  struct Propose: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Write down what three people have to agree to.",
      discussion:
        "Each signs it: assay recover approve, or any tool that signs the file's bytes (ECDSA P-256, Ed25519).")

    @OptionGroup var lost: LostHistory
    @Option(help: .init("Write to this file, not to standard output.", valueName: "FILE")) var output: String?

    func run() throws {
      let (export, identity) = try lost.export()
      try OutputFile.write(lost.takeOver(export, identity).statement, to: output)
    }
  }

  struct Approve: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Agree to a proposal: sign it with a key of one's own.")

    @Argument(help: .init("What `propose` wrote: read it first.", valueName: "STATEMENT")) var statement: String
    @Option(help: .init("One's private key, PKCS #8.", valueName: "PEM")) var key: String
    @Option(help: .init("Write the signature there.", valueName: "FILE")) var output: String

    func run() throws { try KeyFile.sign(statement, to: TakeOver.action, with: key, to: output) }
  }

  struct ReAnchor: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "re-anchor",
      abstract: "Let a new store take a lost one's place.",
      discussion: """
        For a store that `assay init` has just made: it has keys and an id of its own, and records whose place it \
        takes, at which size, by whose consent. A witness must have cosigned a state of the lost history that the \
        export contains: that is what catches an old export. Three people must agree, each by a key of their own:

          assay recover re-anchor --history EXPORT --appliance OLD.json --reason TEXT \\
              --cosigned NOTE --witness VKEY \\
              --approval Ada=ada.pub:ada.sig --approval Bo=bo.pub:bo.sig --approval Cy=cy.pub:cy.sig
        """)

    @OptionGroup var lost: LostHistory
    @Option(help: .init("A checkpoint of the lost history with a witness's cosignature.", valueName: "FILE"))
    var cosigned: String
    @Option(help: .init("That witness's key, as the desk printed it.", valueName: "VKEY")) var witness: String
    @Flag(help: "The lost history does not name this witness; those who agree vouch for it. Recorded.")
    var unenrolledWitness = false
    @Option(
      name: .customLong("approval"),
      help: .init("Who agreed, their public key, and their signature.", valueName: "NAME=PEM:SIGNATURE"))
    var approvals: [String]
    @OptionGroup var state: StateOptions

    func run() throws {
      let (export, identity) = try lost.export()
      let takeOver = lost.takeOver(export, identity)
      let note = try verifyWitnessed(export, identity)
      let agreed = try approvals.map { try approval($0, takeOver) }
      try TakeOver.verifyEnough(agreed)
      let recovery = Recovery(
        previousStore: identity.storeID, previousSize: export.size, previousRoot: export.root, witness: note,
        reason: recordedReason(takeOver), approvals: agreed.indices.map { UInt64($0) + 1 })
      let custodian = try state.running()
      // The leaves of the approvals are numbered from 1, and nobody takes a history over after making one.
      guard try custodian.head().size == 1 else {
        throw UsageMistake("This store has a history of its own already. Make a new one: assay init --state DIR.")
      }
      try custodian.record(
        agreed.map(LedgerEvent.approval) + [.recovery(recovery)], at: UnixTime(wallClockSeconds()))
      try Render.write(
        "Store \(custodian.store.id) takes the place of \(Hex.encode(identity.storeID)) from leaf \(export.size) on.\n"
          + "Enrol it anew, and give its identity to those who check reports: assay enroll identity")
    }

    /// The cosigned checkpoint is of this history, at a size that the export contains.
    private func verifyWitnessed(_ export: ExportedLedger, _ identity: ApplianceIdentity) throws -> [UInt8] {
      let bytes = try InputFile.read(cosigned, upTo: LedgerLeaf.mostStatement)
      let checkpoint = try Checkpoint(parsing: bytes, named: cosigned)
      try verifyCheckpoint(checkpoint, storeID: identity.storeID, key: identity.commitKey.spki)
      let key = try NoteVerifierKey(
        parsing: Array(witness.utf8), named: "--witness", malformed: .witnessRequestMalformed)
      guard try unenrolledWitness || isEnrolled(key, in: export) else {
        throw Failure(
          .witnessCosignatureInvalid, "--witness",
          "the lost history does not name it; --unenrolled-witness takes the word of those who agree")
      }
      guard let line = checkpoint.note.signatures.first(where: { $0.name == key.name && $0.keyID == key.keyID }) else {
        throw Failure(.witnessCosignatureInvalid, cosigned, "the witness did not cosign it")
      }
      _ = try verifyCosignature(line, by: key, over: checkpoint)
      guard export.root(ofFirst: checkpoint.size) == checkpoint.root else {
        throw Failure(
          .exportMismatch, cosigned,
          "the witness saw \(checkpoint.size) leaves that the export, of \(export.size), does not contain")
      }
      return bytes
    }

    /// With the witness whose word was taken without the history's, so that it is seen for ever.
    private func recordedReason(_ takeOver: TakeOver) -> [UInt8] {
      unenrolledWitness ? takeOver.reason + Array(" (witness not enrolled there: \(witness))".utf8) : takeOver.reason
    }

    /// Whether the history's own leaves name the witness.
    private func isEnrolled(_ key: NoteVerifierKey, in export: ExportedLedger) throws -> Bool {
      var state = TrustState()
      try export.forEachLeaf { (index, bytes) throws(Failure) in try state.apply(bytes, at: index) }
      let name = Standing.ObjectName(kind: InstalledTrust.witness, name: key.name)
      return state.standing.objects[name]?.content == Array(witness.utf8)
    }

    private func approval(_ text: String, _ takeOver: TakeOver) throws -> Approval {
      let name = text.prefix { $0 != "=" }
      let files = text.dropFirst(name.count + 1).split(separator: ":", omittingEmptySubsequences: false)
      guard !name.isEmpty, files.count == 2 else {
        throw UsageMistake("--approval takes NAME=PUBLIC-KEY:SIGNATURE, not “\(text)”.")
      }
      return try takeOver.approval(
        by: LedgerLeaf.text(String(name)), try SignerOptions.key(String(files[0])),
        signature: try InputFile.read(String(files[1]), upTo: 4096))
    }
  }
}
