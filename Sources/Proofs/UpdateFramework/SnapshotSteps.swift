import Reasons
import TUFMetadata

extension RepositoryUpdate {
  /// §5.4
  mutating func updateTimestamp() throws(Failure) {
    let root = state.root.body
    // 5.4.1
    let name = RoleName.timestamp.fileName(version: nil)
    let new = try timestamp()
    // 5.4.2
    try new.verifySigned(by: root.timestamp, of: root.keys, named: name)
    if let old = state.timestamp {
      // 5.4.3.1
      guard new.body.version >= old.body.version else {
        throw Failure(.tufRollback, name, "version \(new.body.version), where \(old.body.version) was accepted")
      }
      // The same version again is discarded, whatever it says now, unless a newer root wants more signatures than the one
      // at hand has.
      if new.body.version == old.body.version, old.isSigned(by: root.timestamp, of: root.keys) {
        return try expiry.verify(old, named: name)
      }
      // 5.4.3.2
      guard new.body.snapshot.version >= old.body.snapshot.version else {
        throw Failure(
          .tufRollback, name,
          "it leads to snapshot \(new.body.snapshot.version), where \(old.body.snapshot.version) was accepted")
      }
    }
    // 5.4.4
    try expiry.verify(new, named: name)
    // 5.4.5
    state.timestamp = new
  }

  /// §5.5
  /// - Precondition: `updateTimestamp` has passed.
  mutating func updateSnapshot() throws(Failure) {
    guard let timestamp = state.timestamp else { preconditionFailure("a snapshot before its timestamp") }
    let root = state.root.body
    let claim = timestamp.body.snapshot
    // The one at hand is still the one that the timestamp leads to.
    if let old = state.snapshot, old.body.version == claim.version, old.isSigned(by: root.snapshot, of: root.keys),
      claim.file.holds(for: old.bytes)
    {
      return try expiry.verify(old, named: RoleName.snapshot.fileName(version: claim.version))
    }
    // 5.5.1, 5.5.2
    let (name, new) = try listed(SnapshotMetadata.self, .snapshot, claim)
    // 5.5.3
    try new.verifySigned(by: root.snapshot, of: root.keys, named: name)
    // 5.5.4
    try verifyVersion(new, claim, named: name)
    // 5.5.5: no role is lost, and none goes back.
    for (role, old) in state.snapshot?.body.roles ?? [:] {
      guard let listed = new.body.roles[role] else { throw Failure(.tufRoleDisappeared, name, "\(role)") }
      guard listed.version >= old.version else {
        throw Failure(.tufRollback, name, "\(role) \(listed.version), where \(old.version) was accepted")
      }
    }
    // 5.5.6
    try expiry.verify(new, named: name)
    // 5.5.7
    state.snapshot = new
  }
}

extension FileClaim {
  fileprivate func holds(for bytes: [UInt8]) -> Bool {
    do { try verify(bytes, named: "") } catch { return false }
    return true
  }
}
