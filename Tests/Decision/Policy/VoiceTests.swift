import Cryptography
import Findings
import Octets
import Policy
import Reasons
import Testing

/// One signer never poses as two.
@Suite struct VoiceTests {
  static func key(_ name: String) -> Finding {
    EvaluationTests.proven(by: digest(Array(name.utf8)), carrier: name)
  }

  static func certificate(
    _ identities: [String], issuer: String? = "iss", key: String, authority: String = "CA"
  ) -> Finding {
    let facts = CertificateFacts(
      fingerprint: digest(Array("certificate \(key) \(identities)".utf8)), keyFingerprint: digest(Array(key.utf8)),
      identities: identities, issuer: issuer, extensions: [], authority: authority, notBefore: UnixTime(0),
      notAfter: UnixTime(600))
    return EvaluationTests.certified(facts, carrier: "\(key) \(identities)")
  }

  struct Row: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let findings: [Finding]
    let count: Int
    init(_ name: String, _ findings: [Finding], _ count: Int) {
      testDescription = name
      self.findings = findings
      self.count = count
    }
  }

  static let authorities =
    #",{"name":"team","keyless":{"identity":{"matching":".*@team"},"issuer":"iss"}},"#
    + #"{"name":"d1","operator":"D","keys":"\#(EvaluationTests.named("d1"))"},"#
    + #"{"name":"d2","operator":"D","keys":"\#(EvaluationTests.named("d2"))"},"#
    + #"{"name":"own","operator":"D","certificate":{"authority":"Own","identity":"me"}},"#
    + #"{"name":"wide","operator":"W","keyless":{"identity":{"matching":".*"},"issuer":"iss"}}"#

  static let rows: [Row] = [
    Row("two keys", [key("a"), key("b")], 2),
    Row("one key twice", [key("a"), key("a")], 1),
    Row("two certificates of one identity", [certificate(["me"], key: "1"), certificate(["me"], key: "2")], 1),
    // Each passes for an operator of its own; with that key, they are one.
    Row("two identities with one key", [certificate(["me"], key: "1"), certificate(["x@team"], key: "1")], 1),
    Row("two identities", [certificate(["me"], key: "1"), certificate(["x@team"], key: "2")], 2),
    Row("a key, bare and in a certificate", [key("a"), certificate(["me"], key: "a")], 1),
    Row("a key and an identity", [key("a"), certificate(["me"], key: "1")], 2),
    Row(
      "an identity that a third certificate joins with another",
      [
        certificate(["me"], key: "1"), certificate(["x@team"], key: "2"), certificate(["me", "x@team"], key: "3"),
      ], 1),
    Row("two keys of one operator", [key("d1"), key("d2")], 1),
    Row(
      "a key and a certificate of one operator",
      [
        key("d1"), certificate(["me"], issuer: nil, key: "1", authority: "Own"),
      ], 1),
    Row("two people of one authority", [certificate(["x@team"], key: "1"), certificate(["y@team"], key: "2")], 1),
    // Whom several authorities accept speaks for the first of them: so the wide one cannot make a second of it.
    Row(
      "one of the narrow authority and one of the wide",
      [
        certificate(["me"], key: "1"), certificate(["else"], key: "2"),
      ], 2),
    Row("two of the wide authority", [certificate(["else"], key: "1"), certificate(["other"], key: "2")], 1),
  ]

  @Test(arguments: rows) func countedOnce(_ row: Row) throws {
    func verdict(_ count: Int) throws -> Verdict {
      Asked(
        try .requiring(
          #"{"signature":{"by":["a","b","c","me","team","d1","d2","own","wide"],"atLeast":\#(count)}}"#,
          authorities: Self.authorities), row.findings
      ).verdict
    }
    #expect(try verdict(row.count) == .admit)
    #expect(try verdict(row.count + 1) == .incomplete)
  }

  /// The same holds where requirements are chosen from.
  @Test(arguments: [
    ([certificate(["me"], key: "1")], Verdict.incomplete, [Reason.policyTooFew]),
    ([certificate(["me"], key: "1"), certificate(["else"], key: "2")], .admit, []),
  ])
  func requirementsAreMetByDifferentAuthorities(
    _ findings: [Finding], _ verdict: Verdict, _ reasons: [Reason]
  ) throws {
    let asked = Asked(
      try .requiring(
        #"{"atLeast":2,"of":[{"signature":{"by":"wide"}},{"signature":{"by":"me"}}]}"#, authorities: Self.authorities),
      findings)
    #expect(asked.verdict == verdict)
    #expect(asked.reasons == reasons)
  }

  /// Whatever stands around a demand.
  @Test(arguments: [
    (#"{"any":[{"signature":{"by":"a"}}]},{"all":[{"signature":{"by":"a"}}]}"#, Verdict.incomplete),
    (#"{"any":[{"signature":{"by":"a"}}]},{"signature":{"by":"a"}}"#, .incomplete),
    (
      #"{"all":[{"signature":{"by":"a"}},{"attestation":{"type":"t","by":"c"}}]},{"signature":{"by":"a"}}"#,
      .incomplete
    ),
    (
      #"{"any":[{"signature":{"by":"b"}},{"attestation":{"type":"t","by":"c"}}]},{"signature":{"by":"a"}}"#, .admit
    ),
    (
      #"{"all":[{"signature":{"by":"a"}},{"attestation":{"type":"t","by":"c"}}]},"#
        + #"{"all":[{"signature":{"by":"d1"}},{"attestation":{"type":"t","by":"c"}}]}"#, .admit
    ),
    (#"{"all":[{"signature":{"by":"d1"}}]},{"all":[{"signature":{"by":"d2"}}]}"#, .incomplete),
    (#"{"all":[{"attestation":{"type":"t","by":"c"}}]},{"attestation":{"type":"t","by":"c"}}"#, .incomplete),
  ])
  func requirementsWithinOthersCountTheSame(_ parts: String, _ verdict: Verdict) throws {
    let attested = EvaluationTests.proven(
      by: digest(Array("c".utf8)), carrier: "attestation", .attestation(predicateType: "t"))
    let asked = Asked(
      try .requiring(#"{"atLeast":2,"of":[\#(parts)]}"#, authorities: Self.authorities),
      [Self.key("a"), Self.key("d1"), Self.key("d2"), attested])
    #expect(asked.verdict == verdict, "\(asked.reasons)")
  }

  /// Of different kinds of evidence, one authority may bring several.
  @Test func differentKindsMayBeOfOneAuthority() throws {
    let attested = EvaluationTests.proven(
      by: digest(Array("a".utf8)), carrier: "attestation", .attestation(predicateType: "t"))
    let asked = Asked(
      try .requiring(#"{"atLeast":2,"of":[{"signature":{"by":"a"}},{"attestation":{"type":"t","by":"a"}}]}"#),
      [Self.key("a"), attested])
    #expect(asked.verdict == .admit)
  }

  /// One attestation is one voice, under whatever list of types it is asked for.
  @Test(arguments: [
    (["s,t", "t"], ["t"], Verdict.incomplete), (["t,s", "s,t"], ["s"], .incomplete),
    (["t", "t"], ["s", "t"], .incomplete), (["s,t", "t"], ["s", "t"], .admit),
    (["s", "t", "s,t"], ["s", "t"], .admit), (["s", "t"], ["s", "t"], .admit),
  ])
  func oneAttestationMeetsOneDemand(_ demanded: [String], _ carried: [String], _ verdict: Verdict) throws {
    let attested = carried.map { type in
      EvaluationTests.proven(by: digest(Array("a".utf8)), carrier: type, .attestation(predicateType: type))
    }
    let demands = demanded.map { types in
      let list = types.split(separator: ",").map { #""\#($0)""# }.joined(separator: ",")
      return #"{"attestation":{"type":[\#(list)],"by":"a"}}"#
    }
    let asked = Asked(try .requiring(#"{"atLeast":2,"of":[\#(demands.joined(separator: ","))]}"#), attested)
    #expect(asked.verdict == verdict, "\(demands): \(asked.reasons)")
  }

  /// Types of one short name are one kind: who attests in two versions of a format is one voice.
  @Test func versionsOfATypeAreOfOneKind() throws {
    let versions = ["https://in-toto.io/attestation/vulns/v0.1", "https://in-toto.io/attestation/vulns/v0.2"]
    func attested(_ type: String, _ predicate: String) -> Finding {
      EvaluationTests.proven(
        by: digest(Array("a".utf8)), carrier: type, .attestation(predicateType: type), saying: predicate)
    }
    let findings =
      versions.map { attested($0, VulnerabilityRuleTests.inToto) } + [attested("t", "{}")]
    func verdict(_ types: [String]) throws -> Verdict {
      let demands = types.map { #"{"attestation":{"type":"\#($0)","by":"a"}}"# }.joined(separator: ",")
      return Asked(try .requiring(#"{"atLeast":2,"of":[\#(demands)]}"#), findings).verdict
    }
    #expect(try verdict(versions) == .incomplete)
    #expect(try verdict(["vulnerabilities", "t"]) == .admit)
  }

  /// Requirements that a greedy choice would get wrong.
  @Test func everyWayOfMatchingIsTried() throws {
    let requirement =
      #"{"atLeast":2,"of":[{"signature":{"by":["a","b"]}},{"signature":{"by":"a"}}]}"#
    #expect(Asked(try .requiring(requirement), [Self.key("a"), Self.key("b")]).verdict == .admit)
    #expect(Asked(try .requiring(requirement), [Self.key("a")]).verdict == .incomplete)
  }

  /// An authority of one's own is no issuer of identities: whoever means a certificate that names one says so.
  @Test(arguments: [(nil as String?, Verdict.admit), ("iss", .refuse)])
  func anAuthorityOfOnesOwnNamesNoIssuer(_ issuer: String?, _ verdict: Verdict) throws {
    let asked = Asked(
      try .requiring(#"{"signature":{"by":"own"}}"#, authorities: Self.authorities),
      [Self.certificate(["me"], issuer: issuer, key: "1", authority: "Own")])
    #expect(asked.verdict == verdict)
    #expect(asked.reasons == (issuer == nil ? [] : [.identityIssuerMismatch]))
  }
}
