import ApplianceIdentity
package import Attestation
import Cryptography
import Files
import Ledger
package import TPM

extension Store {
  /// The PCRs that a boot binding covers.
  package var boundPCRs: PCRSelection {
    switch bootBinding {
    case .none: .none
    case .secureBootOnly: PCRSelection([7]) ?? .none
    case .verityUKI: PCRSelection([7, 11]) ?? .none
    }
  }

  /// What the policy authority needs to approve the state that this machine is in. Opens no key.
  package func policyRequest() throws(StoreError) -> PolicyRequest {
    try withTPM { () throws(TPMError) in
      let machine = try TPM.open(driver)
      defer { machine.close() }
      return try Provisioning.policyRequest(machine, keys, pcrs: boundPCRs)
    }
  }

  /// Takes the authority's approval of a state of the machine. The first one begins the history.
  ///
  /// - Throws: `policyMalformed` where the authority did not sign it for this machine, `notApproved` where it is for
  ///   another state than the present one: the old approval stays.
  package func approve(_ approved: ApprovedPolicy, _ plan: StorePlan) throws(StoreError) {
    guard approved.policy.pcrs == boundPCRs else {
      throw .malformed(path: policyPath, "the approval binds other PCRs than the boot binding says")
    }
    let machine = try withTPM { () throws(TPMError) in try TPM.open(driver) }
    defer { machine.close() }
    let custody = try withTPM { () throws(TPMError) in try CustodyTPM(machine, keys, approved) }
    if isApproved {
      // The proof that it admits this machine: it opens the store key.
      _ = try withTPM { () throws(TPMError) in try custody.unsealStoreKey() }
      return try keepPolicy(approved)
    }
    _ = try withTPM { () throws(TPMError) in try custody.initialiseAnchor() }
    try begin(machine, approved, plan)
  }

  /// Counts the policy version on, as the authority said: approvals before it are worth nothing from now on.
  @discardableResult
  package func withdraw(_ withdrawal: Withdrawal) throws(StoreError) -> UInt64 {
    let custody = try custody()
    defer { custody.tpm.close() }
    return try withTPM { () throws(TPMError) in try custody.incrementPolicyVersion(withdrawal) }
  }

  /// Takes keys and anchor out of the TPM, and marks the store. There is no way back.
  package func retire(_ secrets: borrowing EscrowSecrets) throws(StoreError) {
    let machine: TPM
    do throws(TPMError) {
      machine = try TPM.open(driver)
      defer { machine.close() }
      try Provisioning.retire(machine, keys, secrets)
    } catch {
      throw .tpm(error)
    }
    try withFiles(retiredPath) { () throws(FileError) in try DurableFile.write([], to: retiredPath) }
  }
}
