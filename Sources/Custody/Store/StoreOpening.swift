import Cryptography
package import Ledger
import LedgerLeaf
import Reasons
package import TPM
import TrustStore

/// What became of unlocking a store.
package enum Unlocked: Sendable {
  case running(Custodian)
  /// The history is not the one that the anchor confirms: it can be looked at, and nothing else.
  case refused(ForensicLedger, CustodyTPM)
}

extension Store {
  /// Opens the TPM, unseals the store key, proves the whole history against the anchor and replays it.
  ///
  /// - Parameter waiting: how long for another process that has it open.
  /// - Throws: for trouble with the machine, the TPM's own refusals included. What is wrong with the history is `refused`.
  package func unlock(waiting: Duration = Ledger.usualWait) throws(StoreError) -> Unlocked {
    guard !isRetired else { throw .retired(directory: directory) }
    let lock = try CopyLock.take(self, waiting: waiting)
    let custody = try custody(waiting: waiting)
    guard isApproved else { throw absent(ledgerFolder) }
    var view = TrustState()
    var unreadable: Failure?
    let opening = try open(custody, waiting: waiting) { index, bytes in
      guard unreadable == nil else { return }
      do throws(Failure) { try view.apply(bytes, at: index) } catch { unreadable = error }
    }
    switch opening {
    case .refused(let forensic): return .refused(forensic, custody)
    case .running(let ledger):
      if let unreadable { throw .unreadable("\(unreadable.subject): \(unreadable.detail)") }
      let head = try withLedger { () throws(LedgerError) in try ledger.head }
      guard view.standing.root.bytes == head.state.stateRoot else {
        throw .unreadable("its leaves lead it to another state than the one that was recorded with them")
      }
      try verifyBeginning(view)
      let version = try withTPM { () throws(TPMError) in try custody.policyVersion() }
      let known = view
      try reports.reconcile { known.leaf(ofReport: $0) != nil }
      return .running(Custodian(self, custody, ledger, view, policyVersion: version, lock: lock))
    }
  }

  /// As `unlock`, where anything but a running store is an error.
  package func running(waiting: Duration = Ledger.usualWait) throws(StoreError) -> Custodian {
    switch try unlock(waiting: waiting) {
    case .running(let custodian): return custodian
    case .refused(let forensic, _): throw .refused(forensic.finding)
    }
  }

  /// What a missing file means: before the authority's first approval, nothing; otherwise that somebody took it.
  private func absent(_ path: String) -> StoreError {
    record.hasSiteAuthority ? .awaitingApproval(directory: directory) : .malformed(path: path, "it is gone")
  }

  /// The TPM under the policy that was approved last. Nothing is used yet.
  package func custody(waiting: Duration = TPM.usualWait) throws(StoreError) -> CustodyTPM {
    guard let bytes = try Self.present(policyPath, atMost: RuntimePolicyFile.limit) else {
      throw absent(policyPath)
    }
    let approved = try RuntimePolicyFile.parse(bytes, path: policyPath)
    return try withTPM { () throws(TPMError) in
      try CustodyTPM(try TPM.open(driver, waiting: waiting), keys, approved)
    }
  }

  private func open(
    _ custody: CustodyTPM, waiting: Duration, visit: (UInt64, [UInt8]) -> Void
  ) throws(StoreError) -> LedgerOpening {
    let secret = try withTPM { () throws(TPMError) in try custody.unsealStoreKey() }
    var key = secret.copied()
    let signer = try TPMCommitSigner(custody)
    return try withLedger { () throws(LedgerError) in
      try Ledger.open(
        in: ledgerFolder, storeID: record.id, wiping: &key, anchor: TPMAnchor(custody), signer: signer,
        waiting: waiting, visit: visit)
    }
  }

  /// `store.json` must be the one that the history began with, apart from the program's version.
  private func verifyBeginning(_ view: TrustState) throws(StoreError) {
    let program = view.provisioning.map { String(decoding: $0.program, as: UTF8.self) } ?? ""
    guard view.provisioning == ProvisioningRecord(record, program: program) else {
      throw .malformed(
        path: directory + "/" + Self.recordName, "its keys are not those that the history began with")
    }
  }
}
