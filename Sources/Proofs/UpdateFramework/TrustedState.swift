package import Reasons
package import TUFMetadata

/// What a client believes between updates: §5's trusted metadata files. A value, so that an update works on a copy, and
/// whoever keeps it commits the new one in one piece or not at all.
package struct TrustedState: Sendable {
  package internal(set) var root: SignedMetadata<RootMetadata>
  package internal(set) var timestamp: SignedMetadata<TimestampMetadata>?
  /// Also the memory of every role's last version, the delegated ones' included.
  package internal(set) var snapshot: SignedMetadata<SnapshotMetadata>?

  /// First trust: a root that people compared. It must bear its own role's signatures, which shows damage and nothing else.
  /// - Throws: `tuf.threshold-not-met`, or why it is no root.
  package init(pinning root: [UInt8], named name: String = "root.json") throws(Failure) {
    try self.init(root: root, timestamp: nil, snapshot: nil, named: name)
  }

  /// What was kept of an earlier state: the `bytes` of its parts, out of a place that nobody else writes to.
  package init(
    root: [UInt8], timestamp: [UInt8]?, snapshot: [UInt8]?, named name: String = "root.json"
  ) throws(Failure) {
    self.root = try SignedMetadata(parsing: root, named: name)
    try self.root.verifySigned(by: self.root.body.root, of: self.root.body.keys, named: name)
    if let timestamp { self.timestamp = try SignedMetadata(parsing: timestamp, named: "timestamp.json") }
    if let snapshot { self.snapshot = try SignedMetadata(parsing: snapshot, named: "snapshot.json") }
  }

  /// Last seen versions, of every role that is listed.
  package var versions: [RoleName: Int64] {
    var versions = (snapshot?.body.roles ?? [:]).mapValues(\.version)
    versions[.root] = root.body.version
    versions[.timestamp] = timestamp?.body.version
    versions[.snapshot] = snapshot?.body.version
    return versions
  }
}
