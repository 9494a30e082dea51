package import ApplianceIdentity
import Attestation
package import Cryptography
import Enrolment
import Reasons
package import TPM

/// What an appliance says of itself beside what its TPM knows.
package struct ApplianceFacts: Sendable {
  package let storeID: [UInt8]
  package let bootBinding: ApplianceIdentity.BootBinding
  /// Whether somebody holds the policy authority's key; false where a throw-away key approved every state.
  package let isAuthorityHeld: Bool
  /// DER: the endorsement key's, and those of its issuers.
  package let certificates: [[UInt8]]
  /// The ledger's head, as `Ledger.checkpoint()` gives it.
  package let checkpoint: [UInt8]
  /// Version of the program.
  package let program: String

  package init(
    storeID: [UInt8], bootBinding: ApplianceIdentity.BootBinding, isAuthorityHeld: Bool, certificates: [[UInt8]],
    checkpoint: [UInt8], program: String
  ) {
    self.storeID = storeID
    self.bootBinding = bootBinding
    self.isAuthorityHeld = isAuthorityHeld
    self.certificates = certificates
    self.checkpoint = checkpoint
    self.program = program
  }
}

extension CustodyTPM {
  /// A request to be enrolled, `assay-enrolment-request/1`. Costs no PIN.
  ///
  /// - Throws: `TPMError`; `Failure` where a desk would refuse it: an endorsement key that no credential can be made for,
  ///   a checkpoint that is not of this store.
  package func enrolmentRequest(_ facts: ApplianceFacts) throws -> [UInt8] {
    let claims = EnrolmentClaims(
      storeID: facts.storeID, tpm: tpm.driver.isSoftware ? .software : .device, bootBinding: facts.bootBinding,
      authority: facts.isAuthorityHeld ? .init(key: keys.authority.key, counter: keys.policyVersion.handle) : nil,
      endorsementKey: try EndorsementKey(publicArea: keys.endorsement.publicArea), certificates: facts.certificates,
      attestationKey: keys.attestationKey,
      reportKey: .init(publicArea: keys.report.object.publicArea, creationData: keys.report.object.creationData),
      commitKey: .init(publicArea: keys.commit.object.publicArea, creationData: keys.commit.object.creationData),
      anchorHandle: keys.anchor.handle, anchorName: keys.anchor.name, checkpoint: facts.checkpoint,
      program: Array(facts.program.utf8), nonce: try tpm.random(EnrolmentClaims.nonceSize))
    let binding = try claims.binding()
    let request = EnrolmentRequest(
      claims: claims, reportKey: EnrolmentProof(try certifyReportKey(qualifying: binding)),
      commitKey: EnrolmentProof(try certifyCommitKey(qualifying: binding)),
      anchor: EnrolmentProof(try certifyAnchor(qualifying: binding)), quote: try enrolmentQuote(binding)
    ).serialized()
    // What no desk would accept is not given out.
    _ = try VerifiedRequest(verifying: request)
    return request
  }

  /// An answer to a desk's challenge, `assay-enrolment-answer/1`.
  ///
  /// - Parameters:
  ///   - request: as it was given out, byte for byte.
  ///   - endorsementSecret: of escrow, where ownership was taken and the endorsement key's policy asks for it; empty
  ///     otherwise.
  /// - Throws: `Failure` where the request is not this TPM's or the challenge not of the request, and
  ///   `enrolment.credential-refused` where the TPM does not open the credential; `TPMError` for the rest.
  package func enrolmentAnswer(
    request requestBytes: [UInt8], challenge challengeBytes: [UInt8], endorsementSecret: borrowing SecretBytes
  ) throws -> [UInt8] {
    let request = try EnrolmentRequest(parsing: requestBytes)
    let challenge = try EnrolmentChallenge(parsing: challengeBytes)
    let claims = request.claims
    guard claims.attestationKey == keys.attestationKey,
      claims.endorsementKey.publicArea == keys.endorsement.publicArea, claims.anchorName == keys.anchor.name,
      claims.reportKey.publicArea == keys.report.object.publicArea,
      claims.commitKey.publicArea == keys.commit.object.publicArea
    else { throw Failure(.enrolmentAnotherAppliance, "request", "its keys are not those of this appliance's TPM") }
    guard challenge.request == digest(requestBytes).bytes else {
      throw Failure(.enrolmentChallengeMismatch, "challenge", "it is not of this request")
    }
    let secret = try open(challenge, endorsementSecret)
    let transcript = enrolmentTranscript(request: requestBytes, challenge: challengeBytes)
    return EnrolmentAnswer(
      transcript: transcript, hmac: try hmac(.sha256, key: secret, over: transcript),
      quote: try enrolmentQuote(transcript)
    ).serialized()
  }

  private func open(
    _ challenge: EnrolmentChallenge, _ endorsementSecret: borrowing SecretBytes
  ) throws -> SecretBytes {
    do throws(TPMError) {
      return try activateCredential(
        challenge.credential, secret: challenge.secret, endorsementSecret: endorsementSecret)
    } catch {
      guard error.isAboutParameter else { throw error }
      throw Failure(.enrolmentCredentialRefused, "challenge", "the TPM does not open its credential")
    }
  }

  /// Values and quote of one moment, or nothing: a PCR may have changed between the two.
  private func enrolmentQuote(_ qualifying: [UInt8]) throws -> EnrolmentQuote {
    let values = try pcrs(.quoted)
    let quote = EnrolmentQuote(
      proof: EnrolmentProof(try quote(qualifying: qualifying)), pcrs: .quoted,
      values: PCRSelection.quoted.numbers.compactMap { values[$0] })
    _ = try verifyQuote(quote, by: keys.attestationKey, binding: qualifying)
    return quote
  }
}

extension EnrolmentProof {
  fileprivate init(_ attested: Attested) {
    self.init(attest: attested.attest, signature: attested.signature)
  }
}

extension TPMError {
  /// Whether the TPM found fault with what it was given, and not with who asked (TPM 2.0 Part 2 §6.6.2: format one, of
  /// a parameter).
  fileprivate var isAboutParameter: Bool {
    guard let code, code >> 16 == 0 || code >> 16 == 11 else { return false }
    return code & 0xC0 == 0xC0
  }
}
