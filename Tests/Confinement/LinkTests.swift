import Reasons
import TestSupport
import Testing

@testable import MediaReader

struct LinkTests {
  /// Name of the link, where it points, and what it means.
  @Test(
    arguments: Route.allCases,
    [
      ("id/layer.tar", "../x.tar", "x.tar"), ("l", "x.tar", "x.tar"), ("l", "./x.tar", "x.tar"),
      ("l", "d/e", "d/e"), ("d/l", "e", "d/e"), ("d/l", "../d/e", "d/e"), ("a/b/l", "../../d/e", "d/e"),
      ("l", "later", "later"),
    ])
  func alias(route: Route, link: (name: String, target: String, file: String)) throws {
    let medium = try route.read(
      TarWriter.archive {
        $0.file("x.tar", "layer")
        $0.file("d/e", "{}")
        $0.header(link.name, type: "2", link: link.target)
        $0.file("later", "[]")
      })
    #expect(medium.failures.isEmpty)
    let alias = try #require(medium.entry(link.name))
    let file = try #require(medium.entry(link.file))
    #expect(alias.alias == bytes(link.file))
    #expect(file.alias == nil)
    #expect(alias.digest == file.digest)
    #expect(alias.size == file.size)
    #expect(alias.contents == file.contents)
    #expect(alias.offset != file.offset)
  }

  @Test(
    arguments: Route.allCases,
    [
      ("l", "/x.tar"), ("l", "../x.tar"), ("l", "d/../../x.tar"), ("l", "missing"), ("l", ""), ("l", "."),
      ("l", "d"), ("l", "l"), ("l", "other"), ("l", "d//e"), ("l", "x.tar/"), ("l", "X.tar"), ("l", "x\\tar"),
      ("d/l", "x.tar"),
    ])
  func nowhere(route: Route, link: (name: String, target: String)) throws {
    let archive = TarWriter.archive {
      $0.file("x.tar", "layer")
      $0.file("d/e", "{}")
      $0.header("other", type: "2", link: "x.tar")
      $0.header(link.name, type: "2", link: link.target)
    }
    let medium = try route.read(archive)
    #expect(medium.failures.map(\.reason) == [.archiveForbiddenEntry])
    #expect(medium.failures.first?.subject == link.name)
    #expect(medium.failures.first?.offset == 2560)
    #expect(medium.names == ["x.tar", "d/e", "other"])
  }

  @Test func aTargetWithControlCharactersIsNowhere() throws {
    let archive = TarWriter.archive {
      $0.extend("x", TarWriter.record("linkpath", bytes("a\u{0}")))
      $0.header("l", type: "2", link: "a")
      $0.file("a")
    }
    #expect(try Route.file.complaints(archive).map(\.reason) == [.archiveForbiddenEntry])
  }

  @Test(arguments: Route.allCases, ["1", "3", "4", "6", "V", "S"] as [Character])
  func otherKindsAreForbidden(route: Route, type: Character) throws {
    let archive = TarWriter.archive {
      $0.file("a")
      $0.header("n", type: type, link: "a")
    }
    let failures = try route.complaints(archive)
    #expect(failures.map(\.reason) == [.archiveForbiddenEntry])
    #expect(failures.first?.subject == "n")
    #expect(failures.first?.offset == 512)
  }
}
