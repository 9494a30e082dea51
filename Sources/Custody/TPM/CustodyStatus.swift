package import Attestation
import CTSS2
package import Cryptography

/// What K_pol needs to approve the state that this machine is in.
package struct PolicyRequest: Hashable, Sendable {
  package let counterName: [UInt8]
  /// The policy version at present: an approval must be at least this.
  package let version: UInt64
  package let pcrs: PCRSelection
  /// SHA-256 of the values of the PCRs, in ascending order; empty without PCRs.
  package let pcrDigest: [UInt8]
  /// The attestation key's word for these PCRs, with `qualifying` as its extra data.
  package let quote: Attested

  /// What the quote binds beside the PCRs: SHA-256(`assay/boot-request/v1` || counter's Name || version as 8 bytes).
  package static func qualifying(counterName: [UInt8], version: UInt64) -> [UInt8] {
    digest(Array("assay/boot-request/v1".utf8) + counterName + bigEndian(version)).bytes
  }

  /// The policy that admits exactly this state, up to a version.
  package func policy(until version: UInt64) throws(TPMError) -> RuntimePolicy {
    try RuntimePolicy(pcrs: pcrs, pcrDigest: pcrDigest, version: version, counterName: counterName)
  }
}

extension Provisioning {
  /// The state of a machine whose keys nobody has approved yet, or not any more.
  ///
  /// PCRs are read in clear, and whoever sits on the bus could have another state approved: the attestation key vouches
  /// for them. The counter is read in the session, which proves that the TPM said so.
  ///
  /// - Throws: `badSignature` where the PCRs that were read are not those that the TPM attests to.
  package static func policyRequest(
    _ tpm: TPM, _ keys: ProvisionedKeys, pcrs: PCRSelection
  ) throws(TPMError) -> PolicyRequest {
    try tpm.use { connection throws(TPMError) in
      let root = try connection.open(keys.storageRoot)
      defer { connection.release(root) }
      return try connection.encrypted(to: root) { () throws(TPMError) in
        let version = try connection.readCounter(keys.policyVersion)
        let read = digest(try connection.pcrs(pcrs)).bytes
        let counterName = keys.policyVersion.name
        let (quote, attested) = try connection.quote(
          pcrs, qualifying: PolicyRequest.qualifying(counterName: counterName, version: version), by: keys)
        guard attested == read else {
          throw TPMError(
            .badSignature, "TPM2_PCR_Read",
            "The PCRs that were read are not those that the TPM attests to: they changed just now, or somebody alters what "
              + "it says. Try again.")
        }
        return PolicyRequest(
          counterName: counterName, version: version, pcrs: pcrs, pcrDigest: pcrs.isEmpty ? [] : read, quote: quote)
      }
    }
  }
}

extension TPM {
  /// The TPM's clock and what it counts (TPM 2.0 Part 1 §36).
  package func clock() throws(TPMError) -> Attestation.Clock {
    try use { connection throws(TPMError) in
      var clock = assay_tpm_clock()
      try connection.run("TPM2_ReadClock") { assay_tpm_read_clock($0, &clock) }
      return Attestation.Clock(
        milliseconds: clock.clock, resets: clock.resets, restarts: clock.restarts, isSafe: clock.safe != 0)
    }
  }

  /// Values of PCRs of the SHA-256 bank, all of one moment.
  package func pcrs(_ selection: PCRSelection = .quoted) throws(TPMError) -> [Int: [UInt8]] {
    let values = try use { connection throws(TPMError) in try connection.pcrs(selection) }
    var found: [Int: [UInt8]] = [:]
    for (place, number) in selection.numbers.enumerated() {
      found[number] = Array(values[place * 32..<place * 32 + 32])
    }
    return found
  }

  /// Measures something into a PCR. There is no way back before the next start of the machine.
  package func extendPCR(_ number: Int, by digest: ComputedDigest) throws(TPMError) {
    guard PCRSelection.all.contains(number), digest.algorithm == .sha256 else {
      throw TPMError(.keyMalformed, "TPM2_PCR_Extend", "No such PCR, or not a SHA-256 digest.")
    }
    try use { connection throws(TPMError) in
      try connection.run("TPM2_PCR_Extend") { assay_tpm_extend_pcr($0, UInt32(number), digest.bytes) }
    }
  }

  package func lockout() throws(TPMError) -> Lockout {
    try use { connection throws(TPMError) in try connection.lockout() }
  }

  /// Whether the owner, the endorsement and the lockout hierarchy have secrets.
  package func hierarchiesWithSecrets() throws(TPMError) -> [Bool] {
    let owned = try use { connection throws(TPMError) in try connection.owned() }
    return [owned.contains(.owner), owned.contains(.endorsement), owned.contains(.lockout)]
  }

  /// Whether the hierarchies have secrets and TPM2_Clear is the firmware's alone.
  package func isOwned() throws(TPMError) -> Bool {
    try use { connection throws(TPMError) in
      let all = Property.ownerAuthSet | Property.endorsementAuthSet | Property.lockoutAuthSet | Property.disableClear
      return try connection.property(Property.permanent) & all == all
    }
  }
}

extension CustodyTPM {
  package func clock() throws(TPMError) -> Attestation.Clock { try tpm.clock() }
  package func pcrs(_ selection: PCRSelection = .quoted) throws(TPMError) -> [Int: [UInt8]] { try tpm.pcrs(selection) }
  package func lockout() throws(TPMError) -> Lockout { try tpm.lockout() }

  /// The policy version counter.
  package func policyVersion() throws(TPMError) -> UInt64 {
    try operate { connection, _ throws(TPMError) in try connection.readCounter(self.keys.policyVersion) }
  }

  /// Takes all wrong tries back.
  package func resetLockout(_ lockoutSecret: borrowing SecretBytes) throws(TPMError) {
    try operate { connection, _ throws(TPMError) in
      try connection.proving(lockoutSecret, for: ASSAY_TPM_LOCKOUT) { () throws(TPMError) in
        try connection.run("TPM2_DictionaryAttackLockReset") { assay_tpm_lockout_reset($0) }
      }
    }
  }
}

extension Connection {
  fileprivate func pcrs(_ selection: PCRSelection) throws(TPMError) -> [UInt8] {
    if selection.isEmpty { return [] }
    let values = try bytes("TPM2_PCR_Read", atMost: 24 * 32) { assay_tpm_read_pcrs($0, selection.mask, &$1, &$2) }
    guard values.count == selection.numbers.count * 32 else {
      throw TPMError(.keyMalformed, "TPM2_PCR_Read", "The TPM has no SHA-256 bank of PCRs.")
    }
    return values
  }
}
