import Files
import FoundationEssentials
import Glibc
import TestSupport
import Testing

@Suite struct DurableFileTests {
  @Test func replacesWhole() throws {
    let folder = try TemporaryFolder()
    try DurableFile.write([1, 2, 3], to: folder.path("a"))
    try DurableFile.write([4], to: folder.path("a"))
    #expect(try DurableFile.read(folder.path("a"), atMost: 1) == [4])
    #expect(try folder.names() == ["a"])
    #expect(try DurableFile.read(folder.path("b"), atMost: 1) == nil)
  }

  @Test func replacesWhatACrashLeft() throws {
    let folder = try TemporaryFolder()
    try folder.write("a.new", [9, 9, 9])
    try DurableFile.write([4], to: folder.path("a"))
    #expect(try folder.names() == ["a"])
  }

  @Test func writesOverInPlace() throws {
    let folder = try TemporaryFolder()
    try DurableFile.overwrite([1, 2, 3], at: folder.path("a"), cuttingBeyond: 4)
    try DurableFile.overwrite([4], at: folder.path("a"), cuttingBeyond: 4)
    #expect(try folder.read("a") == [4, 2, 3])
    try folder.write("a", [UInt8](repeating: 5, count: 100))
    try DurableFile.overwrite([6], at: folder.path("a"), cuttingBeyond: 4)
    #expect(try folder.read("a") == [6])
    #expect(try folder.names() == ["a"])
  }

  /// What has another name too, or only leads to a file, is replaced.
  @Test(arguments: ["link", "hard link", "pipe"]) func writesOverNothingElse(_ what: String) throws {
    let folder = try TemporaryFolder()
    try folder.write("other", [1, 2])
    switch what {
    case "link": symlink("other", folder.path("a"))
    case "hard link": link(folder.path("other"), folder.path("a"))
    default: mkfifo(folder.path("a"), 0o600)
    }
    try DurableFile.overwrite([3], at: folder.path("a"), cuttingBeyond: 4)
    #expect(try DurableFile.read(folder.path("a"), atMost: 1) == [3])
    #expect(try folder.read("other") == [1, 2])
  }

  @Test func runsTwoAtOnce() {
    let (one, other) = atOnce({ pthread_self() }, { pthread_self() })
    #expect(one == pthread_self())
    #expect(other != one)
  }

  @Test func refuses() throws {
    let folder = try TemporaryFolder()
    try folder.write("long", [1, 2])
    try FileManager.default.createSymbolicLink(atPath: folder.path("link"), withDestinationPath: "long")
    #expect(throws: FileError("read", code: EFBIG)) { try DurableFile.read(folder.path("long"), atMost: 1) }
    #expect(throws: FileError("open", code: ELOOP)) { try DurableFile.read(folder.path("link"), atMost: 9) }
    #expect(throws: FileError("open", code: EINVAL)) { try DurableFile.read(folder.path, atMost: 9) }
    // A name that cannot be had leaves nothing beside it.
    try folder.write("taken/x", [])
    #expect(throws: FileError("rename", code: EISDIR)) { try DurableFile.write([1], to: folder.path("taken")) }
    #expect(!DurableFile.isTaken(folder.path("taken.new")))
    #expect(throws: FileError("create", code: ENOENT)) { try DurableFile.write([], to: folder.path("no/a")) }
    #expect(throws: FileError("create", code: EEXIST)) { try DurableFile.create(folder.path("long"), []) }
  }

  @Test func makesParentsBelow() throws {
    let folder = try TemporaryFolder()
    try DurableFile.makeParents(of: "a/b/c/file", below: folder.path)
    try DurableFile.makeParents(of: "a/b/d/file", below: folder.path)
    try DurableFile.makeParents(of: "file", below: folder.path)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("a/b")).sorted() == ["c", "d"])
    #expect(try folder.names() == ["a"])
  }

  /// Also one that leads to a folder beside it.
  @Test func makesNoParentsThroughLinks() throws {
    let folder = try TemporaryFolder()
    try folder.write("elsewhere/kept", [1])
    try folder.write("file", [1])
    for link in ["a", "b/c"] {
      try DurableFile.makeParents(of: link, below: folder.path)
      try FileManager.default.createSymbolicLink(
        atPath: folder.path(link), withDestinationPath: folder.path("elsewhere"))
      // Linux says of a link that it is no folder.
      #expect(throws: FileError("open", code: ENOTDIR)) {
        try DurableFile.makeParents(of: link + "/x/file", below: folder.path)
      }
    }
    #expect(throws: FileError("open", code: ENOTDIR)) {
      try DurableFile.makeParents(of: "file/file", below: folder.path)
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("elsewhere")) == ["kept"])
  }

  @Test func locksAndNamesTheHolder() throws {
    let folder = try TemporaryFolder()
    var lock: FileLock? = try FileLock(folder.path("lock"), waiting: .zero)
    #expect(throws: FileLock.Failure.held(by: getpid())) {
      try FileLock(folder.path("lock"), waiting: .milliseconds(30))
    }
    _ = lock
    lock = nil
    // A process that another test starts in this moment has the open file until it becomes another program.
    _ = try FileLock(folder.path("lock"), waiting: .seconds(5))
  }
}
