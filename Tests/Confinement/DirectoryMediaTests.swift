import Cryptography
import Reasons
import TestSupport
import Testing

@testable import MediaReader

struct DirectoryMediaTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.write("oci-layout", bytes("{}"))
    try folder.write("index.json", bytes("[]"))
    try folder.write("blobs/sha256/b", bytes("layer"))
    try folder.write("blobs/sha512/a", bytes("{\"a\":1}"))
  }

  private func read() throws -> Medium { try MediaReader().read(.path(folder.path)) }

  @Test func saysWhatItsTarWouldSay() throws {
    let medium = try read()
    #expect(medium.kind == .directory)
    #expect(medium.size == 16)
    #expect(medium.failures.isEmpty)
    #expect(medium.names == ["blobs/sha256/b", "blobs/sha512/a", "index.json", "oci-layout"])
    let other = try TemporaryFolder()
    try runChecked(["tar", "-C", folder.path, "-cf", other.path("t"), "."])
    let archive = try MediaReader().read(.path(other.path("t")))
    #expect(archive.kind == .tar)
    for entry in medium.entries {
      let twin = try #require(archive.entries.first { $0.name == entry.name })
      #expect(entry.digest == twin.digest)
      #expect(entry.contents == twin.contents)
      #expect(entry.omission == twin.omission)
      #expect(entry.size == twin.size)
    }
  }

  @Test func linksOutLeadNowhere() throws {
    let outside = try TemporaryFolder()
    try outside.write("secret", bytes("{}"))
    try runChecked(["ln", "-s", outside.path, folder.path("blobs/out")])
    try runChecked(["ln", "-s", outside.path("secret"), folder.path("link")])
    let medium = try read()
    #expect(medium.failures.map(\.reason) == [.archiveForbiddenEntry, .archiveForbiddenEntry])
    #expect(medium.failures.map(\.subject) == ["blobs/out", "link"])
    #expect(medium.entries.count == 4)
  }

  @Test func aLinkToAFileOfTheLayoutIsAnAlias() throws {
    try runChecked(["ln", "-s", "../index.json", folder.path("blobs/l")])
    let medium = try read()
    #expect(medium.failures.isEmpty)
    #expect(medium.entry("blobs/l")?.alias == bytes("index.json"))
  }

  @Test func aPipeIsForbiddenAndNotWaitedFor() throws {
    try runChecked(["mkfifo", folder.path("blobs/p")])
    #expect(try read().failures == [Failure(.archiveForbiddenEntry, "blobs/p", at: 0)])
  }

  @Test func namesAreCheckedAsInArchives() throws {
    try folder.write("blobs/a\nb", [])
    try folder.write("Index.json", [])
    #expect(try read().failures.map(\.reason) == [.archiveUnsafePath, .archiveConfusableName])
  }

  @Test func depthIsBounded() throws {
    var limits = MediaLimits()
    limits.depth = 2
    #expect(try MediaReader(limits: limits).read(.path(folder.path)).failures.isEmpty)
    try folder.write("blobs/sha256/deep/file", [])
    let failure = #expect(throws: Failure.self) { try MediaReader(limits: limits).read(.path(folder.path)) }
    #expect(failure?.reason == .archiveLimitExceeded)
    #expect(failure?.subject == "blobs/sha256/deep")
  }

  @Test func namesInOneDirectoryAreBounded() throws {
    var limits = MediaLimits()
    limits.entries = 2
    let failure = #expect(throws: Failure.self) { try MediaReader(limits: limits).read(.path(folder.path)) }
    #expect(failure?.reason == .archiveLimitExceeded)
  }

  @Test func someOtherDirectoryIsNotRecognised() throws {
    let failure = #expect(throws: Failure.self) { try MediaReader().read(.path(folder.path("blobs"))) }
    #expect(failure?.reason == .archiveNotRecognised)
  }

  @Test func whatTheOperatorNamesMayBeALink() throws {
    let other = try TemporaryFolder()
    try runChecked(["ln", "-s", folder.path, other.path("link")])
    #expect(try MediaReader().read(.path(other.path("link"))).entries.count == 4)
  }

  @Test func aPipeOrDeviceIsNoMedium() throws {
    try runChecked(["mkfifo", folder.path("p")])
    for path in [folder.path("p"), "/dev/null"] {
      let failure = #expect(throws: Failure.self) { try MediaReader().read(.path(path)) }
      #expect(failure?.reason == .archiveUnreadable)
      #expect(failure?.detail.contains("“-”") == true)
    }
  }

  @Test func anAbsentPathIsUnreadable() throws {
    let failure = #expect(throws: Failure.self) { try MediaReader().read(.path(folder.path("none"))) }
    #expect(failure?.reason == .archiveUnreadable)
    #expect(failure?.subject == folder.path("none"))
  }

  @Test(arguments: [("-", MediaSource.standardInput), ("./-", .path("./-")), ("a", .path("a"))])
  func aDashIsStandardInput(argument: String, source: MediaSource) {
    #expect(MediaSource(argument: argument) == source)
  }
}
