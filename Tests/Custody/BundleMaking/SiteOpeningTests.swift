import BundleMaking
import Cryptography
import Octets
import Reasons
import TestSupport
import Testing

/// A folder that came from somebody's stick.
@Suite struct SiteOpeningTests {
  /// Why it is not opened; nil where it is.
  func refusal(_ desk: Desk) -> Reason? {
    do {
      _ = try desk.site()
    } catch MakingError.metadata(let failure) {
      return failure.reason
    } catch {}
    return nil
  }

  /// Published twice, with another root and another file.
  func twice() throws -> Desk {
    let desk = try Desk.published()
    do {
      var site = try desk.site()
      try site.rotate(.root, Rotation(threshold: 3))
    }
    try desk.add("prod/root.json", "newer", to: .trust)
    try desk.sign([desk.a, desk.b, desk.c, desk.desk])
    try desk.pack("second")
    return desk
  }

  // MARK: Whose site it is

  @Test func theFirstRootStays() throws {
    let desk = try twice()
    let first = try desk.home.read("site/metadata/1.root.json")
    #expect(try desk.site().firstRoot == first)
    #expect(try Desk.published().site().firstRoot != first)
    let unpublished = try Desk()
    try unpublished.make()
    #expect(try unpublished.site().firstRoot == nil)
  }

  // MARK: What was published

  /// In each file, one signature's first digits.
  @Test(arguments: [
    "1.root.json", "2.root.json", "timestamp.json", "2.snapshot.json", "1.targets.json", "2.trust.json",
    "1.policy.json",
    "1.deny.json", "1.logs.json",
  ])
  func signaturesAreVerified(_ name: String) throws {
    let desk = try twice()
    #expect(refusal(desk) == nil)
    let path = "site/metadata/\(name)"
    var text = String(decoding: try desk.home.read(path), as: UTF8.self)
    while let start = text.firstRange(of: #""sig": ""#) { text.replaceSubrange(start, with: #""sig" : "00"#) }
    try desk.home.write(path, Array(text.replacing(#""sig" : "#, with: #""sig": "#).utf8))
    #expect(refusal(desk) == .tufThresholdNotMet)
  }

  @Test(arguments: ["1.root.json", "timestamp.json", "2.snapshot.json", "1.policy.json"])
  func nothingIsMissing(_ name: String) throws {
    let desk = try twice()
    try runChecked(["rm", desk.home.path("site/metadata/\(name)")])
    #expect(refusal(desk) == .tufFileMissing)
  }

  /// An old timestamp under which everything verifies, but for the root's, of which there is one more.
  @Test func versionsBelongTogether() throws {
    let desk = try twice()
    try desk.edit("site/metadata/2.trust.json", #""version": 2"#, #""version": 1"#)
    #expect(refusal(desk) == .tufThresholdNotMet)
  }

  @Test func datesMayHavePassed() throws {
    let desk = try twice()
    _ = try desk.site(days: 4000)
  }

  @Test(arguments: [
    ("printf Newer", Reason.tufHashMismatch), ("printf new", .tufLengthMismatch), ("printf newer2", .tufLengthMismatch),
  ])
  func filesAreWhatTheyWere(_ writing: String, _ reason: Reason) throws {
    let desk = try twice()
    try runChecked(
      ["sh", "-c", "for file in site/targets/trust/prod/*; do \(writing) >$file; done"], in: desk.home.path)
    #expect(refusal(desk) == reason)
  }

  @Test func filesAreThere() throws {
    let desk = try twice()
    try runChecked(["sh", "-c", "rm site/targets/trust/prod/*"], in: desk.home.path)
    #expect(refusal(desk) == .tufFileMissing)
  }

  /// Larger ones are looked at here, and hashed where they are packed.
  @Test func largeFilesAreHashedByPack() throws {
    let desk = try Desk.published()
    try desk.add("big.tar", String(repeating: "0123456789abcdef", count: 1 << 20) + "!", to: .logs)
    try desk.sign([desk.desk])
    try desk.pack("second.tar")
    try runChecked(["sh", "-c", "printf x | dd of=$(ls site/targets/logs/*) conv=notrunc"], in: desk.home.path)
    #expect(refusal(desk) == nil)
    let error = #expect(throws: MakingError.self) { _ = try desk.pack("third.tar") }
    #expect(error == .metadata(Failure(.tufHashMismatch, "logs/big.tar")))
    try runChecked(["sh", "-c", "printf x >>$(ls site/targets/logs/*)"], in: desk.home.path)
    #expect(refusal(desk) == .tufLengthMismatch)
  }

  // MARK: What is drafted

  /// A damaged file can be added again, and nobody signs before it is.
  @Test func draftedFilesAreVerifiedForSigning() throws {
    let desk = try Desk.published()
    try desk.add("more", "more", to: .trust)
    try desk.site().verifyDraftedFiles()
    try runChecked(
      ["sh", "-c", "for file in site/targets/trust/*.more; do printf More >$file; done"], in: desk.home.path)
    let error = #expect(throws: MakingError.self) { try desk.site().verifyDraftedFiles() }
    #expect(error == .metadata(Failure(.tufHashMismatch, "trust/more")))
    #expect(broken { try desk.add("more", "more", to: .trust) } == .nothing)
    try desk.site().verifyDraftedFiles()
  }

  @Test func everyRoleIsThere() throws {
    let desk = try Desk()
    try desk.make()
    try runChecked(["rm", desk.home.path("site/draft/policy.json")])
    #expect(broken { _ = try desk.site() } == .folder)
  }

  // MARK: Links

  @Test(arguments: [
    "mv draft ../d && ln -s ../d draft", "mv targets ../t && ln -s ../t targets",
    "mv metadata ../m && ln -s ../m metadata",
    "ln -s /etc/passwd draft/x", "ln -s . metadata/x", "ln -s /nowhere targets/x", "ln -s /tmp targets/trust/x",
    "mkdir -p targets/a/b && ln -s /tmp targets/a/b/c", "mkfifo targets/trust/x",
    "mv targets/trust/prod ../p && ln -s ../../../p targets/trust/prod",
    "mkdir -p targets/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16",
  ])
  func nothingLeadsOut(_ change: String) throws {
    let desk = try Desk.published()
    try runChecked(["sh", "-c", change], in: desk.path)
    #expect(broken { _ = try desk.site() } == .link)
  }

  /// What the operator names may be a link.
  @Test func theFolderItselfMayBe() throws {
    let desk = try Desk.published()
    try runChecked(["ln", "-s", "site", desk.home.path("link")])
    _ = try TrustSite(desk.home.path("link"), at: Desk.start)
  }

  // MARK: Beginning

  /// What an interrupted run left goes; what is somebody's stays.
  @Test func beginsAgain() throws {
    let desk = try Desk()
    try runChecked(["mkdir", "-p", desk.home.path("site.new/draft")])
    #expect(broken { try desk.make() } == .taken)
    try desk.home.write("site.new/unfinished", [])
    try desk.make()
    #expect(try desk.home.names() == ["site"])
    #expect(
      String(decoding: try runChecked(["ls", desk.path]), as: UTF8.self) == "draft\nlock\nmetadata\ntargets\n")
  }
}
