import BundleMaking
import Cryptography
import Octets
import Reasons
import TestSupport
import Testing

/// Two people, two sticks.
@Suite struct MergingTests {
  /// One more file, and two copies of the folder: `site`, which A signed, and `other`, which B and the desk signed.
  func copies() throws -> Desk {
    let desk = try Desk.published()
    try desk.add("more", "more", to: .trust)
    try runChecked(["cp", "-r", desk.path, desk.home.path("other")])
    try desk.sign([desk.a])
    var other = try TrustSite(desk.home.path("other"), at: Desk.start)
    for key in [desk.b, desk.desk] { _ = try other.sign(with: key) }
    return desk
  }

  func merge(_ desk: Desk) throws -> [Merged] {
    var site = try desk.site()
    return try site.merge(desk.home.path("other"))
  }

  @Test func signaturesComeTogether() throws {
    let desk = try copies()
    let before = try runChecked(["sh", "-c", "ls -lR --time-style=full-iso other"], in: desk.home.path)
    let merged = try merge(desk)
    #expect(merged.map(\.role) == [.trust, .snapshot, .timestamp])
    #expect(merged.allSatisfy { $0.kind == .taken })
    #expect(merged.map(\.key) == (try [desk.b, desk.desk, desk.desk].map { try SiteKey($0.publicKey).id }))
    // The other one is as it was.
    #expect(try runChecked(["sh", "-c", "ls -lR --time-style=full-iso other"], in: desk.home.path) == before)
    #expect(broken { _ = try merge(desk) } == .nothing)
    try desk.pack("second")
  }

  /// What A signed stays, and what A signed there too changes nothing.
  @Test func ownSignaturesStay() throws {
    let desk = try copies()
    try desk.sign([desk.desk])
    let own = try desk.home.read("site/draft/timestamp.json")
    #expect(try merge(desk).map(\.role) == [.trust])
    #expect(try desk.home.read("site/draft/timestamp.json") == own)
  }

  @Test func otherDrafts() throws {
    let desk = try copies()
    try desk.add("yet", "more", to: .trust)
    #expect(broken { _ = try merge(desk) } == .drafts)
    #expect(try desk.state(.timestamp)?.demands.first?.signed.isEmpty == true)
  }

  @Test(arguments: [true, false]) func draftsOfOneSideAlone(_ isHere: Bool) throws {
    let desk = try copies()
    var site = isHere ? try desk.site() : try TrustSite(desk.home.path("other"), at: Desk.start)
    // The snapshot changes too: seen first is the policy.
    try site.renew([.policy])
    do {
      if isHere { _ = try site.merge(desk.home.path("other")) } else { _ = try merge(desk) }
      Issue.record("merged")
    } catch MakingError.refused(.drafts, let words) {
      #expect(words.hasPrefix("policy: a draft waits \(isHere ? "here" : "in")"))
    }
  }

  @Test func signaturesThatDoNotVerify() throws {
    let desk = try copies()
    let text = String(decoding: try desk.home.read("other/draft/trust.json"), as: UTF8.self)
    let start = try #require(text.firstRange(of: #""sig": ""#)?.upperBound)
    let digits = text[start...].prefix(8)
    try desk.edit("other/draft/trust.json", String(digits), digits == "00000000" ? "11111111" : "00000000")
    #expect(try merge(desk).map(\.kind) == [.left, .taken, .taken])
    #expect(try desk.state(.trust)?.demands.first?.signed.count == 1)
  }

  @Test func nothingLeadsOutOfTheOther() throws {
    let desk = try copies()
    try runChecked(["ln", "-s", "/etc/passwd", desk.home.path("other/draft/x")])
    #expect(broken { _ = try merge(desk) } == .link)
    #expect(
      broken {
        _ = try {
          var site = try desk.site(); return try site.merge(desk.home.path("none"))
        }()
      } == .folder)
  }

  @Test func nothingWaits() throws {
    let desk = try copies()
    _ = try merge(desk)
    try desk.pack("second")
    #expect(broken { _ = try merge(desk) } == .nothing)
  }
}
