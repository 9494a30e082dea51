import Attestation
import Base64
import Cryptography
import Enrolling
import Enrolment
import Octets
import Reasons
import StrictJSON
import TPM
import TestSupport
import Testing

/// What an appliance refuses to answer, and what a desk refuses to accept.
@Suite struct AnswerTests {
  private static func changed(_ bytes: [UInt8]) -> [UInt8] { bytes.dropLast() + [bytes.last! ^ 1] }

  // MARK: The appliance

  @Test(.enabled(if: EnrolmentRig.hasTwo, Comment(rawValue: SwTPM.absence)))
  func answersItsOwnRequestsAlone() throws {
    let (rig, other) = (try EnrolmentRig(), try EnrolmentRig())
    let (files, foreign) = (try EnrolmentFiles(rig), try EnrolmentFiles(other))
    #expect(
      objection { _ = try rig.answer(foreign.request, foreign.challenge) }
        == Failure(.enrolmentAnotherAppliance, "request"))
    #expect(
      objection { _ = try rig.answer(files.request, foreign.challenge) }
        == Failure(.enrolmentChallengeMismatch, "challenge"))
    _ = try rig.answer(files.request, files.challenge)
    try rig.appliance.expectNothingLoaded("answers")
  }

  /// Each key of the request alone is looked at.
  @Test(
    .enabled(if: EnrolmentRig.hasTwo, Comment(rawValue: SwTPM.absence)),
    arguments: ["attestation", "endorsement", "anchor", "report", "commit"])
  func knowsItsOwnKeys(_ which: String) throws {
    let (rig, other) = (try EnrolmentRig(), try EnrolmentRig())
    let own = try EnrolmentRequest(parsing: try rig.request())
    let (claims, keys) = (own.claims, other.custody.keys)
    let changed =
      switch which {
      case "attestation": claims.with(attestationKey: keys.attestationKey)
      case "endorsement":
        claims.with(endorsementKey: try EndorsementKey(publicArea: keys.endorsement.publicArea))
      case "anchor": claims.with(anchorName: Self.changed(claims.anchorName))
      case "report": claims.with(reportKey: claims.key(keys.report))
      default: claims.with(commitKey: claims.key(keys.commit))
      }
    let request = EnrolmentRequest(
      claims: changed, reportKey: own.reportKey, commitKey: own.commitKey, anchor: own.anchor, quote: own.quote
    ).serialized()
    let challenge = EnrolmentChallenge(
      request: digest(request).bytes, credential: [1], secret: [1], nonce: [UInt8](repeating: 0, count: 32))
    #expect(
      objection { _ = try rig.answer(request, challenge.serialized()) }
        == Failure(.enrolmentAnotherAppliance, "request"))
  }

  @Test(.enabled(if: EnrolmentRig.hasTwo, Comment(rawValue: SwTPM.absence)))
  func credentialsAreForOneTPMAndOneKey() throws {
    let rig = try EnrolmentRig(.software)
    let files = try EnrolmentFiles(rig)
    let (own, keys) = (try EnrolmentChallenge(parsing: files.challenge), rig.custody.keys)
    let endorsement = try EndorsementKey(publicArea: keys.endorsement.publicArea)
    func refused(_ what: String, _ credential: [UInt8], _ secret: [UInt8]) {
      let challenge = EnrolmentChallenge(
        request: own.request, credential: credential, secret: secret, nonce: own.nonce)
      #expect(
        objection { _ = try rig.answer(files.request, challenge.serialized()) }
          == Failure(.enrolmentCredentialRefused, "challenge"), "\(what)")
    }
    refused("another cipher text", Self.changed(own.credential), own.secret)
    refused(
      "another HMAC", own.credential.prefix(2) + [own.credential[2] ^ 1] + own.credential.dropFirst(3), own.secret)
    refused("another point", own.credential, Self.changed(own.secret))
    refused("no credential", [], own.secret)
    refused("no secret", own.credential, [])
    refused("half a credential", Array(own.credential.prefix(30)), own.secret)
    let commit = try Credential(of: .random(32), for: keys.commit.name, to: endorsement)
    refused("the commit key's", commit.blob, commit.encryptedSecret)
    let stranger = try EnrolmentRig().custody.keys.endorsement.publicArea
    let foreign = try Credential(
      of: .random(32), for: keys.attestation.name, to: try EndorsementKey(publicArea: stranger))
    refused("another TPM's", foreign.blob, foreign.encryptedSecret)
    try rig.appliance.expectNothingLoaded("refusals")
    _ = try rig.answer(files.request, files.challenge)
  }

  // MARK: The desk

  @Test func everyFileIsOfThisEnrolment() throws {
    let rig = try EnrolmentRig()
    let (files, other) = (try EnrolmentFiles(rig), try EnrolmentFiles(rig))
    func refused(_ files: EnrolmentFiles, _ reason: Reason, _ subject: String, _ line: Int = #line) {
      let found = objection { _ = try files.accepted() }
      #expect(found == Failure(reason, subject), "line \(line): \(found.map { "\($0)" } ?? "accepted")")
    }
    var spoilt = files
    spoilt.request = other.request
    refused(spoilt, .enrolmentRecordMismatch, "request")
    spoilt = files
    spoilt.challenge = other.challenge
    refused(spoilt, .enrolmentRecordMismatch, "challenge")
    spoilt = files
    spoilt.record = other.record
    refused(spoilt, .enrolmentRecordMismatch, "request")
    // As a desk would have it that mixed up its own files.
    spoilt = files
    spoilt.challenge = other.challenge
    try spoilt.matchRecord()
    refused(spoilt, .enrolmentChallengeMismatch, "challenge")
    spoilt = files
    spoilt.answer = other.answer
    refused(spoilt, .enrolmentAnswerMismatch, "answer")
    // Another nonce in the same challenge.
    let challenge = try EnrolmentChallenge(parsing: files.challenge)
    spoilt = files
    spoilt.challenge =
      EnrolmentChallenge(
        request: challenge.request, credential: challenge.credential, secret: challenge.secret,
        nonce: [UInt8](repeating: 0, count: 32)
      ).serialized()
    try spoilt.matchRecord()
    refused(spoilt, .enrolmentAnswerMismatch, "answer")
    // A request that verifies no more is not accepted because it did once.
    let request = try EnrolmentRequest(parsing: files.request)
    spoilt = files
    spoilt.request = altered(request.json, at: ["claims", "program"], to: "0.2.0").serialized()
    try spoilt.matchRecord()
    refused(spoilt, .enrolmentClaimsAltered, "claims")
    _ = try files.accepted()
  }

  @Test(.enabled(if: EnrolmentRig.hasTwo, Comment(rawValue: SwTPM.absence)))
  func everyValueOfAnAnswerCounts() throws {
    let rig = try EnrolmentRig()
    let (files, earlier) = (try EnrolmentFiles(rig), try EnrolmentFiles(rig))
    let answer = try EnrolmentAnswer(parsing: files.answer)
    let zeros = JSON.text(String(repeating: "0", count: 64))
    var table: [String: (JSON, Reason, String)] = [
      "format": ("assay-enrolment-answer/2", .enrolmentMalformed, "answer"),
      "transcript": (zeros, .enrolmentAnswerMismatch, "answer"),
      "hmac": (zeros, .enrolmentCredentialNotOpened, "answer"),
      "quote.attest": (.text(Base64.encode(Self.changed(answer.quote.proof.attest))), .enrolmentProofInvalid, "quote"),
      "quote.signature": (
        .text(Base64.encode(Self.changed(answer.quote.proof.signature))), .enrolmentProofInvalid, "quote"
      ),
    ]
    for number in PCRSelection.quoted.numbers {
      table["quote.pcrs.\(number)"] = (.text(String(repeating: "9", count: 64)), .enrolmentPCRMismatch, "quote")
    }
    let paths = leaves(answer.json)
    #expect(Set(paths.map { $0.joined(separator: ".") }) == Set(table.keys))
    for path in paths {
      let (value, reason, subject) = try #require(table[path.joined(separator: ".")])
      var spoilt = files
      spoilt.answer = altered(answer.json, at: path, to: value).serialized()
      #expect(objection { _ = try spoilt.accepted() } == Failure(reason, subject), "\(path)")
    }

    // An earlier answer that says it is to this challenge, and an earlier quote in this answer.
    let old = try EnrolmentAnswer(parsing: earlier.answer)
    var replayed = files
    replayed.answer =
      EnrolmentAnswer(transcript: answer.transcript, hmac: old.hmac, quote: old.quote).serialized()
    #expect(objection { _ = try replayed.accepted() } == Failure(.enrolmentCredentialNotOpened, "answer"))
    replayed.answer =
      EnrolmentAnswer(transcript: answer.transcript, hmac: answer.hmac, quote: old.quote).serialized()
    #expect(objection { _ = try replayed.accepted() } == Failure(.enrolmentClaimsAltered, "quote"))
    // The quote of another TPM.
    let stranger = try EnrolmentRig()
    replayed.answer =
      EnrolmentAnswer(transcript: answer.transcript, hmac: answer.hmac, quote: try stranger.quote(answer.transcript))
      .serialized()
    #expect(objection { _ = try replayed.accepted() } == Failure(.enrolmentProofInvalid, "quote"))
    _ = try files.accepted()
  }
}
