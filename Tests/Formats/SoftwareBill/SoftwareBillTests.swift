import Reasons
import SoftwareBill
import StrictJSON
import TestSupport
import Testing

@Suite struct SoftwareBillTests {
  @Test func spdx() throws {
    let bill = try SoftwareBill(
      spdx: predicate(
        #"""
        {"spdxVersion": "SPDX-2.2", "packages": [
          {"name": "a", "versionInfo": "1", "licenseConcluded": "MIT", "licenseDeclared": "NONE", "externalRefs": [
            {"referenceType": "cpe23Type", "referenceLocator": "cpe:x"}, {"referenceType": "purl", "referenceLocator": "pkg:x/a@1"},
            {"referenceType": "purl", "referenceLocator": "pkg:x/b@1"}]},
          {"name": "b", "versionInfo": "", "licenseConcluded": "NOASSERTION", "licenseDeclared": "GPL-2.0-only OR MIT"}]}
        """#))
    #expect(bill.format == "SPDX-2.2" && bill.packages.map(\.name) == ["a", "b"])
    #expect(bill.packages.map(\.version) == ["1", nil] && bill.packages[0].urls == ["pkg:x/a@1", "pkg:x/b@1"])
    #expect(bill.packages.map(\.licenses) == [["MIT"], ["GPL-2.0-only OR MIT"]])
  }

  @Test(arguments: ["1.4", "1.5", "1.6"]) func cycloneDX(_ version: String) throws {
    let bill = try SoftwareBill(
      cycloneDX: predicate(
        #"""
        {"bomFormat": "CycloneDX", "specVersion": "\#(version)", "metadata": {"component": {"name": "image"}}, "components": [
          {"name": "a", "version": "1", "purl": "pkg:x/a@1", "licenses": [{"license": {"id": "MIT", "name": "n"}}, {"license": {"name": "Own"}}],
           "components": [{"name": "b", "licenses": [{"expression": "A OR B"}]}]}, {"name": "c"}]}
        """#))
    #expect(bill.format == "CycloneDX \(version)" && bill.packages.map(\.name) == ["image", "a", "b", "c"])
    #expect(
      bill.packages.map(\.licenses) == [[], ["MIT", "Own"], ["A OR B"], []] && bill.packages[1].urls == ["pkg:x/a@1"])
  }

  static let bad: [(String, String, Reason, String)] = [
    ("spdx", "{}", .predicateMalformed, "predicate: spdxVersion"),
    ("spdx", #"{"spdxVersion": "2.3"}"#, .predicateMalformed, "predicate: spdxVersion"),
    ("spdx", #"{"spdxVersion": "SPDX-2.1"}"#, .predicateUnsupported, "predicate: spdxVersion"),
    ("spdx", #"{"spdxVersion": "SPDX-3.0"}"#, .predicateUnsupported, "predicate: spdxVersion"),
    ("spdx", #"{"@graph": []}"#, .predicateUnsupported, "predicate"),
    ("spdx", #"{"spdxVersion": "SPDX-2.3", "packages": [{}]}"#, .predicateMalformed, "predicate: packages[0].name"),
    ("spdx", #"{"spdxVersion": "SPDX-2.3", "packages": {}}"#, .predicateMalformed, "predicate: packages"),
    (
      "spdx", #"{"spdxVersion": "SPDX-2.3", "packages": [{"name": "a", "licenseDeclared": []}]}"#, .predicateMalformed,
      "predicate: packages[0].licenseDeclared"
    ),
    ("spdx", #"{"Data": "SPDXVersion: SPDX-2.2"}"#, .predicateUnsupported, "predicate: Data"),
    ("spdx", #"{"Data": "  {} "}"#, .predicateMalformed, "predicate: Data: spdxVersion"),
    ("spdx", #"{"Data": "{"}"#, .jsonMalformed, "predicate: Data"),
    ("spdx", #"{"Data": 1}"#, .predicateMalformed, "predicate: Data"),
    ("spdx", #""""#, .predicateUnsupported, "predicate"),
    ("cyclonedx", "{}", .predicateMalformed, "predicate: bomFormat"),
    ("cyclonedx", #"{"bomFormat": "cyclonedx", "specVersion": "1.5"}"#, .predicateMalformed, "predicate: bomFormat"),
    ("cyclonedx", #"{"bomFormat": "CycloneDX"}"#, .predicateMalformed, "predicate: specVersion"),
    (
      "cyclonedx", #"{"bomFormat": "CycloneDX", "specVersion": "1.7"}"#, .predicateUnsupported, "predicate: specVersion"
    ),
    (
      "cyclonedx",
      #"{"bomFormat": "CycloneDX", "specVersion": "1.4", "components": [{"name": "a", "components": [{}]}]}"#,
      .predicateMalformed, "predicate: components[0].components[0].name"
    ),
  ]

  @Test(arguments: bad.indices) func anythingElseIsRefused(_ index: Int) throws {
    let (kind, text, reason, place) = Self.bad[index]
    let node = try predicate(text)
    do {
      _ = kind == "spdx" ? try SoftwareBill(spdx: node) : try SoftwareBill(cycloneDX: node)
      Issue.record("\(text) was read")
    } catch {
      #expect(error.reason == reason && error.subject == place, "\(text): \(error)")
    }
  }

  @Test(.enabled(if: Corpus.isPresent, Comment(rawValue: Corpus.absence))) func toolMade() throws {
    let folder = try ToolMadeArchives.root() + "/pred"
    let spdx = try SoftwareBill(spdx: predicate(String(decoding: contents(of: folder + "/spdx.json"), as: UTF8.self)))
    #expect(spdx.format == "SPDX-2.3" && spdx.packages[7].urls == ["pkg:deb/debian/pkg7@1.7.0?arch=amd64"])
    #expect(spdx.packages.allSatisfy { $0.licenses == ["MIT"] })
    let other = try SoftwareBill(
      cycloneDX: predicate(String(decoding: contents(of: folder + "/cdx.json"), as: UTF8.self)))
    #expect(other.packages[7].urls == ["pkg:deb/debian/pkg7@1.7.0"] && other.packages[7].licenses.isEmpty)
  }
}
