import Octets
import OpenVEX
import Reasons
import StrictJSON
import TestSupport
import Testing

@Suite struct OpenVEXTests {
  static let hex = String(repeating: "ab", count: 32)

  static func document(_ statement: String, _ head: String = #""timestamp": "2026-01-01T00:00:00Z", "#) -> String {
    #"{"@context": "https://openvex.dev/ns", \#(head)"statements": [\#(statement)]}"#
  }

  @Test func statements() throws {
    let document = try OpenVEX(
      predicate(
        Self.document(
          #"""
          {"vulnerability": {"name": "CVE-1", "aliases": ["GHSA-1"]}, "status": "not_affected", "impact_statement": "no",
           "timestamp": "2026-02-01T00:00:00+01:00",
           "products": [{"@id": "pkg:x/a@1", "identifiers": {"purl": "pkg:x/b", "cpe23": "c"}, "hashes": {"md5": "x", "sha-256": "\#(Self.hex)"},
                         "subcomponents": [{"@id": "urn:x"}, {"@id": "pkg:y/c"}]}]},
          {"vulnerability": {"name": "CVE-2"}, "status": "under_investigation"}
          """#)), of: 1000)
    #expect(
      document.statements.map { $0.names } == [["CVE-1", "GHSA-1"], ["CVE-2"]].map { $0.map { Array($0.utf8) } })
    #expect(document.statements.map(\.status) == [.notAffected, .underInvestigation])
    #expect(document.statements.map(\.time.description) == ["2026-01-31T23:00:00Z", "2026-01-01T00:00:00Z"])
    let product = try #require(document.statements[0].products?.first)
    #expect(product.component.urls == ["pkg:x/a@1", "pkg:x/b"].map { PackageURL(Array($0.utf8)) })
    #expect(product.component.digests.map(\.description) == ["sha256:\(Self.hex)"])
    #expect(product.subcomponents.map(\.urls.count) == [0, 1] && document.statements[1].products == nil)
  }

  static let good = #"{"vulnerability": {"name": "CVE-1"}, "status": "fixed"}"#
  static let bad: [(String, Reason, String)] = [
    ("{}", .predicateMalformed, "predicate: @context"),
    (document(good).replacing("openvex.dev", with: "example.com"), .predicateMalformed, "@context"),
    (document(good).replacing("dev/ns", with: "dev/ns/v0.0.1"), .predicateUnsupported, "@context"),
    (#"{"@context": "https://openvex.dev/ns"}"#, .predicateMalformed, "statements"),
    (document(good, ""), .predicateMalformed, "statements[0]"),
    (document("{}"), .predicateMalformed, "statements[0].vulnerability"),
    (document(#"{"vulnerability": "CVE-1", "status": "fixed"}"#), .predicateUnsupported, "statements[0].vulnerability"),
    (document(#"{"vulnerability": {}, "status": "fixed"}"#), .predicateMalformed, "statements[0].vulnerability.name"),
    (document(good.replacing("fixed", with: "Fixed")), .predicateMalformed, "statements[0].status"),
    (document(good.replacing("fixed", with: "not_affected")), .predicateMalformed, "statements[0]"),
    (
      document(#"{"vulnerability": {"name": "x"}, "status": "not_affected", "justification": "because"}"#),
      .predicateMalformed,
      "statements[0].justification"
    ),
    (
      document(#"{"vulnerability": {"name": "x"}, "status": "fixed", "products": [{"hashes": {"sha-256": "ab"}}]}"#),
      .predicateMalformed, "statements[0].products[0].hashes.sha-256"
    ),
    (
      document(#"{"vulnerability": {"name": "x"}, "status": "fixed", "products": ["pkg:x/a"]}"#), .predicateMalformed,
      "statements[0].products[0]"
    ),
  ]

  @Test(arguments: bad.indices) func anythingElseIsRefused(_ index: Int) throws {
    let (text, reason, place) = Self.bad[index]
    do {
      _ = try OpenVEX(predicate(text), of: text.utf8.count)
      Issue.record("\(text) was read")
    } catch {
      let failure = try #require(error as? Failure)
      #expect(failure.reason == reason, "\(text): \(failure)")
      #expect(failure.subject.contains(place.split(separator: "@").last!), "\(failure)")
    }
  }

  /// A few names of many components, or many names of a few: of the other kind are only documents made to cost something.
  @Test func pairsAreBounded() throws {
    let many = { (count: Int, text: String) in "[" + Array(repeating: text, count: count).joined(separator: ",") + "]" }
    func text(names: Int, products: Int) -> String {
      Self.document(
        #"{"vulnerability": {"name": "x", "aliases": \#(many(names - 1, #""y""#))}, "status": "fixed", "products": \#(many(products, #"{"@id":"pkg:apk/wolfi/git@2.39.0-r1?arch=x86_64"}"#))}"#
      )
    }
    for (names, products, isRead) in [(30, 30, true), (8, 5_000, true), (100, 200, false)] {
      let text = text(names: names, products: products)
      let read = Result { try OpenVEX(predicate(text), of: text.utf8.count) }
      let refused: Failure? = if case .failure(let error) = read { error as? Failure } else { nil }
      #expect(refused == (isRead ? nil : Failure(.jsonLimitExceeded, "predicate: statements[0]")))
    }
  }

  @Test(.enabled(if: Corpus.isPresent, Comment(rawValue: Corpus.absence))) func toolMade() throws {
    let text = String(decoding: try contents(of: ToolMadeArchives.root() + "/pred/openvex.json"), as: UTF8.self)
    let document = try OpenVEX(predicate(text), of: text.utf8.count)
    #expect(document.author == "corpus" && document.statements.map(\.justification) == [.vulnerableCodeNotPresent])
  }
}
