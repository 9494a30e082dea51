import Files
import Octets
import Reasons
import TUFMetadata

/// A site's working folder on the connected side: a TUF repository, and the drafts of its next versions.
///
///     metadata/   N.root.json …, timestamp.json     what was published: every root, the newest of the rest
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
  /// The published files by their names: every root, and what the timestamp leads to.
  var files: [String: [UInt8]] = [:]
  /// Bytes of a targets file before its signatures, for which there is room besides.
  package var targetsRoom = TUFLimits.targetsBytes - (64 << 10)
  private let lock: FileLock

  package static let usualWait: Duration = .seconds(10)

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

  static func draftPath(_ role: SiteRole, of folder: String) -> String { "\(folder)/draft/\(role).json" }
  func draftPath(_ role: SiteRole) -> String { Self.draftPath(role, of: folder) }
  func metadataPath(_ name: String) -> String { "\(folder)/metadata/\(name)" }

  /// What appliances pin: the first root's file, once it is published.
  package var firstRoot: [UInt8]? { files[SiteRole.root.fileName(1)] }

  /// What is in force once everything is published.
  func current(_ role: SiteRole) -> Sheet? { drafts[role] ?? published[role] }

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
