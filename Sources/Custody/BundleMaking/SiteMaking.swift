package import Cryptography
import Files
package import Octets
import TUFMetadata

/// What a site decides when it begins.
package struct SitePlan: Sendable {
  /// Whose keys a role has; a role that is not named has the root's.
  package var keys: [SiteRole: [PublicKey]] = [:]
  /// How many must sign; `SiteRole.usualThreshold` where nothing is said, except for the root.
  package var thresholds: [SiteRole: Int] = [:]
  /// For how many days a version is signed; `SiteRole.usualDays` where nothing is said.
  package var days: [SiteRole: Int64] = [:]

  /// - Parameter threshold: how many of the root's people change everything.
  package init(rootKeys: [PublicKey], threshold: Int) {
    keys[.root] = rootKeys
    thresholds[.root] = threshold
  }

  func signers(_ role: SiteRole) throws(MakingError) -> Signers {
    var keys: [SiteKey] = []
    for key in self.keys[role] ?? self.keys[.root] ?? [] { keys.append(try SiteKey(key)) }
    return try Signers(keys, threshold: thresholds[role] ?? role.usualThreshold, for: role)
  }

  func page(_ role: SiteRole, at now: UnixTime, _ body: Page.Body) throws(MakingError) -> Page {
    let days = days[role] ?? role.usualDays
    guard Page.usableDays.contains(days) else {
      throw .refused(.threshold, "\(role): \(days) days; give 1 to \(Page.usableDays.upperBound).")
    }
    return Page(role, version: 1, days: days, at: now, body)
  }
}

extension Site {
  /// The root ceremony's first step: a folder that is not there yet, with drafts of version 1 of every role.
  package static func make(_ folder: String, _ plan: SitePlan, at now: UnixTime) throws(MakingError) -> Site {
    var top: [SiteRole: Signers] = [:]
    for role in Page.top { top[role] = try plan.signers(role) }
    var carriers: [SiteRole: Signers] = [:]
    for role in SiteRole.carriers { carriers[role] = try plan.signers(role) }
    var pages = [try plan.page(.root, at: now, .root(top)), try plan.page(.targets, at: now, .delegations(carriers))]
    for role in SiteRole.carriers { pages.append(try plan.page(role, at: now, .files([:]))) }
    let versions = Dictionary(uniqueKeysWithValues: SiteRole.listed.map { ($0, Int64(1)) })
    pages.append(try plan.page(.snapshot, at: now, .snapshot(versions)))
    pages.append(try plan.page(.timestamp, at: now, .timestamp(1)))

    var folder = folder
    while folder.count > 1, folder.hasSuffix("/") { folder.removeLast() }
    guard !DurableFile.isTaken(folder) else { throw .refused(.taken, "\(folder) is there already; name a new folder.") }
    let beside = folder + ".new"
    try clear(beside)
    try build(beside, pages, at: now)
    let final = folder
    try file(final) { () throws(FileError) in
      try DurableFile.rename(beside, to: final)
      try DurableFile.sync(folder: DurableFile.parent(of: final))
    }
    return try Site(folder, at: now)
  }

  /// The whole of it, marked as unfinished until it has its name and is opened.
  private static func build(_ folder: String, _ pages: [Page], at now: UnixTime) throws(MakingError) {
    try file(folder) { () throws(FileError) in
      try DurableFile.makeFolder(folder)
      try DurableFile.create(folder + "/" + marker, [])
      for name in ["metadata", "targets", "draft"] { try DurableFile.makeFolder(folder + "/" + name) }
    }
    var site = try Site(locking: folder, at: now)
    for page in pages { site.drafts[page.role] = Sheet(page) }
    try site.save()
  }

  /// Removes what an interrupted run left there; anything else is somebody's.
  private static func clear(_ folder: String) throws(MakingError) {
    guard DurableFile.isTaken(folder) else { return }
    let names = try file(folder) { () throws(FileError) in try Directory(path: folder).names(atMost: 16) }
    guard let names, names.isEmpty || names.contains(Array(marker.utf8)) else {
      throw .refused(.taken, "\(folder) is there already, where the site is made first; name another folder.")
    }
    try file(folder) { () throws(FileError) in try DurableFile.removeTree(folder) }
  }
}
