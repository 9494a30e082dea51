import BundleMaking
import Cryptography
import Octets
import TUFMetadata
import TestSupport
import Testing

@Suite struct RotationTests {
  func rotate(_ desk: Desk, _ role: SiteRole, _ rotation: Rotation) throws {
    var site = try desk.site()
    try site.rotate(role, rotation)
  }

  /// C leaves, D comes.
  func rotated() throws -> (Desk, d: PrivateKey) {
    let desk = try Desk.published()
    let d = try PrivateKey.generate(.ed25519)
    try rotate(desk, .root, Rotation(adding: [d.publicKey], removing: [.key(desk.c.publicKey)]))
    return (desk, d)
  }

  @Test func rootNeedsBoth() throws {
    let (desk, d) = try rotated()
    let state = try #require(try desk.state(.root))
    #expect(state.version == 2)
    #expect(state.demands.map(\.source) == ["root 1", "root 2"])
    // The new root's people alone, and the old one's alone.
    try desk.sign([desk.a, d])
    #expect(try desk.state(.root)?.demands.map(\.missing) == [1, 0])
    #expect(throws: MakingError.self) { try desk.pack("second") }
    try desk.sign([desk.c])
    #expect(try desk.state(.root)?.demands.map(\.missing) == [0, 0])
    let packed = try desk.pack("second")
    #expect(packed.roles.filter(\.isNew).map(\.role) == [.root])
  }

  @Test func oldPeopleAloneDoNotSuffice() throws {
    let (desk, _) = try rotated()
    try desk.sign([desk.a, desk.c])
    #expect(try desk.state(.root)?.demands.map(\.missing) == [0, 1])
  }

  /// Beyond one rotation: the version stays, and the signatures go.
  @Test func twiceIsOneVersion() throws {
    let (desk, _) = try rotated()
    try desk.sign([desk.a])
    try rotate(desk, .root, Rotation(threshold: 3))
    let state = try #require(try desk.state(.root))
    #expect(state.version == 2)
    #expect(state.demands.map(\.threshold) == [2, 3])
    #expect(state.demands.map(\.signed.count) == [0, 0])
  }

  /// What the new people did not sign is drafted again.
  @Test func followersAreDrafted() throws {
    let desk = try Desk.published()
    let d = try PrivateKey.generate(.p256)
    try rotate(desk, .trust, Rotation(adding: [d.publicKey], removing: [.key(desk.a.publicKey)]))
    #expect(try desk.site().states().map(\.role) == [.targets, .trust, .snapshot, .timestamp])
    try rotate(desk, .timestamp, Rotation(adding: [d.publicKey], removing: [.key(desk.desk.publicKey)]))
    #expect(try desk.site().states().map(\.role) == [.root, .targets, .trust, .snapshot, .timestamp])
    try desk.sign([desk.a, desk.b, desk.desk, d])
    try desk.pack("second")
    // And where only the timestamp's key goes, the timestamp alone.
    try rotate(desk, .timestamp, Rotation(adding: [desk.c.publicKey], removing: [.key(d.publicKey)]))
    #expect(try desk.site().states().map(\.role) == [.root, .timestamp])
  }

  @Test func lostKeyGoesByItsID() throws {
    let desk = try Desk.published()
    let id = String(decoding: try SiteKey(desk.c.publicKey).id.utf8, as: UTF8.self)
    #expect(broken { try rotate(desk, .root, Rotation(removing: [.id(String(id.prefix(7)))])) } == .keyUnknown)
    #expect(broken { try rotate(desk, .root, Rotation(removing: [.id("00000000")])) } == .keyUnknown)
    try rotate(desk, .root, Rotation(removing: [.id(String(id.prefix(8)))]))
    #expect(try desk.state(.root)?.demands.last?.open.count == 2)
  }

  /// Two keys whose IDs have their first eight digits in common, found by trying some 16,000.
  @Test func beginningOfTwoIDs() throws {
    let publics = [
      "9ff3ce92e2b61af711150dbdc561b3e5d4e1b10d7e3a73f92a8eb0295625c6cd",
      "0bd037c2c498bf86979fef440446e72425522ed1bea5896569e69b1736bc169a",
    ]
    let twins = try publics.map { try PublicKey(ed25519: try #require(Hex.decode(Array($0.utf8)))) }
    let desk = try Desk()
    try desk.make { $0.keys[.trust] = twins + [desk.a.publicKey] }
    do {
      try rotate(desk, .trust, Rotation(removing: [.id("dc99cb3a")]))
      Issue.record("removed one of two")
    } catch MakingError.refused(.keyUnknown, let words) {
      #expect(words.contains("dc99cb3a4253a7b9") && words.contains("dc99cb3a023fc6a5"))
    }
    try rotate(desk, .trust, Rotation(removing: [.id("dc99cb3a4")]))
    #expect(try desk.state(.trust)?.demands.first?.open.map(\.key) == [twins[1], desk.a.publicKey])
  }

  @Test func refusals() throws {
    let desk = try Desk.published()
    #expect(broken { try rotate(desk, .root, Rotation(adding: [desk.a.publicKey])) } == .keyTwice)
    #expect(broken { try rotate(desk, .root, Rotation(removing: [.key(desk.desk.publicKey)])) } == .keyUnknown)
    #expect(broken { try rotate(desk, .root, Rotation(threshold: 4)) } == .threshold)
    #expect(broken { try rotate(desk, .root, Rotation(threshold: 0)) } == .threshold)
    #expect(broken { try rotate(desk, .root, Rotation(threshold: 2)) } == .nothing)
    #expect(try desk.site().states().isEmpty)
  }

  // MARK: Renewing

  /// Whatever the desk alone signs for 90 days is renewed together.
  @Test func theUsualRenewalLasts() throws {
    let desk = try Desk.published()
    var site: TrustSite? = try desk.site(days: 89)
    try site?.renew(TrustSite.usuallyRenewed)
    site = nil
    try desk.sign([desk.desk], days: 89)
    try desk.pack("second.tar", days: 89)
    try desk.pack("third.tar", days: 170)
  }

  @Test func renewsWithoutAChange() throws {
    let desk = try Desk.published()
    do {
      var site = try desk.site(days: 80)
      try site.renew([.timestamp])
      #expect(try site.states().map(\.role) == [.timestamp])
      #expect(try site.states().first?.expires == UnixTime(Desk.start.seconds + 170 * 86_400))
      try site.renew([.policy], days: 30)
      #expect(try site.states().map(\.role) == [.policy, .snapshot, .timestamp])
      #expect(try site.states().first?.expires == UnixTime(Desk.start.seconds + 110 * 86_400))
      #expect(broken { try site.renew([.policy], days: 0) } == .threshold)
    }
    try desk.sign(days: 80)
    let packed = try desk.pack("second", days: 80)
    #expect(packed.roles.filter(\.isNew).map(\.role) == [.policy, .snapshot, .timestamp])
  }
}
