import Files
package import Octets
import Reasons
import TUFMetadata

/// A site's working folder on the connected side: a TUF repository, and the drafts of its next versions.
///
///     metadata/   N.root.json …, timestamp.json     what was published; every version stays
///     targets/    trust/<sha256>.<name> …           the files, by their digest
///     draft/      trust.json …                      what waits for signatures
///
/// It holds no secret: keys stay with their owners. One process works in it at a time. A draft's version is the one
/// behind the published version, however often it is changed; every change takes its signatures away.
package struct Site: Sendable {
  package let folder: String
  /// The time of this run, an argument as everywhere.
  let now: UnixTime
  /// The newest root, and what the timestamp leads to.
  var published: [SiteRole: Sheet] = [:]
  var drafts: [SiteRole: Sheet] = [:]
  /// Every published root's file, from 1 on.
  var roots: [[UInt8]] = []
  /// Bytes of a targets file before its signatures, for which there is room besides.
  package var targetsRoom = TUFLimits.targetsBytes - (64 << 10)
  private let lock: FileLock

  package static let usualWait: Duration = .seconds(10)

  /// Opens a site's folder.
  package init(_ folder: String, at now: UnixTime, waiting: Duration = usualWait) throws(MakingError) {
    guard DurableFile.isTaken(folder + "/draft"), DurableFile.isTaken(folder + "/metadata") else {
      throw .refused(.folder, "\(folder) is no site’s folder. Make one: assay trust new \(folder) …")
    }
    try self.init(locking: folder, at: now, waiting: waiting)
    try readPublished()
    try readDrafts()
    try verifyDenials()
  }

  init(locking folder: String, at now: UnixTime, waiting: Duration = usualWait) throws(MakingError) {
    // Up to the year 9000, so that every expiry has a year of four digits.
    guard (0..<221_845_392_000).contains(now.seconds) else {
      throw .refused(.clock, "It cannot be \(now). Set this machine’s clock, or say --at.")
    }
    self.folder = folder
    self.now = now
    do throws(FileLock.Failure) {
      lock = try FileLock(folder + "/lock", waiting: waiting)
    } catch {
      switch error {
      case .held(let holder): throw .held(folder: folder, by: holder)
      case .file(let error): throw .file(path: folder + "/lock", error)
      }
    }
  }

  func draftPath(_ role: SiteRole) -> String { "\(folder)/draft/\(role).json" }
  func metadataPath(_ name: String) -> String { "\(folder)/metadata/\(name)" }

  /// What is in force once everything is published.
  func current(_ role: SiteRole) -> Sheet? { drafts[role] ?? published[role] }

  // MARK: Reading

  private func read(_ path: String, _ limit: Int) throws(MakingError) -> [UInt8]? {
    try file(path) { () throws(FileError) in try DurableFile.read(path, atMost: limit) }
  }

  private mutating func readPublished() throws(MakingError) {
    while true {
      let name = SiteRole.root.fileName(Int64(roots.count + 1))
      guard let bytes = try read(metadataPath(name), TUFLimits.rootBytes) else { break }
      published[.root] = try Sheet(parsing: bytes, as: .root, named: name)
      roots.append(bytes)
    }
    let name = SiteRole.timestamp.fileName(1)
    guard let timestamp = try read(metadataPath(name), TUFLimits.timestampBytes) else { return }
    let newest = try Sheet(parsing: timestamp, as: .timestamp, named: name)
    published[.timestamp] = newest
    guard case .timestamp(let version) = newest.page.body else { return }
    let snapshot = try readPublished(.snapshot, version)
    published[.snapshot] = snapshot
    guard case .snapshot(let versions) = snapshot.page.body else { return }
    for (role, version) in versions { published[role] = try readPublished(role, version) }
  }

  private func readPublished(_ role: SiteRole, _ version: Int64) throws(MakingError) -> Sheet {
    let name = role.fileName(version)
    guard let bytes = try read(metadataPath(name), TUFLimits.targetsBytes) else {
      throw .metadata(Failure(.tufFileMissing, metadataPath(name)))
    }
    return try Sheet(parsing: bytes, as: role, named: name)
  }

  private mutating func readDrafts() throws(MakingError) {
    for role in SiteRole.allCases {
      let path = draftPath(role)
      guard let bytes = try read(path, TUFLimits.targetsBytes) else { continue }
      let draft = try Sheet(parsing: bytes, as: role, named: path)
      let version = published[role]?.page.version ?? 0
      // A publication that was interrupted had come so far.
      if draft.page == published[role]?.page { continue }
      guard draft.page.version == version + 1 else {
        throw .refused(
          .version,
          "\(path) has version \(draft.page.version), and \(version) is published: the next is \(version + 1). Delete the"
            + " draft and begin it again.")
      }
      drafts[role] = draft
    }
  }

  /// Denials are `deny/000001.json` and on, without a gap, and those that were published are still the same.
  private func verifyDenials() throws(MakingError) {
    guard let files = drafts[.deny]?.page.files else { return }
    for (path, facts) in published[.deny]?.page.files ?? [:] where files[path] != facts {
      throw .refused(
        .denyOnlyGrows,
        "\(draftPath(.deny)) removes or changes \(printable(path)), which is published. Delete the draft and begin it"
          + " again; a denial is lifted by a file of the policy role.")
    }
    for number in 0..<files.count where files[Self.denial(number + 1)] == nil {
      throw .refused(.denyOnlyGrows, "\(draftPath(.deny)) lacks \(printable(Self.denial(number + 1))).")
    }
  }

  /// The path of the denial of this number.
  static func denial(_ number: Int) -> [UInt8] {
    let digits = String(number)
    return Array("deny/\(String(repeating: "0", count: max(0, 6 - digits.utf8.count)))\(digits).json".utf8)
  }

  // MARK: Writing

  /// Writes all drafts, and removes those that are none any more.
  func save() throws(MakingError) {
    for role in SiteRole.allCases {
      let path = draftPath(role)
      let bytes = drafts[role]?.serialized()
      try file(path) { () throws(FileError) in
        if let bytes {
          try DurableFile.write(bytes, to: path, syncingFolder: false)
        } else {
          try DurableFile.remove(path)
        }
      }
    }
    let folder = folder + "/draft"
    try file(folder) { () throws(FileError) in try DurableFile.sync(folder: folder) }
  }

  /// The draft of a role, begun if there is none; without signatures, since it is about to change.
  func draft(_ role: SiteRole) throws(MakingError) -> Page {
    if var page = drafts[role]?.page {
      page.renew(at: now)
      return page
    }
    guard let page = published[role]?.page else {
      throw .refused(.folder, "\(folder) has no \(role), neither published nor as a draft. Make the site again.")
    }
    return page.next(at: now)
  }
}
