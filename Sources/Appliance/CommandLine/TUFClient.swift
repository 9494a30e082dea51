import ArgumentParser
import Files
import Octets
import Reasons
import TUFMetadata
import Terminal
import UpdateFramework

/// `assay tuf-client`: The Update Framework's client as it stands, strict about expiry, over a repository in a folder.
/// In the shape that the TUF project's conformance suite drives; not for operators.
struct TUFClient: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tuf-client",
    abstract: "Update trusted TUF metadata from a repository, and fetch its targets.",
    discussion: """
        tuf-client --metadata-dir D init TRUSTED_ROOT
        tuf-client --metadata-dir D --repository R refresh
        tuf-client --metadata-dir D --repository R --target-name N --target-dir T download

      R holds the folders `metadata` and `targets`. Exit statuses: 0 done, 1 not.
      """,
    shouldDisplay: false)

  enum Action: String, ExpressibleByArgument, CaseIterable { case `init`, refresh, download }

  @Option(help: .init("Trusted metadata.", valueName: "DIR")) var metadataDir: String
  @Option(help: .init("The repository.", valueName: "DIR")) var repository: String?
  @Option(help: .init("The target's path.", valueName: "PATH")) var targetName: String?
  @Option(help: .init("Where targets are kept.", valueName: "DIR")) var targetDir: String?
  @Argument(help: .init("init, refresh or download.", valueName: "ACTION")) var action: Action
  @Argument(help: .init("The root to begin with.", valueName: "TRUSTED_ROOT")) var trustedRoot: String?

  func run() throws {
    do {
      try perform(at: UnixTime(wallClockSeconds()))
    } catch let mistake as UsageMistake {
      throw mistake
    } catch {
      _ = Voice.explain(error)
      throw ExitCode(ExitStatus.failure)
    }
  }

  func perform(at now: UnixTime) throws {
    switch action {
    case .`init`:
      guard let trustedRoot else { throw UsageMistake("init wants the trusted root’s file.") }
      let root = try InputFile.read(trustedRoot, upTo: TUFLimits.rootBytes)
      _ = try TrustedState(pinning: root, named: trustedRoot)
      try DurableFile.makeParents(of: path("root.json"))
      try DurableFile.write(root, to: path("root.json"))
    case .refresh: _ = try refreshed(at: now)
    case .download: try download(at: now)
    }
  }

  // MARK: Trusted metadata

  private func path(_ name: String) -> String { metadataDir + "/" + name }

  private func kept(_ role: RoleName, _ limit: Int) throws -> [UInt8]? {
    try DurableFile.read(path(role.fileName(version: nil)), atMost: limit)
  }

  private func refreshed(
    at now: UnixTime, then more: (inout RepositoryUpdate) throws -> Void = { _ in }
  ) throws -> RepositoryUpdate {
    let source = try RepositoryFolder(named(repository, "--repository"))
    guard let root = try kept(.root, TUFLimits.rootBytes) else {
      throw UsageMistake("\(metadataDir) holds no root.json: begin with init.")
    }
    let state = try TrustedState(
      root: root, timestamp: try kept(.timestamp, TUFLimits.timestampBytes),
      snapshot: try kept(.snapshot, TUFLimits.snapshotBytes))
    var update = RepositoryUpdate(
      of: state, expiry: .strict(now), keeping: { try? kept($0, TUFLimits.targetsBytes) },
      from: { request throws(Failure) in try source.metadata(request) })
    // What was established before a failure stays (§5.3.8, §5.4.5, §5.5.7, §5.6.6).
    do {
      try update.refresh()
      try more(&update)
    } catch {
      try keep(update)
      throw error
    }
    try keep(update)
    return update
  }

  private func keep(_ update: RepositoryUpdate) throws {
    try DurableFile.write(update.state.root.bytes, to: path("root.json"))
    try keep(update.state.timestamp?.bytes, .timestamp)
    try keep(update.state.snapshot?.bytes, .snapshot)
    for (role, metadata) in update.roles { try keep(metadata.bytes, role) }
  }

  /// Metadata that a rotation of keys forgot are deleted (§5.3.11).
  private func keep(_ bytes: [UInt8]?, _ role: RoleName) throws {
    let path = path(role.fileName(version: nil))
    if let bytes { try DurableFile.write(bytes, to: path) } else { try DurableFile.remove(path) }
  }

  // MARK: Targets

  private func download(at now: UnixTime) throws {
    let path = TargetPath(try named(targetName, "--target-name"))
    let folder = try named(targetDir, "--target-dir")
    guard let name = path.flatName else { throw UsageMistake("--target-name: \(path) names no file.") }
    var found: Target?
    _ = try refreshed(at: now) { found = try $0.target(path) }
    guard let found else { return }
    let kept = folder + "/" + name
    if (try? Self.verified(found, OpenFile(path: kept))) != nil { return }
    let source = try RepositoryFolder(named(repository, "--repository"))
    for stored in try found.storedNames() {
      guard let file = try source.target(stored) else { continue }
      let bytes = try Self.verified(found, file)
      try DurableFile.makeParents(of: kept)
      return try DurableFile.write(bytes, to: kept)
    }
    throw Failure(.tufFileMissing, "\(path)")
  }

  /// A file's bytes, once they have proven to be the target's. No more are read than are signed for, and one.
  private static func verified(_ target: Target, _ file: OpenFile) throws -> [UInt8] {
    var verifier = try TargetVerifier(target)
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = try file.readOn(into: &buffer, 0..<buffer.count)
      guard count > 0 else { break }
      try verifier.update(buffer[..<count])
      bytes += buffer[..<count]
    }
    _ = try verifier.finish()
    return bytes
  }

  private func named(_ value: String?, _ option: String) throws -> String {
    guard let value else { throw UsageMistake("\(action.rawValue) wants \(option).") }
    return value
  }
}

/// A repository as it is published, in a folder: hostile, and never left through a link.
private struct RepositoryFolder {
  private let folder: Directory

  init(_ path: String) throws {
    do throws(FileError) { folder = try Directory(path: path) } catch {
      throw UsageMistake("Cannot open \(path): \(error)")
    }
  }

  func metadata(_ request: MetadataRequest) throws(Failure) -> [UInt8]? {
    guard let file = try file("metadata/", Array(request.fileName.utf8)) else { return nil }
    var bytes = [UInt8](repeating: 0, count: request.limit + 1)
    do throws(FileError) {
      return Array(bytes[..<(try file.readOn(into: &bytes, 0..<bytes.count))])
    } catch {
      throw Failure(.archiveUnreadable, request.fileName, "\(error)")
    }
  }

  func target(_ name: [UInt8]) throws(Failure) -> OpenFile? { try file("targets/", name) }

  private func file(_ below: String, _ name: [UInt8]) throws(Failure) -> OpenFile? {
    do throws(FileError) {
      return try folder.file(at: Array(below.utf8) + name)
    } catch {
      if error.isAbsence { return nil }
      throw Failure(.archiveUnreadable, below + printable(name, limit: 200), "\(error)")
    }
  }
}
