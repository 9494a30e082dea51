package import Reasons
package import StrictJSON

/// What files there are, and who else may say so (§4.5); of the top-level role and of delegated ones.
package struct TargetsMetadata: MetadataBody {
  package static let type = "targets"
  package static let byteLimit = TUFLimits.targetsBytes

  package let header: MetadataHeader
  /// By path, as UTF-8.
  package let targets: [[UInt8]: TargetFile]
  /// The keys of `delegations`.
  package let keys: [KeyID: TUFKey]
  /// In order of priority.
  package let delegations: [Delegation]

  package init(parsing signed: JSONNode, header: MetadataHeader) throws(Failure) {
    self.header = header
    var targets: [[UInt8]: TargetFile] = [:]
    for (path, node) in try signed.required("targets").members() {
      try node.verifyName(path)
      targets[path] = try TargetFile(parsing: node)
    }
    self.targets = targets
    guard let delegations = try signed.optional("delegations") else {
      keys = [:]
      self.delegations = []
      return
    }
    guard try delegations.optional("succinct_roles") == nil else {
      throw delegations.failure("succinct_roles (TAP 15) is no part of TUF 1.0, and is not read")
    }
    keys = try delegations.required("keys").keys()
    let list = try delegations.required("roles")
    var roles: [Delegation] = []
    var names = Set(RoleName.topLevel)
    for node in try list.elements(atMost: TUFLimits.delegations) {
      let role = try Delegation(parsing: node)
      guard names.insert(role.name).inserted else { throw node.failure("a top-level role’s name, or one role twice") }
      roles.append(role)
    }
    self.delegations = roles
  }
}

/// A file that a repository offers.
package struct TargetFile: Hashable, Sendable {
  package let length: Int64
  package let claim: FileClaim
  /// What the repository says of it besides; opaque to TUF.
  package let custom: JSON?

  init(parsing node: JSONNode) throws(Failure) {
    // Here null would be a file that nothing is known of.
    _ = try node.required("hashes").members()
    claim = try FileClaim(parsing: node, shortest: 0)
    length = try node.required("length").integer()
    custom = try node.optional("custom")?.value
  }
}
