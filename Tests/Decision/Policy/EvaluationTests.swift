import Cryptography
import Findings
import OCIImage
import Octets
import Patterns
import Policy
import Reasons
import SiteRules
import Testing

/// Facts made by hand, and the answer that follows. Each row differs from an admitted one in one fact.
@Suite struct EvaluationTests {
  static let image = named("image")
  static let index = named("index")
  static let other = named("other")
  static let alice = digest(Array("alice".utf8))
  static let bob = digest(Array("bob".utf8))

  static func named(_ text: String) -> ClaimedDigest { ClaimedDigest(digest(Array(text.utf8))) }

  static func part(problems: [Failure] = []) -> Part {
    Part(
      digest: image, role: .platform(Platform("linux/amd64")), ancestors: [index], config: nil, layers: [],
      problems: problems)
  }

  static func proven(
    by key: ComputedDigest = alice, on attached: ClaimedDigest? = image, signing subject: ClaimedDigest = image,
    _ kind: EvidenceKind? = .signature
  ) -> Finding {
    finding(attached, subject, kind, .success(facts(.key(fingerprint: key))))
  }

  static func failed(
    _ reason: Reason, on attached: ClaimedDigest? = image, _ kind: EvidenceKind? = .signature
  ) -> Finding {
    finding(attached, image, kind, .failure(Failure(reason, "evidence")))
  }

  static func issued(to identity: String, by issuer: String?) -> Finding {
    let certificate = CertificateFacts(
      fingerprint: alice, keyFingerprint: bob, identities: [identity], issuer: issuer, extensions: [],
      authority: "CA", notBefore: UnixTime(0), notAfter: UnixTime(600))
    return finding(image, image, .signature, .success(facts(.certificate(certificate))))
  }

  static func logged(in log: String, at index: Int64, isIndexProven: Bool = true) -> Finding {
    let entry = LogFacts(
      log: log, index: index, entryKind: "hashedrekord 0.0.1", proofs: [.inclusion], isIndexProven: isIndexProven)
    return finding(image, image, .signature, .success(facts(.key(fingerprint: alice), [entry])))
  }

  private static func facts(_ signer: Signer, _ log: [LogFacts] = []) -> Proven {
    Proven(signer: signer, times: [], log: log, checks: [], statement: nil)
  }

  private static func finding(
    _ attached: ClaimedDigest?, _ subject: ClaimedDigest, _ kind: EvidenceKind?, _ outcome: Result<Proven, Failure>
  ) -> Finding {
    Finding(
      evidence: digest([1]), carrier: "test", attachedTo: attached, kind: kind, subjects: [subject], anchor: .keys,
      outcome: outcome)
  }

  struct Row: Sendable, CustomTestStringConvertible {
    let name: String
    let findings: [Finding]
    let verdict: Verdict
    let reason: Reason?
    init(_ name: String, _ findings: [Finding], _ verdict: Verdict, _ reason: Reason? = nil) {
      self.name = name
      self.findings = findings
      self.verdict = verdict
      self.reason = reason
    }
    var testDescription: String { name }
  }

  static let rows: [Row] = [
    Row("signed by the key", [proven()], .admit),
    Row("signed on the index above", [proven(on: index, signing: index)], .admit),
    Row("loose evidence that names the image", [proven(on: nil)], .admit),
    Row("loose evidence that names another image", [proven(on: nil, signing: other)], .incomplete, .signatureMissing),
    Row("nothing carried", [], .incomplete, .signatureMissing),
    Row("another key's signature", [proven(by: bob)], .refuse, .signatureKeyMismatch),
    Row("hung here, signing another", [proven(signing: other)], .refuse, .signatureSubjectMismatch),
    Row("hung elsewhere, signing another", [proven(on: other, signing: other)], .incomplete, .signatureMissing),
    Row("bad signature", [failed(.signatureInvalid)], .refuse, .signatureInvalid),
    Row("bad beside good", [failed(.signatureInvalid), proven()], .admit),
    Row("unsupported alone", [failed(.signatureFormatUnsupported)], .incomplete, .signatureFormatUnsupported),
    Row(
      "unsupported beside bad", [failed(.signatureFormatUnsupported), failed(.signatureInvalid)], .refuse,
      .signatureInvalid),
    Row("unreadable evidence", [failed(.bundleMalformed, nil)], .refuse, .bundleMalformed),
    Row(
      "an attestation is no signature", [proven(.attestation(predicateType: "t"))], .incomplete, .signatureMissing),
    Row(
      "a bad attestation is no bad signature", [failed(.signatureInvalid, .attestation(predicateType: "t"))],
      .incomplete, .signatureMissing),
    Row("proven without a kind proves nothing", [proven(nil)], .refuse, .signatureSubjectMismatch),
  ]

