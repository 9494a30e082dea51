package import Reasons
package import StrictJSON

/// Which snapshot is the newest (§4.6).
package struct TimestampMetadata: MetadataBody {
  package static let type = "timestamp"
  package static let byteLimit = TUFLimits.timestampBytes

  package let header: MetadataHeader
  package let snapshot: MetadataClaim

  package init(parsing signed: JSONNode, header: MetadataHeader) throws(Failure) {
    self.header = header
    let meta = try signed.required("meta")
    snapshot = try MetadataClaim(parsing: try meta.required("snapshot.json"))
    guard try meta.members().count == 1 else { throw meta.failure("more than snapshot.json") }
  }
}

/// Which version every targets role is at (§4.4).
package struct SnapshotMetadata: MetadataBody {
  package static let type = "snapshot"
  package static let byteLimit = TUFLimits.snapshotBytes

  package let header: MetadataHeader
  package let targets: MetadataClaim
  /// By role, the top-level targets included, and whatever else is listed: Sigstore's still names root 2.
  package let roles: [RoleName: MetadataClaim]

  package init(parsing signed: JSONNode, header: MetadataHeader) throws(Failure) {
    self.header = header
    let meta = try signed.required("meta")
    targets = try MetadataClaim(parsing: try meta.required("targets.json"))
    var roles: [RoleName: MetadataClaim] = [:]
    for (name, node) in try meta.members() {
      try node.verifyName(name)
      guard name.suffix(5).elementsEqual(".json".utf8), name.count > 5 else {
        throw node.failure("the name of no metadata file")
      }
      roles[RoleName(Array(name.dropLast(5)))] = try MetadataClaim(parsing: node)
    }
    self.roles = roles
  }
}
