import Cryptography
import Findings
import Octets
import Policy
import Reasons
import Testing

/// Whose VEX documents count, and which of them are about the image: asked of a whole policy.
@Suite struct VEXEvidenceTests {
  static let scan = #"""
    {"scanner":{"result":{"SchemaVersion":2,"Results":[{"Vulnerabilities":[
     {"VulnerabilityID":"CVE-1","PkgName":"p","Severity":"CRITICAL"}]}]}}}
    """#

  static func attested(
    _ type: String, _ predicate: String, by signer: String, carrier: String,
    about subject: ClaimedDigest = EvaluationTests.image, on attached: ClaimedDigest? = EvaluationTests.image
  ) -> Finding {
    let type = PredicateTypes.types(type)[0]
    let text =
      #"{"_type":"https://in-toto.io/Statement/v1","subject":[{"digest":{"sha256":"\#(subject.hex)"}}],"#
      + #""predicateType":"\#(type)","predicate":\#(predicate)}"#
    return Finding(
      evidence: digest(Array(carrier.utf8)), carrier: carrier, attachedTo: attached,
      kind: .attestation(predicateType: type), subjects: [subject], anchor: .keys,
      outcome: .success(
        Proven(
          signer: .key(fingerprint: digest(Array(signer.utf8))), times: [], log: [], checks: [],
          statement: StatementFacts(predicateType: type, statement: Array(text.utf8)))))
  }

  static func scanned(_ carrier: String = "scan") -> Finding {
    attested("vulnerabilities", scan, by: "a", carrier: carrier)
  }

  static func vex(
    by signer: String = "b", about subject: ClaimedDigest = EvaluationTests.image,
    on attached: ClaimedDigest? = EvaluationTests.image
  ) -> Finding {
    attested("openvex", VEXTests.vex("not_affected", "null"), by: signer, carrier: "vex", about: subject, on: attached)
  }

  static func policy(beside members: String = "") throws -> Policy {
    try .requiring(
      #"{"attestation":{"type":"vulnerabilities","by":"a","vulnerabilities":{"most":{"critical":0},"vex":{"by":"b"}}}}"#,
      beside: members)
  }

  @Test func theNamedAuthoritysWordCounts() throws {
    #expect(Asked(try Self.policy(), [Self.scanned(), Self.vex()]).verdict == .admit)
    #expect(Asked(try Self.policy(), [Self.vex(), Self.scanned()]).verdict == .admit)
  }

  @Test func nobodyElsesDoes() throws {
    #expect(Asked(try Self.policy(), [Self.scanned()]).reasons == [.vulnerabilityAboveLimit])
    #expect(Asked(try Self.policy(), [Self.scanned(), Self.vex(by: "a")]).reasons == [.vulnerabilityAboveLimit])
    #expect(Asked(try Self.policy(), [Self.scanned(), Self.vex(by: "x")]).reasons == [.vulnerabilityAboveLimit])
  }

  /// Signed by the right key about another image, and hung on this one.
  @Test func aboutAnotherImageItSaysNothing() throws {
    let other = Self.vex(about: EvaluationTests.other)
    #expect(Asked(try Self.policy(), [Self.scanned(), other]).reasons == [.vulnerabilityAboveLimit])
  }

  @Test func whoIsDeniedIsNotHeard() throws {
    let denied = #","deny":[{"key":"\#(EvaluationTests.named("b"))","reason":"r"}]"#
    #expect(
      Asked(try Self.policy(beside: denied), [Self.scanned(), Self.vex()]).reasons == [.vulnerabilityAboveLimit])
  }

  /// Proven under another anchor than the authority's, it is nobody's word.
  @Test func theAnchorIsTheAuthoritys() throws {
    var asked = Asked(try Self.policy(), [Self.scanned(), Self.vex()])
    asked.standings = asked.policy.authorities.map {
      AuthorityStanding($0.name == "b" ? .trustRoot("root") : .keys)
    }
    #expect(asked.reasons == [.vulnerabilityAboveLimit])
  }

  /// A waiver for vulnerabilities ends what leans on it, and is said.
  @Test func aWaivedVulnerabilityDoesNotCount() throws {
    func asked(_ id: String) throws -> Asked {
      Asked(
        try Self.policy(
          beside: #","waivers":[{"name":"W","vulnerabilities":["\#(id)"],"scope":{},"reason":"r","approver":"a","#
            + #""expires":"1970-02-01T00:00:00Z"}]"#), [Self.scanned()])
    }
    let waived = try asked("CVE-1")
    #expect(waived.verdict == .admit)
    #expect(waived.judged.waivers.map(\.name) == ["W"])
    #expect(waived.judged.until == UnixTime(31 * 86_400))
    #expect(try asked("CVE-2").reasons == [.vulnerabilityAboveLimit])
    #expect(try asked("CVE-2").judged.waivers.isEmpty)
  }

  /// Many scans and many documents: each document is read once, not once for each scan.
  @Test func manyOfBothAreJudgedInLinearTime() throws {
    let policy = try Self.policy()
    func seconds(_ count: Int) -> Double {
      let documents = (0..<count).map {
        Self.attested(
          "openvex", VEXTests.vex("not_affected", "null", name: "CVE-\($0 + 2)"), by: "b", carrier: "vex \($0)")
      }
      let asked = Asked(policy, documents + (0..<count).map { Self.scanned("scan \($0)") })
      let clock = ContinuousClock()
      var verdict: Verdict?
      let time = clock.measure { verdict = asked.verdict }
      #expect(verdict == .refuse)
      return Double(time.components.seconds) + Double(time.components.attoseconds) / 1e18
    }
    _ = seconds(50)
    let (few, many) = (seconds(200), seconds(1_600))
    #expect(many < 24 * few + 0.3, "\(few) s, then \(many) s")
  }
}
