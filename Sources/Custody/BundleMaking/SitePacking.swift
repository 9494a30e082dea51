package import Cryptography
import Files
import Octets
import Reasons
import TUFMetadata
import UpdateFramework

/// What was packed.
package struct Packed: Sendable {
  /// Roles with their versions, and whether the version is new.
  package let roles: [(role: SiteRole, version: Int64, isNew: Bool)]
  /// Their paths, UTF-8.
  package let targets: [[UInt8]]
  /// The first root's file: what an appliance pins.
  package let firstRoot: [UInt8]
  /// SHA-256 of the newest root's file.
  package let newestRoot: ComputedDigest
  /// What nothing lists any more, and was removed from the site's folder.
  package let cleared: Cleared
}

extension Site {
  /// Publishes the drafts and packs the whole: refuses unless every draft has its signatures, nothing has expired, and our
  /// own client accepts it, from the last published state and from the first root. The bundle gets its name
  /// only after what it holds is published: two bundles of the same versions and other contents cannot be.
  /// - Parameter limits: what an appliance takes of one bundle.
  package mutating func pack(to out: String, within limits: BundleLimits) throws(MakingError) -> Packed {
    let wants = try states().flatMap(\.sentences)
    guard wants.isEmpty else { throw .unsigned(wants) }
    for role in SiteRole.allCases {
      guard let page = current(role)?.page, page.expires <= now else { continue }
      throw .refused(.expired, "\(role) \(page.version) expired \(page.expires): assay trust renew \(folder) \(role)")
    }
    let files = try composed()
    let targets = try verify(files)
    try limits.verify(
      metadata: files.map { (Array($0.name.utf8), Int64($0.bytes.count)) },
      targets: try targets.map { target throws(MakingError) in
        (try Self.bundleName(target), target.path.utf8, target.file.length)
      })
    let roots = files.filter { $0.role == .root }
    guard let firstRoot = roots.first, let newestRoot = roots.last else {
      throw .refused(.folder, "\(folder) has no root.")
    }

    let writer = try BundleWriter(out)
    for file in files { try writer.write("metadata/\(file.name)", file.bytes) }
    for target in targets { try write(target, with: writer) }
    try writer.complete()

    let versions = SiteRole.allCases.map { ($0, current($0)?.page.version ?? 0, drafts[$0] != nil) }
    try publish(files)
    try writer.finish()
    let cleared = clear()
    return Packed(
      roles: versions, targets: targets.map(\.path.utf8), firstRoot: firstRoot.bytes,
      newestRoot: digest(newestRoot.bytes), cleared: cleared)
  }

  private struct MetadataOfBundle {
    let role: SiteRole
    let name: String
    let bytes: [UInt8]
  }

  /// Every root since the first, and the newest of everything else.
  private func composed() throws(MakingError) -> [MetadataOfBundle] {
    var files: [MetadataOfBundle] = []
    for version in 0..<(published[.root]?.page.version ?? 0) {
      let name = SiteRole.root.fileName(version + 1)
      files.append(MetadataOfBundle(role: .root, name: name, bytes: try published(name)))
    }
    for role in SiteRole.allCases {
      if let draft = drafts[role] {
        files.append(MetadataOfBundle(role: role, name: draft.fileName, bytes: try pruned(draft).serialized()))
      } else if role != .root, let sheet = published[role] {
        files.append(
          MetadataOfBundle(role: role, name: sheet.fileName, bytes: try published(sheet.fileName)))
      }
    }
    return files
  }

  private func published(_ name: String) throws(MakingError) -> [UInt8] {
    guard let bytes = files[name] else { throw .metadata(Failure(.tufFileMissing, metadataPath(name))) }
    return bytes
  }

  /// Without signatures that count for nothing.
  private func pruned(_ draft: Sheet) throws(MakingError) -> Sheet {
    var counting: Set<KeyID> = []
    for (_, signers) in signers(of: draft.role) { counting.formUnion(try draft.signed(by: signers).map(\.id)) }
    var pruned = draft
    pruned.signatures = draft.signatures.filter { counting.contains($0.key) }
    return pruned
  }

