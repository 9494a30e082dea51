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
    carrier: String = "test", _ kind: EvidenceKind? = .signature, saying predicate: String = "{}"
  ) -> Finding {
    var facts = facts(.key(fingerprint: key))
    if case .attestation(let type) = kind {
      let text =
        #"{"_type":"https://in-toto.io/Statement/v1","subject":[{"digest":{"sha256":"\#(subject.hex)"}}],"#
        + #""predicateType":"\#(type)","predicate":\#(predicate)}"#
      facts.statement = StatementFacts(predicateType: type, statement: Array(text.utf8))
    }
    return finding(attached, subject, kind, .success(facts), carrier: carrier)
  }

  static func certified(
    _ certificate: CertificateFacts, carrier: String = "test", times: [EstablishedTime] = [], log: [LogFacts] = []
  ) -> Finding {
    let proven = Proven(signer: .certificate(certificate), times: times, log: log, checks: [], statement: nil)
    return finding(image, image, .signature, .success(proven), under: .trustRoot("root"), carrier: carrier)
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
    return certified(certificate)
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
    _ attached: ClaimedDigest?, _ subject: ClaimedDigest, _ kind: EvidenceKind?, _ outcome: Result<Proven, Failure>,
    under anchor: Finding.Anchor = .keys, carrier: String = "test"
  ) -> Finding {
    Finding(
      evidence: digest(Array(carrier.utf8)), carrier: carrier, attachedTo: attached, kind: kind, subjects: [subject],
      anchor: anchor,
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

  @Test(arguments: rows) func oneSignature(_ row: Row) throws {
    let asked = Asked(try .signed(by: Self.alice), row.findings)
    #expect(asked.verdict == row.verdict)
    #expect(asked.reasons.first == row.reason)
  }

  /// What speaks against the whole archive is one list, and no copy for each part.
  @Test func whatIsWrongWithTheArchiveIsHeldOnce() throws {
    let policy = try Policy.signed(by: Self.alice)
    var asked = Asked(policy, [])
    asked.archiveFailures = [Failure(.blobDigestMismatch, "blob")]
    let image = Image(parts: [Self.part(), Self.part()], names: [])
    let judged = policy.judge(image, image.parts, asked.matter, against: [Failure(.imageAmbiguousName, "name")])
    let places = judged.parts.map { part in part.archiveFailures.withUnsafeBufferPointer { $0.baseAddress } }
    #expect(judged.parts[0].archiveFailures.count == 2 && places[0] == places[1])
  }

  /// A certificate for many names has few of them in each reason.
  @Test func fewIdentitiesAreTold() throws {
    let names = (0..<1_024).map { "name-\($0)@example.com" }
    let certificate = CertificateFacts(
      fingerprint: Self.alice, keyFingerprint: Self.bob, identities: names, issuer: "iss", extensions: [],
      authority: "CA", notBefore: UnixTime(0), notAfter: UnixTime(600))
    let answer = Asked(try .signed(by: "me", of: "iss"), [Self.certified(certificate)]).answer
    #expect(answer.reasons.map(\.reason) == [.identityMismatch])
    let words = answer.reasons[0].detail
    #expect(words.contains("name-2@") && !words.contains("name-3@") && words.contains("and 1021 others"), "\(words)")
  }

  /// A reason is repeated with each part that the evidence is about: an archive's own words stay short in it.
  @Test func reasonsAreShort() throws {
    let long = String(repeating: "x", count: 60_000)
    let finding = Finding(
      evidence: digest([1]), carrier: long, attachedTo: Self.image, kind: .signature, subjects: [Self.image],
      anchor: .keys, outcome: .failure(Failure(.signatureInvalid, long, "words")))
    let answer = Asked(try .signed(by: Self.alice), [finding]).answer
    #expect(answer.reasons.map(\.reason) == [.signatureInvalid])
    #expect(answer.reasons[0].subject.utf8.count < 1_100 && answer.reasons[0].subject.hasPrefix("xxx"))
    let elsewhere = Asked(try .signed(by: Self.alice), [Self.proven(signing: Self.other, carrier: long)]).answer
    #expect(elsewhere.reasons.map(\.reason) == [.signatureSubjectMismatch])
    #expect(elsewhere.reasons[0].subject.utf8.count < 600)
  }

  @Test func attestationNeedsItsPredicateType() throws {
    let policy = try Policy(oneOff: [.attestation(["a", "c"])], by: .keys(KeySet(ClaimedDigest(Self.alice))))
    func reasons(_ type: String) -> [Reason] {
      Asked(policy, [Self.proven(.attestation(predicateType: type))]).reasons
    }
    #expect(reasons("a") == [])
    #expect(reasons("c") == [])
    #expect(reasons("b") == [.attestationMissing])
  }

  @Test(arguments: [
    ("me", "iss" as String?, Verdict.admit, nil as Reason?), ("you", "iss", .refuse, .identityMismatch),
    ("me", "oss", .refuse, .identityIssuerMismatch), ("me", nil, .refuse, .identityIssuerMismatch),
  ])
  func identityAndIssuerTogether(_ identity: String, _ issuer: String?, _ verdict: Verdict, _ reason: Reason?) throws {
    let asked = Asked(try .signed(by: "me", of: "iss"), [Self.issued(to: identity, by: issuer)])
    #expect(asked.verdict == verdict)
    #expect(asked.reasons.first == reason)
  }

  @Test func identitiesAreBytes() {
    #expect(TextRule.exactly("caf\u{e9}").accepts("caf\u{e9}"))
    #expect(!TextRule.exactly("caf\u{e9}").accepts("cafe\u{301}"))
  }

  @Test func distinctSignersAreCounted() throws {
    let policy = try Policy.with(
      #""rules":[{"name":"r","scope":{},"require":{"signature":{"by":["a","b"],"atLeast":2}}}]"#)
    let (a, b) = (digest(Array("a".utf8)), digest(Array("b".utf8)))
    #expect(Asked(policy, [Self.proven(by: a), Self.proven(by: b)]).verdict == .admit)
    #expect(Asked(policy, [Self.proven(by: a), Self.proven(by: a)]).reasons == [.signatureMissing])
    // A bad one beside too few is no wrong answer: another could still come.
    let short = Asked(policy, [Self.proven(by: a), Self.failed(.signatureInvalid)])
    #expect(short.verdict == .incomplete)
    #expect(short.answer.warnings.map(\.reason) == [.signatureInvalid])
  }

  @Test func wrongBytesRefuseWhateverIsSigned() throws {
    var asked = Asked(try .signed(by: Self.alice), [Self.proven()])
    asked.archiveFailures = [Failure(.blobDigestMismatch, "blob")]
    #expect(asked.verdict == .refuse)
  }

  @Test func whatIsWrongWithTheArchiveIsSaidOnce() throws {
    let (wrong, absent) = (Failure(.blobDigestMismatch, "blob"), Failure(.blobMissing, "layer"))
    var asked = Asked(try .signed(by: Self.alice), [Self.proven()])
    asked.archiveFailures = [wrong]
    asked.image = Image(parts: [Self.part(), Self.part(problems: [absent])], names: [])
    let judged = asked.judged
    #expect(judged.parts.map(\.reasons) == [[], [absent]])
    #expect(judged.parts.allSatisfy { $0.verdict == .refuse })
    #expect(judged.reasons == [wrong, absent])
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

  /// Requirements are asked of every part, and explained for it.
  @Test(arguments: [(1_000, nil), (1_001, Reason.archiveLimitExceeded)])
  func requirementsOfManyPartsAreBounded(_ parts: Int, _ reason: Reason?) throws {
    let leaf = #"{"signature":{"by":"a"}}"#
    let policy = try Policy.requiring(#"{"all":[\#(Array(repeating: leaf, count: 99).joined(separator: ","))]}"#)
    let image = Image(parts: Array(repeating: Self.part(), count: parts), names: [])
    do throws(Failure) {
      try policy.verifyBounded([(image, image.parts)], FindingIndex([]), on: Occasion(now: UnixTime(0)))
      #expect(reason == nil)
    } catch {
      #expect(error.reason == reason)
    }
  }

  /// What a large statement says is read for each part that it is about, by each rule about contents.
  @Test(arguments: [
    (#"{"attestation":{"type":"t","by":"a","where":[{"at":"/a","exists":true}]}}"#, 2_000, nil as Reason?),
    (#"{"attestation":{"type":"t","by":"a","where":[{"at":"/a","exists":true}]}}"#, 2_001, .archiveLimitExceeded),
    (#"{"attestation":{"type":"t","by":"a"}}"#, 2_001, nil),
  ])
  func contentsOfManyPartsAreBounded(_ requirement: String, _ parts: Int, _ reason: Reason?) throws {
    let policy = try Policy.requiring(requirement)
    var proven = Self.facts(.key(fingerprint: Self.alice))
    // With the one finding and the one requirement a thousand for each part.
    proven.statement = StatementFacts(
      predicateType: "t", statement: Array(repeating: 0x20, count: 998 * Policy.statementUnit))
    let finding = Self.finding(Self.image, Self.image, .attestation(predicateType: "t"), .success(proven))
    let image = Image(parts: Array(repeating: Self.part(), count: parts), names: [])
    do throws(Failure) {
      try policy.verifyBounded([(image, image.parts)], FindingIndex([finding]), on: Occasion(now: UnixTime(0)))
      #expect(reason == nil)
    } catch {
      #expect(error.reason == reason)
    }
  }

  /// Nothing is computed anew for each of many parts.
  @Test func manyPartsAreSummedUpPromptly() throws {
    var asked = Asked(try .signed(by: Self.alice), [])
    asked.archiveFailures = (0..<100).map { Failure(.blobDigestMismatch, "blob \($0)") }
    let judged = asked.answer
    let start = ContinuousClock.now
    let image = Image(parts: [judged.part], names: [])
    let many = ImageJudgement(image: image, first: judged, others: Array(repeating: judged, count: 20_000))
    #expect(many.subjects.count == 20_001)
    #expect(many.reasons.count == 101)
    #expect(ContinuousClock.now - start < .seconds(5))
  }

  @Test(arguments: [(false, Verdict.incomplete), (true, .admit)])
  func foreignLayersNeedAllowance(_ allowed: Bool, _ verdict: Verdict) throws {
    let policy = try Policy(
      oneOff: [.signature], by: .keys(KeySet(ClaimedDigest(Self.alice))), allowsForeignLayers: allowed)
    var asked = Asked(policy, [Self.proven()])
    asked.part = Self.part(problems: [Failure(.blobForeignNotCarried, "layer")])
    #expect(asked.verdict == verdict)
    asked.part = Self.part(problems: [Failure(.blobMissing, "layer")])
    #expect(asked.verdict == .incomplete)
  }

  @Test func withoutTrustRootNothingIsDecided() throws {
    var asked = Asked(try .signed(by: "me", of: "iss"), [Self.issued(to: "you", by: "iss")])
    asked.lacking = Failure(.trustRootMissing, "trust root")
    #expect(asked.reasons == [.trustRootMissing])
    #expect(asked.verdict == .incomplete)
  }

  /// What was proven against keys is nothing under a trust root.
  @Test func theAnchorIsTheAuthoritys() throws {
    var asked = Asked(try .signed(by: Self.alice), [Self.proven()])
    asked.standings = [AuthorityStanding(.trustRoot("root"))]
    #expect(asked.reasons == [.signatureMissing])
  }

  /// A stranger's signature is no refusal where the right one may not be recognised.
  @Test func whatIsLackingIsSaidFirst() throws {
    var asked = Asked(try .signed(by: Self.alice), [Self.proven(by: Self.bob)])
    asked.standings = [AuthorityStanding(.keys, lacking: Failure(.trustRootMissing, "trust root"))]
    #expect(asked.verdict == .incomplete)
    #expect(asked.reasons == [.trustRootMissing])
  }

  /// A type that lies is no evidence of it, even where nothing more is asked; a version that is not read is.
  @Test(arguments: [
    ("{}", "", [Reason.predicateMalformed]), (#"{"@graph":[]}"#, "", []),
    (#"{"@graph":[]}"#, #","bill":{"deniedPackages":"x"}"#, [.predicateUnsupported]),
  ])
  func thePredicateIsWhatItsTypeSays(_ predicate: String, _ contents: String, _ reasons: [Reason]) throws {
    let finding = VEXEvidenceTests.attested("spdx", predicate, by: "a", carrier: "bill")
    let asked = Asked(try .requiring(#"{"attestation":{"type":"spdx","by":"a"\#(contents)}}"#), [finding])
    #expect(asked.reasons == reasons)
  }

  @Test func canonicalPolicyNamesItsRules() throws {
    let policy = try Policy.signed(by: Self.bob, [Self.alice])
    let same = try Policy.signed(by: Self.alice, [Self.bob])
    let looser = try Policy(
      oneOff: [.signature], by: .keys(KeySet(ClaimedDigest(Self.alice), [ClaimedDigest(Self.bob)])),
      allowsForeignLayers: true)
    #expect(policy.digest == same.digest)
    #expect(policy.digest != looser.digest)
    #expect(try Policy(canonical: policy.canonical).canonical == policy.canonical)
  }

  /// What could not be judged is not admitted, whatever it failed by.
  @Test func whatIsNotJudgedIsNotAdmitted() {
    func verdict(_ reasons: Reason...) -> Verdict { Verdict(unjudged: reasons.map { Failure($0, "x", "x") }) }
    #expect(verdict() == .refuse)
    for reason in Reason.allCases {
      #expect(verdict(reason) == (reason.effect == .refuse ? .refuse : .incomplete), "\(reason)")
    }
    #expect(verdict(.trustAgeing, .archiveTruncated) == .refuse)
  }
}
