import Findings
import Policy
import Reasons
import StrictJSON
import Testing

@Suite struct ContentRuleTests {
  static let documents: [(String, [String])] = [
    (
      #"{"provenance": {"builder": ["a", {"matching": "b.*"}], "buildType": "c", "source": "s", "ref": "r", "commit": "m","#
        + #""externalParameters": {"allowed": ["b", "a"], "values": {"z": "1", "/y": ["2", "3"]}},"#
        + #""materials": {"each": "e", "required": ["f", {"matching": "g"}]}}, "where": [{"at": "/x", "exists": false}]}"#,
      ["slsa-provenance"]
    ),
    (#"{"provenance": {}}"#, ["https://slsa.dev/provenance/v1", "https://slsa.dev/provenance/v0.2"]),
    (
      #"{"bill": {"deniedLicenses": "GPL-3.0-only", "deniedPackages": {"matching": "pkg:npm/.*"}}}"#,
      ["spdx", "cyclonedx"]
    ),
    (
      #"{"vulnerabilities": {"most": {"critical": 0, "high": 2, "unknown": 1000000}, "scanner": "t", "maxScanAge": "7d","#
        + #""vex": {"by": ["z", "a"]}}}"#, ["vulnerabilities"]
    ),
    (#"{"vulnerabilities": {"vex": {"by": "one"}}}"#, ["https://in-toto.io/attestation/vulns/v0.2"]),
    (#"{"malware": {"scanner": ["a", "b"], "maxScanAge": "90m"}}"#, ["malware-scan"]),
    (#"{"tests": {"required": ["unit"]}}"#, ["test-result"]), (#"{"tests": {}}"#, ["test-result"]),
    (
      #"{"where": [{"at": "/a", "equals": {"b": 1.0, "a": [1e2]}}, {"at": "", "oneOf": [null, "x"]}, {"at": "/~1", "matching": "m"},"#
        + #"{"at": "/l", "atLeast": 0.5}, {"at": "/m", "atMost": -1}, {"at": "/o", "notOlderThan": "48h"}]}"#,
      ["https://example.com/any", "openvex"]
    ),
    (#"{"by": "x", "type": "y"}"#, ["openvex"]),
  ]

  /// What is written out, in its canonical form, is read as the same rules.
  @Test(arguments: documents.indices) func writtenAndReadAgain(_ index: Int) throws {
    let (text, types) = Self.documents[index]
    let rules = try ContentSamples.rules(text, types: types)
    var object = JSONObject()
    for rule in rules {
      let (name, json) = rule.json
      object.append(name, json)
    }
    let canonical = try JSON.object(object).canonical()
    #expect(try ContentSamples.rules(String(decoding: canonical, as: UTF8.self), types: types) == rules)
    #expect(Set(rules.map { $0.json.0 }) == Set(try ContentSamples.json(text).keys).intersection(ContentRule.members))
  }

  static let bad: [(String, [String], String)] = [
    (#"{"provenance": {"repository": "x"}}"#, ["slsa-provenance"], "provenance.repository"),
    (#"{"provenance": []}"#, ["slsa-provenance"], "provenance"),
    (#"{"provenance": {"builder": ""}}"#, ["slsa-provenance"], "provenance.builder"),
    (#"{"provenance": {"source": []}}"#, ["slsa-provenance"], "provenance.source"),
    (
      #"{"provenance": {"externalParameters": {"values": {"/~": "a"}}}}"#, ["slsa-provenance"],
      #"provenance.externalParameters.values["/~"]"#
    ),
    (
      #"{"provenance": {"externalParameters": {"deny": []}}}"#, ["slsa-provenance"],
      "provenance.externalParameters.deny"
    ),
    (#"{"provenance": {"materials": {"required": []}}}"#, ["slsa-provenance"], "provenance.materials.required"),
    (#"{"provenance": {"materials": {"any": "x"}}}"#, ["slsa-provenance"], "provenance.materials.any"),
    (#"{"bill": {"licenses": "x"}}"#, ["spdx"], "bill.licenses"),
    (#"{"vulnerabilities": {"most": {"severe": 0}}}"#, ["vulnerabilities"], "vulnerabilities.most.severe"),
    (#"{"vulnerabilities": {"most": {}}}"#, ["vulnerabilities"], "vulnerabilities.most"),
    (#"{"vulnerabilities": {"most": {"high": -1}}}"#, ["vulnerabilities"], "vulnerabilities.most.high"),
    (#"{"vulnerabilities": {"most": {"high": 0.5}}}"#, ["vulnerabilities"], "vulnerabilities.most.high"),
    (#"{"vulnerabilities": {"vex": {}}}"#, ["vulnerabilities"], "vulnerabilities.vex.by"),
    (#"{"vulnerabilities": {"vex": {"by": []}}}"#, ["vulnerabilities"], "vulnerabilities.vex.by"),
    (#"{"vulnerabilities": {"vex": {"by": ["a", "a"]}}}"#, ["vulnerabilities"], "vulnerabilities.vex.by[1]"),
    (#"{"vulnerabilities": {"vex": {"by": "a b"}}}"#, ["vulnerabilities"], "vulnerabilities.vex.by"),
    (#"{"vulnerabilities": {"maxAge": "1d"}}"#, ["vulnerabilities"], "vulnerabilities.maxAge"),
    (#"{"vulnerabilities": {"maxScanAge": "1w"}}"#, ["vulnerabilities"], "vulnerabilities.maxScanAge"),
    (#"{"malware": {"most": 0}}"#, ["malware-scan"], "malware.most"),
    (#"{"tests": {"required": []}}"#, ["test-result"], "tests.required"),
    (#"{"tests": {"failed": 0}}"#, ["test-result"], "tests.failed"),
    // Rules about another type than the attestation's.
    (#"{"provenance": {}}"#, ["spdx"], "provenance"),
    (#"{"provenance": {}}"#, ["slsa-provenance", "https://example.com/x"], "provenance"),
    (#"{"bill": {}}"#, ["slsa-provenance"], "bill"), (#"{"bill": {}}"#, ["spdx", "openvex"], "bill"),
    (#"{"vulnerabilities": {}}"#, ["openvex"], "vulnerabilities"), (#"{"malware": {}}"#, ["test-result"], "malware"),
    (#"{"tests": {}}"#, ["https://example.com/x"], "tests"),
  ]

  @Test(arguments: bad.indices) func anythingElseIsRefused(_ index: Int) {
    let (text, types, place) = Self.bad[index]
    #expect(throws: Failure(.policyMalformed, "policy: \(place)"), "\(text)") {
      try ContentSamples.rules(text, types: types)
    }
  }

  @Test func vexAuthorities() throws {
    let rules = try ContentSamples.rules(Self.documents[3].0, types: ["vulnerabilities"])
    #expect(rules.map(\.vexAuthorities) == [["z", "a"]])
  }

  @Test func shortNames() {
    for (name, types) in PredicateTypes.table {
      #expect(PredicateTypes.types(name) == types)
      for type in types { #expect(PredicateTypes.name(of: type) == name && PredicateTypes.wording(type) == name) }
    }
    #expect(PredicateTypes.types("https://example.com/x") == ["https://example.com/x"])
    #expect(PredicateTypes.name(of: "https://example.com/x") == nil)
    #expect(PredicateTypes.wording("https://example.com/x") == "https://example.com/x")
    let types = PredicateTypes.table.flatMap(\.types)
    #expect(Set(types).count == types.count)
  }
}

extension JSON {
  fileprivate var keys: [String] {
    guard case .object(let object) = self else { return [] }
    return object.members.map { String(decoding: $0.key, as: UTF8.self) }
  }
}
