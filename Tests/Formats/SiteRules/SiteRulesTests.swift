import Cryptography
import Octets
import Reasons
import SiteRules
import TestSupport
import Testing

/// The site's documents: each row differs from a good one in one place.
@Suite struct SiteRulesTests {
  static let zeros = "sha256:" + String(repeating: "0", count: 64)

  static func denials(_ entries: String, _ more: String = "") -> String {
    #"{"format":"assay-denials/1","issued":"2026-11-25T10:00:00Z","by":"desk","denials":[\#(entries)]\#(more)}"#
  }

  private func refusal(_ parse: () throws -> Void) -> Failure? {
    do { try parse() } catch { return error as? Failure }
    return nil
  }

  @Test func denialsAreRead() throws {
    let text = Self.denials(
      #"{"digest":"\#(Self.zeros)","reason":"r"},{"key":"\#(Self.zeros)","reason":"r"},"#
        + #"{"identity":"a","issuer":"b","reason":"r"},{"logEntry":{"log":"l","index":7},"reason":"r"}"#)
    let list = try DenialList(parsing: Array(text.utf8), named: "d")
    let zero = try #require(ClaimedDigest(.sha256, Array(repeating: 0, count: 32)))
    #expect(
      list.denials.map(\.subject) == [
        .digest(zero), .key(zero), .identity(Array("a".utf8), issuer: Array("b".utf8)),
        .logEntry(log: Array("l".utf8), index: 7),
      ])
    #expect(list.by == "desk" && "\(list.issued)" == "2026-11-25T10:00:00Z")
  }

