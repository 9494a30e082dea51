import Attestation
import CTSS2
import Cryptography
import Synchronization

/// Tickets of signatures that the TPM has verified: good for as long as the owner hierarchy lives, so that a signature
/// is verified once and not at each commit.
final class Tickets: Sendable {
  private let known = Mutex<[[UInt8]: [UInt8]]>([:])

  func ticket(for digest: [UInt8]) -> [UInt8]? { known.withLock { $0[digest] } }

  /// One approval and one withdrawal are in use at a time; the rest may go.
  func keep(_ ticket: [UInt8]?, for digest: [UInt8]) {
    known.withLock {
      if $0.count > 8 { $0.removeAll() }
      $0[digest] = ticket
    }
  }
}

extension Connection {
  /// A policy session for the length of a call.
  ///
  /// - Parameter parent: the key to salt it to, where an auth is proven in it: without salt, the proof is an HMAC by
  ///   the auth alone, against which whoever overheard it can try PINs at leisure.
  func inPolicySession<Result: ~Copyable>(
    saltedTo parent: Parent? = nil, _ body: (assay_tpm_object) throws(TPMError) -> Result
  ) throws(TPMError) -> Result {
    var session: assay_tpm_object = 0
    try run("TPM2_StartAuthSession") { assay_tpm_begin_policy($0, parent?.object ?? ASSAY_TPM_NOBODY, &session) }
    defer { flush(session) }
    return try body(session)
  }

  /// Proves the runtime policy: the state of the machine, the policy version, and K_pol's signature.
  ///
  /// - Throws: `notApproved` where the PCRs are others, `withdrawn` where the counter is past the version.
  func prove(
    _ approved: ApprovedPolicy, of authority: PolicyAuthority, counter: NVIndex, tickets: Tickets,
    in session: assay_tpm_object
  ) throws(TPMError) {
    let policy = approved.policy
    if !policy.pcrs.isEmpty {
      do {
        try run("TPM2_PolicyPCR") { assay_tpm_policy_pcr($0, session, policy.pcrs.mask, policy.pcrDigest) }
      } catch {
        // TPM_RC_VALUE of parameter 1: the digest is not that of the PCRs.
        throw error.code == 0x1C4 ? error.meaning(.notApproved, TPMError.notApproved) : error
      }
    }
    do {
      try compare(counter, .atMost, policy.version, in: session)
    } catch {
      // TPM_RC_POLICY
      throw error.code.flatMap(TPMError.base) == 0x126 ? error.meaning(.withdrawn, TPMError.withdrawn) : error
    }
    try authorize(
      policy.digest, RuntimePolicy.reference(counterName: policy.counterName), approved.signature, by: authority,
      tickets: tickets, in: session)
  }

  /// Proves a withdrawal, for one increment of the counter.
  func prove(
    _ withdrawal: Withdrawal, of authority: PolicyAuthority, counter: NVIndex, tickets: Tickets,
    in session: assay_tpm_object
  ) throws(TPMError) {
    try compare(counter, .equal, withdrawal.version, in: session)
    try run("TPM2_PolicyCommandCode") { assay_tpm_policy_command($0, session, PolicyDigest.Command.nvIncrement) }
    try authorize(
      Withdrawal.inner(version: withdrawal.version, counterName: counter.name), Withdrawal.reference,
      withdrawal.signature, by: authority, tickets: tickets, in: session)
  }

  private func compare(
    _ counter: NVIndex, _ comparison: PolicyDigest.Comparison, _ number: UInt64, in session: assay_tpm_object
  ) throws(TPMError) {
    let nv = try open(counter)
    defer { release(nv) }
    try run("TPM2_PolicyNV") {
      assay_tpm_policy_nv($0, session, nv.object, bigEndian(number), 8, comparison.rawValue)
    }
  }

  private func authorize(
    _ policy: [UInt8], _ reference: [UInt8], _ signature: [UInt8], by authority: PolicyAuthority, tickets: Tickets,
    in session: assay_tpm_object
  ) throws(TPMError) {
    let signed = digest(policy + reference)
    if let ticket = tickets.ticket(for: signed.bytes) {
      do {
        return try authorize(policy, reference, ticket, by: authority, in: session)
      } catch {
        // Perhaps the ticket's time is over: once more, with a new one.
        tickets.keep(nil, for: signed.bytes)
      }
    }
    let ticket = try verify(signature, over: signed, by: authority)
    do {
      try authorize(policy, reference, ticket, by: authority, in: session)
    } catch {
      // TPM_RC_VALUE of parameter 1: the session's policy is not the approved one.
      throw error.code == 0x1C4 ? error.meaning(.notApproved, TPMError.notApproved) : error
    }
    tickets.keep(ticket, for: signed.bytes)
  }

  private func authorize(
    _ policy: [UInt8], _ reference: [UInt8], _ ticket: [UInt8], by authority: PolicyAuthority,
    in session: assay_tpm_object
  ) throws(TPMError) {
    try run("TPM2_PolicyAuthorize") {
      assay_tpm_policy_authorize(
        $0, session, policy, reference, reference.count, authority.name, authority.name.count, ticket, ticket.count)
    }
  }

  /// - Returns: TPMT_TK_VERIFIED: the TPM's own word that it saw the signature verify.
  private func verify(
    _ signature: [UInt8], over signed: ComputedDigest, by authority: PolicyAuthority
  ) throws(TPMError) -> [UInt8] {
    guard let (r, s) = ECDSASignature.numbers(signature) else {
      throw TPMError(.policyMalformed, "TPM2_VerifySignature", "The policy's signature is not one of P-256.")
    }
    var key: assay_tpm_object = 0
    try run("TPM2_LoadExternal") {
      assay_tpm_load_external($0, authority.publicArea, authority.publicArea.count, &key)
    }
    defer { flush(key) }
    do {
      return try bytes("TPM2_VerifySignature", atMost: ASSAY_TPM_TICKET_MAX) {
        assay_tpm_verify_signature($0, key, signed.bytes, r, s, &$1, &$2)
      }
    } catch {
      // TPM_RC_SIGNATURE
      throw error.code.flatMap(TPMError.base) == 0x9B
        ? error.meaning(.policyMalformed, "The policy authority did not sign this policy for this machine.") : error
    }
  }
}
