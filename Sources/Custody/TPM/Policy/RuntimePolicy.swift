package import Attestation
import Cryptography

/// What K_pol approves: a state of the machine, until the policy version passes it.
///
/// ```
/// inner, signed and replaceable   PolicyPCR(pcrs, digest) AND PolicyNV(policy version <= version)
/// outer, fixed in every key       PolicyAuthorize(K_pol, reference) [AND PolicyAuthValue: the PIN]
/// ```
/// Updates need a new signature and nothing of the machine's; old systems are withdrawn by counting on.
package struct RuntimePolicy: Hashable, Sendable {
  /// Empty where the machine's start is not measured: boot binding `none`.
  package let pcrs: PCRSelection
  /// SHA-256 of the values of the PCRs, in ascending order; empty without PCRs.
  package let pcrDigest: [UInt8]
  /// Good while the counter is at most this.
  package let version: UInt64
  /// Name of the policy version counter.
  package let counterName: [UInt8]

  /// PCRs that anybody can reset (PC Client PTP §4.6.2) bind nothing.
  static let resettable = PCRSelection([16, 23])!

  /// - Throws: `policyMalformed` where the sizes are wrong, or a PCR is one that anybody can reset.
  package init(
    pcrs: PCRSelection, pcrDigest: [UInt8], version: UInt64, counterName: [UInt8]
  ) throws(TPMError) {
    guard pcrDigest.count == (pcrs.isEmpty ? 0 : 32), Name.isWellFormed(counterName) else {
      throw TPMError(.policyMalformed, "read the policy", "The policy's digest or its counter's Name is not one.")
    }
    guard pcrs.mask & Self.resettable.mask == 0 else {
      throw TPMError(.policyMalformed, "read the policy", "PCRs 16 and 23 can be reset by anybody: they bind nothing.")
    }
    self.pcrs = pcrs
    self.pcrDigest = pcrDigest
    self.version = version
    self.counterName = counterName
  }

  /// Digest of the inner policy.
  package var digest: [UInt8] {
    var policy = PolicyDigest()
    if !pcrs.isEmpty { policy.pcr(pcrs, digest: pcrDigest) }
    policy.nv(indexName: counterName, .atMost, version)
    return policy.bytes
  }

  /// Binds the counter into the outer policy, so that no signer can be led to name another counter.
  ///
  /// The digest of `assay/runtime/v1` and the counter's Name, and not these themselves: a nonce is as long as the TPM's
  /// longest hash, which on some chips is 32 bytes (Part 2 §10.4.4).
  package static func reference(counterName: [UInt8]) -> [UInt8] {
    Cryptography.digest(Array("assay/runtime/v1".utf8) + counterName).bytes
  }

  /// What K_pol signs, with ECDSA and SHA-256: `openssl dgst -sha256 -sign`. 64 bytes.
  package var statement: [UInt8] { digest + Self.reference(counterName: counterName) }

  /// Digest of the outer policy.
  static func outer(_ authority: PolicyAuthority, counterName: [UInt8], withPIN: Bool) -> [UInt8] {
    var policy = PolicyDigest()
    policy.authorize(keyName: authority.name, reference: reference(counterName: counterName))
    if withPIN { policy.authValue() }
    return policy.bytes
  }
}

/// A runtime policy and K_pol's signature over its statement.
package struct ApprovedPolicy: Hashable, Sendable {
  package let policy: RuntimePolicy
  /// ECDSA, DER.
  package let signature: [UInt8]

  package init(policy: RuntimePolicy, signature: [UInt8]) {
    self.policy = policy
    self.signature = signature
  }
}

/// K_pol's word that the policy version counts on by one, from `version` and from no other: policies that were good up
/// to `version` are withdrawn.
package struct Withdrawal: Hashable, Sendable {
  package let version: UInt64
  package let signature: [UInt8]

  package init(version: UInt64, signature: [UInt8]) {
    self.version = version
    self.signature = signature
  }

  /// What K_pol signs; 64 bytes.
  package static func statement(version: UInt64, counterName: [UInt8]) -> [UInt8] {
    inner(version: version, counterName: counterName) + reference
  }

  static let reference = digest(Array("assay/withdraw/v1".utf8)).bytes

  /// PolicyNV(policy version == version) AND PolicyCommandCode(TPM2_NV_Increment): good once.
  static func inner(version: UInt64, counterName: [UInt8]) -> [UInt8] {
    var policy = PolicyDigest()
    policy.nv(indexName: counterName, .equal, version)
    policy.command(PolicyDigest.Command.nvIncrement)
    return policy.bytes
  }

  /// The counter's own policy. It cannot hold the counter's Name, of which it is a part; the inner one does.
  static func outer(_ authority: PolicyAuthority) -> [UInt8] {
    var policy = PolicyDigest()
    policy.authorize(keyName: authority.name, reference: reference)
    return policy.bytes
  }
}