  static let badDenials: [(String, String)] = [
    (denials(""), "d"), (denials(#"{"reason":"r"}"#), "d: denials[0]"),
    (denials(#"{"digest":"\#(zeros)"}"#), "d: denials[0].reason"),
    (denials(#"{"digest":"\#(zeros)","reason":""}"#), "d: denials[0].reason"),
    (denials(#"{"digest":"\#(zeros)","reason":"a\u001bb"}"#), "d: denials[0].reason"),
    (denials(#"{"digest":"\#(zeros)","key":"\#(zeros)","reason":"r"}"#), "d: denials[0]"),
    (denials(#"{"digest":"\#(zeros)","reason":"r","until":"never"}"#), "d: denials[0].until"),
    (denials(#"{"identity":"a","reason":"r"}"#), "d: denials[0].issuer"),
    (denials(#"{"key":"sha512:\#(String(repeating: "0", count: 128))","reason":"r"}"#), "d: denials[0].key"),
    (denials(#"{"digest":"\#(zeros)","reason":"r"}"#, #","expires":"2027-01-01T00:00:00Z""#), "d: expires"),
    (denials(#"{"digest":"\#(zeros)","reason":"r"}"#).replacing("assay-denials/1", with: "assay-denials/2"), "d"),
    (denials(#"{"digest":"\#(zeros)","reason":"r"}"#).replacing("T10:", with: " 10:"), "d: issued"),
  ]

  @Test(arguments: badDenials.indices) func anythingElseIsRefused(_ index: Int) {
    let (text, place) = Self.badDenials[index]
    let failure = refusal { _ = try DenialList(parsing: Array(text.utf8), named: "d") }
    #expect(failure?.reason == .rulesMalformed, "\(text)")
    #expect(failure?.subject == place, "\(text)")
  }

  // MARK: In force

  private func list(_ index: Int) throws -> (path: [UInt8], bytes: [UInt8]) {
    let text = Self.denials(
      #"{"logEntry":{"log":"l","index":\#(index)},"reason":"r\#(index)"},{"logEntry":{"log":"l","index":9},"reason":"9 in \#(index)"}"#
    )
    return (Array("deny/\(index)".utf8), Array(text.utf8))
  }

  private func lifts(_ list: Int, _ denial: Int?) throws -> (path: [UInt8], lifts: LiftedDenials) {
    let which = denial.map { #""denial":\#($0),"# } ?? ""
    let text =
      #"{"format":"assay-lifted-denials/1","lifted":[{"list":"deny/\#(list)",\#(which)"by":"b","reason":"r"}]}"#
    return (Array("policy/l".utf8), try LiftedDenials(parsing: Array(text.utf8), named: "l"))
  }

  @Test func whatWasLiftedNoLongerHolds() throws {
    func entry(_ index: Int64) -> Denial.Subject { .logEntry(log: Array("l".utf8), index: index) }
    let all = try DenialsInForce([list(1), list(2)], lifted: [])
    #expect(all.count == 3)
    #expect(all.entry(entry(9))?.words.contains("deny/1 2: 9 in 1") == true, "the oldest is told")
    let lifted = try DenialsInForce([list(1), list(2)], lifted: [lifts(1, 1), lifts(1, 2)])
    #expect(lifted.entry(entry(1)) == nil)
    // Denied twice, and lifted once.
    #expect(lifted.entry(entry(9))?.words.contains("9 in 2") == true)
  }

  /// Who may deny denies without end; who may lift is not outnumbered.
  @Test func wholeListsAreLifted() throws {
    let lifted = try DenialsInForce([list(1), list(2)], lifted: [lifts(1, nil)])
    #expect(lifted.count == 2)
    #expect(lifted.entry(.logEntry(log: Array("l".utf8), index: 9))?.words.contains("9 in 2") == true)
    let many = try (1...1_001).map { try list($0) }
    #expect(refusal { _ = try DenialsInForce(many, lifted: []) }?.reason == .rulesMalformed)
    #expect(try DenialsInForce(many, lifted: [lifts(7, nil)]).count == 1_000)
    // What is lifted as a whole is not even read.
    let unread = (path: Array("deny/8".utf8), bytes: Array("no JSON".utf8))
    #expect(try DenialsInForce([unread], lifted: [lifts(8, nil)]).isEmpty)
  }

  @Test(arguments: [(3, 1), (1, 3)]) func onlyWhatWasDeniedIsLifted(_ list: Int, _ denial: Int) throws {
    let (one, lifting) = (try self.list(1), try lifts(list, denial))
    #expect(refusal { _ = try DenialsInForce([one], lifted: [lifting]) }?.reason == .rulesMalformed)
  }

  // MARK: Ages

  static func limits(_ entries: String) -> [UInt8] {
    Array(#"{"format":"assay-age-limits/1","limits":[\#(entries)]}"#.utf8)
  }

  @Test func aRolesOwnLimitComesFirst() throws {
    let rules = try AgeRules(
      parsing: Self.limits(
        #"{"of":"bundle","warnDays":1,"failDays":2},{"of":"bundle","role":"root","warnDays":-30,"failDays":0}"#),
      named: "a")
    #expect(rules.limit(of: .bundle, role: Array("root".utf8))?.warn == -2_592_000)
    #expect(rules.limit(of: .bundle, role: Array("trust".utf8))?.fail == 172_800)
    #expect(rules.limit(of: .logSnapshot) == nil)
  }

  @Test(arguments: [
    #"{"of":"bundle","warnDays":3,"failDays":2}"#, #"{"of":"weather","warnDays":1,"failDays":2}"#,
    #"{"of":"log-snapshot","role":"root","warnDays":1,"failDays":2}"#, #"{"of":"bundle","warnDays":1}"#,
    #"{"of":"bundle","warnDays":1,"failDays":2},{"of":"bundle","warnDays":1,"failDays":3}"#,
    #"{"of":"bundle","warnDays":1,"failDays":36501}"#,
  ]) func badLimitsAreRefused(_ entries: String) {
    #expect(refusal { _ = try AgeRules(parsing: Self.limits(entries), named: "a") }?.reason == .rulesMalformed)
  }

  // MARK: Approvals

  /// An Ed25519 key's SubjectPublicKeyInfo with this last byte.
  private func key(_ last: String) -> String { "MCowBQYDK2VwAyEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\(last)=" }

  private func rule(_ threshold: Int, _ people: [(String, String)]) -> [UInt8] {
    let people = people.map { #"{"name":"\#($0)","key":"\#($1)"}"# }.joined(separator: ",")
    return Array(#"{"format":"assay-approvals/1","threshold":\#(threshold),"people":[\#(people)]}"#.utf8)
  }

  @Test func approvalsNameDifferentPeople() throws {
    let (one, two) = (key("A"), key("E"))
    let good = try ApprovalRule(parsing: rule(2, [("a", one), ("b", two)]), named: "p")
    #expect(good.threshold == 2 && good.people.map(\.name) == ["a", "b"])
    for bad in [
      rule(3, [("a", one), ("b", two)]), rule(0, [("a", one)]), rule(1, [("a", one), ("a", two)]),
      rule(1, [("a", one), ("b", one)]), rule(1, [("a", "AAAA")]),
    ] {
      #expect(refusal { _ = try ApprovalRule(parsing: bad, named: "p") }?.reason == .rulesMalformed)
    }
  }
}
