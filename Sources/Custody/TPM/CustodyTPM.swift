import CTSS2
package import Cryptography

/// The TPM of a provisioned store: one owner, one operation after the other, nothing left loaded between them.
///
/// Each operation opens what it needs, compares Names with the pinned ones, and begins a session that is salted to the
/// storage root key; it takes both down again, whatever happens. Calls block for as long as the chip takes.
package final class CustodyTPM: Sendable {
  package let tpm: TPM
  package let keys: ProvisionedKeys
  /// The policy in force: K_pol's newest.
  package let approved: ApprovedPolicy
  private let tickets = Tickets()

  /// Digest of an ECDSA signature's input: SHA-256.
  private static let algorithm = HashAlgorithm.sha256

  /// - Parameter approved: checked against K_pol here; whether it admits the state of the machine is seen when a key is
  ///   first used.
  /// - Throws: `policyMalformed` where K_pol did not sign it for this machine.
  package init(_ tpm: TPM, _ keys: ProvisionedKeys, _ approved: ApprovedPolicy) throws(TPMError) {
    guard approved.policy.counterName == keys.policyVersion.name else {
      throw TPMError(.policyMalformed, "read the policy", "The policy is for another machine's counter.")
    }
    try keys.authority.verify(approved.signature, over: approved.policy.statement, "read the policy")
    self.tpm = tpm
    self.keys = keys
    self.approved = approved
  }

  // MARK: The anchor

  /// What the anchor holds: 32 bytes.
  ///
  /// Whether there is one is seen before anything else: no anchor on this TPM is the news where the TPM was cleared or
  /// replaced, although its storage root key is another one as well. What it holds is then read in the session, which
  /// proves that the TPM said so.
  ///
  /// - Throws: `anchorMissing` where this TPM has no such index: it was deleted, or made again (then with code 0x14A), or
  ///   the TPM was cleared or is another one. `anotherKey` where the index is there and the storage root key is not.
  package func readAnchor() throws(TPMError) -> [UInt8] {
    try tpm.use { connection throws(TPMError) in connection.release(try connection.open(self.keys.anchor)) }
    return try operate { connection, _ throws(TPMError) in try connection.readAnchor(self.keys) }
  }

  /// Extends the anchor from `current` by a digest, and reads it back: SHA256(current || digest).
  ///
  /// After an error nothing is known: read again before deciding.
  ///
  /// - Parameter current: what the caller saw it hold; nil takes whatever it holds.
  /// - Throws: `anchorMoved` where it holds something else, before or after; nothing was extended in the first case.
  @discardableResult
  package func extendAnchor(
    _ digest: ComputedDigest, from current: [UInt8]? = nil
  ) throws(TPMError) -> [UInt8] {
    try requireSHA256(digest, "TPM2_NV_Extend")
    return try operate { connection, _ throws(TPMError) in
      let before = try connection.readAnchor(self.keys)
      guard current == nil || current == before else {
        throw TPMError(
          .anchorMoved, "TPM2_NV_Read",
          "The stored history is not the one this TPM last confirmed (older copy, altered, or other machine).")
      }
      let nv = try connection.open(self.keys.anchor)
      defer { connection.release(nv) }
      try self.inRuntimeSession(connection) { session throws(TPMError) in
        try connection.run("TPM2_NV_Extend") {
          assay_tpm_nv_extend($0, session, nv.object, digest.bytes, digest.bytes.count)
        }
      }
      let after = try connection.readAnchor(self.keys)
      guard after == Cryptography.digest(before + digest.bytes).bytes else {
        throw TPMError(.anchorMoved, "TPM2_NV_Read", "The anchor does not hold what it was extended to.")
      }
      return after
    }
  }

  /// Writes the anchor for the first time: for a site's policy authority, whose approval comes after provisioning.
  ///
  /// After a crash, `anchorValue` says whether this was done. Without a record there is nothing to tell by, and this stays
  /// refused.
  ///
  /// - Parameter beginning: whose record is on the disk already.
  /// - Returns: what it holds before the first commit.
  /// - Throws: `anchorMoved` where it was written before.
  package func initialiseAnchor(_ beginning: consuming AnchorBeginning = .random()) throws(TPMError) -> [UInt8] {
    try operate { connection, _ throws(TPMError) in
      try connection.writeAnchor(self.keys, self.approved, tickets: self.tickets, beginning)
    }
  }

  /// What the anchor holds, where it was begun with this record and nothing was committed since: for a store that was
  /// cut off between `initialiseAnchor` and its first commit, and has no history.
  ///
  /// A ledger takes whatever a written anchor holds for its base. So this is the only way to one that is written: where
  /// it holds more, there was a history, and beginning another under the same store id would bury it.
  ///
  /// - Parameter record: that of the `AnchorBeginning`, as the store kept it.
  /// - Throws: `anchorMoved` where it holds anything else; `anchorMissing` as `readAnchor`, with code 0x14A where it was
  ///   not written yet: then `initialiseAnchor`, with a new beginning.
  package func anchorValue(begunWith record: [UInt8]) throws(TPMError) -> [UInt8] {
    let value = try readAnchor()
    guard record.count == 32, value == AnchorBeginning.value(of: record) else {
      throw TPMError(.anchorMoved, "TPM2_NV_Read", TPMError.anchorWritten)
    }
    return value
  }

  // MARK: Signing and unsealing

  /// Signs a SHA-256 digest with the commit key. Needs nobody's presence.
  ///
  /// - Returns: an ECDSA signature, DER, that verifies under `keys.commit`.
  package func signCommit(_ digest: ComputedDigest) throws(TPMError) -> [UInt8] {
    try requireSHA256(digest, "TPM2_Sign")
    let signature = try operate { connection, root throws(TPMError) in
      let key = try connection.load(self.keys.commit.object, under: root)
      defer { connection.flush(key) }
      return try self.inRuntimeSession(connection) { session throws(TPMError) in
        try connection.sign(digest, with: key, authorizedBy: session)
      }
    }
    try ECDSASignature.check(signature, over: digest, spki: keys.commit.spki)
    return signature
  }

  /// Signs a SHA-256 digest with the report key.
  ///
  /// - Parameter pin: as typed; nil where the key has none.
  /// - Returns: an ECDSA signature, DER, that verifies under `keys.report`.
  /// - Throws: `wrongPIN`, saying how many tries are left; `lockedOut`; `pinUnsuitable` where the key has a PIN
  ///   and none was given, which costs no try.
  package func signReport(
    _ digest: ComputedDigest, pin: borrowing SecretBytes? = nil
  ) throws(TPMError) -> [UInt8] {
    try requireSHA256(digest, "TPM2_Sign")
    let auth = try reportAuth(pin)
    let signature = try operate { connection, root throws(TPMError) in
      let key = try connection.load(self.keys.report.object, under: root)
      defer { connection.flush(key) }
      return try connection.proving(auth, for: key) { () throws(TPMError) in
        let salt = self.keys.pin == nil ? nil : root
        return try self.inRuntimeSession(connection, saltedTo: salt) { session throws(TPMError) in
          if self.keys.pin != nil {
            try connection.run("TPM2_PolicyAuthValue") { assay_tpm_policy_auth_value($0, session) }
          }
          defer { if self.keys.pin != nil { assay_tpm_forget_auth(connection.tpm, key, session) } }
          do throws(TPMError) {
            return try connection.sign(digest, with: key, authorizedBy: session)
          } catch {
            throw self.keys.pin == nil ? error : connection.aboutPIN(error)
          }
        }
      }
    }
    try ECDSASignature.check(signature, over: digest, spki: keys.report.spki)
    return signature
  }

  /// The key of the store's rows: 32 bytes, wiped when the value goes.
  package func unsealStoreKey() throws(TPMError) -> SecretBytes {
    try operate { connection, root throws(TPMError) in
      let object = try connection.load(self.keys.storeKey, under: root)
      defer { connection.flush(object) }
      return try self.inRuntimeSession(connection) { session throws(TPMError) in
        try connection.unseal(object, authorizedBy: session)
      }
    }
  }

  private func reportAuth(_ pin: borrowing SecretBytes?) throws(TPMError) -> SecretBytes {
    switch pin {
    case .some(let typed):
      guard let salt = keys.pin else {
        throw TPMError(.pinUnsuitable, "read the PIN", "The report key has no PIN, and one was given.")
      }
      return try salt.auth(of: typed)
    case .none:
      guard keys.pin == nil else {
        throw TPMError(.pinUnsuitable, "read the PIN", "The report key has a PIN: give it.")
      }
      return SecretBytes.random(0)
    }
  }

  private func requireSHA256(_ digest: ComputedDigest, _ operation: String) throws(TPMError) {
    guard digest.algorithm == Self.algorithm else {
      throw TPMError(.keyMalformed, operation, "The TPM takes SHA-256 digests only.")
    }
  }

  // MARK: One operation

  /// Runs with the storage root key open, its Name compared, and the encrypting session salted to it.
  ///
  /// PCRs that change between the proof and the use make the TPM refuse: then once more from the start.
  func operate<Result: ~Copyable & Sendable>(
    _ body: (borrowing Connection, Connection.Parent) throws(TPMError) -> Result
  ) throws(TPMError) -> Result {
    try tpm.use { connection throws(TPMError) in
      var tries = 1
      while true {
        do throws(TPMError) {
          let root = try connection.open(self.keys.storageRoot)
          defer { connection.release(root) }
          return try connection.encrypted(to: root) { () throws(TPMError) in try body(connection, root) }
        } catch {
          // TPM_RC_PCR_CHANGED
          guard error.code.flatMap(TPMError.base) == 0x128, tries < 4 else { throw error }
          tries += 1
        }
      }
    }
  }

  /// A policy session in which the runtime policy was proven.
  private func inRuntimeSession<Result: ~Copyable>(
    _ connection: borrowing Connection, saltedTo root: Connection.Parent? = nil,
    _ body: (assay_tpm_object) throws(TPMError) -> Result
  ) throws(TPMError) -> Result {
    try connection.inPolicySession(saltedTo: root) { session throws(TPMError) in
      try connection.prove(
        approved, of: keys.authority, counter: keys.policyVersion, tickets: tickets, in: session)
      return try body(session)
    }
  }

  /// Counts the policy version on, as K_pol said: older policies are withdrawn.
  ///
  /// - Returns: the counter's new value.
  /// - Throws: `policyMalformed` where K_pol did not sign it; `withdrawn` where the counter is elsewhere already.
  @discardableResult
  package func incrementPolicyVersion(_ withdrawal: Withdrawal) throws(TPMError) -> UInt64 {
    try keys.authority.verify(
      withdrawal.signature,
      over: Withdrawal.statement(version: withdrawal.version, counterName: keys.policyVersion.name),
      "read the withdrawal")
    return try operate { connection, _ throws(TPMError) in
      let keys = self.keys
      guard try connection.readCounter(keys.policyVersion) == withdrawal.version else {
        throw TPMError(
          .withdrawn, "TPM2_NV_Increment", "The policy version is not the one that this withdrawal counts from.")
      }
      try connection.inPolicySession { session throws(TPMError) in
        try connection.prove(
          withdrawal, of: keys.authority, counter: keys.policyVersion, tickets: self.tickets, in: session)
        let nv = try connection.open(keys.policyVersion)
        defer { connection.release(nv) }
        try connection.run("TPM2_NV_Increment") { assay_tpm_nv_increment($0, session, nv.object) }
      }
      return try connection.readCounter(keys.policyVersion)
    }
  }
}

