import Findings
import Policy
import Reasons
import TestSupport
import Testing

@Suite struct BillRuleTests {
  static let spdx = #"""
    {"spdxVersion": "SPDX-2.3", "packages": [
      {"name": "openssl", "versionInfo": "3.0.1", "licenseConcluded": "Apache-2.0", "licenseDeclared": "NOASSERTION",
       "externalRefs": [{"referenceType": "purl", "referenceLocator": "pkg:deb/debian/openssl@3.0.1?arch=amd64"}]},
      {"name": "busybox", "versionInfo": "1.36", "licenseDeclared": "GPL-2.0-only"},
      {"name": "choice", "licenseDeclared": "MIT OR GPL-3.0-only"},
      {"name": "both", "licenseDeclared": "MIT AND AGPL-3.0-only"}, {"name": "silent"}]}
    """#
  static let cycloneDX = #"""
    {"bomFormat": "CycloneDX", "specVersion": "1.6", "metadata": {"component": {"name": "image"}}, "components": [
      {"name": "openssl", "version": "3.0.1", "purl": "pkg:deb/debian/openssl@3.0.1?arch=amd64",
       "licenses": [{"license": {"id": "Apache-2.0"}}],
       "components": [{"name": "busybox", "version": "1.36", "licenses": [{"license": {"name": "GPL-2.0-only"}}]}]},
      {"name": "choice", "licenses": [{"expression": "MIT OR GPL-3.0-only"}]},
      {"name": "both", "licenses": [{"license": {"id": "MIT"}}, {"license": {"id": "AGPL-3.0-only"}}]}]}
    """#
  static let bills = [("spdx", spdx), ("cyclonedx", cycloneDX)]

  @Test(
    arguments: bills,
    [
      #"{}"#, #"{"deniedLicenses": "GPL-3.0-only"}"#, #"{"deniedLicenses": {"matching": "BSD-.*"}}"#,
      // A pattern is about one licence, not about the whole expression.
      #"{"deniedLicenses": {"matching": ".* OR .*"}}"#, #"{"deniedLicenses": "NOASSERTION"}"#,
      #"{"deniedPackages": "openssl"}"#, #"{"deniedPackages": "pkg:deb/debian/openss"}"#,
      #"{"deniedPackages": "pkg:deb/debian/openssl@3.0.1?arch=arm64"}"#, #"{"deniedPackages": "busybox@1.3"}"#,
    ]) func holds(_ bill: (String, String), _ rule: String) throws
  {
    #expect(try ContentSamples.judge(#"{"bill": \#(rule)}"#, bill.0, bill.1).failures == [])
  }

  @Test(
    arguments: bills,
    [
      (#"{"deniedLicenses": "GPL-2.0-only"}"#, Reason.billLicenseDenied, "“busybox@1.36” under “GPL-2.0-only”"),
      (#"{"deniedLicenses": "gpl-2.0-ONLY"}"#, .billLicenseDenied, "“busybox@1.36” under “GPL-2.0-only”"),
      (
        #"{"deniedLicenses": {"matching": "A?GPL-.*"}}"#, .billLicenseDenied,
        "“busybox@1.36” under “GPL-2.0-only”, “both”"
      ),
      (#"{"deniedLicenses": ["MIT", "GPL-3.0-only"]}"#, .billLicenseDenied, "“choice” under “MIT OR GPL-3.0-only”"),
      (#"{"deniedPackages": "pkg:deb/debian/openssl@3.0.1"}"#, .billPackageDenied, "“openssl@3.0.1”"),
      (#"{"deniedPackages": "pkg:deb/debian/openssl@3.0.1?arch=amd64"}"#, .billPackageDenied, "“openssl@3.0.1”"),
      (#"{"deniedPackages": "openssl@3.0.1"}"#, .billPackageDenied, "“openssl@3.0.1”"),
      // Without a version it means all, and however it is written.
      (#"{"deniedPackages": "pkg:deb/debian/openssl"}"#, .billPackageDenied, "“openssl@3.0.1”"),
      (#"{"deniedPackages": "pkg:DEB/debian/%6fpenssl@3%2E0.1"}"#, .billPackageDenied, "“openssl@3.0.1”"),
      (#"{"deniedPackages": {"matching": "busybox@.*"}}"#, .billPackageDenied, "“busybox@1.36”"),
    ]) func refuses(_ bill: (String, String), _ row: (String, Reason, String)) throws
  {
    let outcome = try ContentSamples.judge(#"{"bill": \#(row.0)}"#, bill.0, bill.1)
    #expect(outcome.reasons == [row.1])
    #expect(outcome.failures.first?.detail.hasPrefix(row.2) == true, "\(outcome.failures)")
  }

  /// Metadata holds whole licences, and a pattern's dot is no line feed.
  @Test func aDenialSpansLines() throws {
    let bill = #"""
      {"bomFormat": "CycloneDX", "specVersion": "1.5", "components": [{"type": "library", "name": "a", "version": "1\n",
        "licenses": [{"license": {"name": "GNU GENERAL PUBLIC LICENSE\nVersion 3"}}]}]}
      """#
    for (rule, reason) in [
      (#"{"deniedLicenses": {"matching": ".*GENERAL PUBLIC LICENSE.*"}}"#, Reason.billLicenseDenied),
      (#"{"deniedPackages": {"matching": "a@.*"}}"#, .billPackageDenied),
    ] {
      #expect(try ContentSamples.judge(#"{"bill": \#(rule)}"#, "cyclonedx", bill).reasons == [reason])
    }
  }

  @Test func notes() throws {
    let outcome = try ContentSamples.judge(#"{"bill": {}}"#, "spdx", Self.spdx)
    #expect(outcome.notes == ["SPDX-2.3, 5 packages, 1 of them without a licence"])
  }

  @Test func manyDenialsStayShort() throws {
    let packages = (0..<10_000).map { #"{"name": "p\#($0)", "licenseDeclared": "X"}"# }.joined(separator: ",")
    let outcome = try ContentSamples.judge(
      #"{"bill": {"deniedLicenses": "X", "deniedPackages": {"matching": "p.*"}}}"#, "spdx",
      #"{"spdxVersion": "SPDX-2.2", "packages": [\#(packages)]}"#)
    #expect(outcome.reasons == [.billLicenseDenied, .billPackageDenied])
    #expect(outcome.failures.allSatisfy { $0.detail.contains("and 9995 more") && $0.detail.utf8.count < 1000 })
  }

  /// cosign before version 2 put the document under `Data`, and SPDX still is signed as text where no format is named.
  @Test(arguments: [
    (spdx, "spdx"), (#"{"Data": \#(spdx), "Timestamp": ""}"#, "spdx"),
    (#"{"Data": \#(quoted(spdx)), "Timestamp": ""}"#, "spdx"),
    (quoted(spdx), "spdx"), (#"{"Data": \#(cycloneDX), "Timestamp": ""}"#, "cyclonedx"),
  ]) func wrapped(_ predicate: String, _ type: String) throws {
    #expect(
      try ContentSamples.judge(#"{"bill": {"deniedPackages": "busybox@1.36"}}"#, type, predicate).reasons == [
        .billPackageDenied
      ])
  }

  private static func quoted(_ text: String) -> String {
    "\"" + text.replacing("\"", with: "\\\"").replacing("\n", with: "\\n") + "\""
  }

  @Test(.enabled(if: Corpus.isPresent, Comment(rawValue: Corpus.absence)))
  func toolMade() throws {
    for archive in try ToolMadeArchives.below("exports/new-att") {
      for statement in try ContentSamples.statements(in: archive)
      where ["spdx", "cyclonedx"].contains(PredicateTypes.name(of: statement.predicateType)) {
        let isSPDX = statement.predicateType == "https://spdx.dev/Document"
        let rules = try ContentSamples.rules(
          #"{"bill": {"deniedPackages": "pkg:deb/debian/pkg7@1.7.0"}}"#, types: ["spdx", "cyclonedx"])
        let outcome = rules[0].judge(Contents(statement), try ContentSamples.circumstances())
        #expect(outcome.reasons == [.billPackageDenied], "\(archive)")
        #expect(
          outcome.notes[0].hasPrefix(isSPDX ? "SPDX-2.3, 300 packages" : "CycloneDX 1.5, 300 packages"),
          "\(outcome.notes)")
      }
    }
  }
}
