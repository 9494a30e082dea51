import Attestation
import Cryptography
import TPM
import Testing

/// The keys open for approved states of the machine alone.
@Suite struct RuntimePolicyTests {
  private let message = digest(Array("what is signed".utf8))

  @Test(arguments: Bench.kinds) func approvedStatesOpenTheKeys(_ kind: Kind) throws {
    let appliance = try Appliance(kind, authority: try Site())
    let custody = try appliance.custody()
    _ = try custody.initialiseAnchor()
    let first = try custody.unsealStoreKey().copied()
    #expect(first.count == 32)
    #expect(try custody.unsealStoreKey().copied() == first)
    try PublicKey(spki: appliance.keys.commit.spki).verify(
      try custody.signCommit(message), digest: message, .ecdsa(.sha256))
    try PublicKey(spki: appliance.keys.report.spki).verify(
      try custody.signReport(message), digest: message, .ecdsa(.sha256))
    try appliance.expectNothingLoaded("using all keys")

    // After a start, which brings PCR 11 to another value before it is measured to the same one.
    try custody.tpm.extendPCR(11, by: message)
    let refusals = [
      refusal { _ = try custody.unsealStoreKey() }, refusal { _ = try custody.signCommit(message) },
      refusal { _ = try custody.signReport(message) }, refusal { try custody.extendAnchor(message) },
    ]
    for refusal in refusals {
      #expect(refusal?.kind == .notApproved)
      #expect(refusal?.code == 0x1C4)
      #expect(
        refusal?.message.starts(
          with: "This system version is not approved. Have it approved (assay enroll boot-request)") == true)
    }
    try appliance.expectNothingLoaded("refusals")

    // A policy refresh opens them again, and needs no write to the TPM.
    let refreshed = try appliance.custody()
    #expect(try refreshed.unsealStoreKey().copied() == first)
    _ = try refreshed.signCommit(message)
  }

  @Test(arguments: Bench.kinds) func withdrawnVersionsOpenNothing(_ kind: Kind) throws {
    let site = try Site()
    let appliance = try Appliance(kind, authority: site)
    let old = try appliance.custody()
    let secret = try old.unsealStoreKey().copied()
    let version = try old.policyVersion()
    let withdrawal = try site.withdraw(version, counterName: appliance.keys.policyVersion.name)
    #expect(try old.incrementPolicyVersion(withdrawal) == version + 1)
    try appliance.expectNothingLoaded("a withdrawal")

    let refused = refusal { _ = try old.unsealStoreKey() }
    #expect(refused?.kind == .withdrawn)
    #expect(refused?.code == 0x126)
    #expect(
      refused?.message
        == "This system version was withdrawn. Update it, and have the new one approved (assay enroll boot-request).")
    try appliance.expectNothingLoaded("a refusal")

    #expect(try appliance.custody().unsealStoreKey().copied() == secret)

    // The same word counts once.
    let again = refusal { _ = try appliance.custody().incrementPolicyVersion(withdrawal) }
    #expect(again?.kind == .withdrawn)
    #expect(try old.policyVersion() == version + 1)
  }

  /// What the authority is asked to approve is what the attestation key vouches for, also before any approval.
  @Test(arguments: Bench.kinds, [PCRSelection.measured, .none, PCRSelection(PCRSelection.all)!])
  func aRequestIsAttested(_ kind: Kind, _ pcrs: PCRSelection) throws {
    let appliance = try Appliance(kind, authority: try Site())
    try appliance.tpm.extendPCR(11, by: message)
    let request = try Provisioning.policyRequest(appliance.tpm, appliance.keys, pcrs: pcrs)
    let qualifying = digest(
      Array("assay/boot-request/v1".utf8) + appliance.keys.policyVersion.name
        + (0..<8).reversed().map { UInt8(truncatingIfNeeded: request.version >> ($0 * 8)) }
    ).bytes
    let quote = try appliance.keys.attestationKey.verifyQuote(
      request.quote.attest, signature: request.quote.signature, qualifying: qualifying)
    #expect(quote.pcrs == pcrs)
    #expect(pcrs.isEmpty ? request.pcrDigest.isEmpty : quote.digest == request.pcrDigest)
    #expect(pcrs.isEmpty || request.pcrDigest.count == 32)
    try appliance.expectNothingLoaded("a request")
  }

  @Test func onlyTheAuthorityApproves() throws {
    let appliance = try Appliance(authority: try Site())
    let stranger = try Site()
    let policy = try appliance.approval().policy
    let forged = try stranger.approve(policy)
    #expect(refusal { _ = try CustodyTPM(appliance.tpm, appliance.keys, forged) }?.kind == .policyMalformed)

    let version = policy.version
    let withdrawal = try stranger.withdraw(version, counterName: appliance.keys.policyVersion.name)
    let custody = try appliance.custody()
    #expect(refusal { _ = try custody.incrementPolicyVersion(withdrawal) }?.kind == .policyMalformed)
    #expect(try custody.policyVersion() == version)
  }

  /// The TPM itself refuses what this program's own check would: the digest is K_pol's to sign, and nobody else's.
  @Test func theTPMChecksTheSignatureItself() throws {
    let site = try Site()
    let appliance = try Appliance(authority: site)
    // A good signature over another state: our check passes, the TPM's session has another policy.
    let request = try Provisioning.policyRequest(appliance.tpm, appliance.keys, pcrs: .measured)
    let elsewhere = try RuntimePolicy(
      pcrs: .measured, pcrDigest: digest([1]).bytes, version: request.version,
      counterName: appliance.keys.policyVersion.name)
    let custody = try CustodyTPM(appliance.tpm, appliance.keys, try site.approve(elsewhere))
    #expect(refusal { _ = try custody.unsealStoreKey() }?.kind == .notApproved)
    try appliance.expectNothingLoaded("a refusal")
  }

  @Test func anApprovalOfAnotherCounterIsRefused() throws {
    let site = try Site()
    let appliance = try Appliance(authority: site)
    let policy = try RuntimePolicy(
      pcrs: .none, pcrDigest: [], version: 100, counterName: [0, 11] + digest([7]).bytes)
    let approved = try site.approve(policy)
    #expect(refusal { _ = try CustodyTPM(appliance.tpm, appliance.keys, approved) }?.kind == .policyMalformed)
  }

  @Test func resettablePCRsBindNothing() throws {
    for pcr in [16, 23] {
      let error = refusal {
        _ = try RuntimePolicy(
          pcrs: PCRSelection([7, pcr])!, pcrDigest: digest([]).bytes, version: 1,
          counterName: [0, 11] + digest([]).bytes)
      }
      #expect(error?.kind == .policyMalformed)
    }
  }

  @Test(arguments: Bench.kinds) func withoutAnAuthorityEveryStateIsApproved(_ kind: Kind) throws {
    let appliance = try Appliance(kind)
    #expect(appliance.provisioned.approved?.policy.pcrs.isEmpty == true)
    let custody = try appliance.custody()
    let secret = try custody.unsealStoreKey().copied()
    try custody.tpm.extendPCR(11, by: message)
    #expect(try custody.unsealStoreKey().copied() == secret)
    try appliance.expectNothingLoaded("unsealing")
  }
}