  @Test(arguments: rows) func oneSignature(_ row: Row) {
    let policy = Policy(Requirement(.signature, by: .keys(KeySet(Self.alice))), allowsForeignLayers: false)
    let judgement = policy.judge(
      Self.part(), FindingIndex(row.findings), denying: .none, archiveFailures: [], undecidable: nil)
    #expect(judgement.verdict == row.verdict)
    #expect(judgement.reasons.first?.reason == row.reason)
  }

  @Test func attestationNeedsItsPredicateType() {
    let policy = Policy(
      Requirement(.attestation(predicateType: "a"), by: .keys(KeySet(Self.alice))), allowsForeignLayers: false)
    func judge(_ type: String) -> PartJudgement {
      policy.judge(
        Self.part(), FindingIndex([Self.proven(.attestation(predicateType: type))]), denying: .none,
        archiveFailures: [],
        undecidable: nil)
    }
    #expect(judge("a").verdict == .admit)
    #expect(judge("b").reasons.map(\.reason) == [.attestationMissing])
  }

  @Test(arguments: [
    ("me", "iss" as String?, Verdict.admit, nil as Reason?), ("you", "iss", .refuse, .identityMismatch),
    ("me", "oss", .refuse, .identityIssuerMismatch), ("me", nil, .refuse, .identityIssuerMismatch),
  ])
  func identityAndIssuerTogether(_ identity: String, _ issuer: String?, _ verdict: Verdict, _ reason: Reason?) {
    let rule = IdentityRule(identity: .exactly("me"), issuer: .exactly("iss"))
    let policy = Policy(Requirement(.signature, by: .identity(rule)), allowsForeignLayers: false)
    let judgement = policy.judge(
      Self.part(), FindingIndex([Self.issued(to: identity, by: issuer)]), denying: .none, archiveFailures: [],
      undecidable: nil)
    #expect(judgement.verdict == verdict)
    #expect(judgement.reasons.first?.reason == reason)
  }

  @Test func keyWhereIdentityIsWanted() {
    let rule = IdentityRule(identity: .exactly("me"), issuer: .exactly("iss"))
    let policy = Policy(Requirement(.signature, by: .identity(rule)), allowsForeignLayers: false)
    let judgement = policy.judge(
      Self.part(), FindingIndex([Self.proven()]), denying: .none, archiveFailures: [], undecidable: nil)
    #expect(judgement.reasons.map(\.reason) == [.signatureMaterialMismatch])
  }

  @Test func identitiesAreBytes() {
    #expect(TextRule.exactly("caf\u{e9}").accepts("caf\u{e9}"))
    #expect(!TextRule.exactly("caf\u{e9}").accepts("cafe\u{301}"))
  }

  @Test func distinctSignersAreCounted() {
    let both = KeySet(Self.alice, [Self.bob])
    let policy = Policy(Requirement(.signature, by: .keys(both), count: 2), allowsForeignLayers: false)
    func verdict(_ findings: [Finding]) -> Verdict {
      policy.judge(Self.part(), FindingIndex(findings), denying: .none, archiveFailures: [], undecidable: nil).verdict
    }
    #expect(verdict([Self.proven(), Self.proven(by: Self.bob)]) == .admit)
    #expect(verdict([Self.proven(), Self.proven()]) == .incomplete)
  }

  @Test func wrongBytesRefuseWhateverIsSigned() {
    let policy = Policy(Requirement(.signature, by: .keys(KeySet(Self.alice))), allowsForeignLayers: false)
    let wrong = Failure(.blobDigestMismatch, "blob")
    let judgement = policy.judge(
      Self.part(), FindingIndex([Self.proven()]), denying: .none, archiveFailures: [wrong], undecidable: nil)
    #expect(judgement.verdict == .refuse)
  }

