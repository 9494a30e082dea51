import Files
import TestSupport
import Testing

/// Writing below an open folder leads nowhere else.
struct FolderWritingTests {
  private func name(_ text: String) -> [UInt8] { Array(text.utf8) }

  private func open(_ folder: TemporaryFolder) throws -> Directory { try Directory(path: folder.path) }

  @Test func filesAreMadeWrittenAndCalledOtherwise() throws {
    let folder = try TemporaryFolder()
    let root = try open(folder)
    let file = try root.create(name("a"))
    try file.append([1, 2])
    try file.append([3])
    try file.sync()
    #expect(throws: FileError("create", code: 17)) { try root.create(name("a")) }
    let below = try root.makeDirectory(name("below"))
    _ = try root.makeDirectory(name("below"))
    try root.rename(name("a"), to: below, as: name("c"))
    #expect(try root.contents(of: name("a"), atMost: 9) == nil)
    #expect(try below.contents(of: name("c"), atMost: 3) == [1, 2, 3])
    #expect(throws: FileError("read", code: 27)) { try below.contents(of: name("c"), atMost: 2) }
    try below.append(to: name("c")).append([4])
    try root.append(to: name("new")).append([5])
    #expect(try folder.read("below/c") == [1, 2, 3, 4] && folder.read("new") == [5])
    try root.replace(name("new"), with: [6])
    #expect(try folder.read("new") == [6])
    try root.remove(name("new"))
    try root.remove(name("new"))
    #expect(try folder.names() == ["below"])
    try root.sync()
  }

  /// What others can make of a name: links at the last step are never followed.
  @Test func noLinkIsFollowed() throws {
    let folder = try TemporaryFolder()
    let root = try open(folder)
    try folder.write("outside/file", [9])
    try runChecked(["ln", "-s", folder.path("outside/file"), folder.path("link")])
    try runChecked(["ln", "-s", folder.path("outside"), folder.path("folder")])
    try runChecked(["mkfifo", folder.path("pipe")])
    #expect(throws: FileError.self) { try root.create(name("link")) }
    #expect(throws: FileError.self) { try root.append(to: name("link")) }
    #expect(throws: FileError.self) { try root.append(to: name("pipe")) }
    #expect(throws: FileError.self) { try root.contents(of: name("link"), atMost: 9) }
    #expect(throws: FileError("open", code: 22)) { try root.contents(of: name("pipe"), atMost: 9) }
    #expect(throws: FileError.self) { try root.makeDirectory(name("folder")) }
    #expect(throws: FileLock.Failure.self) { try FileLock(name("link"), in: root, waiting: .zero) }
    try root.replace(name("link"), with: [1])
    #expect(try folder.read("outside/file") == [9])
    #expect(throws: FileError.self) { try root.create(name("a\0b")) }
  }

  /// However many names there are, and wherever: some are taken at a time, and all go.
  @Test(arguments: [1, 3, 1000]) func aTreeIsRemovedSomeNamesAtATime(most: Int) throws {
    let folder = try TemporaryFolder()
    let root = try open(folder)
    for number in 0..<7 {
      try folder.write("tree/\(number)", [1])
      try folder.write("tree/below-\(number)/a/b/c", [1])
      try folder.write("tree/deep/deep/deep/\(number)", [1])
    }
    try runChecked(["ln", "-s", folder.path("other"), folder.path("tree/link")])
    try folder.write("other/file", [1])
    try root.removeTree(name("tree"), namesAtOnce: most)
    #expect(try folder.names() == ["other"])
    #expect(try folder.read("other/file") == [1])
    try root.removeTree(name("tree"), namesAtOnce: most)
  }

  @Test func namesArePassedAsFarAsIsWanted() throws {
    let folder = try TemporaryFolder()
    let root = try open(folder)
    for number in 0..<5 { try folder.write("\(number)", [1]) }
    for wanted in 1...5 {
      var seen: Set<[UInt8]> = []
      try root.forEachName { name in
        seen.insert(name)
        return seen.count < wanted
      }
      #expect(seen.count == wanted)
    }
    #expect(try root.names(atMost: 5) == (0..<5).map { name("\($0)") })
    #expect(try root.names(atMost: 4) == nil)
  }

  @Test func manyShareALockAndOneHoldsItAlone() throws {
    let folder = try TemporaryFolder()
    let root = try open(folder)
    let lock = name("lock")
    do {
      let one = try FileLock(lock, in: root, .together, waiting: .zero)
      let other = try FileLock(lock, in: root, .together, waiting: .zero)
      #expect(throws: FileLock.Failure.self) { try FileLock(lock, in: root, .alone, waiting: .zero) }
      withExtendedLifetime((one, other)) {}
    }
    let alone = try FileLock(lock, in: root, .alone, waiting: .zero)
    #expect(throws: FileLock.Failure.self) { try FileLock(lock, in: root, .together, waiting: .zero) }
    withExtendedLifetime((alone, folder)) {}
  }

  /// How many names a file has tells what removing one of them gives back.
  @Test func namesOfAFileAreCounted() throws {
    let folder = try TemporaryFolder()
    let root = try open(folder)
    try folder.write("a", [1])
    #expect(try root.status(of: name("a")).links == 1)
    try runChecked(["ln", folder.path("a"), folder.path("b")])
    #expect(try root.status(of: name("a")).links == 2)
  }

  @Test func aFullDiskIsToldFromABrokenOne() throws {
    let folder = try TemporaryFolder()
    #expect(try open(folder).freeBytes() > 0)
    #expect(FileError("write", code: 28).isFull && !FileError("write", code: 5).isFull)
  }

  @Test func bytesAreComparedWhereTheyStand() throws {
    let folder = try TemporaryFolder()
    let file = try OpenFile(path: try folder.write("a", [1, 2, 3, 4]))
    var buffer: [UInt8] = []
    for (bytes, offset, isThere): ([UInt8], UInt64, Bool) in [
      ([1, 2, 3, 4], 0, true), ([3, 4], 2, true), ([3, 5], 2, false), ([4, 5], 3, false), ([], 9, true),
      ([1], 4, false),
    ] {
      #expect(try file.holds(bytes[...], at: offset, using: &buffer) == isThere, "\(bytes)")
    }
  }
}
