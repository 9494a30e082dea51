import OCIImage
import Octets
import Policy
import Reasons
import Testing

/// What need not hold for a while.
@Suite struct WaiverTests {
  static func asked(_ scope: String = "{}", at now: Int64 = 0, waiving name: String = "reviewed") throws -> Asked {
    var asked = Asked(
      try .requiring(
        #"{"all":[{"signature":{"by":"a"},"name":"reviewed"},{"signature":{"by":"b"}}]}"#,
        beside: #","waivers":[{"name":"W-1","waives":"\#(name)","scope":\#(scope),"reason":"not yet","#
          + #""approver":"A. Turing","expires":"1970-01-02T00:00:00Z"}]"#),
      CombinationTests.findings([.none, .good]))
    asked.occasion = Occasion(name: "reg.example/app:1", environment: "test", now: UnixTime(now))
    return asked
  }

  @Test func letsARequirementBeMet() throws {
    let asked = try Self.asked()
    #expect(asked.verdict == .admit)
    let judged = asked.judged
    #expect(judged.waivers.map(\.name) == ["W-1"])
    #expect(judged.waivers[0].wording == "waiver W-1 by A. Turing until 1970-01-02T00:00:00Z: not yet")
    #expect(judged.until == UnixTime(86_400))
    // What it covers up is said.
    #expect(judged.parts[0].warnings.map(\.reason) == [.signatureKeyMismatch])
  }

  @Test func onlyTheOneThatItNames() throws {
    #expect(try Self.asked(waiving: "other").verdict == .refuse)
  }

  @Test func onlyUntilItExpires() throws {
    #expect(try Self.asked(at: 86_399).verdict == .admit)
    #expect(try Self.asked(at: 86_400).verdict == .refuse)
  }

  @Test(arguments: [
    (#"{"environment":"test"}"#, true), (#"{"environment":"production"}"#, false),
    (#"{"repository":"reg.example/*"}"#, true), (#"{"repository":"reg.example"}"#, false),
    (#"{"platform":"linux/amd64"}"#, true), (#"{"platform":"linux/arm64"}"#, false),
    (#"{"digest":"\#(EvaluationTests.image)"}"#, true), (#"{"digest":"\#(EvaluationTests.index)"}"#, true),
    (#"{"digest":"\#(EvaluationTests.other)"}"#, false),
  ])
  func onlyWhereItIsMeant(_ scope: String, _ isMeant: Bool) throws {
    #expect(try Self.asked(scope).verdict == (isMeant ? .admit : .refuse))
  }

  /// One name in its scope is not enough.
  @Test func everyNameMustBeMeant() throws {
    var asked = try Self.asked(#"{"repository":"reg.example/*"}"#)
    asked.occasion = Occasion(now: UnixTime(0))
    asked.image = Image(parts: [EvaluationTests.part()], names: ["reg.example/app", "other.example/app"])
    #expect(asked.verdict == .refuse)
    asked.image = Image(parts: [EvaluationTests.part()], names: ["reg.example/app", "reg.example/more"])
    #expect(asked.verdict == .admit)
  }

  @Test func neverWrongBytesAndNeverADenial() throws {
    var asked = try Self.asked()
    asked.archiveFailures = [Failure(.blobDigestMismatch, "blob")]
    #expect(asked.verdict == .refuse)
    asked = try Self.asked()
    asked.part = EvaluationTests.part(problems: [Failure(.blobMissing, "layer")])
    #expect(asked.verdict == .incomplete)
  }

  /// What a waiver lets be met takes nobody's voice from another requirement.
  @Test func whatIsWaivedCountsBesideItsOwnEvidence() throws {
    let asked = Asked(
      try .requiring(
        #"{"atLeast":2,"of":[{"name":"both","all":[{"signature":{"by":"a"}},{"signature":{"by":"b"}}]},"#
          + #"{"signature":{"by":"a"}}]}"#,
        beside: #","waivers":[{"name":"W","waives":"both","scope":{},"reason":"r","approver":"a","#
          + #""expires":"1970-02-01T00:00:00Z"}]"#), CombinationTests.findings([.good, .none]))
    #expect(asked.verdict == .admit)
  }

  @Test func isNotUsedWhereItIsNotNeeded() throws {
    var asked = try Self.asked()
    asked.findings = CombinationTests.findings([.good, .good])
    #expect(asked.judged.waivers.isEmpty)
    #expect(asked.judged.until == nil)
  }
}