  // MARK: Verifying

  /// As an appliance would: one that has the last bundle, and a new one.
  private func verify(_ files: [MetadataOfBundle]) throws(MakingError) -> [Target] {
    let byName = Dictionary(uniqueKeysWithValues: files.map { ($0.name, $0.bytes) })
    guard let first = byName[SiteRole.root.fileName(1)] else { throw .refused(.folder, "\(folder) has no root 1.") }
    let last = published[.root].flatMap { self.files[$0.fileName] } ?? first
    let kept = [SiteRole.timestamp, .snapshot].map { published[$0].flatMap { self.files[$0.fileName] } }
    var found: [Target] = []
    for (root, timestamp, snapshot) in [(first, nil, nil), (last, kept[0], kept[1])] {
      found = try metadata { () throws(Failure) in
        let state = try TrustedState(root: root, timestamp: timestamp, snapshot: snapshot)
        var update = RepositoryUpdate(of: state, expiry: .strict(now)) { request throws(Failure) in
          byName[request.fileName]
        }
        try update.refresh()
        try update.verifyDelegations()
        var targets: [Target] = []
        for role in SiteRole.carriers {
          let paths = (current(role)?.page.files ?? [:]).keys.sorted { $0.lexicographicallyPrecedes($1) }
          for path in paths { targets.append(try update.target(TargetPath(path))) }
        }
        return targets
      }
    }
    return found
  }

  /// A target's bytes into the bundle, verified on the way.
  private func write(_ target: Target, with writer: BundleWriter) throws(MakingError) {
    let name = String(decoding: try Self.bundleName(target), as: UTF8.self)
    let path = "\(folder)/\(name)"
    let input = try file(path) { () throws(FileError) in try Directory(path: folder).file(at: Array(name.utf8)) }
    var verifier = try metadata { () throws(Failure) in try TargetVerifier(target) }
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    try writer.begin(name, size: target.file.length)
    while true {
      let count = try file(path) { () throws(FileError) in try input.readOn(into: &buffer, 0..<buffer.count) }
      guard count > 0 else { break }
      do throws(Failure) { try verifier.update(buffer[..<count]) } catch { throw .metadata(error) }
      try writer.append(buffer[..<count])
    }
    do throws(Failure) { _ = try verifier.finish() } catch { throw .metadata(error) }
    try writer.end(size: target.file.length)
  }

  /// Its name in the bundle, and in the site's folder.
  private static func bundleName(_ target: Target) throws(MakingError) -> [UInt8] {
    Array("targets/".utf8) + (try metadata { () throws(Failure) in try target.storedNames() }.first ?? [])
  }

  // MARK: Publishing

  /// Moves the drafts to what is published, the timestamp last: until then, the old state stands.
  private mutating func publish(_ files: [MetadataOfBundle]) throws(MakingError) {
    for file in files.sorted(by: { $0.role < $1.role }) where drafts[file.role] != nil {
      if file.role == .root, file.name != drafts[.root]?.fileName { continue }
      let path = metadataPath(file.name)
      try BundleMaking.file(path) { () throws(FileError) in try DurableFile.write(file.bytes, to: path) }
      self.files[file.name] = file.bytes
    }
    for (role, draft) in drafts { published[role] = draft }
    drafts = [:]
    try save()
  }
}

extension DraftState {
  /// What is still wanted, a sentence for each group of people.
  package var sentences: [String] {
    demands.filter { $0.missing > 0 }.map { demand in
      let open = demand.open.map { "\($0.id)" }.joined(separator: ", ")
      let noun = demand.missing == 1 ? "signature" : "signatures"
      return "\(role) \(version) wants \(demand.missing) more \(noun) by \(demand.source): of \(open)"
    }
  }
}
