import ApplianceIdentity
import Attestation
import Cryptography
import Enrolling
import Enrolment
import Reasons
import SignedNote
import TPM
import TestSupport
import Testing

/// Enrolments from the first file to the last.
@Suite struct EnrolmentTests {
  @Test(arguments: Bench.kinds) func enrolsAnAppliance(_ kind: Kind) throws {
    let rig = try EnrolmentRig(kind, authority: try Site(), pin: "482913")
    let files = try EnrolmentFiles(rig)
    try rig.appliance.expectNothingLoaded("an enrolment")
    // No PIN was asked for, and no try was spent.
    #expect(try rig.custody.lockout().failures == 0)
    let accepted = try files.accepted()
    let (identity, keys) = (accepted.identity, rig.custody.keys)
    #expect(identity.storeID == rig.storeID)
    #expect(identity.tpm == .software)
    #expect(identity.bootBinding == .secureBootOnly)
    #expect(identity.reportKey.spki == keys.report.spki)
    #expect(identity.commitKey.spki == keys.commit.spki)
    #expect(identity.attestationKey == keys.attestationKey)
    #expect(identity.anchorName == keys.anchor.name)
    #expect(identity.policyAuthority == keys.authority.key)
    let enrolled = try #require(identity.enrolled)
    #expect(enrolled.by == "the desk")
    #expect(enrolled.transcript == enrolmentTranscript(request: files.request, challenge: files.challenge))
    #expect(enrolled.endorsementKey == keys.endorsement.publicArea)
    #expect(enrolled.endorsement == "not certified: no roots were given")
    #expect(!accepted.isCertified)
    #expect(accepted.request.hasPIN)
    #expect(accepted.request.anchorValue == (try rig.custody.readAnchor()))
    #expect(accepted.request.pcrs == (try rig.custody.pcrs()))
    #expect(accepted.request.checkpoint.size == 1)
    #expect(try ApplianceIdentity(parsing: identity.serialized(), named: "identity") == identity)
  }

  @Test func enrolsWithoutAPolicyAuthority() throws {
    let files = try EnrolmentFiles(try EnrolmentRig())
    let accepted = try files.accepted()
    #expect(accepted.identity.policyAuthority == nil)
    #expect(accepted.identity.bootBinding == .none)
    #expect(!accepted.request.hasPIN)
  }

  #if DEBUG
    @Test(
      .enabled(if: SwTPM.isPresent && isInstalled("tpm2_createek"), "needs swtpm and tpm2-tools"),
      arguments: EnrolmentRig.Endorsement.allCases, [false, true])
    func enrolsWithEachEndorsementKey(_ endorsement: EnrolmentRig.Endorsement, _ isOwned: Bool) throws {
      let rig = try EnrolmentRig(.swtpm, endorsement: endorsement)
      let secrets = EscrowSecrets.random()
      if isOwned { try Provisioning.takeOwnership(rig.appliance.tpm, of: rig.appliance.keys, secrets) }
      let request = try rig.request()
      let verified = try VerifiedRequest(verifying: request)
      switch endorsement {
      case .own, .p256: #expect(verified.claims.endorsementKey.key.kind == .ecdsa(.p256))
      case .p384: #expect(verified.claims.endorsementKey.key.kind == .ecdsa(.p384))
      case .rsa2048: #expect(verified.claims.endorsementKey.key.kind == .rsa(bits: 2048))
      case .rsa3072: #expect(verified.claims.endorsementKey.key.kind == .rsa(bits: 3072))
      }
      let issued = try verified.challenge(endorsement: .notCertified("no roots were given"))
      let answer =
        isOwned
        ? try rig.custody.enrolmentAnswer(
          request: request, challenge: issued.challenge, endorsementSecret: secrets.endorsement)
        : try rig.answer(request, issued.challenge)
      let accepted = try AcceptedEnrolment(
        request: request, challenge: issued.challenge, record: issued.record, answer: answer, by: "the desk")
      #expect(accepted.identity.enrolled?.endorsementKey == rig.custody.keys.endorsement.publicArea)
      try rig.appliance.expectNothingLoaded("an enrolment")
    }
  #endif

  /// Two requests and two challenges have nothing in common but the keys.
  @Test func noncesMakeEachOneNew() throws {
    let rig = try EnrolmentRig()
    let (one, two) = (try rig.request(), try rig.request())
    #expect(one != two)
    let verified = try VerifiedRequest(verifying: one)
    let challenges = try (0..<2).map { _ in try verified.challenge(endorsement: .notCertified("")) }
    let parsed = try challenges.map { try EnrolmentChallenge(parsing: $0.challenge) }
    #expect(parsed[0].nonce != parsed[1].nonce)
    #expect(parsed[0].secret != parsed[1].secret)
    let records = try challenges.map { try EnrolmentRecord(parsing: $0.record) }
    #expect(records[0].secret != records[1].secret)
  }
}
