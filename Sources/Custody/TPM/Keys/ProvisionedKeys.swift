package import Attestation
import Cryptography
import Reasons

/// A key that stays in the TPM.
package struct PersistentKey: Hashable, Sendable {
  package let handle: UInt32
  package let publicArea: [UInt8]
  /// Name (TPM 2.0 Part 1 §16) with SHA-256; empty for a key of another nameAlg, which is never pinned by it.
  package var name: [UInt8] { Name.of(publicArea) }

  /// - Throws: `keyMalformed` for a handle that is no persistent one.
  package init(handle: UInt32, publicArea: [UInt8]) throws(TPMError) {
    guard handle >> 24 == 0x81, publicArea.count <= 1024 else {
      throw TPMError(.keyMalformed, "read the keys", "A persistent key's handle or public area is not one.")
    }
    self.handle = handle
    self.publicArea = publicArea
  }
}

/// Everything that provisioning left in the TPM or made in it: public parts, blobs that only this TPM opens, Names. No
/// secrets. The store keeps it; what follows from something else is computed again when it is read.
package struct ProvisionedKeys: Hashable, Sendable {
  package let authority: PolicyAuthority
  package let storageRoot: PersistentKey
  /// Attests for the TPM; in the endorsement hierarchy, so that its clock and counters are not scrambled.
  package let attestation: PersistentKey
  /// Proves which TPM it is, to whoever has its maker's certificate.
  package let endorsement: PersistentKey
  package let policyVersion: NVIndex
  package let anchor: NVIndex
  package let commit: PolicyKey
  package let report: PolicyKey
  /// Nil where the report key has no PIN.
  package let pin: PINSalt?
  /// 32 bytes, sealed.
  package let storeKey: CreatedObject
  package let attestationKey: AttestationKey

  /// - Throws: `keyMalformed` where a public area, a Name or a policy is not what the others make it.
  package init(
    authority: PolicyAuthority, storageRoot: PersistentKey, attestation: PersistentKey, endorsement: PersistentKey,
    policyVersion: NVIndex, anchor: NVIndex, commit: CreatedObject, report: CreatedObject, pin: PINSalt?,
    storeKey: CreatedObject
  ) throws(TPMError) {
    let plain = RuntimePolicy.outer(authority, counterName: policyVersion.name, withPIN: false)
    let ownCounter = NVIndex(.counter(policy: Withdrawal.outer(authority)), at: policyVersion.handle)
    let ownAnchor = NVIndex(.anchor(policy: plain), at: anchor.handle)
    guard StorageRootKey.fits(storageRoot.publicArea), ownCounter.name == policyVersion.name,
      ownAnchor.name == anchor.name
    else {
      throw TPMError(
        .keyMalformed, "read the keys",
        "The storage root key, the counter or the anchor is not what its policy makes it.")
    }
    self.authority = authority
    self.storageRoot = storageRoot
    self.attestation = attestation
    self.endorsement = endorsement
    self.policyVersion = ownCounter
    self.anchor = ownAnchor
    self.commit = try PolicyKey(commit, head: KeyTemplate.signing(policy: plain, guarded: false), "commit key")
    let withPIN = RuntimePolicy.outer(authority, counterName: policyVersion.name, withPIN: pin != nil)
    self.report = try PolicyKey(
      report, head: KeyTemplate.signing(policy: withPIN, guarded: pin != nil), "report key")
    self.pin = pin
    let head = KeyTemplate.sealed(policy: plain)
    // TPM2B_DIGEST of the sealed object's unique field.
    guard storeKey.publicArea.count == head.count + 34, storeKey.publicArea.starts(with: head + [0x00, 0x20]) else {
      throw TPMError(
        .keyMalformed, "read the store key", "The store key's public area is not what its policy makes it.")
    }
    self.storeKey = storeKey
    do {
      attestationKey = try AttestationKey(publicArea: attestation.publicArea)
    } catch {
      throw TPMError(.keyMalformed, "read the attestation key", error.detail)
    }
  }
}
