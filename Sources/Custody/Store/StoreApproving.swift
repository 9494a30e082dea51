import ApplianceIdentity
import Attestation
import Cryptography
import Files
import Ledger
package import TPM

extension Store {
  /// What the policy authority needs to approve the state that this machine is in. Opens no key.
  package func policyRequest() throws(StoreError) -> PolicyRequest {
    try withTPM { () throws(TPMError) in
      let machine = try TPM.open(driver)
      defer { machine.close() }
      return try Provisioning.policyRequest(machine, keys, pcrs: bootBinding.pcrs)
    }
  }

  /// Takes the authority's approval of a state of the machine. The first one begins the history.
  ///
  /// - Throws: `policyMalformed` where the authority did not sign it for this machine, `notApproved` where it is for
  ///   another state than the present one: the old approval stays.
  package func approve(_ approved: ApprovedPolicy, _ plan: StorePlan) throws(StoreError) {
    guard approved.policy.pcrs == bootBinding.pcrs else {
      throw .approvalUnfit("it binds other PCRs than this store's boot binding, \(bootBinding.rawValue)")
    }
    let lock = try CopyLock.take(self, waiting: TPM.usualWait)
    defer { withExtendedLifetime(lock) {} }
    let machine = try withTPM { () throws(TPMError) in try TPM.open(driver) }
    defer { machine.close() }
    let custody = try withTPM { () throws(TPMError) in try CustodyTPM(machine, keys, approved) }
    if isApproved {
      // The proof that it admits this machine: it opens the store key.
      _ = try withTPM { () throws(TPMError) in try custody.unsealStoreKey() }
      return try keepPolicy(approved)
    }
    try beginHistory(custody, machine, approved, plan)
  }

  /// Writes the anchor for the first time and makes the ledger beside its place, in an order that any crash can be gone
  /// on from: the anchor's record; the anchor; the ledger with its first commit; the ledger's name.
  private func beginHistory(
    _ custody: CustodyTPM, _ machine: TPM, _ approved: ApprovedPolicy, _ plan: StorePlan
  ) throws(StoreError) {
    let fresh = ledgerFolder + ".new"
    if try !isBegun(custody) {
      try withFiles(fresh) { () throws(FileError) in
        if DurableFile.isTaken(fresh) { try DurableFile.removeTree(fresh) }
      }
      let beginning = AnchorBeginning.random()
      do throws(FileError) {
        try DurableFile.write(beginning.record, to: beginningPath)
      } catch {
        throw .file(beginningPath, error)
      }
      do throws(TPMError) { _ = try custody.initialiseAnchor(beginning) } catch { throw .tpm(error) }
      try begin(in: fresh, machine, approved, plan)
    } else if !DurableFile.isTaken(fresh) {
      try begin(in: fresh, machine, approved, plan)
    } else if try isAnchorAtBeginning(custody) {
      // Its first commit came to nothing.
      try withFiles(fresh) { () throws(FileError) in try DurableFile.removeTree(fresh) }
      try begin(in: fresh, machine, approved, plan)
    } else {
      // Whether it is the one that the anchor has, opening it says.
      try keepPolicy(approved)
    }
    try withFiles(fresh) { () throws(FileError) in
      try DurableFile.rename(fresh, to: ledgerFolder)
      try DurableFile.sync(folder: directory)
      try DurableFile.remove(beginningPath)
    }
  }

  /// Whether an earlier run wrote the anchor, and was cut off.
  /// - Throws: `anchorMoved` where it was written and nothing says that no history followed: then it was removed, and
  ///   another one under the same store id would bury it.
  private func isBegun(_ custody: CustodyTPM) throws(StoreError) -> Bool {
    do throws(TPMError) {
      _ = try custody.readAnchor()
    } catch {
      if error.isUnwritten { return false }
      throw .tpm(error)
    }
    if DurableFile.isTaken(ledgerFolder + ".new"), DurableFile.isTaken(beginningPath) { return true }
    _ = try withTPM { () throws(TPMError) in try custody.anchorValue(begunWith: beginningRecord) }
    return true
  }

  private func isAnchorAtBeginning(_ custody: CustodyTPM) throws(StoreError) -> Bool {
    do throws(TPMError) {
      _ = try custody.anchorValue(begunWith: beginningRecord)
      return true
    } catch {
      if error.kind == .anchorMoved { return false }
      throw .tpm(error)
    }
  }

  private var beginningPath: String { directory + "/beginning" }
  private var beginningRecord: [UInt8] { ((try? DurableFile.read(beginningPath, atMost: 64)) ?? nil) ?? [] }

  /// Counts the policy version on, as the authority said: approvals before it are worth nothing from now on.
  @discardableResult
  package func withdraw(_ withdrawal: Withdrawal) throws(StoreError) -> UInt64 {
    let lock = try CopyLock.take(self, waiting: TPM.usualWait)
    defer { withExtendedLifetime(lock) {} }
    let custody = try custody()
    defer { custody.tpm.close() }
    return try withTPM { () throws(TPMError) in try custody.incrementPolicyVersion(withdrawal) }
  }

  /// Takes keys and anchor out of the TPM, and marks the store. There is no way back.
  package func retire(_ secrets: borrowing EscrowSecrets) throws(StoreError) {
    let lock = try CopyLock.take(self, waiting: TPM.usualWait)
    defer { withExtendedLifetime(lock) {} }
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
