import CTSS2
import Cryptography

/// How wrong PINs are slowed down (TPM 2.0 Part 1 §19.8).
package struct Lockout: Hashable, Sendable {
  /// Wrong tries that count at present; time takes them back.
  package let failures: UInt32
  /// Wrong tries after which keys under protection wait.
  package let limit: UInt32
  /// Seconds of power-on time that take one try back.
  package let recovery: UInt32
  package let isLocked: Bool

  package var triesLeft: UInt32 { limit > failures ? limit - failures : 0 }

  /// 32 tries and not 5, because every power cut after the key was used counts as one; one try back every two hours.
  static let tries: UInt32 = 32
  static let recoverySeconds: UInt32 = 7200
  /// Seconds that the lockout authority itself waits after a wrong try.
  static let authoritySeconds: UInt32 = 86400
}

/// TPM_PT (Part 2 §6.13).
enum Property {
  static let permanent: UInt32 = 0x200
  static let lockoutCounter: UInt32 = 0x20E
  static let maxAuthFail: UInt32 = 0x20F
  static let lockoutInterval: UInt32 = 0x210

  /// TPMA_PERMANENT (§8.6).
  static let ownerAuthSet: UInt32 = 1 << 0
  static let endorsementAuthSet: UInt32 = 1 << 1
  static let lockoutAuthSet: UInt32 = 1 << 2
  static let disableClear: UInt32 = 1 << 8
  static let inLockout: UInt32 = 1 << 9
}

extension Connection {
  func lockout() throws(TPMError) -> Lockout {
    Lockout(
      failures: try property(Property.lockoutCounter), limit: try property(Property.maxAuthFail),
      recovery: try property(Property.lockoutInterval),
      isLocked: try property(Property.permanent) & Property.inLockout != 0)
  }

  /// - Throws: `owned` where one of the hierarchies has a secret already.
  func refuseOwned() throws(TPMError) {
    let permanent = try property(Property.permanent)
    let set = [
      (Property.ownerAuthSet, "owner"), (Property.endorsementAuthSet, "endorsement"),
      (Property.lockoutAuthSet, "lockout"),
    ].filter { permanent & $0.0 != 0 }.map(\.1)
    guard set.isEmpty else {
      throw TPMError(
        .owned, "TPM2_GetCapability",
        "The TPM's \(set.joined(separator: ", ")) hierarchy has a password: another system uses this TPM, or an "
          + "earlier store was not retired. Retire it, or clear the TPM in the firmware, and start again.")
    }
  }

  /// Gives the hierarchies their secrets, sets the lockout and forbids TPM2_Clear. Proven under their empty auths.
  func takeOwnership(_ secrets: borrowing EscrowSecrets) throws(TPMError) {
    try run("TPM2_DictionaryAttackParameters") {
      assay_tpm_lockout_parameters($0, Lockout.tries, Lockout.recoverySeconds, Lockout.authoritySeconds)
    }
    try run("TPM2_ClearControl") { assay_tpm_forbid_clear($0) }
    try change(ASSAY_TPM_ENDORSEMENT, to: secrets.endorsement)
    try change(ASSAY_TPM_LOCKOUT, to: secrets.lockout)
    // Last, so that whatever stops half-way can still be undone without secrets.
    try change(ASSAY_TPM_OWNER, to: secrets.owner)
  }

  func change(_ hierarchy: UInt32, to secret: borrowing SecretBytes) throws(TPMError) {
    defer { _ = assay_tpm_set_auth(tpm, hierarchy, [], 0) }
    try secret.withBytes { (bytes, count) throws(TPMError) in
      try run("TPM2_HierarchyChangeAuth") { assay_tpm_change_auth($0, hierarchy, bytes, count) }
    }
  }
}
