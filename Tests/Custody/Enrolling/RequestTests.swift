import ApplianceIdentity
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

/// What a desk refuses to challenge.
@Suite struct RequestTests {
  private static func changed(_ bytes: [UInt8]) -> [UInt8] { bytes.dropLast() + [bytes.last! ^ 1] }
  private static func base64(_ bytes: [UInt8]) -> JSON { .text(Base64.encode(bytes)) }
  private static func hex(_ bytes: [UInt8]) -> JSON { .text(Hex.encode(bytes)) }
  private static let otherPoint: [UInt8] = {
    let point = P256Area.point(spki: try! SigningKey().spki)!
    return [0, 32] + point.prefix(32) + [0, 32] + point.suffix(32)
  }()

  private static func anotherPoint(_ area: [UInt8]) -> [UInt8] { area.dropLast(68) + otherPoint }

  /// Whoever changes one value of a request, in a way that its form allows, is found out; and where it can be said, by
  /// what.
  @Test func everyValueIsBound() throws {
    let rig = try EnrolmentRig(authority: try Site(), pin: "482913")
    let request = try EnrolmentRequest(parsing: try rig.request())
    let claims = request.claims
    let other = try SigningKey()
    let value = Self.hex([UInt8](repeating: 9, count: 32))
    func proof(_ path: String, _ proof: EnrolmentProof) -> [String: (JSON, Reason, String)] {
      [
        "proofs.\(path).attest": (Self.base64(Self.changed(proof.attest)), .enrolmentProofInvalid, name(path)),
        "proofs.\(path).signature": (Self.base64(Self.changed(proof.signature)), .enrolmentProofInvalid, name(path)),
      ]
    }
    func name(_ path: String) -> String { ["reportKey": "report key", "commitKey": "commit key"][path] ?? path }
    var table: [String: (JSON, Reason, String)] = [
      "format": ("assay-enrolment-request/2", .enrolmentMalformed, "request"),
      "claims.store": (Self.hex([UInt8](repeating: 1, count: 16)), .enrolmentCheckpointMismatch, "checkpoint"),
      "claims.tpm": ("device", .enrolmentClaimsAltered, "claims"),
      "claims.bootBinding": ("verity-uki", .enrolmentClaimsAltered, "claims"),
      "claims.policyAuthority.key": (Self.base64(other.spki), .enrolmentPolicyMismatch, "policy authority"),
      "claims.policyAuthority.counter": ("01800199", .enrolmentPolicyMismatch, "policy authority"),
      "claims.endorsementKey": (
        Self.base64(Self.anotherPoint(claims.endorsementKey.publicArea)), .enrolmentClaimsAltered, "claims"
      ),
      "claims.endorsementCertificates.0": (Self.base64([1]), .enrolmentClaimsAltered, "claims"),
      "claims.attestationKey": (
        Self.base64(Self.anotherPoint(claims.attestationKey.publicArea)), .enrolmentClaimsAltered, "claims"
      ),
      "claims.reportKey.public": (
        Self.base64(Self.anotherPoint(claims.reportKey.publicArea)), .enrolmentClaimsAltered, "claims"
      ),
      "claims.reportKey.creationData": (
        Self.base64(Self.changed(claims.reportKey.creationData)), .enrolmentClaimsAltered, "claims"
      ),
      "claims.commitKey.public": (
        Self.base64(Self.anotherPoint(claims.commitKey.publicArea)), .enrolmentCheckpointMismatch, "checkpoint"
      ),
      "claims.commitKey.creationData": (
        Self.base64(Self.changed(claims.commitKey.creationData)), .enrolmentClaimsAltered, "claims"
      ),
      "claims.anchor.index": ("01800198", .enrolmentAnchorMismatch, "anchor"),
      "claims.anchor.name": (Self.hex(Self.changed(claims.anchorName)), .enrolmentAnchorMismatch, "anchor"),
      "claims.checkpoint": (
        .string(try rig.checkpoint(signing: { try other.sign($0.bytes) })), .enrolmentCheckpointMismatch, "checkpoint"
      ),
      "claims.program": ("0.1.1", .enrolmentClaimsAltered, "claims"),
      "claims.nonce": (value, .enrolmentClaimsAltered, "claims"),
    ]
    for (path, part) in [
      ("reportKey", request.reportKey), ("commitKey", request.commitKey), ("anchor", request.anchor),
      ("quote", request.quote.proof),
    ] {
      table.merge(proof(path, part)) { $1 }
    }
    for number in PCRSelection.quoted.numbers {
      table["proofs.quote.pcrs.\(number)"] = (value, .enrolmentPCRMismatch, "quote")
    }

    let document = request.json
    let paths = leaves(document)
    #expect(Set(paths.map { $0.joined(separator: ".") }) == Set(table.keys))
    for path in paths {
      let (value, reason, subject) = try #require(table[path.joined(separator: ".")])
      let spoilt = altered(document, at: path, to: value)
      #expect(spoilt != document, "\(path)")
      let found = objection { _ = try VerifiedRequest(verifying: spoilt.serialized()) }
      #expect(found == Failure(reason, subject), "\(path): \(found.map { "\($0)" } ?? "accepted")")
    }
    _ = try VerifiedRequest(verifying: document.serialized())
  }

