package import Cryptography

/// The secrets that own a TPM: 32 random bytes each, never kept on the appliance. Whoever provisions writes them down,
/// or encrypts them to those who keep them, and lets them go.
package struct EscrowSecrets: ~Copyable, Sendable {
  /// Defines and deletes persistent keys and NV indices.
  package let owner: SecretBytes
  /// Uses the endorsement key where its policy asks for it.
  package let endorsement: SecretBytes
  /// Resets the lockout.
  package let lockout: SecretBytes

  package static func random() -> EscrowSecrets {
    EscrowSecrets(owner: .random(32), endorsement: .random(32), lockout: .random(32))
  }

  package init(owner: consuming SecretBytes, endorsement: consuming SecretBytes, lockout: consuming SecretBytes) {
    self.owner = owner
    self.endorsement = endorsement
    self.lockout = lockout
  }
}
