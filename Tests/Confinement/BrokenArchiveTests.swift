import Reasons
import TestSupport
import Testing

@testable import MediaReader

struct BrokenArchiveTests {
  private static let archive = TarWriter.archive {
    $0.file("index.json", "{}")
    $0.pax([("path", String(repeating: "n", count: 120))])
    $0.file("short", String(repeating: "layer", count: 200))
  }

  /// Wherever it is cut, until the end mark begins.
  @Test(arguments: [Route.file, .stream]) func everyCutIsTruncated(route: Route) throws {
    let end = Self.archive.count - 1024
    for count in Array(512...end) where count % 512 < 2 || count % 512 == 511 || count % 97 == 0 {
      #expect(throws: Failure.self, "\(count)") { try route.read(Array(Self.archive[..<count])) }
      let failures = try route.complaints(Array(Self.archive[..<count]))
      #expect(failures.map(\.reason) == [.archiveTruncated], "\(count)")
      #expect(failures.first?.offset != nil)
    }
    #expect(try route.complaints(Array(Self.archive[..<(end + 512)])) == [])
  }

  @Test(arguments: Route.allCases) func aCutEntryIsNamed(route: Route) throws {
    let failures = try route.complaints(Array(Self.archive[..<3000]))
    #expect(failures.first?.subject == String(repeating: "n", count: 120))
    #expect(failures.first?.offset == 2048)
  }

  /// Nothing of the padding may be absent, and the place is the extension's own.
  @Test(arguments: Route.allCases) func aCutBehindAnExtensionIsItsOwn(route: Route) throws {
    for count in [1700, 2047] {
      #expect(try route.complaints(Array(Self.archive[..<count])).map(\.offset) == [1024], "\(count)")
    }
  }

  @Test(arguments: Route.allCases) func zerosMayFollow(route: Route) throws {
    #expect(try route.complaints(Self.archive + [UInt8](repeating: 0, count: 100_001)) == [])
  }

  @Test(arguments: Route.allCases, [0, 1, 511, 512, 100_000]) func nothingElseMayFollow(route: Route, zeros: Int) throws
  {
    let failures = try route.complaints(Self.archive + [UInt8](repeating: 0, count: zeros) + [1, 0])
    #expect(failures.map(\.reason) == [.archiveTrailingData])
    #expect(failures.first?.offset == UInt64(Self.archive.count + zeros))
  }

  @Test(arguments: Route.allCases) func aSecondArchiveBehindAZeroBlockIsTrailing(route: Route) throws {
    let failures = try route.complaints(Array(Self.archive.dropLast(512)) + Self.archive)
    #expect(failures.map(\.reason) == [.archiveTrailingData])
    #expect(failures.first?.offset == UInt64(Self.archive.count - 512))
    #expect(try route.read(Array(Self.archive.dropLast(512)) + Self.archive).entries.count == 2)
  }

  @Test(arguments: Route.allCases) func aHugeSizeIsTruncated(route: Route) throws {
    for size in [1 << 50, Int.max] {
      var limits = MediaLimits()
      limits.totalBytes = .max
      let field = [0x80, 0, 0, 0] + (0..<8).map { UInt8(truncatingIfNeeded: size >> (56 - 8 * $0)) }
      let archive = TarWriter.archive {
        $0.file("a")
        $0.header(bytes("huge"), sizeField: field)
      }
      let failures = try route.complaints(archive, limits: limits)
      #expect(failures.map(\.reason) == [.archiveTruncated])
      #expect(failures.first?.subject == "huge")
      #expect(failures.first?.offset == 512)
    }
  }

  @Test(arguments: Route.allCases) func paddingNeedNotBeZeros(route: Route) throws {
    var archive = TarWriter.archive { $0.file("index.json", "{}") }
    archive[1023] = 7
    #expect(try route.complaints(archive) == [])
  }

  @Test(arguments: [
    ([], "empty"), ([UInt8](repeating: 0, count: 10240), "neither"), (bytes("hello"), "neither"),
    (bytes("PK\u{3}\u{4}"), "zip"), ([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0], "xz"), (bytes("BZh9"), "bzip2"),
  ])
  func somethingElseIsNotRecognised(input: [UInt8], word: String) throws {
    for route in [Route.file, .stream] {
      let failures = try route.complaints(input)
      #expect(failures.map(\.reason) == [.archiveNotRecognised])
      #expect(failures.first?.detail.contains(word) == true)
    }
  }