  /// A hostile appliance has its own TPM prove whatever it claims. One thing is wrong at a time.
  @Test(.enabled(if: EnrolmentRig.hasTwo, Comment(rawValue: SwTPM.absence)))
  func provenClaimsAreJudged() throws {
    let site = try Site()
    let (rig, guarded) = (try EnrolmentRig(authority: site), try EnrolmentRig(authority: site, pin: "482913"))
    let claims = try EnrolmentRequest(parsing: try rig.request()).claims
    let keys = rig.custody.keys
    func refused(_ claims: EnrolmentClaims, _ reason: Reason, _ subject: String, _ line: Int = #line) throws {
      let found = objection { _ = try VerifiedRequest(verifying: try rig.request(of: claims).serialized()) }
      #expect(found == Failure(reason, subject), "line \(line): \(found.map { "\($0)" } ?? "accepted")")
    }
    _ = try VerifiedRequest(verifying: try rig.request(of: claims).serialized())

    try refused(claims.with(reportKey: claims.key(keys.commit)), .enrolmentKeyUnsuitable, "report key")
    try refused(
      claims.with(reportKey: .init(publicArea: keys.storageRoot.publicArea, creationData: [1])),
      .enrolmentKeyUnsuitable, "report key")
    let other = guarded.custody.keys
    try refused(claims.with(commitKey: claims.key(other.report)), .enrolmentKeyUnsuitable, "commit key")
    // A policy that nothing asks for: the report key would open without the system's approval.
    var free = claims.reportKey.publicArea
    free.replaceSubrange(10..<42, with: [UInt8](repeating: 0, count: 32))
    try refused(
      claims.with(reportKey: .init(publicArea: free, creationData: claims.reportKey.creationData)),
      .enrolmentPolicyMismatch, "report key")
    let large = try runChecked(
      ["openssl", "pkey", "-pubout", "-outform", "DER"],
      input: try runChecked(["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"]))
    try refused(
      claims.with(authority: .some(.init(key: try PublicKey(spki: try Site().key.spki), counter: 0x0180_0101))),
      .enrolmentPolicyMismatch, "policy authority")
    try refused(
      claims.with(authority: .some(.init(key: keys.authority.key, counter: 0x0100_0101))),
      .enrolmentPolicyMismatch, "policy authority")
    try refused(
      claims.with(
        authority: .some(.init(key: try PublicKey(spki: large), counter: 0x0180_0101))),
      .enrolmentPolicyMismatch, "policy authority")
    try refused(claims.with(authority: .some(nil)), .enrolmentPolicyMismatch, "boot binding")
    try refused(claims.with(anchorName: keys.policyVersion.name), .enrolmentAnchorMismatch, "anchor")
    try refused(claims.with(anchorHandle: 0x0100_0102), .enrolmentAnchorMismatch, "anchor")
    // The Name of another index under the same policy, which this TPM does not have.
    let elsewhere = try #require(KeyShapes.anchorName(at: 0x0180_0142, policy: keys.policy))
    try refused(
      claims.with(anchorHandle: 0x0180_0142, anchorName: elsewhere), .enrolmentProofInvalid, "anchor")
    let store = [UInt8](repeating: 2, count: 16)
    try refused(claims.with(checkpoint: try rig.checkpoint(store)), .enrolmentCheckpointMismatch, "checkpoint")
    try refused(claims.with(checkpoint: Array("head".utf8)), .enrolmentCheckpointMismatch, "checkpoint")
    try refused(
      claims.with(
        reportKey: .init(
          publicArea: claims.reportKey.publicArea, creationData: Self.changed(claims.reportKey.creationData))),
      .enrolmentProofInvalid, "report key")
  }

