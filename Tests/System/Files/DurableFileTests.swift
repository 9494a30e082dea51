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

  @Test func refuses() throws {
    let folder = try TemporaryFolder()
    try folder.write("long", [1, 2])
    try FileManager.default.createSymbolicLink(atPath: folder.path("link"), withDestinationPath: "long")
    #expect(throws: FileError("read", code: EFBIG)) { try DurableFile.read(folder.path("long"), atMost: 1) }
    #expect(throws: FileError("open", code: ELOOP)) { try DurableFile.read(folder.path("link"), atMost: 9) }
    #expect(throws: FileError("open", code: EINVAL)) { try DurableFile.read(folder.path, atMost: 9) }
    #expect(throws: FileError("create", code: ENOENT)) { try DurableFile.write([], to: folder.path("no/a")) }
    #expect(throws: FileError("create", code: EEXIST)) { try DurableFile.create(folder.path("long"), []) }
  }

  @Test func locksAndNamesTheHolder() throws {
    let folder = try TemporaryFolder()
    var lock: FileLock? = try FileLock(folder.path("lock"), waiting: .zero)
    #expect(throws: FileLock.Failure.held(by: getpid())) {
      try FileLock(folder.path("lock"), waiting: .milliseconds(30))
    }
    _ = lock
    lock = nil
    _ = try FileLock(folder.path("lock"), waiting: .zero)
  }
}
