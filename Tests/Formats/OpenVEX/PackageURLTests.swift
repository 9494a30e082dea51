import OpenVEX
import Testing

@Suite struct PackageURLTests {
  static func url(_ text: String) -> PackageURL? { PackageURL(Array(text.utf8)) }

  @Test(
    arguments: [
      ("pkg:deb/debian/openssl@3.0.1?arch=amd64", "deb/debian/openssl", "3.0.1"),
      ("pkg:npm/%40angular/core@1", "npm/@angular/core", "1"),
      ("pkg:npm/@angular/core", "npm/@angular/core", nil), ("pkg:npm/@x", "npm/@x", nil),
      ("PKG://NPM/Left@1#sub", "npm/Left", "1"),
      ("pkg:oci/a@sha256%3Aab", "oci/a", "sha256:ab"),
      ("pkg:golang/example.com/m@v1+x", "golang/example.com/m", "v1+x"),
      ("pkg:x/a@", "x/a", nil), ("pkg:x//a/", "x/a", nil),
    ] as [(String, String, String?)])
  func parts(_ text: String, _ package: String, _ version: String?) throws {
    let url = try #require(Self.url(text))
    #expect(url.package == Array(package.utf8) && url.version == version.map { Array($0.utf8) })
  }

  @Test(arguments: [
    "", "pkg:", "pkg:x", "pkg:x/", "http://x/y", "pkg:x/a%2", "pkg:x/a%zz@1", "pkg:x/a?novalue", "pkg:x/a@%",
  ])
  func none(_ text: String) { #expect(Self.url(text) == nil) }

  @Test(
    arguments: [
      ("pkg:x/a", true), ("pkg:x/a@1", true), ("pkg:x/a@1?k=v", true), ("pkg:x/a@1?l=w&k=v", true),
      ("pkg:x/a?K=v", true),
      ("pkg:x/a@1#s", true), ("pkg:x/a@2", false), ("pkg:x/b", false), ("pkg:y/a", false), ("pkg:x/a?k=w", false),
      ("pkg:x/a?m=v", false), ("pkg:x/a#t", false), ("pkg:x/A", false),
    ])
  func covers(_ text: String, _ covers: Bool) throws {
    let other = try #require(Self.url("pkg:x/a@1?k=v&l=w#s"))
    #expect(try #require(Self.url(text)).covers(other) == covers)
  }
}