  /// Proofs that this TPM made, and that are not those wanted.
  @Test func proofsAreOfTheirOwnThing() throws {
    let rig = try EnrolmentRig()
    let claims = try EnrolmentRequest(parsing: try rig.request()).claims
    let own = try rig.request(of: claims)
    let earlier = try EnrolmentRequest(parsing: try rig.request())
    let seven = try rig.request(of: claims, pcrs: PCRSelection([7])!)
    let cases: [(EnrolmentRequest, Reason, String)] = [
      (own.with(reportKey: own.commitKey), .enrolmentProofInvalid, "report key"),
      (own.with(commitKey: own.reportKey), .enrolmentProofInvalid, "commit key"),
      (own.with(anchor: own.quote.proof), .enrolmentProofInvalid, "anchor"),
      (
        own.with(quote: .init(proof: own.anchor, pcrs: .quoted, values: own.quote.values)), .enrolmentProofInvalid,
        "quote"
      ),
      (own.with(reportKey: earlier.reportKey), .enrolmentClaimsAltered, "report key"),
      (own.with(commitKey: earlier.commitKey), .enrolmentClaimsAltered, "commit key"),
      (own.with(anchor: earlier.anchor), .enrolmentClaimsAltered, "anchor"),
      (own.with(quote: earlier.quote), .enrolmentClaimsAltered, "quote"),
      (own.with(anchor: .init(attest: [1], signature: [1])), .enrolmentProofInvalid, "anchor"),
      (seven, .enrolmentPCRMismatch, "quote"),
      (
        own.with(quote: .init(proof: own.quote.proof, pcrs: seven.quote.pcrs, values: seven.quote.values)),
        .enrolmentPCRMismatch, "quote"
      ),
    ]
    for (request, reason, subject) in cases {
      let found = objection { _ = try VerifiedRequest(verifying: request.serialized()) }
      #expect(found == Failure(reason, subject), "\(found.map { "\($0)" } ?? "accepted")")
    }
  }

  /// An attestation key that signs what is brought to it, or that could leave its TPM, attests nothing; an endorsement
  /// key of that kind opens credentials for anybody.
  @Test func keysAreOfTheirKind() throws {
    let rig = try EnrolmentRig()
    let request = try EnrolmentRequest(parsing: try rig.request())
    for (member, subject, area) in [
      ("attestationKey", "attestation key", request.claims.attestationKey.publicArea),
      ("endorsementKey", "endorsement key", request.claims.endorsementKey.publicArea),
    ] {
      // restricted; sign or decrypt; fixedTPM, fixedParent, sensitiveDataOrigin (TPM 2.0 Part 2 §8.3).
      for (index, bit) in [(5, 0x01), (5, 0x04), (5, 0x02), (7, 0x02), (7, 0x10), (7, 0x20)] as [(Int, UInt8)] {
        var spoilt = area
        spoilt[index] ^= bit
        let document = altered(request.json, at: ["claims", member], to: Self.base64(spoilt))
        let found = objection { _ = try VerifiedRequest(verifying: document.serialized()) }
        #expect(found?.reason == .enrolmentKeyUnsuitable, "\(member) \(index) \(bit)")
        #expect(found?.subject == subject)
      }
    }
  }

