import BundleMaking
import Cryptography
import Octets
import Reasons
import TestSupport
import Testing

@Suite struct SiteTests {
  // MARK: Beginning

  @Test func beginsWithDraftsOfEverything() throws {
    let desk = try Desk()
    try desk.make()
    let states = try desk.site().states()
    #expect(states.map(\.role) == SiteRole.allCases)
    #expect(states.allSatisfy { $0.version == 1 && !$0.isReady && $0.demands.count == 1 })
    #expect(states.map { $0.demands[0].threshold } == [2, 2, 2, 2, 1, 1, 1, 1])
    #expect(
      states.map { $0.expires.seconds - Desk.start.seconds }
        == [730, 365, 365, 365, 365, 90, 90, 90].map { $0 * 86_400 })
  }

  @Test func planSaysMore() throws {
    let desk = try Desk()
    try desk.make {
      $0.days[.timestamp] = 7
      $0.thresholds[.trust] = 3
    }
    #expect(try desk.state(.timestamp)?.expires == UnixTime(Desk.start.seconds + 7 * 86_400))
    #expect(try desk.state(.trust)?.demands.first?.threshold == 3)
  }

  @Test func keyTwiceInARole() throws {
    let desk = try Desk()
    #expect(
      broken { try desk.make { $0.keys[.trust] = [desk.a.publicKey, desk.b.publicKey, desk.a.publicKey] } } == .keyTwice
    )
    #expect(try desk.home.names().isEmpty)
  }

  @Test(arguments: [0, 4, -1]) func thresholdThatNobodyMeets(_ count: Int) throws {
    let desk = try Desk()
    #expect(broken { try desk.make { $0.thresholds[.root] = count } } == .threshold)
  }

  @Test(arguments: [0, 36_501]) func daysOutOfReach(_ days: Int64) throws {
    let desk = try Desk()
    #expect(broken { try desk.make { $0.days[.logs] = days } } == .threshold)
  }

  @Test func keyOfAnotherKind() throws {
    let desk = try Desk()
    let pem = try runChecked(["openssl", "ecparam", "-name", "secp384r1", "-genkey", "-noout"])
    let other = try PublicKey(pem: runChecked(["openssl", "pkey", "-pubout"], input: pem))
    #expect(broken { try desk.make { $0.keys[.logs] = [other] } } == .keyKind)
  }

  @Test func placeIsTaken() throws {
    let desk = try Desk()
    try desk.make()
    #expect(broken { try desk.make() } == .taken)
    #expect(broken { _ = try TrustSite(desk.home.path, at: Desk.start) } == .folder)
  }

  // MARK: Versions

  @Test func versionRisesOncePerPublication() throws {
    let desk = try Desk.published()
    #expect(try desk.site().states().isEmpty)
    for text in ["one", "two"] {
      try desk.add("more", text, to: .trust)
      #expect(try desk.state(.trust)?.version == 2)
      #expect(try desk.state(.snapshot)?.version == 2)
      #expect(try desk.state(.timestamp)?.version == 2)
    }
    #expect(try desk.site().states().map(\.role) == [.trust, .snapshot, .timestamp])
    try desk.sign()
    try desk.pack("second")
    try desk.add("more", "three", to: .trust)
    #expect(try desk.state(.trust)?.version == 3)
  }

  @Test func changeTakesSignaturesAway() throws {
    let desk = try Desk()
    try desk.make()
    try desk.sign()
    #expect(try desk.state(.trust)?.isReady == true)
    try desk.add("x", "x", to: .trust)
    #expect(try desk.state(.trust)?.demands.first?.signed.isEmpty == true)
    #expect(try desk.state(.policy)?.isReady == true)
  }

  /// By hand: the next version is the next one.
  @Test func draftThatSkipsAVersion() throws {
    let desk = try Desk.published()
    try desk.add("more", "one", to: .trust)
    try desk.edit("site/draft/trust.json", #""version": 2"#, #""version": 3"#)
    #expect(broken { _ = try desk.site() } == .version)
    try desk.edit("site/draft/trust.json", #""version": 3"#, #""version": 1"#)
    #expect(broken { _ = try desk.site() } == .version)
  }

  /// What a page does not hold would be lost at the next change.
  @Test func draftThatSaysMore() throws {
    let desk = try Desk.published()
    try desk.add("more", "one", to: .trust)
    try desk.edit("site/draft/trust.json", #""x-assay-days": 365"#, #""x-assay-days": 365, "x": 1"#)
    #expect(throws: MakingError.metadata(Failure(.tufMalformed, desk.path + "/draft/trust.json"))) { try desk.site() }
  }

  @Test func oneAtATime() throws {
    let desk = try Desk()
    try desk.make()
    let first = try desk.site()
    #expect(throws: MakingError.self) { try TrustSite(desk.path, at: Desk.start, waiting: .zero) }
    withExtendedLifetime(first) {}
  }

  // MARK: Targets

  @Test(arguments: [
    "../x", "a/../x", "..", ".", "a/./x", "/x", "x/", "a//x", "", ".hidden", "a b", "a\\x", "a:x", "é", "a\u{0}",
    "1/2/3/4/5/6/7/8/9", String(repeating: "n", count: 191),
  ])
  func namesThatAreNotPlain(_ name: String) throws {
    let desk = try Desk()
    try desk.make()
    #expect(broken { try desk.add(name, "x", to: .trust) } == .name)
    #expect(try desk.state(.trust)?.changes == [])
  }

  @Test(arguments: ["1/2/3/4/5/6/7/8", "a.tar.gz", "log@2025~1+x=y_-", String(repeating: "n", count: 190)])
  func namesThatArePlain(_ name: String) throws {
    let desk = try Desk()
    try desk.make()
    try desk.add(name, "x", to: .logs)
    try desk.sign()
    #expect(try desk.pack("first.tar").targets == [Array("logs/\(name)".utf8)])
    try runChecked(["tar", "-xf", desk.home.path("first.tar"), "-C", desk.home.path])
    let hash = Hex.encode(digest(Array("x".utf8)).bytes)
    let parts = name.split(separator: "/")
    let stored = (["logs"] + parts.dropLast().map(String.init) + ["\(hash).\(parts.last ?? "")"]).joined(separator: "/")
    #expect(try desk.home.read("targets/" + stored) == Array("x".utf8))
  }

  @Test func filesComeGoAndChange() throws {
    let desk = try Desk.published()
    try desk.add("other", "other", to: .trust)
    // What is not new is shown too.
    #expect(try desk.site().changes(.trust).map { String($0.prefix(8)) } == ["+ trust/", "= trust/"])
    try desk.add("prod/root.json", "newer", to: .trust)
    var site = try desk.site()
    #expect(site.changes(.trust).map { String($0.prefix(8)) } == ["+ trust/", "~ trust/"])
    try site.remove(["prod/root.json"], from: .trust)
    #expect(site.changes(.trust).map { String($0.prefix(8)) } == ["+ trust/", "- trust/"])
    #expect(broken { try site.remove(["prod/root.json"], from: .trust) } == .targetUnknown)
    #expect(broken { try site.remove(["x"], from: .snapshot) } == .targetUnknown)
    #expect(broken { _ = try site.add([desk.home.path("in")], to: .targets) } == .targetUnknown)
    #expect(broken { _ = try site.add([desk.home.path("in"), desk.home.path("in")], as: "x", to: .logs) } == .name)
  }

  /// In all, with the role's: 1,024 bytes.
  @Test func nameOfManyBytes() throws {
    let desk = try Desk()
    try desk.make()
    let name = Array(repeating: String(repeating: "n", count: 168), count: 6).joined(separator: "/")
    try desk.add(name + "mmmmmm", "x", to: .logs)
    #expect(broken { try desk.add(name + "mmmmmmm", "x", to: .logs) } == .name)
    #expect(try desk.state(.logs)?.changes.count == 1)
  }

  @Test func moreThanClientsRead() throws {
    let desk = try Desk()
    try desk.make()
    let file = try desk.home.write("x", [1])
    var site = try desk.site()
    // As long as it will be: the same file under a name of the same length.
    _ = try site.add([file], to: .trust)
    site.targetsRoom = try desk.home.read("site/draft/trust.json").count
    _ = try site.add([file], to: .logs)
    #expect(broken { _ = try site.add([file], as: "xx", to: .policy) } == .room)
  }

  @Test(arguments: [-1, 221_845_392_000]) func clockIsAbsurd(_ seconds: Int64) throws {
    let desk = try Desk()
    try desk.make()
    #expect(broken { _ = try TrustSite(desk.path, at: UnixTime(seconds)) } == .clock)
  }

  @Test func sameFileAgainIsNoChange() throws {
    let desk = try Desk.published()
    #expect(broken { try desk.add("prod/root.json", "trusted", to: .trust) } == .nothing)
    #expect(try desk.site().states().isEmpty)
  }

  // MARK: Denials

  @Test func denialsAreNumbered() throws {
    let desk = try Desk.published()
    try desk.add("", #"{"denied": 2}"#, to: .deny)
    try desk.add("", #"{"denied": 2}"#, to: .deny)
    #expect(
      try desk.site().changes(.deny).map { String($0.prefix(18)) } == [
        "= deny/000001.json", "+ deny/000002.json", "+ deny/000003.json",
      ])
  }

  @Test func denialsStay() throws {
    let desk = try Desk.published()
    var site = try desk.site()
    #expect(broken { try site.remove(["000001.json"], from: .deny) } == .denyOnlyGrows)
    #expect(broken { _ = try site.add([desk.home.path("in")], as: "000001.json", to: .deny) } == .name)
  }

  /// By hand, in the draft: gone, changed, and with a gap.
  @Test(arguments: [
    ("deny/000001.json", "deny/000009.json"), (#""length": 13"#, #""length": 14"#),
    ("deny/000002.json", "deny/000003.json"),
  ])
  func draftThatForgetsADenial(_ old: String, _ new: String) throws {
    let desk = try Desk.published()
    try desk.add("", #"{"denied": 22}"#, to: .deny)
    try desk.edit("site/draft/deny.json", old, new)
    #expect(broken { _ = try desk.site() } == .denyOnlyGrows)
  }

  @Test func denialIsJSON() throws {
    let desk = try Desk()
    try desk.make()
    #expect(throws: MakingError.self) { try desk.add("", #"{"denied": 1, "denied": 2}"#, to: .deny) }
  }
}
