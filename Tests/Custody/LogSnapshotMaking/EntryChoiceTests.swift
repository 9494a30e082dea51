import Cryptography
import LogSnapshotMaking
import Octets
import Reasons
import StrictJSON
import TestSupport
import Testing

/// Real bodies among others, found by what they sign and by whom.
@Suite(.enabled(if: Corpus.isPresent, Comment(rawValue: Corpus.absence)))
struct EntryChoiceTests {
  static let identity =
    "https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/"
    + "extremely-dangerous-oidc-beacon.yml@refs/heads/main"

  static func body(_ name: String) throws -> [UInt8] {
    let bundle = try JSONNode(
      parsing: Corpus.bytes("sigstore-conformance/\(name)/bundle.sigstore.json"), named: name,
      malformed: .bundleMalformed)
    return try bundle.required("verificationMaterial").required("tlogEntries").elements()[0]
      .required("canonicalizedBody").base64()
  }

  /// 600 leaves: Rekor v1's at 300, Rekor v2's at 10 and 599.
  static func desk() throws -> TiledSnapshotTests.Desk {
    let bodies = [
      300: try body("happy-path-v0.3"), 10: try body("rekor2-happy-path"), 599: try body("rekor2-dsse-happy-path"),
    ]
    return try TiledSnapshotTests.Desk(600, TiledSketch(600) { bodies[$0] })
  }

  /// Of a.txt, which two of them sign.
  static func artifact() throws -> ClaimedDigest {
    let data = try JSONNode(parsing: body("rekor2-happy-path"), named: "", malformed: .logEntryMalformed)
      .required("spec").required("hashedRekordV002").required("data")
    return try #require(ClaimedDigest(.sha256, data.required("digest").base64()))
  }

  @Test func byDigest() throws {
    var desk = try Self.desk()
    desk.snapshot.choice.digests = [try Self.artifact()]
    #expect(try desk.make().logs.map(\.entries) == [2])
    let bundles = try desk.names().filter { $0.hasPrefix("tile/entries") }
    #expect(bundles == ["tile/entries/000", "tile/entries/001"])
  }

  @Test func byIdentity() throws {
    var desk = try Self.desk()
    desk.snapshot.choice.identities = [Self.identity]
    #expect(try desk.make().logs.map(\.entries) == [3])
  }

  @Test func bothAndRanges() throws {
    var desk = try Self.desk()
    desk.snapshot.choice.digests = [try Self.artifact()]
    // The second one is 10, which signs that, too.
    desk.snapshot.choice.ranges = [0...1, 10...10]
    #expect(try desk.make().logs.map(\.entries) == [4])
  }

  @Test func bundlesThatWereNotFetchedAreNotSearched() throws {
    var desk = try Self.desk()
    try runChecked(["rm", desk.home.path("log/tile/entries/000")])
    desk.snapshot.choice.digests = [try Self.artifact()]
    #expect(try desk.make().logs.map(\.entries) == [1])
  }

  @Test func nobodySignedThat() throws {
    var desk = try Self.desk()
    let absent = try #require(ClaimedDigest(.sha256, [UInt8](repeating: 7, count: 32)))
    desk.snapshot.choice.digests = [try Self.artifact(), absent]
    // The beginning of an identity is another one.
    desk.snapshot.choice.identities = [String(Self.identity.dropLast())]
    let words = try #require(desk.error()?.mistake)
    #expect(words.contains("No entry signs \(absent), none is by “https://github.com/"))
    #expect(words.contains("3 of 3 bundles"))
  }
}
