import Cryptography
import Findings
import Octets
import Policy
import Reasons
import Testing

/// What an authority's signature must bring along, and how old it may be.
@Suite struct NeedTests {
  static let stamped = EstablishedTime(UnixTime(900_000), .timestampAuthority("tsa"))
  static let promised = EstablishedTime(UnixTime(900_100), .signedEntryTimestamp(log: "log"))

  static func finding(
    proofs: [LogFacts.Proof]? = nil, witnesses: [String] = [], times: [EstablishedTime] = [], logs: [String] = []
  ) -> Finding {
    let certificate = CertificateFacts(
      fingerprint: digest([1]), keyFingerprint: digest([2]), identities: ["me"], issuer: "iss", extensions: [],
      authority: "CA", notBefore: UnixTime(0), notAfter: UnixTime(600), certificateTimestamps: logs)
    let log = proofs.map {
      [LogFacts(log: "log", index: 1, entryKind: "k", proofs: $0, witnesses: witnesses)]
    }
    return EvaluationTests.certified(certificate, times: times, log: log ?? [])
  }

  struct Row: Sendable {
    let needs: String
    let finding: Finding
    let reason: Reason?
  }

  static let rows: [Row] = [
    Row(needs: #"{"transparencyLog":"promise"}"#, finding: finding(), reason: .needsLogEntry),
    Row(needs: #"{"transparencyLog":"promise"}"#, finding: finding(proofs: [.promise]), reason: nil),
    Row(needs: #"{"transparencyLog":"promise"}"#, finding: finding(proofs: [.inclusion]), reason: nil),
    Row(needs: #"{"transparencyLog":"inclusion"}"#, finding: finding(proofs: [.promise]), reason: .needsLogProof),
    Row(needs: #"{"transparencyLog":"inclusion"}"#, finding: finding(proofs: [.inclusion]), reason: nil),
    Row(needs: #"{"transparencyLog":"inclusion"}"#, finding: finding(proofs: [.snapshot]), reason: nil),
    Row(needs: #"{"timestamp":true}"#, finding: finding(times: [promised]), reason: .needsTimestamp),
    Row(needs: #"{"timestamp":true}"#, finding: finding(times: [promised, stamped]), reason: nil),
    Row(needs: #"{"certificateTimestamp":true}"#, finding: finding(), reason: .needsCertificateTimestamp),
    Row(needs: #"{"certificateTimestamp":true}"#, finding: finding(logs: ["ct"]), reason: nil),
    Row(
      needs: #"{"witnesses":2}"#, finding: finding(proofs: [.inclusion], witnesses: ["w"]), reason: .needsWitnesses),
    Row(
      needs: #"{"witnesses":2}"#, finding: finding(proofs: [.inclusion], witnesses: ["v", "w"]), reason: nil),
  ]

  @Test(arguments: rows) func needed(_ row: Row) throws {
    let asked = Asked(
      try .requiring(
        #"{"signature":{"by":"strict"}}"#,
        authorities: #",{"name":"strict","keyless":{"identity":"me","issuer":"iss"},"needs":\#(row.needs)}"#),
      [row.finding])
    #expect(asked.reasons == (row.reason.map { [$0] } ?? []))
    #expect(asked.verdict == (row.reason == nil ? .admit : .incomplete))
  }

  /// Who needs less beside who needs more: the one that is content decides.
  @Test func anotherAuthorityMayNeedLess() throws {
    let strict = #",{"name":"strict","keyless":{"identity":"me","issuer":"iss"},"needs":{"timestamp":true}}"#
    let asked = Asked(
      try .requiring(#"{"signature":{"by":["strict","me"]}}"#, authorities: strict), [Self.finding()])
    #expect(asked.verdict == .admit)
  }

  @Test(arguments: [
    ([stamped, promised], Int64(1_000_000), nil as Reason?), ([stamped, promised], 1_000_001, .evidenceTooOld),
    ([promised], 1_000_100, nil), ([promised], 1_000_101, .evidenceTooOld), ([], 1_000_000, .evidenceAgeUnknown),
  ])
  func evidenceAges(_ times: [EstablishedTime], _ now: Int64, _ reason: Reason?) throws {
    var asked = Asked(
      try .requiring(#"{"signature":{"by":"me","maxAge":"100001s"}}"#), [Self.finding(times: times)])
    asked.occasion = Occasion(now: UnixTime(now))
    #expect(asked.reasons == (reason.map { [$0] } ?? []))
    // The earliest time counts: an old signature that was stamped again is old.
    let earliest = times.map(\.time.seconds).min()
    #expect(asked.judged.until == (reason == nil ? earliest.map { UnixTime($0 + 100_001) } : nil))
  }

  /// Of several pieces, the one that holds longest.
  @Test func oneThatHoldsLongerIsEnough() throws {
    let younger = Self.finding(times: [Self.promised])
    let asked = Asked(
      try .requiring(#"{"signature":{"by":"me","maxAge":"2d"}}"#), [Self.finding(times: [Self.stamped]), younger])
    #expect(asked.judged.until == UnixTime(900_100 + 2 * 86_400))
  }

  @Test(arguments: [
    ("trustRoot", Limits.Subject.trustRoot), ("timestamp", .timestamp), ("logSnapshot", .logSnapshot),
    ("revocationList", .revocationList),
  ])
  func trustAges(_ member: String, _ subject: Limits.Subject) throws {
    let policy = try Policy.with(
      #""rules":[{"name":"r","scope":{},"require":{"signature":{"by":"me"}},"limits":{"\#(member)":"1d"}}]"#)
    func asked(_ ages: [TrustAge]?, at now: Int64) -> Asked {
      var asked = Asked(policy, [Self.finding()])
      asked.occasion = Occasion(now: UnixTime(now), ages: ages)
      return asked
    }
    let age = TrustAge(subject, "thing", from: UnixTime(1_000_000))
    let fresh = asked([age], at: 1_086_399)
    #expect(fresh.reasons == [])
    #expect(fresh.judged.until == UnixTime(1_086_400))
    #expect(asked([age], at: 1_086_400).reasons == [.trustTooOld])
    #expect(asked([age], at: 1_086_400).verdict == .incomplete)
    // Another thing's age says nothing of it.
    let other = TrustAge(subject == .timestamp ? .trustRoot : .timestamp, "other", from: UnixTime(1_000_000))
    #expect(asked([other], at: 1_000_000).reasons == [.trustAgeUnknown])
    #expect(asked(nil, at: 1_000_000).reasons == [.trustAgeUnknown])
  }
}
