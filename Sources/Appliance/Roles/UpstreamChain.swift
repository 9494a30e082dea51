package import Octets
package import Reasons
package import TUFMetadata
import TrustRoot
package import UpdateFramework

/// An upstream's own repository (Sigstore's, for one), carried whole in a site's bundle, and verified from the upstream's
/// own pinned root by the same client as the bundle itself. So nobody at the site has to be believed about the
/// upstream's trust root, beyond which root was pinned.
package struct UpstreamChain: Sendable {
  /// What was accepted of an upstream so far: the bytes of its metadata.
  package struct State: Hashable, Sendable {
    package var root: [UInt8]
    package var timestamp: [UInt8]?
    package var snapshot: [UInt8]?
    /// Of the targets roles that the trust root rests on.
    package var roles: [RoleName: [UInt8]]

    /// - Parameter root: that of an earlier update, or the pinned one, and then nothing beside it.
    package init(
      root: [UInt8], timestamp: [UInt8]? = nil, snapshot: [UInt8]? = nil, roles: [RoleName: [UInt8]] = [:]
    ) {
      self.root = root
      self.timestamp = timestamp
      self.snapshot = snapshot
      self.roles = roles
    }
  }

  /// The one file that is wanted of it.
  private static let trustedRoot = TargetPath(Array("trusted_root.json".utf8))

  /// To be kept, and to be brought along next time.
  package let state: State
  /// `trusted_root.json`
  package let trustedRoot: [UInt8]
  /// How old everything is that the trust root rests on.
  package let ages: [Age]
  package let versions: [RoleName: Int64]

  /// What the trust root needs must be carried; what it does not need may be left out. What is carried is verified: all
  /// metadata that the snapshot lists, and all files that they list. Beside them older versions may lie, which say
  /// nothing.
  ///
  /// - Parameters:
  ///   - tar: a plain tar with `metadata/` and `targets/`.
  ///   - name: what errors call it.
  ///   - earlier: what was accepted; nothing of it goes back.
  ///   - now: the effective time; expiry is an age.
  /// - Throws: `tuf.…`, `trust-root.…`, `archive.…`, `trust-bundle.malformed`.
  package init(_ tar: [UInt8], named name: String, from earlier: State, now: UnixTime) throws(Failure) {
    do throws(Failure) {
      let repository = try TrustBundle(held: tar, named: name)
      let start = try TrustedState(root: earlier.root, timestamp: earlier.timestamp, snapshot: earlier.snapshot)
      try repository.verifyRoots(behind: start.root.body.version)
      var update = RepositoryUpdate(of: start, expiry: .aged(now)) { (request) throws(Failure) in
        repository.metadata(request)
      }
      try update.refresh()
      guard let trustedRoot = try Self.file(Self.trustedRoot, of: &update, from: repository) else {
        throw Failure(.tufFileMissing, "\(Self.trustedRoot)", "it is listed, and not carried")
      }
      _ = try TrustRoot(parsing: trustedRoot, named: "\(Self.trustedRoot)")
      self.trustedRoot = trustedRoot
      state = State(
        root: update.state.root.bytes, timestamp: update.state.timestamp?.bytes,
        snapshot: update.state.snapshot?.bytes, roles: update.roles.mapValues(\.bytes))
      ages = update.ages
      versions = update.state.versions
      try Self.verifyRest(&update, of: repository)
      for (role, metadata) in update.roles {
        try metadata.verifyNotBelow(
          earlier.roles[role], named: role.fileName(version: metadata.body.version))
      }
    } catch {
      throw error.within(name)
    }
  }

  /// Nothing of the trust root rests on these.
  private static func verifyRest(_ update: inout RepositoryUpdate, of repository: TrustBundle) throws(Failure) {
    let listed = update.state
    try update.verifyDelegations { role in
      let version = listed.root.body.isConsistent ? listed.snapshot?.body.roles[role]?.version : nil
      return repository.metadata(role.fileName(version: version)) != nil
    }
    for path in Set(update.roles.values.flatMap { $0.body.targets.keys }) {
      _ = try file(TargetPath(path), of: &update, from: repository)
    }
  }

  /// The bytes of a file, verified; nil where they were not carried.
  private static func file(
    _ path: TargetPath, of update: inout RepositoryUpdate, from repository: TrustBundle
  ) throws(Failure) -> [UInt8]? {
    let target = try update.target(path)
    guard let bytes = repository.target(try target.storedNames()) else { return nil }
    var verifier = try TargetVerifier(target)
    try verifier.update(bytes[...])
    _ = try verifier.finish()
    return bytes
  }
}
