import Compression
import Cryptography
import Reasons
import Synchronization
import TestSupport
import Testing

@testable import MediaReader

struct MediaBoundsTests {
  private static let archive = TarWriter.archive {
    $0.header("d/", type: "5")
    $0.file("d/a", "12345")
    $0.file("d/b", "12345")
  }

  struct Bound: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let set: @Sendable (inout MediaLimits, Int) -> Void
    /// The value that this archive just fits.
    let fits: Int
  }

  private static let bounds = [
    Bound(testDescription: "entries", set: { $0.entries = $1 }, fits: 3),
    Bound(testDescription: "levels of directories", set: { $0.depth = $1 }, fits: 1),
    Bound(testDescription: "bytes of a name", set: { $0.nameBytes = $1 }, fits: 3),
    Bound(testDescription: "bytes of all names", set: { $0.totalNameBytes = $1 }, fits: 8),
  ]

  @Test(arguments: Route.allCases, bounds) func bound(route: Route, bound: Bound) throws {
    var limits = MediaLimits()
    bound.set(&limits, bound.fits)
    #expect(try route.complaints(Self.archive, limits: limits) == [])
    bound.set(&limits, bound.fits - 1)
    #expect(try route.complaints(Self.archive, limits: limits).contains { $0.reason == .archiveLimitExceeded })
  }

  @Test(arguments: Route.allCases) func bytesOfTheArchive(route: Route) throws {
    var limits = MediaLimits()
    limits.totalBytes = UInt64(Self.archive.count)
    #expect(try route.complaints(Self.archive, limits: limits) == [])
    limits.totalBytes -= 1
    #expect(try route.complaints(Self.archive, limits: limits).map(\.reason) == [.archiveLimitExceeded])
  }

  @Test func zerosWithoutEndAreBounded() throws {
    var limits = MediaLimits()
    limits.totalBytes = 1 << 20
    let archive = Self.archive + [UInt8](repeating: 0, count: 2 << 20)
    #expect(try Route.gzip.complaints(archive, limits: limits).map(\.reason) == [.archiveLimitExceeded])
  }

  @Test func failuresAreCounted() throws {
    var limits = MediaLimits()
    limits.failures = 3
    let archive = TarWriter.archive { for _ in 0..<5 { $0.file("../a") } }
    #expect(try Route.file.complaints(archive, limits: limits).count == 3)
  }

  @Test func severalFailuresAreAllNamed() throws {
    let archive = TarWriter.archive {
      $0.file("../a")
      $0.file("b")
      $0.file("b")
      $0.file("B")
      $0.header("p", type: "6")
    }
    #expect(
      try Route.file.complaints(archive).map(\.reason) == [
        .archiveUnsafePath, .archiveDuplicateEntry, .archiveConfusableName, .archiveForbiddenEntry,
      ])
  }

  @Test(arguments: [Route.file, .zstd]) func aHundredThousandEntriesAreRead(route: Route) throws {
    let count = 100_000
    var writer = TarWriter()
    writer.file("blobs/sha256/00000000")
    var block = writer.bytes
    let sum = try #require(Int(String(decoding: block[148..<154], as: UTF8.self), radix: 8))
    var archive: [UInt8] = []
    archive.reserveCapacity(count * 512 + 1024)
    for number in 0..<count {
      // Only the name's digits and the checksum change.
      var digits = Array(String(number).utf8)
      digits = [UInt8](repeating: 0x30, count: 8 - digits.count) + digits
      block.replaceSubrange(13..<21, with: digits)
      let added = digits.reduce(0) { $0 + Int($1) - 0x30 }
      block.replaceSubrange(148..<155, with: TarWriter.octal(sum + added, 6))
      archive += block
    }
    archive += [UInt8](repeating: 0, count: 1024)
    let medium = try route.read(archive)
    #expect(medium.failures.isEmpty)
    #expect(medium.entries.count == count)
    #expect(medium.entries.last?.name == bytes("blobs/sha256/00099999"))
  }

  /// Many threads, entries of every size: each digest belongs to its entry.
  @Test(arguments: Route.allCases) func everyEntryGetsItsOwnDigest(route: Route) throws {
    let contents = (0..<300).map { number in
      [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: number * number * 7)
    }
    let archive = TarWriter.archive {
      for (number, contents) in contents.enumerated() { $0.file(bytes("\(number)"), contents) }
    }
    let medium = try route.read(archive)
    #expect(medium.entries.map(\.digest) == contents.map { digest($0) })
  }

  @Test func theSizeIsThatOfTheInput() throws {
    #expect(try Route.file.read(Self.archive).size == UInt64(Self.archive.count))
    #expect(try Route.stream.read(Self.archive).size == UInt64(Self.archive.count))
    let folder = try TemporaryFolder()
    let packed = try folder.write("p", try runChecked(["gzip", "-c"], input: Self.archive))
    let medium = try MediaReader().read(.path(packed))
    #expect(medium.size == UInt64(try readFile(packed).count))
    #expect(medium.compression == .gzip)
    #expect(try Route.zstd.read(Self.archive).compression == .zstd)
    #expect(try Route.file.read(Self.archive).compression == nil)
  }

  @Test(arguments: ["file", "packed", "directory"]) func aChangeMeanwhileIsSeen(kind: String) throws {
    let folder = try TemporaryFolder()
    let inner = try folder.write("layout/index.json", bytes("{}"))
    var path = try folder.write("file", Self.archive)
    if kind == "packed" { path = try folder.write("packed", try runChecked(["gzip", "-c", path])) }
    if kind == "directory" { path = folder.path("layout") }
    let target = kind == "directory" ? inner : path
    #expect(try MediaReader().read(.path(path)).failures.isEmpty)
    let reader = MediaReader(progress: { _, _ in _ = try? run(["touch", "-d", "2001-01-01", target]) })
    let failure = #expect(throws: Failure.self) { try reader.read(.path(path)) }
    #expect(failure?.reason == .archiveUnreadable)
  }

  @Test func progressTellsHowFarItIs() throws {
    let calls = Mutex<[(UInt64, UInt64?)]>([])
    let folder = try TemporaryFolder()
    let path = try folder.write("file", Self.archive)
    _ = try MediaReader(progress: { done, total in calls.withLock { $0.append((done, total)) } }).read(.path(path))
    let first = try #require(calls.withLock { $0.first })
    #expect(first.0 > 0 && first.0 <= 10)
    #expect(first.1 == 10)
    #expect(calls.withLock { $0.count } <= 2)
  }
}
