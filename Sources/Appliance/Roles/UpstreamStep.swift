import Octets
import Reasons
package import TUFMetadata
import TrustStore
package import UpdateFramework

/// One step of an upstream's chain: what a bundle carries of it, beside what was accepted before.
package struct UpstreamStep: Sendable {
  /// The folder of its `tuf.tar`, by which people know the upstream: `trust/sigstore`.
  package let folder: [UInt8]
  /// Versions that were accepted before; nil where the upstream is new here.
  package let before: [RoleName: Int64]?
  package let after: [RoleName: Int64]
  package let ages: [Age]

  /// Verifies every `tuf.tar` that is wanted, and adds what comes of it: the `trusted_root.json` of its folder, and the
  /// state that the next one must continue. What was kept of an upstream counts before a `root.json`, which only begins
  /// a chain: to begin it anew, a bundle without the upstream takes it away.
  ///
  /// - Throws: `tuf.…`, `trust-bundle.upstream-unpinned`; `trust-bundle.malformed` for two trust roots in one folder;
  ///   `trust-bundle.unsupported` for a root of no repository.
  static func verify(
    _ wanted: inout [Standing.ObjectName: [UInt8]], after standing: Standing, now: UnixTime,
    _ read: (ClaimedDigest) throws -> [UInt8]
  ) throws -> [UpstreamStep] {
    var steps: [UpstreamStep] = []
    var folders: Set<[UInt8]> = []
    for (name, tar) in wanted.sorted(by: { $0.key < $1.key }) where name.kind == InstalledTrust.upstream {
      let place = UpstreamPlace(tar: name.name)
      folders.insert(place.folder)
      let earlier = try place.state(in: standing, read)
      guard let start = earlier ?? wanted[place.pin].map({ UpstreamChain.State(root: $0) }) else {
        throw Failure(.trustBundleUpstreamUnpinned, printable(name.name, limit: 200))
      }
      let chain = try UpstreamChain(tar, named: printable(name.name, limit: 200), from: start, now: now)
      guard wanted.updateValue(chain.trustedRoot, forKey: place.trustRoot) == nil else {
        throw Failure(
          .trustBundleMalformed, printable(place.trustRoot.name, limit: 200), "the upstream’s tuf.tar brings one too")
      }
      for (name, bytes) in place.objects(chain.state) { wanted[name] = bytes }
      steps.append(
        UpstreamStep(
          folder: place.folder, before: try earlier.map(versions), after: chain.versions, ages: chain.ages))
    }
    for name in wanted.keys.sorted() where name.kind == InstalledTrust.upstreamRoot {
      guard folders.contains(UpstreamPlace(pin: name.name).folder) else {
        throw Failure(.trustBundleUnsupported, printable(name.name, limit: 200), "a root without its tuf.tar")
      }
    }
    return steps
  }

  private static func versions(_ state: UpstreamChain.State) throws(Failure) -> [RoleName: Int64] {
    try TrustedState(root: state.root, timestamp: state.timestamp, snapshot: state.snapshot).versions
  }
}

/// Where the files of one upstream are.
struct UpstreamPlace {
  let folder: [UInt8]

  init(tar path: [UInt8]) { folder = Array(path.dropLast("/tuf.tar".utf8.count)) }
  init(pin path: [UInt8]) { folder = Array(path.dropLast("/root.json".utf8.count)) }

  /// `trust/sigstore/targets.json` → `targets`, as the site's age limits name it; of the state `root` and the like.
  static func role(of name: [UInt8]) -> [UInt8] {
    let last = Array(name.split(separator: UInt8(ascii: "/")).last ?? [])
    let end = Array(".json".utf8)
    return last.reversed().starts(with: end.reversed()) ? last.dropLast(end.count) : last
  }

  var pin: Standing.ObjectName { object(InstalledTrust.upstreamRoot, "root.json") }
  var trustRoot: Standing.ObjectName { object(InstalledTrust.trustRoot, "trusted_root.json") }

  private func object(_ kind: [UInt8], _ name: String) -> Standing.ObjectName {
    Standing.ObjectName(kind: kind, name: folder + Array("/\(name)".utf8))
  }

  /// What is to be kept of a state.
  func objects(_ state: UpstreamChain.State) -> [Standing.ObjectName: [UInt8]] {
    var objects = [object(InstalledTrust.upstreamState, "root"): state.root]
    objects[object(InstalledTrust.upstreamState, "timestamp")] = state.timestamp
    objects[object(InstalledTrust.upstreamState, "snapshot")] = state.snapshot
    for (role, bytes) in state.roles {
      objects[object(InstalledTrust.upstreamRole, role.fileName(version: nil))] = bytes
    }
    return objects
  }

  /// What was kept; nil where nothing was.
  func state(
    in standing: Standing, _ read: (ClaimedDigest) throws -> [UInt8]
  ) throws -> UpstreamChain.State? {
    func kept(_ name: String) throws -> [UInt8]? {
      guard let object = standing.objects[object(InstalledTrust.upstreamState, name)] else { return nil }
      return try object.content ?? read(object.digest)
    }
    guard let root = try kept("root") else { return nil }
    var roles: [RoleName: [UInt8]] = [:]
    for (name, object) in standing.objects(of: InstalledTrust.upstreamRole) {
      guard let role = RoleName(fileName: Self.role(of: name)),
        name == self.object(InstalledTrust.upstreamRole, role.fileName(version: nil)).name
      else { continue }
      roles[role] = try object.content ?? read(object.digest)
    }
    return UpstreamChain.State(
      root: root, timestamp: try kept("timestamp"), snapshot: try kept("snapshot"), roles: roles)
  }
}
