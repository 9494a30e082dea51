import Files
package import Octets
import Reasons
import TUFMetadata
import UpdateFramework

extension Site {
  /// What `make` leaves in a folder until all of it is there.
  static let marker = "unfinished"

  /// Opens a site's folder: looks through all of it, and brings to its end what was interrupted.
  ///
  /// The folder may come from anybody's stick. What was published must be what an appliance would accept from the first
  /// root on, whatever has expired meanwhile. That it is this site, and no other one, is for people to see by
  /// `firstRoot`.
  package init(_ folder: String, at now: UnixTime, waiting: Duration = usualWait) throws(MakingError) {
    guard DurableFile.isTaken(folder + "/draft"), DurableFile.isTaken(folder + "/metadata") else {
      throw .refused(.folder, "\(folder) is no site’s folder. Make one: assay trust new \(folder) …")
    }
    try self.init(locking: folder, at: now, waiting: waiting)
    try SiteTree.verify(folder)
    let found = try Self.readDrafts(of: folder)
    try readPublished()
    try takeBackRoot(found)
    try verifyPublished()
    // What was published and is still there as a draft comes from a publication that was interrupted at its end.
    drafts = found.filter { $0.value.page != published[$0.key]?.page }
    try verifyVersions()
    try verifyDenials()
    for role in SiteRole.allCases where current(role) == nil {
      throw .refused(.folder, "\(folder) has no \(role), neither published nor as a draft. Make the site again.")
    }
    try settle()
    // Drafts that only this run's memory holds would have another date in the next one, and so other bytes to sign.
    if drafts != found { try save() }
    let marker = folder + "/" + Self.marker
    try file(marker) { () throws(FileError) in try DurableFile.remove(marker) }
  }

  private static func read(_ path: String, _ limit: Int) throws(MakingError) -> [UInt8]? {
    try file(path) { () throws(FileError) in try DurableFile.read(path, atMost: limit) }
  }

  // MARK: Published

  private mutating func readPublished() throws(MakingError) {
    for version in 1... {
      let name = SiteRole.root.fileName(Int64(version))
      guard let bytes = try Self.read(metadataPath(name), TUFLimits.rootBytes) else { break }
      published[.root] = try Sheet(parsing: bytes, as: .root, named: name)
      files[name] = bytes
    }
    let name = SiteRole.timestamp.fileName(1)
    guard let timestamp = try Self.read(metadataPath(name), TUFLimits.timestampBytes) else { return }
    let newest = try Sheet(parsing: timestamp, as: .timestamp, named: name)
    files[name] = timestamp
    published[.timestamp] = newest
    guard case .timestamp(let version) = newest.page.body else { return }
    let snapshot = try readPublished(.snapshot, version)
    guard case .snapshot(let versions) = snapshot.page.body else { return }
    for (role, version) in versions { _ = try readPublished(role, version) }
  }

  private mutating func readPublished(_ role: SiteRole, _ version: Int64) throws(MakingError) -> Sheet {
    let name = role.fileName(version)
    guard let bytes = try Self.read(metadataPath(name), TUFLimits.targetsBytes) else { throw missing(name) }
    let sheet = try Sheet(parsing: bytes, as: role, named: name)
    files[name] = bytes
    published[role] = sheet
    return sheet
  }

  private func missing(_ name: String) -> MakingError {
    .metadata(
      Failure(.tufFileMissing, metadataPath(name), "take it from the last bundle, or from your copy of this folder"))
  }

  /// A root is published once the timestamp is that was drafted with it: before, appliances of this state would see a root
  /// whose people signed nothing else yet. A run that was interrupted in between left it in the drafts too.
  private mutating func takeBackRoot(_ found: [SiteRole: Sheet]) throws(MakingError) {
    guard let root = published[.root], found[.root]?.page == root.page, let timestamp = found[.timestamp],
      timestamp.page != published[.timestamp]?.page
    else { return }
    let path = metadataPath(root.fileName)
    try file(path) { () throws(FileError) in
      try DurableFile.remove(path)
      try DurableFile.sync(folder: DurableFile.parent(of: path))
    }
    files[root.fileName] = nil
    let before = SiteRole.root.fileName(root.page.version - 1)
    published[.root] = try files[before].map { bytes throws(MakingError) in
      try Sheet(parsing: bytes, as: .root, named: before)
    }
  }

  /// From the first root on, by the client's rules, to every file; only dates are passed over.
  private func verifyPublished() throws(MakingError) {
    guard !files.isEmpty else { return }
    guard let first = firstRoot else { throw missing(SiteRole.root.fileName(1)) }
    try metadata { () throws(Failure) in
      let state = try TrustedState(pinning: first, named: SiteRole.root.fileName(1))
      var update = RepositoryUpdate(of: state, expiry: .aged(now)) { request throws(Failure) in
        files[request.fileName]
      }
      try update.refresh()
      try update.verifyDelegations()
    }
    for role in SiteRole.carriers { try verifyFiles(of: published[role]) }
  }

  // MARK: Drafts

  static func readDrafts(of folder: String) throws(MakingError) -> [SiteRole: Sheet] {
    var found: [SiteRole: Sheet] = [:]
    for role in SiteRole.allCases {
      let path = draftPath(role, of: folder)
      guard let bytes = try read(path, TUFLimits.targetsBytes) else { continue }
      found[role] = try Sheet(parsing: bytes, as: role, named: path)
    }
    return found
  }

  private func verifyVersions() throws(MakingError) {
    for (role, draft) in drafts {
      let version = published[role]?.page.version ?? 0
      guard draft.page.version == version + 1 else {
        throw .refused(
          .version,
          "\(draftPath(role)) has version \(draft.page.version), and \(version) is published: the next is \(version + 1)."
            + " Delete the draft and begin it again.")
      }
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
}
