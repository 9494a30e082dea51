import BundleMaking
import Cryptography
import Octets
import Reasons
import TestSupport
import Testing

@Suite struct PackingTests {
  @Test func publishesWhatIsSigned() throws {
    let desk = try Desk.published()
    #expect(try desk.site().states().isEmpty)
    #expect(
      try names(desk.home.path("site/metadata")) == [
        "1.deny.json", "1.logs.json", "1.policy.json", "1.root.json", "1.snapshot.json", "1.targets.json",
        "1.trust.json", "timestamp.json",
      ])
    #expect(try names(desk.home.path("site/draft")).isEmpty)
    #expect(try names(desk.home.path("first")) == ["metadata", "targets"])
    #expect(try names(desk.home.path("first/targets/trust/prod")).map { $0.suffix(10) } == [".root.json"])
  }

  @Test func thresholdNotMet() throws {
    let desk = try Desk()
    try desk.make()
    try desk.sign([desk.a, desk.desk])
    do {
      try desk.pack("first")
      Issue.record("packed")
    } catch MakingError.unsigned(let wants) {
      #expect(wants.count == 4)
      #expect(wants.first?.hasPrefix("root 1 wants 1 more signature by root 1: of ") == true)
    }
    #expect(try !desk.home.names().contains("first"))
    #expect(try desk.site().states().count == 8)
  }

  @Test func oneUnsignedDraftIsEnough() throws {
    let desk = try Desk.published()
    try desk.add("", "{}", to: .deny)
    try desk.add("p", "p", to: .policy)
    try desk.sign([desk.a, desk.desk])
    do {
      try desk.pack("second")
      Issue.record("packed")
    } catch MakingError.unsigned(let wants) {
      #expect(wants.count == 1)
      #expect(wants.first?.hasPrefix("policy 2 wants 1 ") == true)
    }
  }

  @Test func everythingIsThere() throws {
    let desk = try Desk.published()
    try runChecked(["sh", "-c", "rm site/targets/trust/prod/*"], in: desk.home.path)
    #expect(throws: MakingError.self) { try desk.pack("second") }
    #expect(try desk.home.names() == ["first", "in", "site"])
  }

  @Test func filesAreWhatWasSigned() throws {
    let desk = try Desk.published()
    let spoil = "for file in site/targets/trust/prod/*; do printf Trusted >\"$file\"; done"
    try runChecked(["sh", "-c", spoil], in: desk.home.path)
    let error = #expect(throws: MakingError.self) { _ = try desk.pack("second.tar") }
    #expect(error == .metadata(Failure(.tufHashMismatch, "trust/prod/root.json")))
    #expect(try desk.home.names() == ["first", "in", "site"])
  }

  @Test func nothingHasExpired() throws {
    let desk = try Desk.published()
    #expect(broken { try desk.pack("second", days: 90) } == .expired)
    try desk.pack("third", days: 89)
  }

  @Test(arguments: ["again", "again.tar", "again.tar.gz", "again.tar.zst"]) func writesOverNothing(_ name: String)
    throws
  {
    let desk = try Desk.published()
    try desk.home.write(name, [1])
    #expect(broken { try desk.pack(name) } == .taken)
    #expect(try desk.home.read(name) == [1])
  }

  /// The published state under a stranger's hand: our own client refuses it.
  @Test func spoiltPublicationIsNotPacked() throws {
    let desk = try Desk.published()
    try desk.edit("site/metadata/1.policy.json", #""sig": ""#, #""sig": "00"#)
    #expect(throws: MakingError.self) { try desk.pack("second") }
  }

  // MARK: Shapes

  @Test func shapesHoldTheSame() throws {
    let desk = try Desk.published()
    try desk.add(String(repeating: "n", count: 150) + "/" + String(repeating: "m", count: 100), "long", to: .logs)
    try desk.add("big", String(repeating: "0123456789", count: 300_000), to: .logs)
    try desk.sign([desk.desk])
    for name in ["b", "b.tar", "b.tar.gz", "b.tar.zst"] { try desk.pack(name) }
    for name in ["b.tar", "b.tar.gz", "b.tar.zst"] {
      let out = desk.home.path("out-" + name)
      try runChecked(["mkdir", out])
      try runChecked(["tar", "-xf", desk.home.path(name), "-C", out])
      try runChecked(["diff", "-r", desk.home.path("b"), out])
    }
    // Another reader.
    let list = "import tarfile, sys\nfor m in tarfile.open(sys.argv[1]): print(m.isreg(), m.mode, m.uid, m.mtime)"
    let said = try runChecked(["python3", "-c", list, desk.home.path("b.tar")])
    #expect(Set(String(decoding: said, as: UTF8.self).split(separator: "\n")) == ["True 420 0 0"])
    #expect(try digest(runChecked(["zstd", "-dc", desk.home.path("b.tar.zst")])) == digest(desk.home.read("b.tar")))
  }

  /// Two desks with the same keys, the same inputs, at the same time.
  @Test func sameInputsSameBytes() throws {
    let one = try Desk()
    let keys = [one.a, one.b, one.c]
    var tars: [[UInt8]] = []
    for order in [[0, 1], [1, 0]] {
      let home = try TemporaryFolder()
      // Ed25519 alone: ECDSA signs differently each time.
      var plan = SitePlan(rootKeys: keys.map(\.publicKey), threshold: 2)
      for role in [SiteRole.snapshot, .timestamp] { plan.thresholds[role] = 2 }
      _ = try TrustSite.make(home.path("site"), plan, at: Desk.start)
      var site = try TrustSite(home.path("site"), at: Desk.start)
      for (name, role) in [("x", SiteRole.trust), ("y", .policy)] {
        _ = try site.add([try home.write(name, Array(name.utf8))], to: role)
      }
      for index in order { _ = try site.sign(with: keys[index]) }
      _ = try site.pack(to: home.path("out.tar"), within: Desk.limits)
      // And again, without drafts.
      _ = try site.pack(to: home.path("again.tar"), within: Desk.limits)
      #expect(try home.read("again.tar") == home.read("out.tar"))
      tars.append(try home.read("out.tar"))
    }
    #expect(tars[0] == tars[1])
  }

  // MARK: Interruptions

  /// Stopped after each file of a publication: the next run finishes it.
  @Test(arguments: [["2.root.json"], ["2.root.json", "2.trust.json"], ["2.trust.json", "timestamp.json"]])
  func interruptedPublication(_ names: [String]) throws {
    let desk = try Desk.published()
    try desk.add("more", "more", to: .trust)
    var site: TrustSite? = try desk.site()
    try site?.rotate(.root, Rotation(threshold: 3))
    site = nil
    try desk.sign([desk.a, desk.b, desk.c, desk.desk])
    try runChecked(["cp", "-r", desk.path, desk.home.path("copy")])
    try desk.pack("second.tar")
    // The state before, with some files of the one after.
    try runChecked(["mv", desk.path, desk.home.path("after")])
    try runChecked(["mv", desk.home.path("copy"), desk.path])
    let all = names.contains("timestamp.json") ? try self.names(desk.home.path("after/metadata")) : names
    for name in all { try desk.home.write("site/metadata/\(name)", try desk.home.read("after/metadata/\(name)")) }
    try desk.pack("third.tar")
    #expect(try desk.home.read("third.tar") == desk.home.read("second.tar"))
    #expect(try self.names(desk.home.path("site/draft")).isEmpty)
  }

  /// A bundle that could travel while another of the same versions is made would be the end of "newer".
  @Test func noNameBeforeItIsPublished() throws {
    let desk = try Desk.published()
    try desk.add("more", "more", to: .trust)
    try desk.sign()
    let obstacle = desk.home.path("site/metadata/2.trust.json")
    try runChecked(["mkdir", obstacle])
    for name in ["second.tar", "second"] {
      #expect(throws: MakingError.self) { try desk.pack(name) }
      #expect(try !self.names(desk.home.path).contains { $0.hasPrefix("second") })
    }
    try runChecked(["rmdir", obstacle])
    try desk.pack("second.tar")
  }

  /// What lies beside the bundle's name is somebody's.
  @Test(arguments: ["other", "other.tar"]) func theNeighbourStays(_ name: String) throws {
    let desk = try Desk.published()
    try runChecked(["mkdir", desk.home.path(name + ".new")])
    try desk.home.write(name + ".new/kept", [1])
    #expect(broken { try desk.pack(name) } == .taken)
    #expect(try desk.home.read(name + ".new/kept") == [1])
    try runChecked(["rm", "-r", desk.home.path(name + ".new")])
    try desk.pack(name)
  }

  private func names(_ folder: String) throws -> [String] {
    String(decoding: try runChecked(["ls", folder]), as: UTF8.self).split(separator: "\n").map(String.init)
  }
}
