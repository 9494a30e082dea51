import Attestation
package import Cryptography

/// What provisioning makes, for people who have no TPM: whether public areas and Names are of that making, and how the
/// keys' use is bound.
package enum KeyShapes {
  /// A key that signs under a policy.
  package struct SigningKey: Hashable, Sendable {
    package let key: PublicKey
    /// TPM Name (TPM 2.0 Part 1 §16).
    package let name: [UInt8]
    /// Its authPolicy.
    package let policy: [UInt8]
    /// Under dictionary-attack protection: a report key with a PIN.
    package let isGuarded: Bool
  }

  /// A commit or report key, with whatever policy; nil for anything else.
  package static func signingKey(_ publicArea: [UInt8]) -> SigningKey? {
    let policy = Array(publicArea.dropFirst(10).prefix(32))
    guard policy.count == 32 else { return nil }
    for isGuarded in [false, true] {
      let head = KeyTemplate.signing(policy: policy, guarded: isGuarded)
      guard let point = P256Area.point(publicArea, after: head),
        let key = try? PublicKey(spki: P256Area.spki(point))
      else { continue }
      return SigningKey(key: key, name: Name.of(publicArea), policy: policy, isGuarded: isGuarded)
    }
    return nil
  }

  /// The policy of commit key, anchor and report key: any state that `authority` approved, until the counter passes it.
  ///
  /// - Parameter counter: NV index of the policy version counter, whose Name follows from it.
  /// - Throws: `policyMalformed` for a key that is not of P-256; `keyMalformed` for an index outside the owner's range.
  package static func policy(of authority: PublicKey, counter: UInt32) throws(TPMError) -> [UInt8] {
    let authority = try PolicyAuthority(authority)
    guard NVIndex.range.contains(counter) else {
      throw TPMError(.keyMalformed, "read the policy version's index", "The index is outside the owner's range.")
    }
    let index = NVIndex(.counter(policy: Withdrawal.outer(authority)), at: counter)
    return RuntimePolicy.outer(authority, counterName: index.name, withPIN: false)
  }

  /// The same policy, and the PIN beside it.
  package static func withPIN(_ policy: [UInt8]) -> [UInt8] {
    digest(policy + bigEndian(PolicyDigest.Command.policyAuthValue)).bytes
  }

  /// Name of the anchor at this index under this policy, once written; nil outside the owner's range.
  package static func anchorName(at handle: UInt32, policy: [UInt8]) -> [UInt8]? {
    guard NVIndex.range.contains(handle) else { return nil }
    return NVIndex(.anchor(policy: policy), at: handle).name
  }
}
