import Cryptography
import Reasons
import TestSupport
import Testing

@testable import MediaReader

/// Which contents stay in memory, and what is hashed how.
struct KeepingTests {
  private static var small: MediaLimits {
    var limits = MediaLimits()
    limits.keptEntryBytes = 2000
    limits.keptTotalBytes = 4000
    return limits
  }

  private static func json(_ size: Int) -> String { "{" + String(repeating: " ", count: size - 2) + "}" }

  @Test(
    arguments: Route.allCases,
    ["{}", "[1]", " \n\t\r{}", String(repeating: " ", count: 600) + "{}", " ", json(2000)])
  func possibleJSONIsKept(route: Route, contents: String) throws {
    let medium = try route.read(TarWriter.archive { $0.file("a", contents) }, limits: Self.small)
    #expect(medium.entries[0].contents == bytes(contents))
    #expect(medium.entries[0].omission == nil)
    #expect(medium.entries[0].size == UInt64(contents.utf8.count))
    #expect(medium.entries[0].digest == digest(bytes(contents)))
  }

  @Test(arguments: Route.allCases, ["", "text", "\u{1f}\u{8b}", "\"{\"", " x{"])
  func otherContentsAreNot(route: Route, contents: String) throws {
    let medium = try route.read(TarWriter.archive { $0.file("a", contents) })
    #expect(medium.entries[0].contents == nil)
    #expect(medium.entries[0].omission == .notOfInterest)
    #expect(medium.entries[0].digest == digest(bytes(contents)))
  }

  @Test(arguments: Route.allCases, ["oci-layout", "index.json", "manifest.json", "version", "signature-1"])
  func whatDescribesTheLayoutIsKeptWhateverItHolds(route: Route, name: String) throws {
    let medium = try route.read(TarWriter.archive { $0.file(name, "\u{0}text") })
    #expect(medium.entries[0].contents == bytes("\u{0}text"))
  }

  @Test(arguments: Route.allCases) func aLargeFileIsNotKept(route: Route) throws {
    let medium = try route.read(TarWriter.archive { $0.file("a", Self.json(2001)) }, limits: Self.small)
    #expect(medium.failures.isEmpty)
    #expect(medium.entries[0].contents == nil)
    #expect(medium.entries[0].omission == .tooLargeToKeep)
    #expect(medium.entries[0].digest == digest(bytes(Self.json(2001))))
  }

  @Test(arguments: Route.allCases) func allThatIsKeptIsBounded(route: Route) throws {
    let medium = try route.read(
      TarWriter.archive {
        for name in ["a", "b", "c"] { $0.file(name, Self.json(1500)) }
        $0.file("d", Self.json(1000))
        $0.file("index.json", Self.json(2000))
      }, limits: Self.small)
    #expect(medium.failures.isEmpty)
    #expect(medium.entries.map { $0.contents != nil } == [true, true, false, true, true])
  }

  @Test(arguments: Route.allCases, ["index.json", "manifest.json", "oci-layout"])
  func aLayoutThatCannotBeKeptIsRefused(route: Route, name: String) throws {
    let medium = try route.read(TarWriter.archive { $0.file(name, Self.json(2001)) }, limits: Self.small)
    #expect(medium.failures == [Failure(.archiveLimitExceeded, name, at: 0)])
    #expect(medium.entries[0].contents == nil)
  }

  @Test(arguments: Route.allCases, ["blobs/sha512/x", "image/blobs/sha512/x"])
  func theAlgorithmStandsInThePath(route: Route, name: String) throws {
    let medium = try route.read(TarWriter.archive { $0.file(name, "x") })
    #expect(medium.entries[0].digest == digest(bytes("x"), .sha512))
    #expect(medium.entries[0].digest.algorithm != .sha256)
    #expect(medium.entries[0].digest == digest(bytes("x"), .sha512))
  }

  @Test(arguments: ["blobs/sha256/x", "sha512/x", "blobs/sha512/x/y", "blobs/sha512", "xblobs/sha512/x"])
  func otherwiseItIsSHA256(name: String) throws {
    let medium = try Route.file.read(TarWriter.archive { $0.file(name, "x") })
    #expect(medium.entries[0].digest == digest(bytes("x")))
  }
}
