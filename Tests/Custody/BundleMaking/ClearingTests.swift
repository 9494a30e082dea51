import BundleMaking
import TestSupport
import Testing

/// What nothing lists any more goes, and nothing else.
@Suite struct ClearingTests {
  func files(_ desk: Desk, _ folder: String) throws -> [String] {
    let list = try runChecked(["sh", "-c", "cd \(folder) && find . -mindepth 1 | sort"], in: desk.home.path)
    return String(decoding: list, as: UTF8.self).split(separator: "\n").map { String($0.dropFirst(2)) }
  }

  @Test func whatNothingListsGoes() throws {
    let desk = try Desk.published()
    try desk.add("prod/root.json", "newer", to: .trust)
    try desk.add("old/file", "old", to: .policy)
    try desk.sign()
    let second = try desk.pack("second")
    #expect(second.cleared.files == 1)
    #expect(second.cleared.bytes == 7)
    // Trust, policy and snapshot.
    #expect(second.cleared.versions == 3)
    do {
      var site = try desk.site()
      try site.remove(["old/file"], from: .policy)
      try site.rotate(.root, Rotation(threshold: 3))
    }
    try desk.sign([desk.a, desk.b, desk.c, desk.desk])
    let third = try desk.pack("third")
    #expect(third.cleared.files == 1)
    // What is left is what the bundle holds, byte for byte.
    try runChecked(["diff", "-r", "third/metadata", "site/metadata"], in: desk.home.path)
    try runChecked(["diff", "-r", "third/targets/trust", "site/targets/trust"], in: desk.home.path)
    #expect(try files(desk, "site/targets").filter { $0.hasPrefix("policy") }.isEmpty)
    #expect(try files(desk, "site/metadata").filter { $0.contains("root") } == ["1.root.json", "2.root.json"])
    #expect(try desk.pack("fourth").cleared.versions == 0)
  }

  /// Also what interrupted runs left.
  @Test func leftoversGo() throws {
    let desk = try Desk.published()
    let left = [
      "draft/trust.json.new", "metadata/timestamp.json.new", "metadata/2.trust.json.new", "targets/incoming",
      "targets/trust/\(String(repeating: "0a", count: 32)).x",
    ]
    for name in left { try desk.home.write("site/" + name, [1]) }
    try desk.pack("second")
    let names = try files(desk, "site")
    for name in left { #expect(!names.contains(name), "\(name)") }
  }

  /// Names that are not of our making, and versions that are newer than any that this folder knows.
  @Test func whatIsSomebodysStays() throws {
    let desk = try Desk.published()
    let kept = [
      "notes", "metadata/notes", "metadata/9.trust.json", "metadata/0.trust.json.old", "metadata/01.trust.json",
      "targets/notes", "targets/trust/notes", "targets/other/\(String(repeating: "0a", count: 32)).x",
      "targets/trust/\(String(repeating: "0a", count: 31)).x", "draft/notes", "draft/notes.new",
    ]
    for name in kept { try desk.home.write("site/" + name, [1]) }
    try desk.add("prod/root.json", "newer", to: .trust)
    try desk.sign()
    try desk.pack("second")
    let names = try files(desk, "site")
    for name in kept { #expect(names.contains(name), "\(name)") }
  }

  @Test func draftsKeepTheirFiles() throws {
    let desk = try Desk.published()
    try desk.add("more", "more", to: .trust)
    try desk.site().verifyDraftedFiles()
    #expect(throws: MakingError.self) { try desk.pack("second") }
    try desk.site().verifyDraftedFiles()
  }
}
