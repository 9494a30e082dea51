import BundleMaking
import Octets
import Reasons
import TestSupport
import Testing

/// Sticks have FAT or exFAT, which know no case and no dot at an end.
@Suite struct TargetNameTests {
  @Test(arguments: [
    ("prod/root.json", "prod/Root.json"), ("prod/root.json", "Prod/root.json"), ("a/b/c", "a/B/d"), ("a", "A/b"),
    ("x/y", "X/z"),
  ])
  func namesThatDifferInCase(_ one: String, _ other: String) throws {
    let desk = try Desk()
    try desk.make()
    try desk.add(one, "1", to: .trust)
    #expect(broken { try desk.add(other, "2", to: .trust) } == .name)
    #expect(try desk.site().changes(.trust).count == 1)
    // Roles have folders of their own.
    try desk.add(other, "2", to: .policy)
  }

  @Test func besideEachOther() throws {
    let desk = try Desk()
    try desk.make()
    for name in ["a/b", "a/c", "ab", "a/bc/d"] { try desk.add(name, name, to: .trust) }
    #expect(try desk.site().changes(.trust).count == 4)
  }

  /// In one command.
  @Test func filesOfOneCommand() throws {
    let desk = try Desk()
    try desk.make()
    let files = try [desk.home.write("1/key.pem", [1]), desk.home.write("2/Key.pem", [2])]
    var site = try desk.site()
    #expect(broken { _ = try site.add(files, to: .trust) } == .name)
  }

  /// The published one lies in the folder until the next one is.
  @Test func besideWhatIsPublished() throws {
    let desk = try Desk.published()
    do {
      var site = try desk.site()
      try site.remove(["prod/root.json"], from: .trust)
    }
    #expect(broken { try desk.add("Prod/root.json", "x", to: .trust) } == .name)
    try desk.sign()
    try desk.pack("second")
    try desk.add("Prod/root.json", "x", to: .trust)
  }

  @Test(arguments: ["x.", "a./x", "a/b.../c", "..."]) func endsInADot(_ name: String) throws {
    let desk = try Desk()
    try desk.make()
    #expect(broken { try desk.add(name, "x", to: .trust) } == .name)
  }

  /// By hand, or by another program: read as drafts, and as what is published.
  @Test(arguments: [
    ("trust/b", "trust/A"), ("trust/b", "trust/b."), ("trust/b", "trust/../b"), ("trust/b", "policy/b"),
    ("trust/b", "trust/.b"),
  ])
  func namesThatAreRead(_ old: String, _ new: String) throws {
    let desk = try Desk()
    try desk.make()
    try desk.add("a", "a", to: .trust)
    try desk.add("b", "b", to: .trust)
    try desk.edit("site/draft/trust.json", old, new)
    #expect(throws: MakingError.metadata(Failure(.tufMalformed, desk.path + "/draft/trust.json"))) { try desk.site() }
  }
}
