import ArgumentParser
import BundleMaking
import Cryptography
import MediaReader
import Octets
import Policy
import Terminal

extension SiteRole: ExpressibleByArgument {}

/// What all commands that make bundles have in common.
struct TrustMakingOptions: ParsableArguments {
  @Argument(help: .init("The site's folder.", valueName: "DIR")) var folder: String

  @Option(
    help: .init("The time of now, so that a ceremony can be repeated: 2026-11-25T12:00:00Z.", valueName: "TIME"))
  var at: String?

  /// Opens the site, works in it, and says what comes next.
  func run(_ work: (inout Site) throws -> String) throws {
    try TrustMaking.run {
      var site = try Site(folder, at: try TrustMaking.time(at))
      let text = try work(&site)
      try Render.write([text, try TrustMaking.next(site)].filter { !$0.isEmpty }.joined(separator: "\n"))
    }
  }
}

enum TrustMaking {
  /// The clock's time, or what `--at` says.
  static func time(_ text: String?) throws -> UnixTime {
    guard let text else { return UnixTime(wallClockSeconds()) }
    guard let time = UnixTime(rfc3339: Array(text.utf8)) else {
      throw UsageMistake("--at: “\(text)” is no time; 2026-11-25T12:00:00Z is one.")
    }
    return time
  }

  /// Turns what stands against a command into the command line's own errors.
  static func run(_ body: () throws -> Void) throws {
    do {
      try body()
    } catch let error as MakingError {
      switch error {
      case .refused(_, let words): throw UsageMistake(words)
      case .metadata(let failure): throw failure
      case .unsigned:
        Voice.say("\(error)")
        throw ExitCode(ExitStatus.of(.incomplete))
      case .file, .held, .failed: throw error
      }
    }
  }

  static func keys(_ paths: [String]) throws -> [PublicKey] { try paths.map(SignerOptions.key) }

  /// `3f2a91bc  a.pub`
  static func line(_ path: String, _ key: PublicKey) throws -> String {
    "  \(try SiteKey(key).id)  \(printable(path, limit: 4096))"
  }

  /// The drafts with all that they say, what is new marked: what people read before they sign.
  static func drafts(_ site: Site) throws -> String {
    let states = try site.states()
    guard !states.isEmpty else { return "Nothing waits for signatures." }
    return states.map { state in
      let head = "\(state.role) \(state.version), until \(state.expires), \(state.days) days at a time"
      let changes = state.changes.map { "    \($0)" }
      let signed = state.demands.map { demand in
        let names = demand.signed.isEmpty ? "" : ": \(demand.signed.map { "\($0.id)" }.joined(separator: ", "))"
        return "    signed \(demand.signed.count) of \(demand.threshold) by \(demand.source)\(names)"
      }
      return ([head] + changes + signed).joined(separator: "\n")
    }.joined(separator: "\n")
  }

  /// Which site this is, in words that its people know: a folder may have been exchanged on its way.
  static func fingerprint(_ site: Site) -> String {
    guard let root = site.firstRoot else {
      return "Nothing is published yet, so that this site has no fingerprint: compare the keys’ IDs."
    }
    return (["The site’s first root, which is the same in every copy:"] + fingerprint(digest(root)))
      .joined(separator: "\n")
  }

  /// As `trust pin` shows it.
  static func fingerprint(_ root: ComputedDigest) -> [String] {
    ["  \(ClaimedDigest(root))", "  \(Proquint.words(Array(root.bytes.prefix(16))))"]
  }

  /// What appliances take of a bundle: the reader's own bounds, and those for log snapshots, which it writes to a disk.
  static let limits: BundleLimits = {
    let reader = MediaLimits.trustBundle
    return BundleLimits(
      entries: reader.entries, fileBytes: Int64(reader.keptEntryBytes), totalBytes: Int64(reader.totalBytes),
      snapshotBytes: 64 << 30)
  }()

  /// What comes next.
  static func next(_ site: Site) throws -> String {
    let states = try site.states()
    guard !states.isEmpty else {
      return "Next: nothing waits. Change something by add, remove, rotate or renew."
    }
    let wants = states.flatMap(\.sentences)
    guard !wants.isEmpty else { return "Next: assay trust pack \(printable(site.folder, limit: 4096)) OUT.tar.zst" }
    let head = "Next: assay trust sign \(printable(site.folder, limit: 4096)) --key KEY.pem, by these:"
    return ([head] + wants.map { "  \($0)" }).joined(separator: "\n")
  }
}
