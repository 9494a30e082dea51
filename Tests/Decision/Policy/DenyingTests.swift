import Cryptography
import Findings
import OCIImage
import Octets
import Policy
import Reasons
import SiteRules
import Testing

/// What the site denies, beside evidence that would do.
@Suite struct DenyingTests {
  private static func policy() throws -> Policy { try .signed(by: EvaluationTests.alice, [EvaluationTests.bob]) }

  private func denying(_ what: String) throws -> DenialsInForce {
    let text =
      #"{"format":"assay-denials/1","issued":"2026-11-25T10:00:00Z","by":"desk","denials":[{\#(what),"reason":"r"}]}"#
    return try DenialsInForce([(Array("deny/000001.json".utf8), Array(text.utf8))], lifted: [])
  }

  private func judge(
    _ findings: [Finding], denying what: String, by policy: Policy? = nil
  ) throws -> PartJudgement {
    var asked = Asked(try policy ?? Self.policy(), findings)
    asked.part = Part(
      digest: EvaluationTests.image, role: .platform(nil), ancestors: [EvaluationTests.index],
      config: Part.Configuration(EvaluationTests.named("config"), .read),
      layers: [.init(digest: EvaluationTests.named("layer"), size: 1, mediaType: "", isCarried: true)], problems: [])
    asked.denials = try denying(what)
    return asked.answer
  }

  @Test(arguments: ["image", "index", "config", "layer"]) func aDigestRefusesWhateverVouchesForIt(_ what: String) throws
  {
    let judged = try judge(
      [EvaluationTests.proven()], denying: #""digest":"\#(EvaluationTests.named(what))""#)
    #expect(judged.verdict == .refuse)
    #expect(judged.reasons.map(\.reason) == [.denialDigest])
    #expect(judged.reasons[0].detail == "denied by desk, 2026-11-25T10:00:00Z, deny/000001.json 1: r")
    #expect(try judge([EvaluationTests.proven()], denying: #""digest":"\#(EvaluationTests.other)""#).verdict == .admit)
  }

  /// A document has a digest of each kind, and each names the same bytes.
  @Test(arguments: [(HashAlgorithm.sha512, HashAlgorithm.sha256), (.sha256, .sha512)])
  func aDocumentIsDeniedByAnyOfItsDigests(named: HashAlgorithm, denied: HashAlgorithm) throws {
    let bytes = Array("{}".utf8)
    func judged(_ documents: [ImageDocument]) throws -> PartJudgement {
      let image = ClaimedDigest(digest(bytes, named))
      var asked = Asked(try Self.policy(), [EvaluationTests.proven(on: image, signing: image)])
      asked.part = Part(digest: image, role: .platform(nil), ancestors: [], config: nil, layers: [], problems: [])
      asked.denials = try denying(#""digest":"\#(ClaimedDigest(digest(bytes, denied)))""#)
      asked.documents = documents
      return asked.answer
    }
    let answer = try judged([ImageDocument(bytes, named)])
    #expect(answer.verdict == .refuse && answer.reasons.map(\.reason) == [.denialDigest])
    #expect(try judged([ImageDocument([1], named)]).verdict == .admit)
  }

  @Test func aKeysWordNoLongerCounts() throws {
    let alice = #""key":"\#(ClaimedDigest(EvaluationTests.alice))""#
    let alone = try judge([EvaluationTests.proven()], denying: alice)
    #expect(alone.verdict == .refuse && alone.reasons.map(\.reason) == [.denialKey])
    // Another signer's does, and what is denied is said beside it.
    let both = try judge([EvaluationTests.proven(), EvaluationTests.proven(by: EvaluationTests.bob)], denying: alice)
    #expect(both.verdict == .admit && both.warnings.map(\.reason) == [.denialKey])
  }

  @Test func anIdentitysWordNoLongerCounts() throws {
    let policy = try Policy.signed(by: "me", of: "iss")
    func verdict(_ what: String) throws -> [Reason] {
      try judge([EvaluationTests.issued(to: "me", by: "iss")], denying: what, by: policy).reasons.map(\.reason)
    }
    #expect(try verdict(#""identity":"me","issuer":"iss""#) == [.denialIdentity])
    #expect(try verdict(#""identity":"me","issuer":"another""#) == [])
    // The certificate's key, which these facts call bob's.
    #expect(try verdict(#""key":"\#(ClaimedDigest(EvaluationTests.bob))""#) == [.denialKey])
  }

  /// Of a certificate that names no issuer, the authority stands in its place.
  @Test func anIdentityOfAnAuthorityOfOnesOwn() throws {
    let policy = try Policy(
      oneOff: [.signature], by: .certificate(CertificateRule(authority: "CA", identity: TextRules(.exactly("me")))))
    func reasons(_ issuer: String) throws -> [Reason] {
      try judge(
        [EvaluationTests.issued(to: "me", by: nil)], denying: #""identity":"me","issuer":"\#(issuer)""#, by: policy
      ).reasons.map(\.reason)
    }
    #expect(try reasons("CA") == [.denialIdentity])
    #expect(try reasons("AC") == [])
  }

  @Test func aLogEntryNoLongerCounts() throws {
    let logged = EvaluationTests.logged(in: "rekor.example", at: 7)
    let unnumbered = EvaluationTests.logged(in: "rekor.example", at: 7, isIndexProven: false)
    func reasons(_ log: String, _ index: Int, of logged: Finding = logged) throws -> [Reason] {
      try judge([logged], denying: #""logEntry":{"log":"\#(log)","index":\#(index)}"#).reasons.map(\.reason)
    }
    #expect(try reasons("rekor.example", 7) == [.denialLogEntry])
    #expect(try reasons("rekor.example", 8) == [])
    #expect(try reasons("other.example", 7) == [])
    // It may be any entry of its log.
    #expect(try reasons("rekor.example", 8, of: unnumbered) == [.denialLogEntry])
    #expect(try reasons("other.example", 7, of: unnumbered) == [])
  }

  @Test func aPolicyDeniesByItself() throws {
    func asked(_ denial: String) throws -> Asked {
      let policy = try Policy.requiring(
        #"{"signature":{"by":"a"}}"#, beside: #","deny":[{\#(denial),"reason":"r"}]"#)
      return Asked(policy, [EvaluationTests.proven(by: digest(Array("a".utf8)))])
    }
    let denied = try asked(#""digest":"\#(EvaluationTests.image)""#)
    #expect(denied.reasons == [.denialDigest])
    #expect(denied.judged.reasons[0].detail == "denied by test, the policy’s deny 1: r")
    #expect(try asked(#""digest":"\#(EvaluationTests.other)""#).verdict == .admit)
    #expect(try asked(#""key":"\#(EvaluationTests.named("a"))""#).reasons == [.denialKey])
  }
}
