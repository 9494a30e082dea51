import Cryptography
import Octets
import Reasons
import TUFMetadata

extension SignedMetadata {
  /// Counts who signed: each *key* once, by its material and whatever its IDs; keys that
  /// are none of the role's, and signatures that do not verify, count nothing and harm nothing.
  /// - Throws: `tuf.threshold-not-met`
  func verifySigned(by role: RoleKeys, of keys: [KeyID: TUFKey], named name: String) throws(Failure) {
    var signers: Set<[UInt8]> = []
    var obstacles: [String] = []
    for id in role.keyIDs {
      guard let key = keys[id] else { continue }
      guard let usable = key.usable else {
        if let obstacle = key.obstacle { obstacles.append("\(id)…: \(obstacle)") }
        continue
      }
      guard let signature = signatures[id], !signers.contains(usable.key.spki) else { continue }
      do { try usable.key.verify(signature, over: signed, usable.scheme) } catch { continue }
      signers.insert(usable.key.spki)
    }
    guard signers.count >= role.threshold else {
      let beyond = obstacles.isEmpty ? "" : "; not verified: \(obstacles.prefix(3).joined(separator: ", "))"
      throw Failure(
        .tufThresholdNotMet, name, "\(role.threshold) keys must sign; \(signers.count) of the role’s did\(beyond)")
    }
  }

  func isSigned(by role: RoleKeys, of keys: [KeyID: TUFKey]) -> Bool {
    do { try verifySigned(by: role, of: keys, named: "") } catch { return false }
    return true
  }
}

extension RootMetadata {
  /// What a role's keys are, apart from their names.
  private func material(_ role: RoleKeys) -> Set<[UInt8]> {
    Set(role.keyIDs.compactMap { keys[$0]?.usable?.key.spki })
  }

  /// Whether a key that could sign for the role no longer may in `next`. An added key or another threshold is no rotation.
  func rotates(_ role: KeyPath<RootMetadata, RoleKeys>, in next: RootMetadata) -> Bool {
    !material(self[keyPath: role]).isSubset(of: next.material(next[keyPath: role]))
  }
}

extension FileClaim {
  /// What is stated of a file holds for its bytes (§5.5.2, §5.6.2).
  /// - Throws: `tuf.length-mismatch`, `tuf.hash-mismatch`, `tuf.hash-unsupported`
  func verify(_ bytes: [UInt8], named name: String) throws(Failure) {
    if let length, Int64(bytes.count) != length {
      throw Failure(.tufLengthMismatch, name, "\(bytes.count) bytes or more, where \(length) are signed for")
    }
    guard !isUnverifiable else { throw Failure(.tufHashUnsupported, name) }
    for claimed in digests {
      guard claimed == digest(bytes, claimed.algorithm) else {
        throw Failure(.tufHashMismatch, name, "not \(claimed)")
      }
    }
  }
}
