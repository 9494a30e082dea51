package import Reasons
package import StrictJSON

/// Who may sign what (§4.3).
package struct RootMetadata: MetadataBody {
  package static let type = "root"
  package static let byteLimit = TUFLimits.rootBytes

  package let header: MetadataHeader
  /// Whether files carry their version or digest in their name (§6.2). Sigstore's do since root 5.
  package let isConsistent: Bool
  package let keys: [KeyID: TUFKey]
  package let root: RoleKeys
  package let timestamp: RoleKeys
  package let snapshot: RoleKeys
  package let targets: RoleKeys

  /// The role `mirrors`, and others, are left unread.
  package init(parsing signed: JSONNode, header: MetadataHeader) throws(Failure) {
    self.header = header
    isConsistent = try signed.optional("consistent_snapshot")?.bool() ?? false
    keys = try signed.required("keys").keys()
    let roles = try signed.required("roles")
    root = try RoleKeys(parsing: try roles.required("root"))
    timestamp = try RoleKeys(parsing: try roles.required("timestamp"))
    snapshot = try RoleKeys(parsing: try roles.required("snapshot"))
    targets = try RoleKeys(parsing: try roles.required("targets"))
  }
}
