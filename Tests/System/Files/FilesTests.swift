import Files
import Glibc
import Synchronization
import TestSupport
import Testing

struct FilesTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func readsAtAnyPlaceAndOnward() throws {
    let file = try OpenFile(path: try folder.write("f", Array("0123456789".utf8)))
    var buffer = [UInt8](repeating: 0, count: 6)
    #expect(try file.read(into: &buffer, 1..<5, at: 3) == 4)
    #expect(buffer == [0] + Array("3456".utf8) + [0])
    #expect(try file.read(into: &buffer, 0..<6, at: 8) == 2)
    #expect(try file.read(into: &buffer, 0..<6, at: 1 << 40) == 0)
    #expect(try file.readOn(into: &buffer, 0..<6) == 6)
    #expect(try file.readOn(into: &buffer, 0..<6) == 4)
    #expect(throws: FileError.self) { try file.read(into: &buffer, 0..<6, at: .max) }
  }

  @Test func statusTellsAChange() throws {
    let path = try folder.write("f", [1, 2, 3])
    let file = try OpenFile(path: path)
    let before = try file.status()
    #expect(before.kind == .regular)
    #expect(before.size == 3)
    #expect(try file.status() == before)
    // Same size, and a time of modification that was put back.
    try runChecked(["sh", "-c", "touch -r f stamp && printf abc >f && touch -r stamp f"], in: folder.path)
    #expect(try file.status() != before)
  }

  /// A terminal, and what a shell opened for both, is handed on for reading alone.
  @Test func whatIsOpenForBothIsReadAlone() throws {
    let path = try folder.write("f", Array("0123456789".utf8))
    for name in [path, "/dev/null"] {
      let both = open(name, O_RDWR | O_CLOEXEC)
      defer { close(both) }
      lseek(both, 3, SEEK_SET)
      let file = try OpenFile(readingAlone: both)
      #expect(write(file.descriptor, "x", 1) == -1 && errno == EBADF, "\(name)")
      guard name == path else { continue }
      var buffer = [UInt8](repeating: 0, count: 2)
      #expect(try file.readOn(into: &buffer, 0..<2) == 2 && buffer == Array("34".utf8))
    }
  }

  /// What needs no second opening gets none; what can have none is handed on as it is.
  @Test func whatIsReadAloneStays() throws {
    let file = open(try folder.write("f", []), O_RDONLY | O_CLOEXEC)
    defer { close(file) }
    #expect(try OpenFile(readingAlone: file).descriptor == file)
    var ends: [Int32] = [0, 0]
    try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
    defer { for end in ends { close(end) } }
    #expect(try OpenFile(readingAlone: ends[0]).descriptor == ends[0])
  }

  @Test func whatIsOpenForWritingAloneIsNotRead() throws {
    let file = open(try folder.write("f", []), O_WRONLY | O_CLOEXEC)
    defer { close(file) }
    #expect(throws: FileError("open", code: EBADF)) { try OpenFile(readingAlone: file) }
    let unreadable = try OpenFile.unreadable()
    #expect(throws: FileError("open", code: EBADF)) { try OpenFile(readingAlone: unreadable.descriptor) }
  }

  @Test func openingAPipeDoesNotWait() throws {
    try runChecked(["mkfifo", folder.path("p")])
    #expect(try OpenFile(path: folder.path("p")).status().kind == .other)
  }

  @Test func anAbsentFileIsAbsent() {
    let error = #expect(throws: FileError.self) { try OpenFile(path: folder.path("none")) }
    #expect(error?.isAbsence == true)
    #expect(error?.description == "open: No such file or directory")
  }

  @Test func directoryListsSorted() throws {
    for name in ["b", "a", "c/d"] { try folder.write(name, []) }
    let directory = try Directory(path: folder.path)
    #expect(try directory.names(atMost: 3) == ["a", "b", "c"].map { Array($0.utf8) })
    #expect(try directory.names(atMost: 2) == nil)
    // Listing again starts again.
    #expect(try directory.names(atMost: 3)?.count == 3)
  }

  @Test func noLinkIsFollowed() throws {
    try folder.write("outside/file", [1])
    try folder.write("in/real/file", [2])
    for (target, link) in [("../outside", "in/d"), ("../outside/file", "in/f"), ("real", "in/inner")] {
      try runChecked(["ln", "-s", target, folder.path(link)])
    }
    let root = try Directory(path: folder.path("in"))
    func name(_ text: String) -> [UInt8] { Array(text.utf8) }
    #expect(throws: FileError.self) { try root.directory(name("d")) }
    #expect(throws: FileError.self) { try root.file(name("f")) }
    #expect(throws: FileError.self) { try root.file(at: name("d/file")) }
    #expect(throws: FileError.self) { try root.file(at: name("inner/file")) }
    #expect(try root.file(at: name("real/file")).status().size == 1)
    #expect(try root.linkTarget(name("f")) == name("../outside/file"))
    #expect(try root.status(of: name("f")).kind == .symbolicLink)
    #expect(try root.status(of: name("real")).kind == .directory)
  }

  @Test func aNameWithANULIsNoName() throws {
    try folder.write("a", [])
    let root = try Directory(path: folder.path)
    #expect(throws: FileError.self) { try root.file([0x61, 0, 0x62]) }
    #expect(throws: FileError.self) { try root.file(at: []) }
  }

  @Test(arguments: [1, 2, 8]) func threadsDoAllTheWork(count: Int) {
    let left = Mutex(1000)
    let done = Mutex(0)
    let runs = Atomic(0)
    onThreads(count) {
      runs.add(1, ordering: .relaxed)
      while left.withLock({ left in
        left -= 1
        return left >= 0
      }) {
        done.withLock { $0 += 1 }
      }
    }
    #expect(done.withLock { $0 } == 1000)
    #expect(runs.load(ordering: .relaxed) == count)
  }

  @Test func handoffKeepsOrderAndWaits() {
    let handoff = Handoff<Int>(capacity: 2)
    #expect(
      onThreadOfItsOwn {
        for number in 0..<1000 { _ = handoff.give(number) }
        handoff.close()
      })
    var taken: [Int] = []
    while let number = handoff.take() { taken.append(number) }
    #expect(taken == Array(0..<1000))
    #expect(!handoff.give(1))
  }
}
