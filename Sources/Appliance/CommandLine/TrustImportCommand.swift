import ArgumentParser
import Cryptography
import Ledger
import LedgerLeaf
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
        Once, right after `assay init`. Two people compare the words that this prints with what the site's trust
        operators have. A root is replaced by the bundles themselves, with the thresholds of the old root and the new.
        """)

    @Argument(help: .init("The site's root.json.", valueName: "ROOT")) var root: String
    @OptionGroup var state: StateOptions

    func run() throws {
      let bytes = try InputFile.read(root, upTo: TUFLimits.rootBytes)
      let pinned: TrustedState
      do throws(Failure) {
        pinned = try TrustedState(pinning: bytes, named: root)
      } catch {
        throw UsageMistake("That is no root to pin: \(Voice.sentence(error))")
      }
      let custodian = try state.running()
      let name = Standing.ObjectName(kind: InstalledTrust.state, name: Array("root".utf8))
      guard custodian.state.standing.objects[name] == nil else {
        throw UsageMistake("A root is pinned already; bundles replace it, nobody else does.")
      }
      let fingerprint = digest(bytes)
      if bytes.count > LedgerLeaf.mostContent { try custodian.store.objects.keep([bytes]) }
      try custodian.record(
        [
          .trustChange(
            ObjectChange(
              action: .add, kind: name.kind, name: name.name, object: ClaimedDigest(fingerprint), previous: nil,
              content: bytes.count > LedgerLeaf.mostContent ? nil : bytes, approvals: []))
        ], at: UnixTime(wallClockSeconds()))
      try Render.write(
        """
        Pinned root version \(pinned.versions.first { $0.key.description == "root" }?.value ?? 0)
          \(ClaimedDigest(fingerprint))
          \(Proquint.words(Array(fingerprint.bytes.prefix(16))))
        Compare these words with the trust operators before the first import.
        """)
    }
  }

  struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Take a trust bundle in: all of it, or nothing.",
      discussion: """
        A bundle is a TUF repository in a tar, tar.gz, tar.zst or folder. Every signature, threshold, version, length and
        hash is verified from the pinned root on; nothing may be lower than what was accepted before. Metadata past their
        expiry are said, with their age. --dry-run shows what would change, and changes nothing.
        """)

    @Argument(help: .init("The medium.", valueName: "MEDIA")) var media: String
    @Flag(help: "Show what would change, and change nothing.") var dryRun = false
    @OptionGroup var state: StateOptions

    func run() throws {
      let source = MediaSource(argument: media)
      try InputFile.verifyPresent(source)
      let bundle = try TrustBundle(reading: source)
      let custodian = try state.running()
      let clock = UnixTime(wallClockSeconds())
      let proposal = try TrustImport(
        bundle, onto: custodian.state.standing, now: Keeper(custodian).effectiveTime(clock: clock)
      ) { try custodian.store.objects.read($0) }
      try Render.write(TrustText.lines(proposal).joined(separator: "\n"))
      if proposal.changes.isEmpty {
        return try Render.write("Nothing changes: this bundle is no newer than the one in force.")
      }
      if dryRun { return try Render.write("Nothing was changed (--dry-run).") }
      try custodian.store.objects.keep(proposal.largeObjects)
      let receipts = try custodian.record(proposal.events, at: clock)
      try Render.write(
        "Imported in \(Quantity.count(receipts.count, "leaf", "leaves")), from leaf \(receipts.first?.leafIndex ?? 0) on."
      )
    }
  }
}
