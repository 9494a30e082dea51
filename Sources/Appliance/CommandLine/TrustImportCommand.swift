import ArgumentParser
import Cryptography
import Ledger
import LedgerLeaf
import LogHistory
import MediaReader
import Octets
import Reasons
import Roles
import Store
import TUFMetadata
import Terminal
import TrustStore
import UpdateFramework

/// `assay trust pin`, `import`, `list`: what this appliance trusts, refreshed by hand-carried media.
enum TrustVerbs {
  struct Pin: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Pin the site's root: the one thing that trust bundles are verified from.",
      discussion: """
        Once, right after `assay init`. Two people compare the words that this prints with what the site's trust \
        operators have. A root is replaced by the bundles themselves, with the thresholds of the old root and the new.
        """)

    @Argument(help: .init("The site's root.json.", valueName: "ROOT")) var root: String
    @OptionGroup var state: StateOptions

    func run() throws {
      let root = try RootPin(reading: root)
      try Render.write(try root.pin(in: try state.running()).joined(separator: "\n"))
    }
  }

  struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Take a trust bundle in: all of it, or nothing.",
      discussion: """
        A bundle is a TUF repository in a tar, tar.gz, tar.zst or folder. Every signature, threshold, version, \
        length and hash is verified from the pinned root on; nothing may be lower than what was accepted before. \
        Metadata past their expiry are said, with their age. --dry-run shows what would change, and changes nothing.

        Where the site's policy asks for approvals (docs/formats/SiteRules.md), people sign a statement of the changes:

          assay trust import MEDIA --propose changes.txt
          assay trust approve changes.txt --key ada.pem --output ada.sig
          assay trust import MEDIA --proposal changes.txt --approval "A. Turing=ada.sig" --approval …
        """)

    @Argument(help: .init("The medium.", valueName: "MEDIA")) var media: String
    @Flag(help: "Show what would change, and change nothing.") var dryRun = false
    @Option(help: .init("Write what people have to agree to, and change nothing.", valueName: "FILE"))
    var propose: String?
    @Option(help: .init("What they agreed to.", valueName: "FILE")) var proposal: String?
    @Option(
      name: .customLong("approval"), help: .init("Who agreed, and their signature.", valueName: "NAME=SIGNATURE"))
    var approvals: [String] = []
    @OptionGroup var state: StateOptions
    @OptionGroup(title: "Confinement") var confinement: ConfinementOptions

    func run() throws {
      guard (proposal == nil) == approvals.isEmpty else { throw UsageMistake("--proposal and --approval go together.") }
      guard propose == nil || proposal == nil else { throw UsageMistake("Give either --propose or --proposal.") }
      let source = MediaSource(argument: media)
      try InputFile.verifyPresent(source)
      let signed = try proposal.map { try InputFile.read($0, upTo: LedgerLeaf.mostStatement) }
      let signatures = try approvals.map(Self.signature)
      let store = try state.open()
      let crew = confinement.crew()
      try crew.confineKeeper(of: store, reportingTo: propose.map(InputFile.folder(of:)))
      let bundle = try TrustBundle(reading: source, by: crew)
      let custodian = try store.running()
      let clock = UnixTime(wallClockSeconds())
      let now = Keeper(custodian).effectiveTime(clock: clock)
      var found = try TrustImport(bundle, onto: custodian.state.standing, now: now) {
        try custodian.store.objects.read($0)
      }
      let isOnlyShown = dryRun || propose != nil
      let logs: LogImport
      do {
        logs = try LogImport(found, from: bundle, into: custodian, keeping: !isOnlyShown)
      } catch let fork as LogFork {
        try record(fork, custodian, clock)
        throw fork.failure
      }
      found.add(try logs.changes())
      try Render.write((TrustText.lines(found) + logs.logs.flatMap(TrustText.lines)).joined(separator: "\n"))
      if found.changes.isEmpty {
        return try Render.write("Nothing changes: this bundle is no newer than the one in force.")
      }
      let consent = try TrustConsent(found, custodian)
      if let propose {
        guard consent.isNeeded else { return try Render.write("Nobody has to agree to this; nothing was changed.") }
        try OutputFile.write(try consent.statement(), to: propose)
        return try Render.write("Nothing was changed. What there is to agree to: \(printable(propose, limit: 4096))")
      }
      if dryRun { return try Render.write("Nothing was changed (--dry-run).") }
      let agreed = try consent.approvals(signed, signatures)
      try logs.finish()
      try custodian.store.objects.keep(found.largeObjects)
      var events = found.events(approvedBy: agreed, at: try custodian.head().size)
      if let (evidence, note) = logs.reached,
        TimeRules.mayRaise(custodian.state.standing.floor?.time, to: evidence.reached, clock: clock)
      {
        try custodian.store.objects.keep([note])
        events.append(.timeEvidence(evidence))
      }
      let receipts = try custodian.record(events, at: clock)
      try Render.write(
        "Imported in \(Quantity.count(receipts.count, "leaf", "leaves")), from leaf \(receipts.first?.leafIndex ?? 0) on."
      )
    }

    /// Both notes are kept for ever, whatever else becomes of the bundle; a look alone keeps nothing.
    private func record(_ fork: LogFork, _ custodian: Custodian, _ clock: UnixTime) throws {
      guard !dryRun, propose == nil, let change = try TrustImport.evidence(of: fork, in: custodian) else { return }
      try custodian.store.objects.keep(change.largeObjects)
      try custodian.record([change.event(approvals: [])], at: clock)
      Voice.say("A log signed two histories. Both are kept as evidence: assay trust log status")
    }

    private static func signature(_ text: String) throws -> (person: String, signature: [UInt8]) {
      let name = text.prefix { $0 != "=" }
      guard !name.isEmpty, name.count < text.count else {
        throw UsageMistake("--approval takes NAME=SIGNATURE, not “\(text)”.")
      }
      return (String(name), try InputFile.read(String(text.dropFirst(name.count + 1)), upTo: 4096))
    }
  }

  struct Approve: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Agree to what a trust bundle would change: sign it with a key of one's own.",
      discussion: """
        Needs no store: any machine of the person's will do. Any tool that signs the file's bytes does as well: \
        Ed25519 over them, ECDSA P-256 over their SHA-256.
        """)

    @Argument(help: .init("What `import --propose` wrote: read it first.", valueName: "STATEMENT"))
    var statement: String
    @Option(help: .init("One's private key, PKCS #8.", valueName: "PEM")) var key: String
    @Option(help: .init("Write the signature there.", valueName: "FILE")) var output: String

    func run() throws { try KeyFile.sign(statement, to: TrustConsent.action, with: key, to: output) }
  }
}