extension Connection {
  func readAnchor(_ keys: ProvisionedKeys) throws(TPMError) -> [UInt8] {
    let nv = try open(keys.anchor)
    defer { release(nv) }
    return try read(nv, 32)
  }

  func unseal(_ object: assay_tpm_object, authorizedBy session: assay_tpm_object) throws(TPMError) -> SecretBytes {
    try SecretBytes(capacity: Int(ASSAY_TPM_SECRET_MAX)) { (bytes, size) throws(TPMError) in
      let capacity = size
      var given = size
      try run("TPM2_Unseal") { tpm in
        given = capacity
        return assay_tpm_unseal(tpm, session, object, bytes, &given)
      }
      size = given
    }
  }

  /// What a refused PIN means to the operator.
  func aboutPIN(_ error: TPMError) -> TPMError {
    switch error.code.flatMap(TPMError.base) {
    // TPM_RC_AUTH_FAIL
    case 0x8E:
      guard let lockout = try? lockout() else { return error.meaning(.wrongPIN, "Wrong PIN.") }
      return error.meaning(.wrongPIN, "Wrong PIN. \(lockout.triesLeft) of \(lockout.limit) tries left.")
    // TPM_RC_LOCKOUT
    case 0x921:
      return error.meaning(
        .lockedOut,
        "PIN is locked. One try comes back every 2 hours of power-on time; or take the wrong tries back: assay recover unlock."
      )
    default: return error
    }
  }
}