  /// A header whose name is the start of a compressed stream: an extension's, which nobody reads, or a file's. A tool that
  /// inflates finds in it whatever stands in there.
  @Test(
    arguments: [
      ([0x1f, 0x8b, 8, 4], "gzip"), ([0x28, 0xb5, 0x2f, 0xfd], "zstd"), ([0x50, 0x2a, 0x4d, 0x18], "zstd"),
      ([0x5f, 0x2a, 0x4d, 0x18, 1], "zstd"), (bytes("BZh91AY&SY"), "bzip2"), ([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0], "xz"),
      ([0x04, 0x22, 0x4d, 0x18], "lz4"),
      // No start of any.
      ([0x1f, 0x8c], nil), ([0x4f, 0x2a, 0x4d, 0x18], nil), (bytes("BZ91"), nil), (bytes("PKG"), nil),
    ] as [([UInt8], String?)])
  func whatIsTwoThingsAtOnceIsNeither(start: [UInt8], word: String?) throws {
    let record = TarWriter.record("path", bytes("index.json"))
    let archive = TarWriter.archive {
      $0.header(start, type: "x", size: record.count)
      $0.contents(record)
      $0.file("short", "{}")
    }
    func check(_ failures: [Failure], _ route: String) {
      #expect(failures.map(\.reason) == (word == nil ? [] : [.archiveNotRecognised]), "\(route)")
      #expect(failures.first?.detail.contains(word ?? "") ?? true, "\(route)")
    }
    for route in Route.allCases {
      // As a stream it is known to be one thing.
      if route == .stream, word == "gzip" || word == "zstd" { continue }
      check(try route.complaints(archive), route.rawValue)
    }
    do throws(Failure) { check(try MediaReader().read(held: archive).failures, "held") } catch {
      check([error], "held")
    }
    // It is no file to pass over.
    #expect(MediaReader.recognises(archive[..<512]) == .plain(first: Array(start.prefix { $0 != 0 })))
  }

  /// A compressed stream whose first bytes are a header to a reader that is less strict: what looks for a tar first, or knows
  /// no skippable frames, finds another archive in it.
  @Test(arguments: [
    ("no size", true), ("a prefix", true), ("a sum with stray bytes", true), ("a sum in base-256", true),
    ("no sum at all", true), ("a sum as Python writes one", true), ("a signed sum", true),
    ("a signed sum with more behind it", true),
    ("a signed sum behind a tab", true),
    ("another sum", false),
  ]) func aStreamIsNoTarToAnybody(_ fault: String, isRefused: Bool) throws {
    // A skippable frame over a tar, and a frame with another one.
    var other = TarWriter.archive { writer in
      writer.header([0x50, 0x2a, 0x4d, 0x18, 0xf8, 0x07, 0, 0], sizeField: fault == "no size" ? [] : nil) { block in
        if fault == "a prefix" {
          block.replaceSubrange(257..<265, with: [UInt8](repeating: 0, count: 8))
          block[345] = 0x70
        }
      }
      writer.file("evil", "")
    }
    let sum = other[..<512].enumerated().reduce(0) { $0 + ((148..<156).contains($1.offset) ? 32 : Int($1.element)) }
    let octal = Array(String(sum, radix: 8).utf8)
    if fault == "no sum at all" {
      // Signed bytes that come to nothing.
      let left = other[..<512].enumerated().reduce(0) {
        $0 + ((148..<156).contains($1.offset) ? 32 : Int(Int8(bitPattern: $1.element)))
      }
      for place in 0..<(left / 100) { other[20 + place] = UInt8(bitPattern: -100) }
      other[20 + left / 100] = UInt8(bitPattern: Int8(-(left % 100)))
    }
    if fault.hasPrefix("a signed sum") { other.replaceSubrange(20..<50, with: [UInt8](repeating: 0xff, count: 30)) }
    let signed = other[..<512].enumerated().reduce(0) {
      $0 + ((148..<156).contains($1.offset) ? 32 : Int(Int8(bitPattern: $1.element)))
    }
    let digits = Array(String(abs(signed), radix: 8).utf8)
    func field(_ start: [UInt8], _ end: [UInt8]) -> [UInt8] {
      start + digits + end + [UInt8](repeating: 0, count: 8 - start.count - digits.count - end.count)
    }
    switch fault {
    case "a sum with stray bytes":
      other.replaceSubrange(148..<156, with: [0x78] + octal + [UInt8](repeating: 0x79, count: 7 - octal.count))
    case "a sum in base-256":
      let bytes = (0..<4).map { UInt8(truncatingIfNeeded: sum >> (24 - 8 * $0)) }
      other.replaceSubrange(148..<156, with: [0x80, 0, 0, 0] + bytes)
    case "no sum at all": other.replaceSubrange(148..<156, with: [UInt8](repeating: 0x20, count: 8))
    case "a sum as Python writes one":
      other.replaceSubrange(148..<156, with: Array("0o".utf8) + octal + [UInt8](repeating: 0, count: 6 - octal.count))
    case "a signed sum": other.replaceSubrange(148..<156, with: field([], [0x20]))
    case "a signed sum with more behind it": other.replaceSubrange(148..<156, with: field([], [0x20, 0x37]))
    case "a signed sum behind a tab": other.replaceSubrange(148..<156, with: field([0x09], []))
    case "another sum": other[150] ^= 1
    default: break
    }
    let packed = other.prefix(2048) + (try runChecked(["zstd", "-c", "-q"], input: Self.archive))
    let failures = try Route.file.complaints(Array(packed))
    #expect(failures.map(\.reason) == (isRefused ? [.archiveNotRecognised] : []), "\(failures)")
  }