  /// Keys of two TPMs under one site's key, so that all policies are equal: only the proofs tell them apart.
  @Test(.enabled(if: EnrolmentRig.hasTwo, Comment(rawValue: SwTPM.absence)))
  func anotherTPMsKeysAreRefused() throws {
    let site = try Site()
    let (mine, other) = (try EnrolmentRig(authority: site), try EnrolmentRig(authority: site))
    let claims = try EnrolmentRequest(parsing: try mine.request()).claims
    let foreign = other.custody.keys
    #expect(foreign.anchor == mine.custody.keys.anchor)

    // The other TPM's report key, for which it vouches with its own attestation key.
    let report = claims.with(reportKey: claims.key(foreign.report))
    var request = try mine.request(of: report)
    request = request.with(
      reportKey: EnrolmentProof(try other.custody.certifyReportKey(qualifying: try report.binding())))
    #expect(
      objection { _ = try VerifiedRequest(verifying: request.serialized()) }
        == Failure(.enrolmentProofInvalid, "report key"))

    // The other's anchor has the same Name, and an attestation of the other.
    request = try mine.request(of: claims).with(
      anchor: EnrolmentProof(try other.custody.certifyAnchor(qualifying: try claims.binding())))
    #expect(
      objection { _ = try VerifiedRequest(verifying: request.serialized()) }
        == Failure(.enrolmentProofInvalid, "anchor"))

    // All of the other's, and the endorsement key of mine: nothing in the request shows it, and no TPM opens the
    // credential.
    let mixed = try EnrolmentRequest(parsing: try other.request()).claims.with(endorsementKey: claims.endorsementKey)
    let bytes = try other.request(of: mixed).serialized()
    let issued = try VerifiedRequest(verifying: bytes).challenge(endorsement: .notCertified(""))
    let challenge = try EnrolmentChallenge(parsing: issued.challenge)
    for rig in [mine, other] {
      #expect(objection { _ = try rig.answer(bytes, issued.challenge) }?.reason == .enrolmentAnotherAppliance)
      #expect(
        refusal {
          _ = try rig.custody.activateCredential(
            challenge.credential, secret: challenge.secret, endorsementSecret: .random(0))
        }?.code != nil)
    }
  }

  /// What a desk would refuse never leaves the appliance.
  @Test func appliancesAskForNothingThatIsRefused() throws {
    let rig = try EnrolmentRig()
    let facts = ApplianceFacts(
      storeID: rig.storeID, bootBinding: .verityUKI, isAuthorityHeld: false, certificates: [],
      checkpoint: try rig.checkpoint(), program: "0.1.0")
    #expect(
      objection { _ = try rig.custody.enrolmentRequest(facts) } == Failure(.enrolmentPolicyMismatch, "boot binding"))
  }
}

extension EnrolmentRequest {
  /// The same request with other proofs.
  fileprivate func with(
    reportKey: EnrolmentProof? = nil, commitKey: EnrolmentProof? = nil, anchor: EnrolmentProof? = nil,
    quote: EnrolmentQuote? = nil
  ) -> EnrolmentRequest {
    EnrolmentRequest(
      claims: claims, reportKey: reportKey ?? self.reportKey, commitKey: commitKey ?? self.commitKey,
      anchor: anchor ?? self.anchor, quote: quote ?? self.quote)
  }
}

extension ProvisionedKeys {
  /// The policy that commit key, anchor and report key share.
  fileprivate var policy: [UInt8] { Array(commit.object.publicArea[10..<42]) }
}
