import Cryptography
import Findings
import Policy
import Reasons
import Testing

/// How requirements combine, and whom they count.
@Suite struct CombinationTests {
  static let (a, b, c) = ("a", "b", "c")

  /// Signed, badly signed, or nothing, by a, b and c.
  enum Evidence: Sendable { case good, bad, none }

  static func findings(_ evidence: [Evidence]) -> [Finding] {
    zip(["a", "b", "c"], evidence).compactMap { name, evidence in
      switch evidence {
      case .good: EvaluationTests.proven(by: digest(Array(name.utf8)), carrier: name)
      case .bad:
        EvaluationTests.proven(by: digest(Array("stranger".utf8)), carrier: name, .attestation(predicateType: name))
      case .none: nil
      }
    }
  }

  /// A requirement for each: signed by its own key, or, where it is bad, its attestation by somebody else.
  static func leaf(_ name: String, _ evidence: Evidence) -> String {
    evidence == .bad
      ? #"{"attestation":{"type":"\#(name)","by":"\#(name)"}}"# : #"{"signature":{"by":"\#(name)"}}"#
  }

  struct Row: Sendable {
    let shape: String
    let evidence: [Evidence]
    let verdict: Verdict
  }

  /// A signature that nobody made is missing only where no other is there: so bad ones are attestations here.
  static let rows: [Row] = [
    Row(shape: "all", evidence: [.good, .good], verdict: .admit),
    Row(shape: "all", evidence: [.good, .bad], verdict: .refuse),
    Row(shape: "any", evidence: [.good, .bad], verdict: .admit),
    Row(shape: "any", evidence: [.bad, .bad], verdict: .refuse),
    Row(shape: "any", evidence: [.none, .bad], verdict: .incomplete),
    Row(shape: "any", evidence: [.none, .none], verdict: .incomplete),
    Row(shape: "all", evidence: [.none, .none], verdict: .incomplete),
    Row(shape: "all", evidence: [.none, .bad], verdict: .refuse),
    Row(shape: "2", evidence: [.good, .good, .bad], verdict: .admit),
    Row(shape: "2", evidence: [.good, .bad, .bad], verdict: .refuse),
    Row(shape: "2", evidence: [.none, .none, .bad], verdict: .incomplete),
    Row(shape: "3", evidence: [.good, .good, .bad], verdict: .refuse),
    Row(shape: "3", evidence: [.good, .good, .good], verdict: .admit),
  ]

  @Test(arguments: rows) func combine(_ row: Row) throws {
    let leaves = zip(["a", "b", "c"], row.evidence).map(Self.leaf).joined(separator: ",")
    let requirement =
      row.shape == "all" || row.shape == "any"
      ? #"{"\#(row.shape)":[\#(leaves)]}"# : #"{"atLeast":\#(row.shape),"of":[\#(leaves)]}"#
    let asked = Asked(try .requiring(requirement), Self.findings(row.evidence))
    #expect(asked.verdict == row.verdict, "\(asked.reasons)")
    #expect((asked.verdict == .admit) == asked.reasons.isEmpty)
  }

  @Test func theTreeSaysWhatMetWhat() throws {
    let policy = try Policy.requiring(
      #"{"any":[{"signature":{"by":"a"},"name":"first"},{"signature":{"by":"b"}}]}"#)
    let outcome = try #require(Asked(policy, Self.findings([.none, .good])).answer.rules[0].outcome)
    #expect(outcome.verdict == .admit)
    #expect(outcome.satisfiedBy == [0])
    #expect(outcome.parts.map(\.verdict) == [.refuse, .admit])
    #expect(outcome.parts.map(\.requirement.name) == ["first", nil])
    #expect(outcome.parts[0].reasons.map(\.reason) == [.signatureKeyMismatch])
  }

  @Test func namedRequirementsStandWhereTheyAreUsed() throws {
    let policy = try Policy.with(
      #""requirements":[{"name":"reviewed","signature":{"by":"a"}}],"#
        + #""rules":[{"name":"r","scope":{},"require":{"all":[{"use":"reviewed"},{"signature":{"by":"b"}}]}}]"#)
    #expect(Asked(policy, Self.findings([.good, .good])).verdict == .admit)
    let outcome = try #require(Asked(policy, Self.findings([.good, .none])).answer.rules[0].outcome)
    #expect(outcome.parts.map(\.requirement.name) == ["reviewed", nil])
    #expect(outcome.parts.map(\.verdict) == [.admit, .refuse])
  }
}