  @Test(arguments: [Route.gzip, .zstd]) func whatIsNoTarInsideIsNotRecognised(route: Route) throws {
    #expect(try route.complaints(bytes("hello")).map(\.reason) == [.archiveNotRecognised])
    #expect(try route.complaints([]).map(\.reason) == [.archiveNotRecognised])
    let packedTwice = try runChecked(["gzip", "-c"], input: Self.archive)
    #expect(try route.complaints(packedTwice).map(\.reason) == [.archiveNotRecognised])
  }

  @Test(arguments: ["gzip", "zstd"]) func aCompressedStreamThatEndsEarlyIsTruncated(program: String) throws {
    let packed = try runChecked([program, "-c", "-q"], input: Self.archive)
    for cut in [packed.count / 2, packed.count - 1] {
      let failures = try Route.file.complaints(Array(packed[..<cut]))
      #expect(failures.map(\.reason) == [.archiveTruncated])
      #expect(failures.first?.offset != nil)
    }
  }

  @Test(arguments: ["gzip", "zstd"]) func dataBehindACompressedStreamIsTrailing(program: String) throws {
    let packed = try runChecked([program, "-c", "-q"], input: Self.archive)
    let medium = try Route.file.read(packed + bytes("more"))
    #expect(medium.failures.map(\.reason) == [.archiveTrailingData])
    #expect(medium.failures.first?.offset == UInt64(packed.count))
    #expect(medium.entries.count == 2)
    #expect(try Route.file.complaints(packed + [0, 0, 0]) == [])
  }

  @Test(arguments: ["gzip", "zstd"]) func aDamagedStreamIsSaidToBe(program: String) throws {
    var packed = try runChecked([program, "-c", "-q"], input: Self.archive)
    packed[packed.count - (program == "gzip" ? 8 : 1)] ^= 1
    #expect(try Route.file.complaints(packed).map(\.reason) == [.archiveCompressionMalformed])
  }

  @Test func aWindowAboveTheBoundIsRefused() throws {
    let folder = try TemporaryFolder()
    try folder.write("archive", Self.archive)
    let packed = try runChecked(["sh", "-c", "cat archive | zstd -c -q --long=28"], in: folder.path)
    #expect(try Route.file.complaints(packed).map(\.reason) == [.archiveLimitExceeded])
  }

  /// What concerns no entry names the archive, thrown or noted.
  @Test func theArchiveItselfIsNamed() throws {
    let folder = try TemporaryFolder()
    let cut = try folder.write("cut", Array(Self.archive.dropLast(1024)))
    let failure = #expect(throws: Failure.self) { try MediaReader().read(.path(cut)) }
    #expect(failure?.subject == cut)
    let longer = try folder.write("longer", Self.archive + [1])
    #expect(try MediaReader().read(.path(longer)).failures.map(\.subject) == [longer])
  }
}
