import Octets
package import Reasons
package import TUFMetadata

/// A repository: any place that answers to names. Nothing that it says is believed.
/// - Returns: the file's bytes, of which more than `limit` + 1 are never looked at; nil where there is no such file.
package typealias MetadataSource = (MetadataRequest) throws(Failure) -> [UInt8]?

/// The client workflow of The Update Framework (specification 1.0.34, §5), from a trusted state to a newer one.
///
/// No file, clock or network: the repository is a function, the time an argument. Each step changes the state only after
/// all that it checks; where a later step throws, what stands in `state` is what the earlier ones established. A client
/// with a network keeps that (§5.3.8, §5.4.5, §5.5.7); an import of a whole bundle throws it away.
///
///     var update = RepositoryUpdate(of: state, expiry: .aged(now), from: source)
///     try update.refresh()
///     try update.verifyDelegations()
///     let target = try update.target("trust/trusted_root.json")
package struct RepositoryUpdate {
  /// Roots that one update follows (§5.3.3, Y).
  package static let rootLimit = 1024
  /// Roles that one search visits, the top-level one included (§5.6.7.1).
  package static let roleLimit = 64

  package internal(set) var state: TrustedState
  /// The targets roles that were verified in this update.
  package internal(set) var roles: [RoleName: SignedMetadata<TargetsMetadata>] = [:]
  /// Which delegator each of them was verified for.
  var edges: Set<Edge> = []
  package let expiry: Expiry
  private let source: MetadataSource
  /// Targets metadata of an earlier update.
  let kept: (RoleName) -> [UInt8]?

  struct Edge: Hashable {
    let delegator: RoleName
    let role: RoleName
  }

  /// - Parameter kept: targets metadata that an earlier update verified, by role. It is verified again, and where it is no
  ///   longer what the snapshot and the delegator want, the repository is asked, for none of a lower version.
  package init(
    of state: TrustedState, expiry: Expiry, keeping kept: @escaping (RoleName) -> [UInt8]? = { _ in nil },
    from source: @escaping MetadataSource
  ) {
    self.state = state
    self.expiry = expiry
    self.source = source
    self.kept = kept
  }

  /// Steps 5.3 to 5.6.6, the top-level roles.
  package mutating func refresh() throws(Failure) {
    try updateRoot()
    try updateTimestamp()
    try updateSnapshot()
    try updateTargets()
  }

  /// How old everything is that this update rests on: root, timestamp, snapshot, and the targets roles by name.
  package var ages: [Age] {
    let now = expiry.now
    var ages = [Age(.root, state.root, at: now)]
    if let timestamp = state.timestamp { ages.append(Age(.timestamp, timestamp, at: now)) }
    if let snapshot = state.snapshot { ages.append(Age(.snapshot, snapshot, at: now)) }
    for (role, metadata) in roles.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
      ages.append(Age(role, metadata, at: now))
    }
    return ages
  }

  // MARK: Files

  /// A file's bytes, of which nothing is known but that they are not too many and what `claim` says; nil where there is none.
  private func fetch<Body>(
    _: Body.Type, _ role: RoleName, name: String, version: Int64?, claim: FileClaim?
  ) throws(Failure) -> SignedMetadata<Body>? {
    let stated = claim?.length
    guard stated ?? 0 <= Int64(Body.byteLimit) else {
      throw Failure(.tufLimitExceeded, name, "\(stated ?? 0) bytes; at most \(Body.byteLimit) are read")
    }
    let limit = stated.map { Int($0) } ?? Body.byteLimit
    let request = MetadataRequest(role: role, fileName: name, version: version, limit: limit)
    guard let bytes = try source(request) else { return nil }
    if stated == nil, bytes.count > limit {
      throw Failure(.tufLimitExceeded, name, "more than \(limit) bytes")
    }
    try claim?.verify(bytes, named: name)
    return try SignedMetadata(parsing: bytes, named: name)
  }

  /// A root by its version, which its name always has; nil where the chain ends.
  func root(_ version: Int64) throws(Failure) -> SignedMetadata<RootMetadata>? {
    let name = RoleName.root.fileName(version: version)
    return try fetch(RootMetadata.self, .root, name: name, version: version, claim: nil)
  }

  /// The timestamp, whose name never has a version (§6.2.1).
  func timestamp() throws(Failure) -> SignedMetadata<TimestampMetadata> {
    let name = RoleName.timestamp.fileName(version: nil)
    guard let found = try fetch(TimestampMetadata.self, .timestamp, name: name, version: nil, claim: nil) else {
      throw Failure(.tufFileMissing, name)
    }
    return found
  }

  /// A file that another one lists; checked against all that is listed but its version, which comes after signatures.
  func listed<Body>(
    _: Body.Type, _ role: RoleName, _ claim: MetadataClaim
  ) throws(Failure) -> (name: String, metadata: SignedMetadata<Body>) {
    let name = role.fileName(version: state.root.body.isConsistent ? claim.version : nil)
    guard
      let found = try fetch(Body.self, role, name: name, version: claim.version, claim: claim.file)
    else { throw Failure(.tufFileMissing, name) }
    return (name, found)
  }

  func verifyVersion<Body>(
    _ metadata: SignedMetadata<Body>, _ claim: MetadataClaim, named name: String
  ) throws(Failure) {
    guard metadata.body.version == claim.version else {
      throw Failure(
        .tufVersionMismatch, name, "version \(metadata.body.version), where \(claim.version) is listed")
    }
  }
}
