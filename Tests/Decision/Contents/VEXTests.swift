import Policy
import Reasons
import Testing

/// What VEX statements take away: one critical finding in openssl, and statements that differ in one place.
@Suite struct VEXTests {
  static let image = "pkg:oci/image@\(ContentSamples.digest.replacing(":", with: "%3A"))"
  static let component = "pkg:deb/debian/openssl@3.0.1?arch=amd64"

  static func vex(
    _ status: String = "not_affected", _ products: String = #"[{"@id": "\#(image)"}]"#, name: String = "CVE-1",
    time: String = "2026-06-01T00:00:00Z", aliases: String = "[]"
  ) -> String {
    #"""
    {"@context": "https://openvex.dev/ns/v0.2.0", "timestamp": "\#(time)", "statements": [
      {"vulnerability": {"name": "\#(name)", "aliases": \#(aliases)}, "products": \#(products), "status": "\#(status)",
       "justification": "component_not_present"}]}
    """#
  }

  static func judge(_ documents: [String], rule: String = #""vex": {"by": "vendor"}"#) throws -> ContentOutcome {
    try ContentSamples.judge(
      #"{"vulnerabilities": {"most": {"critical": 0}, \#(rule)}}"#, VulnerabilityRuleTests.scans[0].0,
      VulnerabilityRuleTests.trivy, try ContentSamples.circumstances(vex: documents))
  }

  static let clearing: [[String]] = [
    [vex()], [vex("fixed")], [vex(name: "GHSA-9", aliases: #"["x", "CVE-1"]"#)], [vex("not_affected", "null")],
    [vex("not_affected", #"[{"hashes": {"sha-256": "\#(ContentSamples.digest.dropFirst(7))"}}]"#)],
    [vex("not_affected", #"[{"hashes": {"sha-256": "\#(ContentSamples.digest.dropFirst(7).uppercased())"}}]"#)],
    [vex("not_affected", #"[{"@id": "x", "identifiers": {"purl": "\#(image)"}}]"#)],
    [vex("not_affected", #"[{"@id": "\#(image)", "subcomponents": [{"@id": "pkg:deb/debian/openssl@3.0.1"}]}]"#)],
    [
      vex(
        "not_affected", #"[{"@id": "\#(image)", "subcomponents": [{"@id": "y"}, {"@id": "pkg:deb/debian/openssl"}]}]"#)
    ],
    [vex("not_affected", #"[{"@id": "\#(component)"}]"#)],
    [vex("not_affected", #"[{"@id": "PKG:DEB/debian/open%73sl@3.0.1?ARCH=amd64"}]"#)],
    // The newest of two counts, in whichever order they come.
    [vex("affected"), vex("fixed", time: "2026-06-02T00:00:00Z")],
    [vex("fixed", time: "2026-06-02T00:00:00Z"), vex("affected")],
    [vex("affected", #"[{"@id": "\#(component)"}]"#), vex(time: "2026-06-02T00:00:00Z")],
    [vex("affected", name: "CVE-2"), vex()],
  ]

  @Test(arguments: clearing.indices) func takesAway(_ index: Int) throws {
    let outcome = try Self.judge(Self.clearing[index])
    #expect(outcome.failures == [], "\(Self.clearing[index])")
    #expect(
      outcome.notes.contains {
        $0 == "1 critical, of which 1 not_affected by VEX" || $0 == "1 critical, of which 1 fixed by VEX"
      })
  }

  static let idle: [[String]] = [
    [], [vex("affected")], [vex("under_investigation")], [vex(name: "CVE-10")], [vex(name: "cve-1")],
    [vex("not_affected", "[]")], [vex("not_affected", #"[{"@id": "pkg:oci/image"}]"#)],
    [vex("not_affected", #"[{"@id": "pkg:oci/image@sha256:\#(String(repeating: "cd", count: 32))"}]"#)],
    [vex("not_affected", #"[{"@id": "pkg:generic/image@\#(ContentSamples.digest)"}]"#)],
    [vex("not_affected", #"[{"hashes": {"sha-256": "\#(String(repeating: "cd", count: 32))"}}]"#)],
    [vex("not_affected", #"[{"@id": "\#(image)", "subcomponents": [{"@id": "pkg:deb/debian/zlib"}]}]"#)],
    [vex("not_affected", #"[{"@id": "\#(image)", "subcomponents": [{"@id": "openssl"}]}]"#)],
    // What is said of a component within another product is not said of it here.
    [vex("not_affected", #"[{"@id": "pkg:oci/other", "subcomponents": [{"@id": "\#(component)"}]}]"#)],
    [vex("not_affected", #"[{"@id": "pkg:deb/debian/openssl@3.0.2"}]"#)],
    [vex("not_affected", #"[{"@id": "pkg:deb/debian/openssl@3.0.1?arch=arm64"}]"#)],
    [vex("not_affected", #"[{"@id": "pkg:deb/ubuntu/openssl"}]"#)],
    [vex("fixed"), vex("affected", time: "2026-06-02T00:00:00Z")],
    // Of two at one time, the one that clears nothing.
    [vex("fixed"), vex("affected")], [vex("affected"), vex("fixed")],
    [
      vex("fixed", time: "2026-06-02T00:00:00Z"),
      vex("affected", #"[{"@id": "\#(component)"}]"#, time: "2026-06-03T00:00:00Z"),
    ],
  ]

  @Test(arguments: idle.indices) func leaves(_ index: Int) throws {
    #expect(try Self.judge(Self.idle[index]).reasons == [.vulnerabilityAboveLimit], "\(Self.idle[index])")
  }

  @Test func onlyWhereTheRuleNamesAnAuthority() throws {
    #expect(try Self.judge([Self.vex()], rule: #""maxScanAge": "2d""#).reasons == [.vulnerabilityAboveLimit])
  }

  @Test func variantsOfOnePackageAreBounded() throws {
    let products =
      (0..<100).map { #"{"@id": "pkg:deb/debian/openssl@3.0.1?x=\#($0)"}"# } + [#"{"@id": "\#(Self.component)"}"#]
    let few = "[" + products.suffix(16).joined(separator: ",") + "]"
    #expect(try Self.judge([Self.vex("fixed", few)]).reasons == [])
    let many = "[" + products.joined(separator: ",") + "]"
    #expect(try Self.judge([Self.vex("fixed", many)]).reasons == [.vulnerabilityAboveLimit])
  }

  /// Many findings times many statements about them, in one package: no product of both.
  @Test func manyOfBothAreJudgedInLinearTime() throws {
    func seconds(_ count: Int) throws -> Double {
      let products = (0..<count).map { #"{"@id": "pkg:npm/p\#($0)@1"}"# }.joined(separator: ",")
      let found = (0..<count).map {
        #"{"VulnerabilityID": "CVE-1", "Severity": "LOW", "PkgIdentifier": {"PURL": "pkg:npm/p\#($0)@1"}}"#
      }
      let scan =
        #"{"scanner": {"result": {"SchemaVersion": 2, "Results": [{"Vulnerabilities": [\#(found.joined(separator: ","))]}]}}}"#
      let contents = ContentSamples.contents("vulnerabilities", scan)
      let circumstances = try ContentSamples.circumstances(vex: [Self.vex("fixed", "[\(products)]")])
      let rule = try ContentSamples.rules(
        #"{"vulnerabilities": {"most": {"low": 0}, "vex": {"by": "v"}}}"#, types: ["vulnerabilities"])[0]
      let clock = ContinuousClock()
      var outcome: ContentOutcome?
      let time = clock.measure { outcome = rule.judge(contents, circumstances) }
      #expect(outcome?.failures == [])
      return Double(time.components.seconds) + Double(time.components.attoseconds) / 1e18
    }
    _ = try seconds(100)
    let (few, many) = (try seconds(4000), try seconds(32_000))
    #expect(many < 30 * few + 0.5, "\(few) s, then \(many) s")
  }
}
