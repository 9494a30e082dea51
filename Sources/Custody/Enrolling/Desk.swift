package import ApplianceIdentity
import Attestation
package import Cryptography
import Enrolment
import Reasons

/// A challenge, and what the desk keeps to itself until it is answered.
package struct IssuedChallenge: Sendable {
  /// `assay-enrolment-challenge/1`: for the appliance.
  package let challenge: [UInt8]
  /// `assay-enrolment-record/1`: for nobody else's eyes.
  package let record: [UInt8]
}

extension VerifiedRequest {
  /// Makes a secret that only the TPM with this request's endorsement key and attestation key can read.
  ///
  /// - Parameter endorsement: what the desk found about the endorsement key; it is kept for the end.
  package func challenge(endorsement: EndorsementFinding) throws(CryptographyError) -> IssuedChallenge {
    let secret = SecretBytes.random(EnrolmentRecord.secretSize)
    let credential = try Credential(of: secret, for: claims.attestationKey.name, to: claims.endorsementKey)
    let challenge = EnrolmentChallenge(
      request: digest.bytes, credential: credential.blob, secret: credential.encryptedSecret,
      nonce: try randomBytes(EnrolmentClaims.nonceSize)
    ).serialized()
    let record = EnrolmentRecord(
      request: digest.bytes, challenge: Cryptography.digest(challenge).bytes, secret: secret.copied(),
      isCertified: endorsement.isVerified, endorsement: Array(endorsement.text.utf8))
    return IssuedChallenge(challenge: challenge, record: record.serialized())
  }
}

/// An appliance that proved which TPM it has.
package struct AcceptedEnrolment: Sendable {
  package let request: VerifiedRequest
  package let identity: ApplianceIdentity
  /// Whether a maker of TPMs vouches for the endorsement key, as the desk found when it made the challenge.
  package let isCertified: Bool
  /// The same, and who or why not; text for people.
  package let endorsement: String

  /// Verifies an answer, from the four files alone. Nothing is believed because it was verified before: the request is
  /// verified again, so that the keys of the identity are those of the request that was challenged (CVE-2022-1053).
  ///
  /// 1. the request is as when it was challenged: all of `VerifiedRequest`, and the record's digest;
  /// 2. the challenge is the record's, and of this request;
  /// 3. the answer is to this request and this challenge;
  /// 4. its HMAC is by the record's secret, which only the endorsement key's TPM could read, and only because it holds
  ///    the attestation key;
  /// 5. the attestation key quotes the PCRs for this enrolment.
  ///
  /// - Parameter desk: who enrols, in its own words.
  /// - Throws: `enrolment.…`, and `json.…` (as `Failure`); `CryptographyError` where the provider lacks HMAC.
  package init(
    request requestBytes: [UInt8], challenge challengeBytes: [UInt8], record recordBytes: [UInt8],
    answer answerBytes: [UInt8], by desk: String
  ) throws {
    let request = try VerifiedRequest(verifying: requestBytes)
    let record = try EnrolmentRecord(parsing: recordBytes)
    guard record.request == request.digest.bytes else {
      throw Failure(.enrolmentRecordMismatch, "request", "it is not the one that the desk challenged")
    }
    guard record.challenge == digest(challengeBytes).bytes else {
      throw Failure(.enrolmentRecordMismatch, "challenge", "it is not the one that the desk made")
    }
    let challenge = try EnrolmentChallenge(parsing: challengeBytes)
    guard challenge.request == request.digest.bytes else {
      throw Failure(.enrolmentChallengeMismatch, "challenge", "it is not of this request")
    }
    let answer = try EnrolmentAnswer(parsing: answerBytes)
    let transcript = enrolmentTranscript(request: requestBytes, challenge: challengeBytes)
    guard answer.transcript == transcript else {
      throw Failure(.enrolmentAnswerMismatch, "answer", "it is to another request or another challenge")
    }
    var secret = record.secret
    let expected = try hmac(.sha256, key: SecretBytes(wiping: &secret), over: transcript)
    guard areEqual(answer.hmac, expected) else {
      throw Failure(.enrolmentCredentialNotOpened, "answer", "its HMAC is not by the desk's secret")
    }
    _ = try verifyQuote(answer.quote, by: request.claims.attestationKey, binding: transcript)

    self.request = request
    isCertified = record.isCertified
    endorsement = String(decoding: record.endorsement, as: UTF8.self)
    let claims = request.claims
    identity = ApplianceIdentity(
      storeID: claims.storeID, tpm: claims.tpm, bootBinding: claims.bootBinding, reportKey: request.reportKey,
      commitKey: request.commitKey, attestationKey: claims.attestationKey, anchorName: claims.anchorName,
      policyAuthority: claims.authority?.key,
      enrolled: ApplianceIdentity.Enrolled(
        by: desk, transcript: transcript, endorsementKey: claims.endorsementKey.publicArea, endorsement: endorsement))
  }
}
