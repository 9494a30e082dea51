import ArgumentParser
import LogSnapshot
import LogSnapshotMaking
import Octets
import Reasons
import TrustRoot

extension LogDescription.Kind: ExpressibleByArgument {
  /// Of logs with tiles; the other kind has options of its own.
  package static var allValueStrings: [String] { [Self.rekorVersion2.rawValue, Self.other.rawValue] }
}

/// `assay trust log snapshot`
struct TrustLogSnapshot: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "snapshot",
    abstract: "Check what was fetched from a log, and pack it for the appliance.",
    discussion: """
      This command fetches nothing: what is missing it prints as lines for a shell. Run those, then the command \
      again. Everything that goes into the snapshot was proven: entries in the tree of a checkpoint, each checkpoint \
      a beginning of the newest. No key is needed; with --trusted-root, signatures are verified too.

      A log in tiles, Rekor v2 among them, from a folder in the log's own layout:

        curl -fsS --create-dirs -o log/checkpoint \\
            https://log2025-1.rekor.sigstore.dev/api/v2/checkpoint
        assay trust log snapshot --tiles log --kind rekor-v2 \\
            --entries 735..740 --out log.tar >fetch.sh
        sh fetch.sh             tiles and entries; then the same command again

      Entries of Rekor v1, as its API answers them:

        rekor=https://rekor.sigstore.dev
        curl -fsS -o entry.json "$rekor/api/v1/log/entries?logIndex=27246492"
        curl -fsS -o log.json $rekor/api/v1/log
        assay trust log snapshot --rekor-v1-entries entry.json \\
            --checkpoint log.json --out rekor.tar >fetch.sh
        sh fetch.sh             OLD-NEW.json, a proof between two checkpoints
        assay trust log snapshot --rekor-v1-entries entry.json \\
            --checkpoint log.json --consistency *-*.json --out rekor.tar

      Keep the checkpoint of each snapshot: it is the next one's --previous, by which appliances follow the log.

      Exit statuses: 0 done, 4 more must be fetched, 3 what was fetched does not hold, 1 the program failed, 64 the \
      command was wrong.
      """)

  @Option(help: .init("A folder with a log's checkpoint and tile/….", valueName: "DIR")) var tiles: String?
  @Option(help: .init("What the tiles are of: rekor-v2, or tlog for any other log.", valueName: "KIND"))
  var kind: LogDescription.Kind?
  @Option(help: .init("The log's origin; another one is refused.", valueName: "TEXT")) var origin: String?
  @Option(help: .init("Carry these entries, by index: 735 or 735..740.", valueName: "FIRST..LAST"))
  var entries: [String] = []
  @Option(
    help: .init(
      "Carry the entries that record this digest of what was signed: by cosign the payload, the layer of its manifest.",
      valueName: "sha256:…"))
  var digest: [String] = []
  @Option(help: .init("The same for a file of digests, one a line.", valueName: "FILE")) var images: [String] = []
  @Option(help: .init("Carry the entries whose certificate names exactly this.", valueName: "TEXT"))
  var identity: [String] = []
  @Flag(help: "Carry every hash tile, so that any entry can be proven later.") var allTiles = false

  @Option(
    name: .customLong("rekor-v1-entries"), parsing: .upToNextOption,
    help: .init("Answers of Rekor v1 to GET /api/v1/log/entries.", valueName: "FILE"))
  var rekorEntries: [String] = []
  @Option(
    parsing: .upToNextOption,
    help: .init(
      "Answers of Rekor v1 to GET /api/v1/log/proof, whose names begin with their sizes.", valueName: "OLD-NEW[=FILE]"))
  var consistency: [String] = []

  @Option(
    help: .init("The newest checkpoint: a signed note, or the answer to GET /api/v1/log.", valueName: "FILE"))
  var checkpoint: String?
  @Option(help: .init("A checkpoint that an earlier snapshot had.", valueName: "FILE")) var previous: [String] = []
  @Option(help: .init("Verify signatures by this trust root.", valueName: "FILE")) var trustedRoot: String?
  @Option(help: .init("The log's address, for the lines that fetch.", valueName: "URL")) var url: String?
  @Option(help: .init("The snapshot: a new name that ends with .tar.", valueName: "FILE.tar")) var out: String

  func run() throws {
    do {
      let made = try tiles.map { try tiled($0).write(to: out) } ?? rekor().write(to: out)
      try Render.write(TrustLogText.lines(made, out).joined(separator: "\n"))
    } catch let error as SnapshotError {
      try TrustLogText.explain(error)
    }
  }

  private func rekor() throws -> RekorSnapshot {
    let isOfTiles =
      kind != nil || origin != nil || allTiles || !entries.isEmpty || !digest.isEmpty || !images.isEmpty
      || !identity.isEmpty
    guard !isOfTiles else {
      throw UsageMistake(
        "--kind, --origin, --entries, --digest, --images, --identity and --all-tiles go with --tiles DIR.")
    }
    var snapshot = RekorSnapshot()
    snapshot.entries = rekorEntries
    snapshot.checkpoints = checkpoint.map { [$0] } ?? []
    snapshot.previous = previous
    snapshot.consistency = consistency
    snapshot.trustRoot = try trustRoot()
    snapshot.url = url
    return snapshot
  }

  private func tiled(_ folder: String) throws -> TiledSnapshot {
    guard rekorEntries.isEmpty, consistency.isEmpty else {
      throw UsageMistake("--rekor-v1-entries and --consistency are of a log without tiles: leave out --tiles.")
    }
    guard let kind, kind != .rekorVersion1 else {
      throw UsageMistake("--tiles wants --kind: \(LogDescription.Kind.allValueStrings.joined(separator: " or ")).")
    }
    var snapshot = TiledSnapshot(folder, kind)
    snapshot.origin = origin
    snapshot.checkpoint = checkpoint
    snapshot.previous = previous
    snapshot.choice = try choice()
    snapshot.allTiles = allTiles
    snapshot.trustRoot = try trustRoot()
    snapshot.url = url
    return snapshot
  }

  private func trustRoot() throws -> TrustRoot? {
    guard let trustedRoot else { return nil }
    return try TrustRoot(parsing: InputFile.read(trustedRoot, upTo: TrustRoot.byteLimit), named: trustedRoot)
  }

  // MARK: Which entries

  /// Bytes of a list of digests: a hundred thousand.
  private static let listLimit = 8 << 20

  private func choice() throws -> EntryChoice {
    var choice = EntryChoice()
    choice.ranges = try entries.map(Self.range)
    choice.identities = identity
    choice.digests = try digest.map { try Self.digest(Array($0.utf8), "--digest") }
    for path in images {
      let lines = try InputFile.read(path, upTo: Self.listLimit).split(separator: 0x0a)
      for (number, line) in lines.enumerated() where line.first != UInt8(ascii: "#") {
        choice.digests.append(try Self.digest(Array(line), "\(path): line \(number + 1)"))
      }
    }
    return choice
  }

  static func range(_ text: String) throws -> ClosedRange<UInt64> {
    let parts = text.split(separator: "..", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), let first = UInt64(parts[0]), let last = UInt64(parts[parts.count - 1]),
      first <= last
    else { throw UsageMistake("--entries: “\(text)” is neither an index nor FIRST..LAST.") }
    return first...last
  }

  private static func digest(_ text: [UInt8], _ place: String) throws -> ClaimedDigest {
    do throws(Failure) { return try ClaimedDigest(text, in: place, malformed: .logEntryMalformed) } catch {
      throw UsageMistake("\(place): \(error.detail)")
    }
  }
}
