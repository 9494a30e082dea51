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

/// Hierarchies that have a secret: bits of TPMA_PERMANENT.
struct Owned: OptionSet {
  let rawValue: UInt32

  static let owner = Owned(rawValue: Property.ownerAuthSet)
  static let endorsement = Owned(rawValue: Property.endorsementAuthSet)
  static let lockout = Owned(rawValue: Property.lockoutAuthSet)
  static let all: Owned = [.owner, .endorsement, .lockout]

  /// What this means where the secrets are not those of the store at hand.
  var foreign: TPMError {
    let names = [(Owned.owner, "owner"), (.endorsement, "endorsement"), (.lockout, "lockout")]
      .filter { contains($0.0) }.map(\.1)
    return TPMError(
      .owned, "TPM2_GetCapability",
      "The TPM's \(names.joined(separator: ", ")) hierarchy has a password: another system uses this TPM, or an "
        + "earlier store was not retired. Retire it, or clear the TPM in the firmware, and start again.")
  }
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
    let owned = try owned()
    guard owned.isEmpty else { throw owned.foreign }
  }

  func owned() throws(TPMError) -> Owned { Owned(rawValue: try property(Property.permanent)).intersection(.all) }

  /// Gives the hierarchies their secrets, sets the lockout and forbids TPM2_Clear; goes on where an earlier try with the
  /// same secrets was cut off.
  ///
  /// What has a secret says how far that came, because the order is always the same. Such a secret is proven and not
  /// taken for granted; the lockout's last, because one wrong try shuts its authority for a day.
  func takeOwnership(_ secrets: borrowing EscrowSecrets) throws(TPMError) {
    let owned = try owned()
    let ways: [Owned] = [[], .endorsement, [.endorsement, .lockout], .all]
    guard ways.contains(owned) else { throw owned.foreign }
    if owned.contains(.endorsement) { try confirm(ASSAY_TPM_ENDORSEMENT, has: secrets.endorsement) }
    if owned.contains(.owner) { try confirm(ASSAY_TPM_OWNER, has: secrets.owner) }
    if owned.contains(.lockout) {
      try confirm(ASSAY_TPM_LOCKOUT, has: secrets.lockout)
    } else {
      try run("TPM2_DictionaryAttackParameters") {
        assay_tpm_lockout_parameters($0, Lockout.tries, Lockout.recoverySeconds, Lockout.authoritySeconds)
      }
      try run("TPM2_ClearControl") { assay_tpm_forbid_clear($0) }
    }
    if !owned.contains(.endorsement) { try change(ASSAY_TPM_ENDORSEMENT, to: secrets.endorsement) }
    if !owned.contains(.lockout) { try change(ASSAY_TPM_LOCKOUT, to: secrets.lockout) }
    // Last, so that whatever stops half-way can still be undone without secrets.
    if !owned.contains(.owner) { try change(ASSAY_TPM_OWNER, to: secrets.owner) }
  }

  /// Takes keys and indices away and the secrets from the hierarchies, wherever an earlier try, or taking ownership, was
  /// cut off.
  ///
  /// - Throws: the first error of what could not be taken away, after the hierarchies were given back.
  func retire(_ keys: ProvisionedKeys, _ secrets: borrowing EscrowSecrets) throws(TPMError) {
    let owned = try owned()
    // A lockout secret alone is nobody's of ours, and trying it would shut its authority.
    guard owned.contains(.endorsement) || !owned.contains(.lockout) else { throw owned.foreign }
    if owned.contains(.endorsement) { try confirm(ASSAY_TPM_ENDORSEMENT, has: secrets.endorsement) }
    if owned.contains(.owner) { try confirm(ASSAY_TPM_OWNER, has: secrets.owner) }
    let remains = try removed(keys, provingOwner: owned.contains(.owner), secrets.owner)
    // The lockout first, so that its secret is never the only one.
    if owned.contains(.lockout) { try giveBack(ASSAY_TPM_LOCKOUT, secrets.lockout) }
    if owned.contains(.endorsement) { try giveBack(ASSAY_TPM_ENDORSEMENT, secrets.endorsement) }
    if owned.contains(.owner) { try giveBack(ASSAY_TPM_OWNER, secrets.owner) }
    if let remains { throw remains }
  }

  /// - Returns: the first error.
  private func removed(
    _ keys: ProvisionedKeys, provingOwner: Bool, _ owner: borrowing SecretBytes
  ) throws(TPMError) -> TPMError? {
    let body = { (connection: borrowing Connection) -> TPMError? in
      do throws(TPMError) {
        try connection.remove([keys.anchor, keys.policyVersion], [keys.attestation], by: ASSAY_TPM_SALTED)
        return nil
      } catch {
        return error
      }
    }
    if !provingOwner { return body(self) }
    return try proving(owner, for: ASSAY_TPM_OWNER) { () throws(TPMError) in body(self) }
  }

  /// Gives a hierarchy the secret that it has: a proof that costs no try, but for the lockout's.
  private func confirm(_ hierarchy: UInt32, has secret: borrowing SecretBytes) throws(TPMError) {
    try exchange(hierarchy, secret, for: secret)
  }

  private func giveBack(_ hierarchy: UInt32, _ secret: borrowing SecretBytes) throws(TPMError) {
    try exchange(hierarchy, secret, for: SecretBytes.random(0))
  }

  private func exchange(
    _ hierarchy: UInt32, _ secret: borrowing SecretBytes, for new: borrowing SecretBytes
  ) throws(TPMError) {
    do throws(TPMError) {
      try proving(secret, for: hierarchy) { () throws(TPMError) in try change(hierarchy, to: new) }
    } catch {
      // TPM_RC_BAD_AUTH, TPM_RC_AUTH_FAIL
      guard let base = error.code.flatMap(TPMError.base), base == 0xA2 || base == 0x8E else { throw error }
      throw error.meaning(
        .owned,
        "The TPM's hierarchies have other secrets than these. Give those of the store that took this TPM, or clear the "
          + "TPM in the firmware.")
    }
  }

  private func change(_ hierarchy: UInt32, to secret: borrowing SecretBytes) throws(TPMError) {
    defer { assay_tpm_forget_auth(tpm, hierarchy, ASSAY_TPM_SALTED) }
    try secret.withBytes { (bytes, count) throws(TPMError) in
      try run("TPM2_HierarchyChangeAuth") { assay_tpm_change_auth($0, hierarchy, bytes, count) }
    }
  }
}
