import Base64
import BundleMaking
import Cryptography
import Octets
import TUFMetadata
import TestSupport
import Testing

@Suite struct SiteSigningTests {
  @Test func signsWhereItHasAPlace() throws {
    let desk = try Desk()
    try desk.make()
    var site = try desk.site()
    let outcomes = try site.sign(with: desk.desk)
    #expect(outcomes.filter { $0.kind == .signed }.map(\.role) == [.deny, .logs, .snapshot, .timestamp])
    #expect(outcomes.filter { $0.kind == .noPlace }.map(\.role) == [.root, .targets, .trust, .policy])
    #expect(try site.sign(with: desk.desk).filter { $0.kind == .signedBefore }.count == 4)
    #expect(try site.states().filter(\.isReady).map(\.role) == [.deny, .logs, .snapshot, .timestamp])
  }

  @Test func strangersKey() throws {
    let desk = try Desk()
    try desk.make()
    var site = try desk.site()
    let stranger = try PrivateKey.generate(.ed25519)
    #expect(broken { _ = try site.sign(with: stranger) } == .keyUnknown)
  }

  @Test func nothingWaits() throws {
    let desk = try Desk.published()
    var site = try desk.site()
    #expect(broken { _ = try site.sign(with: desk.a) } == .nothing)
    #expect(broken { _ = try site.detached() } == .nothing)
  }

  /// One person twice is one person.
  @Test func oneKeyTwiceCountsOnce() throws {
    let desk = try Desk()
    try desk.make()
    try desk.sign([desk.a, desk.a, desk.desk])
    #expect(try desk.state(.root)?.demands.first?.missing == 1)
  }

  /// What stands in the file and does not verify is nobody's signature.
  @Test func spoiltSignatureCountsNothing() throws {
    let desk = try Desk()
    try desk.make()
    try desk.sign()
    let text = String(decoding: try desk.home.read("site/draft/root.json"), as: UTF8.self)
    let start = try #require(text.firstRange(of: #""sig": ""#)?.upperBound)
    let digits = text[start...].prefix(8)
    try desk.edit("site/draft/root.json", String(digits), digits == "00000000" ? "11111111" : "00000000")
    #expect(try desk.state(.root)?.demands.first?.missing == 1)
    #expect(throws: MakingError.self) { try desk.pack("first") }
  }

  // MARK: Elsewhere

  /// With the openssl program, in each spelling that devices give.
  static let ways: [(String, @Sendable ([UInt8]) throws -> [UInt8])] = [
    ("bytes", { $0 }), ("hexadecimal", { Array((Hex.encode($0) + "\n").utf8) }),
    ("Base64", { Array((Base64.encode($0) + "\n").utf8) }), ("two numbers", { try numbers($0) }),
  ]

  /// An Ecdsa-Sig-Value as PKCS #11 has it.
  static func numbers(_ der: [UInt8]) throws -> [UInt8] {
    let text = try runChecked(["openssl", "asn1parse", "-inform", "DER"], input: der)
    return String(decoding: text, as: UTF8.self).split(separator: "\n").filter { $0.contains("INTEGER") }.flatMap {
      line in
      let digits = line.split(separator: ":").last.map(String.init) ?? ""
      let bytes = Hex.decode(Array(digits.lowercased().utf8)) ?? []
      return [UInt8](repeating: 0, count: 32 - bytes.count) + bytes
    }
  }

  @Test(arguments: ways.indices) func attaches(_ way: Int) throws {
    let desk = try Desk()
    try desk.make()
    let list = try desk.site().writeDetached(to: desk.home.path("out"))
    #expect(list.map(\.name).contains("trust-1.tosign"))
    let key = try desk.home.write("desk.pem", desk.desk.pem().copied())
    let signature = try runChecked(["openssl", "dgst", "-sha256", "-sign", key, desk.home.path("out/logs-1.tosign")])
    do {
      var site = try desk.site()
      try site.attach(try Self.ways[way].1(signature), of: desk.desk.publicKey, to: .logs)
    }
    #expect(try desk.state(.logs)?.isReady == true)
  }

  @Test func attachesEd25519() throws {
    let desk = try Desk()
    try desk.make()
    let key = try desk.home.write("a.pem", desk.a.pem().copied())
    do {
      var site = try desk.site()
      _ = try site.writeDetached(to: desk.home.path("out"))
      let signature = try runChecked(
        ["openssl", "pkeyutl", "-sign", "-rawin", "-inkey", key, "-in", desk.home.path("out/root-1.tosign")])
      try site.attach(signature, of: desk.a.publicKey, to: .root)
      #expect(broken { _ = try site.writeDetached(to: desk.home.path("out")) } == .taken)
    }
    #expect(try desk.state(.root)?.demands.first?.signed.count == 1)
  }

  @Test func listingNamesWhoMaySign() throws {
    let desk = try Desk()
    try desk.make()
    try desk.sign([desk.a])
    _ = try desk.site().writeDetached(to: desk.home.path("out"))
    let listing = String(decoding: try desk.home.read("out/LISTING"), as: UTF8.self)
    let line = try #require(listing.split(separator: "\n").first { $0.hasPrefix("root-1.tosign") })
    let bytes = try desk.home.read("out/root-1.tosign")
    #expect(line.contains(Hex.encode(digest(bytes).bytes)))
    for (key, isOpen) in [(desk.a, false), (desk.b, true), (desk.c, true), (desk.desk, false)] {
      #expect(line.contains(String(decoding: try SiteKey(key.publicKey).id.utf8, as: UTF8.self)) == isOpen)
    }
  }

  @Test func refusesWhatDoesNotVerify() throws {
    let desk = try Desk()
    try desk.make()
    var site = try desk.site()
    let message = try #require(try site.detached().first { $0.role == .root }).bytes
    let ofA = try desk.a.sign(message)
    // Another key's, another draft's, and a key without a place.
    #expect(broken { try site.attach(ofA, of: desk.b.publicKey, to: .root) } == .signature)
    #expect(broken { try site.attach(ofA, of: desk.a.publicKey, to: .trust) } == .signature)
    #expect(broken { try site.attach(ofA, of: desk.desk.publicKey, to: .root) } == .keyUnknown)
    #expect(try site.states().flatMap(\.demands).flatMap(\.signed).isEmpty)
    try site.attach(ofA, of: desk.a.publicKey, to: .root)
  }

  @Test func attachesToADraftAlone() throws {
    let desk = try Desk.published()
    var site = try desk.site()
    #expect(broken { try site.attach([1], of: desk.a.publicKey, to: .root) } == .nothing)
  }
}
