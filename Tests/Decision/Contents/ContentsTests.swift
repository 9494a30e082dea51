import Findings
import Policy
import Reasons
import Testing

/// Contents that are not what their type says, or more than is read.
@Suite struct ContentsTests {
  static let liars: [(String, String, Reason)] = [
    ("slsa-provenance", #"{"builder": {"id": "x"}}"#, .predicateMalformed),
    ("https://slsa.dev/provenance/v0.2", #"{"buildDefinition": {}, "runDetails": {}}"#, .predicateMalformed),
    ("spdx", #"{"bomFormat": "CycloneDX", "specVersion": "1.5"}"#, .predicateMalformed),
    ("spdx", #"{"@graph": [], "@context": "https://spdx.org/rdf/3.0/spdx-context.jsonld"}"#, .predicateUnsupported),
    ("spdx", #""SPDXVersion: SPDX-2.3""#, .predicateUnsupported), ("spdx", "{}", .predicateMalformed),
    ("cyclonedx", #"{"spdxVersion": "SPDX-2.3"}"#, .predicateMalformed),
    ("cyclonedx", #"{"bomFormat": "CycloneDX", "specVersion": "1.3"}"#, .predicateUnsupported),
    ("vulnerabilities", #"{"matches": []}"#, .predicateMalformed),
    ("https://in-toto.io/attestation/vulns/v0.2", #"{"scanner": {}}"#, .predicateMalformed),
    ("openvex", #"{"@context": "https://openvex.dev/ns/v0.3.0", "statements": []}"#, .predicateUnsupported),
    ("openvex", #"{"statements": []}"#, .predicateMalformed),
    ("test-result", #"{"result": "OK", "configuration": []}"#, .predicateMalformed),
    ("malware-scan", #"{"clean": true}"#, .predicateMalformed),
    // Not even a statement.
    ("slsa-provenance", "[]", .statementMalformed), ("cyclonedx", #""<bom/>""#, .statementMalformed),
    ("https://example.com/x", "{", .jsonMalformed), ("https://example.com/x", #"{"a": 1, "a": 2}"#, .jsonDuplicateKey),
  ]

  @Test(arguments: liars.indices) func anotherThanItsTypeSays(_ index: Int) throws {
    let (type, predicate, reason) = Self.liars[index]
    let contents = ContentSamples.contents(type, predicate)
    #expect(contents.failure?.reason == reason, "\(type): \(predicate)")
    // No rule looks past it.
    let rules = try ContentSamples.rules(#"{"where": [{"at": "", "exists": true}]}"#, types: [type])
    #expect(rules[0].judge(contents, try ContentSamples.circumstances()).reasons == [reason])
  }

  @Test func unknownTypesAreNotJudged() {
    #expect(ContentSamples.contents("https://example.com/x", #"{"anything": 1}"#).failure == nil)
    #expect(ContentSamples.contents("https://example.com/x", "null").failure == nil)
  }

  /// The reader of policies lets no such rule be.
  @Test func ruleOfAnotherType() throws {
    let rule = try ContentSamples.rules(#"{"tests": {}}"#, types: ["test-result"])[0]
    let contents = ContentSamples.contents("https://example.com/x", "{}")
    #expect(rule.judge(contents, try ContentSamples.circumstances()).reasons == [.predicateUnsupported])
  }

  @Test func fiftyMegabytesAreTooMuch() throws {
    let big = #"{"spdxVersion": "SPDX-2.3", "comment": "\#(String(repeating: "x", count: 50 << 20))"}"#
    let contents = ContentSamples.contents("spdx", big)
    #expect(contents.failure?.reason == .jsonLimitExceeded)
    #expect(contents.failure?.detail.contains("at most 16777216 are read") == true)
  }

  @Test(arguments: [
    (
      "cyclonedx", #"{"bomFormat":"CycloneDX","specVersion":"1.6","components":["#, #"{"name":"a"},"#,
      #"{"name":"b"}]}"#
    ),
    ("spdx", #"{"spdxVersion":"SPDX-2.3","packages":["#, #"{"name":"a"},"#, #"{"name":"b"}]}"#),
    (
      "vulnerabilities", #"{"scanner":{"result":{"SchemaVersion":2,"Results":[{"Vulnerabilities":["#,
      #"{"VulnerabilityID":"a"},"#, #"{"VulnerabilityID":"b"}]}]}}}"#
    ),
    ("test-result", #"{"result":"PASSED","configuration":[],"passedTests":["#, #""a","#, #""b"]}"#),
    (
      "slsa-provenance", #"{"runDetails":{},"buildDefinition":{"resolvedDependencies":["#, #"{"uri":"a"},"#,
      #"{"uri":"b"}]}}"#
    ),
  ]) func manyValuesAreReadInLinearTime(_ type: String, _ start: String, _ element: String, _ end: String) {
    func seconds(_ count: Int) -> Double {
      let statement = ContentSamples.statement(
        PredicateTypes.types(type)[0], start + String(repeating: element, count: count) + end)
      let clock = ContinuousClock()
      var found: Contents?
      let time = clock.measure { found = Contents(statement) }
      #expect(found?.failure == nil)
      return Double(time.components.seconds) + Double(time.components.attoseconds) / 1e18
    }
    _ = seconds(1000)
    let (few, many) = (seconds(20_000), seconds(160_000))
    // Eight times as many, in much less than the 64 times that a square would take.
    #expect(many < 30 * few + 0.5, "\(few) s, then \(many) s")
  }

  @Test func tooManyValuesAreRefused() {
    let many = #"{"a":["# + String(repeating: "1,", count: 1_000_001) + "1]}"
    #expect(ContentSamples.contents("https://example.com/x", many).failure?.reason == .jsonLimitExceeded)
    let deep = String(repeating: #"{"a":"#, count: 100) + "1" + String(repeating: "}", count: 100)
    #expect(ContentSamples.contents("https://example.com/x", deep).failure?.reason == .jsonLimitExceeded)
  }
}
