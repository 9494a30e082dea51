import Reasons
import TestSupport
import Testing

@testable import MediaReader

struct HostileNameTests {
  @Test(
    arguments: Route.allCases,
    ["", "/a", "//a", "../a", "a/../b", "a/..", "..", "./../a", "a/./b", ".", "././a", ".//a", "a//b", "a\\b"]
      .map(bytes) + [
        bytes("a\u{1}b"), bytes("a\u{7f}b"), bytes("a\u{85}b"), bytes("a\nb"), [0x61, 0xff], [0xc0, 0xaf],
      ])
  func unsafe(route: Route, name: [UInt8]) throws {
    let archive = TarWriter.archive {
      $0.file("first")
      $0.file(name)
    }
    let failures = try route.complaints(archive)
    #expect(failures.map(\.reason) == [.archiveUnsafePath])
    #expect(failures.first?.offset == 512)
  }

  @Test func aNULInALongNameIsUnsafe() throws {
    let archive = TarWriter.archive {
      $0.extend("x", TarWriter.record("path", bytes("a\u{0}b")))
      $0.file("x")
    }
    #expect(try Route.file.complaints(archive).map(\.reason) == [.archiveUnsafePath])
  }

  @Test(arguments: Route.allCases) func plainNamesAreMadeNormal(route: Route) throws {
    let medium = try route.read(
      TarWriter.archive {
        $0.header("./", type: "5")
        $0.header("./d/", type: "5")
        $0.file("./d/a")
        $0.file("sha256:00")
        $0.file("é…")
        $0.file(".hidden")
        $0.file("..twice")
      })
    #expect(medium.failures.isEmpty)
    #expect(medium.names == ["d/a", "sha256:00", "é…", ".hidden", "..twice"])
    #expect(medium.entry("d/a")?.offset == 1024)
  }

  struct Pair: Sendable, CustomTestStringConvertible {
    let one: String
    let other: String
    var testDescription: String { "\(one) and \(other)" }
  }

  @Test(
    arguments: Route.allCases,
    [
      Pair(one: "a", other: "a"), Pair(one: "./a", other: "a"), Pair(one: "a", other: "a/b"),
      Pair(one: "a/b", other: "a"), Pair(one: "a/b/c", other: "a/b"), Pair(one: "é", other: "é"),
    ])
  func duplicate(route: Route, pair: Pair) throws {
    let archive = TarWriter.archive {
      $0.file(pair.one, "1")
      $0.file(pair.other, "2")
    }
    let failures = try route.complaints(archive)
    #expect(failures.map(\.reason) == [.archiveDuplicateEntry])
    #expect(failures.first?.offset == 1024)
    #expect(try route.read(archive).names.count == 1)
  }

  @Test func aDirectoryAndAFileOfOneNameAreDuplicates() throws {
    for order in [["5", "0"], ["0", "5"]] as [[Character]] {
      let archive = TarWriter.archive { for type in order { $0.header("a", type: type) } }
      #expect(try Route.file.complaints(archive).map(\.reason) == [.archiveDuplicateEntry])
    }
  }

  @Test func whatLiesBelowALinkIsADuplicate() throws {
    let archive = TarWriter.archive {
      $0.file("t")
      $0.header("a", type: "2", link: "t")
      $0.file("a/b")
    }
    #expect(try Route.file.complaints(archive).map(\.reason) == [.archiveDuplicateEntry])
  }

  @Test func aDirectoryMayBeNamedTwice() throws {
    let archive = TarWriter.archive {
      $0.file("a/b")
      $0.header("a/", type: "5")
      $0.header("a", type: "5")
    }
    #expect(try Route.file.complaints(archive) == [])
  }

  @Test(
    arguments: Route.allCases,
    [
      Pair(one: "a", other: "A"), Pair(one: "\u{e9}", other: "e\u{301}"), Pair(one: "\u{c9}", other: "e\u{301}"),
      Pair(one: "ß", other: "ss"), Pair(one: "k", other: "\u{212a}"), Pair(one: "s", other: "\u{17f}"),
      Pair(one: "a;", other: "a\u{37e}"), Pair(one: "a`", other: "a\u{1fef}"), Pair(one: "σ", other: "ς"),
      Pair(one: "d/a", other: "D/b"), Pair(one: "\u{212b}", other: "\u{e5}"), Pair(one: "ﬀ", other: "FF"),
    ])
  func confusable(route: Route, pair: Pair) throws {
    for (one, other) in [(pair.one, pair.other), (pair.other, pair.one)] {
      let archive = TarWriter.archive {
        $0.file(one, "1")
        $0.file(other, "2")
      }
      let failures = try route.complaints(archive)
      #expect(failures.map(\.reason) == [.archiveConfusableName])
      #expect(failures.first?.offset == 1024)
    }
  }

  @Test func namesThatDifferOtherwiseAreFine() throws {
    let names = ["a", "b", "a.b", "é", "e", "è", "d/a", "d/b", "e2/a", "d2/a", "ab", "a-b", "ⅸ", "9"]
    let medium = try Route.file.read(TarWriter.archive { for name in names { $0.file(name) } })
    #expect(medium.failures.isEmpty)
    #expect(medium.names == names)
  }
}
