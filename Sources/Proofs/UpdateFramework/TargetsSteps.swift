package import Reasons
package import TUFMetadata

extension SignedMetadata<TargetsMetadata> {
  /// A role's version never goes back. The specification leaves that to the snapshot's list of versions (§5.5.5), which a
  /// rotation of the timestamp's or the snapshot's keys forgets: an older snapshot is then as good as a new one to whoever
  /// does not refuse by expiry. Those keys cannot have raised this version: who delegates says by whom it is signed.
  ///
  /// - Parameter kept: metadata of the role that was accepted before; nil where none was.
  /// - Throws: `tuf.rollback`.
  package func verifyNotBelow(_ kept: [UInt8]?, named name: String) throws(Failure) {
    guard let kept, let old = try? SignedMetadata(parsing: kept, named: ""), body.version < old.body.version else {
      return
    }
    throw Failure(.tufRollback, name, "version \(body.version), where \(old.body.version) was accepted")
  }
}

extension RepositoryUpdate {
  /// §5.6.1 to 5.6.6
  mutating func updateTargets() throws(Failure) {
    let root = state.root.body
    try update(.targets, for: .root, signers: root.targets, keys: root.keys)
  }

  /// Verifies every role that delegations lead to, each for everybody who delegates to it: for imports, which accept a
  /// bundle as a whole or not at all.
  ///
  /// - Parameter isFollowed: whether a role, and what it delegates to, is verified; all are.
  /// - Precondition: `refresh` has passed.
  package mutating func verifyDelegations(
    _ isFollowed: (RoleName) -> Bool = { _ in true }
  ) throws(Failure) {
    var waiting = [RoleName.targets]
    var seen: Set<RoleName> = [.targets]
    while let role = waiting.popLast() {
      for delegation in roles[role]?.body.delegations ?? [] where isFollowed(delegation.name) {
        if seen.insert(delegation.name).inserted {
          try verifyCount(seen.count)
          waiting.append(delegation.name)
        }
        try update(delegation, for: role)
      }
    }
  }

  /// §5.6.7: the first role in the order of priority that speaks of the path, and may.
  /// - Precondition: `refresh` has passed.
  /// - Throws: `tuf.target-unknown`; why a role on the way could not be verified, which ends the search.
  package mutating func target(_ path: TargetPath) throws(Failure) -> Target {
    var waiting: [(delegation: Delegation?, delegator: RoleName)] = [(nil, .root)]
    var visited: Set<RoleName> = []
    while let (delegation, delegator) = waiting.popLast() {
      let name = delegation?.name ?? .targets
      // 5.6.7.1
      guard visited.insert(name).inserted else { continue }
      try verifyCount(visited.count)
      if let delegation { try update(delegation, for: delegator) }
      guard let role = roles[name] else { preconditionFailure("a search before its targets") }
      if let file = role.body.targets[path.utf8] {
        return Target(path: path, role: name, file: file, isConsistent: state.root.body.isConsistent)
      }
      // 5.6.7.2: in order of appearance, so the last goes on the stack first; behind a terminating one, nothing.
      var next: [(Delegation?, RoleName)] = []
      for delegation in role.body.delegations where delegation.covers(path) {
        next.append((delegation, name))
        guard delegation.isTerminating else { continue }
        waiting = []
        break
      }
      waiting += next.reversed()
    }
    throw Failure(.tufTargetUnknown, "\(path)")
  }

  private func verifyCount(_ count: Int) throws(Failure) {
    guard count <= Self.roleLimit else {
      throw Failure(.tufLimitExceeded, "delegations", "more than \(Self.roleLimit) roles")
    }
  }

  private mutating func update(_ delegation: Delegation, for delegator: RoleName) throws(Failure) {
    let keys = roles[delegator]?.body.keys ?? [:]
    try update(delegation.name, for: delegator, signers: delegation.signers, keys: keys)
  }

  /// §5.6.1 to 5.6.6 for any targets role. Who delegates says who must sign, so that a role counts as verified for one
  /// delegator at a time.
  private mutating func update(
    _ role: RoleName, for delegator: RoleName, signers: RoleKeys, keys: [KeyID: TUFKey]
  ) throws(Failure) {
    let edge = Edge(delegator: delegator, role: role)
    guard !edges.contains(edge) else { return }
    guard let snapshot = state.snapshot else { preconditionFailure("targets before their snapshot") }
    guard let claim = snapshot.body.roles[role] else {
      throw Failure(.tufRoleUnlisted, "\(role)", "\(delegator) delegates to it")
    }
    if let known = roles[role] {
      try known.verifySigned(by: signers, of: keys, named: role.fileName(version: known.body.version))
    } else if let old = stillGood(role, claim, signers, keys) {
      roles[role] = old
    } else {
      // 5.6.1, 5.6.2
      let (name, new) = try listed(TargetsMetadata.self, role, claim)
      try verify(new, claim, signers, keys, named: name)
      if case .aged = expiry { try new.verifyNotBelow(kept(role), named: name) }
      // 5.6.6
      roles[role] = new
    }
    edges.insert(edge)
  }

  private func verify(
    _ metadata: SignedMetadata<TargetsMetadata>, _ claim: MetadataClaim, _ signers: RoleKeys,
    _ keys: [KeyID: TUFKey], named name: String
  ) throws(Failure) {
    // 5.6.3
    try metadata.verifySigned(by: signers, of: keys, named: name)
    // 5.6.4
    try verifyVersion(metadata, claim, named: name)
    // 5.6.5
    try expiry.verify(metadata, named: name)
  }

  /// What was kept of a role, if it passes all that a new file would have to.
  private func stillGood(
    _ role: RoleName, _ claim: MetadataClaim, _ signers: RoleKeys, _ keys: [KeyID: TUFKey]
  ) -> SignedMetadata<TargetsMetadata>? {
    guard let bytes = kept(role) else { return nil }
    do {
      try claim.file.verify(bytes, named: "")
      let old = try SignedMetadata<TargetsMetadata>(parsing: bytes, named: "")
      try verify(old, claim, signers, keys, named: "")
      return old
    } catch {
      return nil
    }
  }
}
