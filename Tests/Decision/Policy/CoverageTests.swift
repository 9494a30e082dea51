import Findings
import OCIImage
import Octets
import Policy
import Reasons
import Testing

/// On which digest evidence must stand.
@Suite struct CoverageTests {
  static let linux = RuleChoiceTests.part(RuleChoiceTests.linux, "l")
  static let windows = RuleChoiceTests.part(RuleChoiceTests.windows, "w")

  static func signed(_ digests: ClaimedDigest...) -> [Finding] {
    digests.map { EvaluationTests.proven(on: $0, signing: $0, carrier: "\($0)") }
  }

  struct Row: Sendable {
    let covers: String?
    let findings: [Finding]
    /// Of index, Linux and Windows.
    let verdicts: [Verdict]
  }

  static let rows: [Row] = [
    Row(covers: nil, findings: signed(index), verdicts: [.admit, .admit, .admit]),
    Row(covers: nil, findings: signed(linux.digest), verdicts: [.incomplete, .admit, .incomplete]),
    Row(covers: nil, findings: signed(linux.digest, windows.digest), verdicts: [.incomplete, .admit, .admit]),
    Row(covers: "index", findings: signed(index), verdicts: [.admit, .admit, .admit]),
    Row(
      covers: "index", findings: signed(linux.digest, windows.digest),
      verdicts: [.incomplete, .incomplete, .incomplete]),
    Row(covers: "every-platform", findings: signed(index), verdicts: [.admit, .incomplete, .incomplete]),
    Row(covers: "every-platform", findings: signed(linux.digest), verdicts: [.admit, .admit, .incomplete]),
    Row(covers: "every-platform", findings: signed(linux.digest, windows.digest), verdicts: [.admit, .admit, .admit]),
  ]

  static let index = EvaluationTests.index

  static func asked(_ covers: String?, _ findings: [Finding], _ parts: [Part]) throws -> Asked {
    let member = covers.map { #","covers":"\#($0)""# } ?? ""
    var asked = Asked(
      try .requiring(
        #"{"signature":{"by":"alice"\#(member)}}"#,
        authorities: #",{"name":"alice","keys":"\#(ClaimedDigest(EvaluationTests.alice))"}"#), findings)
    asked.image = Image(parts: parts, names: [])
    return asked
  }

  @Test(arguments: rows) func standsWhereItMust(_ row: Row) throws {
    let asked = try Self.asked(row.covers, row.findings, [RuleChoiceTests.index, Self.linux, Self.windows])
    #expect(asked.judged.parts.map(\.verdict) == row.verdicts)
  }

  /// Whoever puts something beside the platforms of another index must be vouched for: it would enter with them.
  @Test func whatStandsBesidePlatformsIsAskedToo() throws {
    let beside = Part(
      digest: EvaluationTests.other, role: .attestationManifest, ancestors: [Self.index], config: nil, layers: [],
      problems: [])
    func verdicts(_ findings: [Finding]) throws -> [Verdict] {
      try Self.asked("every-platform", findings, [RuleChoiceTests.index, Self.linux, beside]).judged.parts.map(
        \.verdict)
    }
    #expect(try verdicts(Self.signed(Self.linux.digest)) == [.admit, .admit, .incomplete])
    #expect(try verdicts(Self.signed(Self.linux.digest, beside.digest)) == [.admit, .admit, .admit])
    #expect(try verdicts(Self.signed(Self.linux.digest, Self.index)) == [.admit, .admit, .admit])
  }

  /// An index of nothing has no platform that could be asked: it is asked itself.
  @Test func nothingIsAdmittedForWantOfPlatforms() throws {
    #expect(try Self.asked("every-platform", [], [RuleChoiceTests.index]).verdict == .incomplete)
    #expect(try Self.asked("every-platform", Self.signed(Self.index), [RuleChoiceTests.index]).verdict == .admit)
  }
}