  @Test func whatIsWrongWithTheArchiveIsSaidOnce() {
    let policy = Policy(Requirement(.signature, by: .keys(KeySet(Self.alice))), allowsForeignLayers: false)
    let (wrong, absent) = (Failure(.blobDigestMismatch, "blob"), Failure(.blobMissing, "layer"))
    let judged = [Self.part(), Self.part(problems: [absent])].map {
      policy.judge($0, FindingIndex([Self.proven()]), denying: .none, archiveFailures: [wrong], undecidable: nil)
    }
    #expect(judged.map(\.reasons) == [[], [absent]])
    #expect(judged.allSatisfy { $0.verdict == .refuse })
    let whole = Image(parts: judged.map(\.part), names: [])
    let image = ImageJudgement(image: whole, first: judged[0], others: [judged[1]])
    #expect(image.reasons == [wrong, absent])
  }

  /// Hung on the index and naming the image, each finding counts twice.
  @Test(arguments: [(50, nil), (51, Reason.archiveLimitExceeded)])
  func evidenceAboutManyPartsIsBounded(_ parts: Int, _ reason: Reason?) {
    let index = FindingIndex(Array(repeating: Self.proven(on: Self.index), count: 1_000))
    do throws(Failure) {
      try index.verifyBounded(repeatElement(Self.part(), count: parts))
      #expect(reason == nil)
    } catch {
      #expect(error.reason == reason)
    }
  }

  /// Nothing is computed anew for each of many parts.
  @Test func manyPartsAreSummedUpPromptly() {
    let policy = Policy(Requirement(.signature, by: .keys(KeySet(Self.alice))), allowsForeignLayers: false)
    let wrong = (0..<100).map { Failure(.blobDigestMismatch, "blob \($0)") }
    let judged = policy.judge(Self.part(), FindingIndex([]), denying: .none, archiveFailures: wrong, undecidable: nil)
    let image = Image(parts: [judged.part], names: [])
    let start = ContinuousClock.now
    let many = ImageJudgement(image: image, first: judged, others: Array(repeating: judged, count: 20_000))
    #expect(many.subjects.count == 20_001)
    #expect(many.reasons.count == 101)
    #expect(ContinuousClock.now - start < .seconds(5))
  }

  @Test(arguments: [(false, Verdict.incomplete), (true, .admit)])
  func foreignLayersNeedAllowance(_ allowed: Bool, _ verdict: Verdict) {
    let policy = Policy(Requirement(.signature, by: .keys(KeySet(Self.alice))), allowsForeignLayers: allowed)
    let part = Self.part(problems: [Failure(.blobForeignNotCarried, "layer")])
    #expect(
      policy.judge(part, FindingIndex([Self.proven()]), denying: .none, archiveFailures: [], undecidable: nil).verdict
        == verdict)
    let missing = Self.part(problems: [Failure(.blobMissing, "layer")])
    #expect(
      policy.judge(missing, FindingIndex([Self.proven()]), denying: .none, archiveFailures: [], undecidable: nil)
        .verdict == .incomplete
    )
  }

  @Test func withoutTrustRootNothingIsDecided() {
    let rule = IdentityRule(identity: .exactly("me"), issuer: .exactly("iss"))
    let policy = Policy(Requirement(.signature, by: .identity(rule)), allowsForeignLayers: false)
    let judgement = policy.judge(
      Self.part(), FindingIndex([]), denying: .none, archiveFailures: [],
      undecidable: Failure(.trustRootMissing, "trust root"))
    #expect(judgement.reasons.map(\.reason) == [.trustRootMissing])
    #expect(judgement.verdict == .incomplete)
  }

  @Test func canonicalPolicyNamesItsRules() {
    let policy = Policy(Requirement(.signature, by: .keys(KeySet(Self.bob, [Self.alice]))), allowsForeignLayers: false)
    let same = Policy(Requirement(.signature, by: .keys(KeySet(Self.alice, [Self.bob]))), allowsForeignLayers: false)
    let looser = Policy(Requirement(.signature, by: .keys(KeySet(Self.bob, [Self.alice]))), allowsForeignLayers: true)
    #expect(policy.digest == same.digest)
    #expect(policy.digest != looser.digest)
    #expect(String(decoding: policy.canonical, as: UTF8.self).hasPrefix("{\"allowForeignLayers\":false,"))
  }
}
