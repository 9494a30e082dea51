import OCIImage
import Octets
import Policy
import Reasons
import Testing

/// A name means to rules what it means to the tools that import the image.
@Suite struct NameTests {
  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  @Test(
    arguments: [
      ("alpine", "docker.io", "docker.io/library/alpine"), ("shop/app", "docker.io", "docker.io/shop/app"),
      ("reg.example/app", "reg.example", "reg.example/app"), ("reg:5000/app", "reg:5000", "reg:5000/app"),
      // A host by its capitals (distribution/reference, `splitDockerDomain`), and as it is reached.
      ("REGISTRY/app", "registry", "registry/app"), ("Reg.Example/App", "reg.example", "reg.example/App"),
      ("reg.example:443/app", "reg.example", "reg.example/app"), ("reg.example:4430/app", "reg.example:4430", nil),
      ("docker.io:443/library/app", "docker.io", "docker.io/library/app"),
    ] as [(String, String, String?)])
  func hostsAreThoseThatAreReached(_ name: String, _ registry: String, _ repository: String?) {
    let reference = ImageReference(name)
    #expect(Self.text(reference.registry) == registry)
    if let repository { #expect(Self.text(reference.repository) == repository) }
  }

  /// containerd joins paths and decodes escapes: such a name is two.
  @Test(arguments: [
    ("reg.example/x/../shop/app:v1", true), ("reg.example//shop/app:v1", true), ("reg.example/./app:v1", true),
    ("reg.example/sh%6fp/app:v1", true), ("reg.example/app\\x:v1", true), ("reg.example/app :v1", true),
    ("/app:v1", true), ("app/:v1", true), ("reg.example/app:v1", false), ("v..1", false), ("a b", false),
    ("reg.example/shop/.:v1", true), ("reg.example/shop/..:v1", true), ("reg.example/shop:v1/x:v2", true),
    ("reg.example/shop?x/y:v1", true), ("reg.example/shop#x:v1", true), ("weak@reg.example/shop:v1", true),
    ("reg.example:/app:v1", true), ("reg.example:port/app:v1", true), ("reg.example:5000/a/b-c_d.e:v1.0", false),
    ("refs/heads/main", false), ("app:v1@sha256:ab", true), ("reg.example/app:", true),
  ]) func aNameOfTwoReadingsIsNone(_ name: String, isRefused: Bool) {
    let image = SelectionTests.image("1", [name])
    let found = Selection(.all, platform: nil).ambiguousNames(among: [image]).values.joined()
    #expect(found.map(\.reason) == (isRefused ? [.imageAmbiguousName] : []))
    #expect(Selection(.digest(image.digest), platform: nil).ambiguousNames(among: [image]).isEmpty)
  }

  /// A scope that no name could ever be in is a mistake.
  @Test(arguments: [
    (#"{"registry":"Reg.example"}"#, false), (#"{"registry":"reg.example:443"}"#, false),
    (#"{"repository":"Reg.example/app"}"#, false), (#"{"repository":["a/b","REG/**"]}"#, false),
    (#"{"repository":"**App"}"#, true), (#"{"repository":"Reg**/app"}"#, false),
    (#"{"repository":"Reg.example**"}"#, false),
    (#"{"registry":"reg.example:5000"}"#, true), (#"{"repository":"reg.example/App"}"#, true),
  ]) func scopesAreWrittenAsNamesAreCompared(_ scope: String, isRead: Bool) {
    let rule = #""rules":[{"name":"r","scope":\#(scope),"require":{"signature":{"by":"a"}}}]"#
    #expect(((try? Policy.with(rule)) != nil) == isRead)
  }

  /// Who writes a member and nothing behind it has not said what he means, and would mean everything.
  @Test(arguments: [
    #""waivers":[{"name":"w","waives":"x","ticket":"T","until":"2030-01-01T00:00:00Z","scope":{"repository":null}}]"#,
    #""deny":null"#, #""description":null"#,
  ]) func nothingIsNull(_ member: String) throws {
    let rules = #""rules":[{"name":"r","scope":{},"require":{"signature":{"by":"a"}}}]"#
    _ = try Policy.with(rules)
    do {
      _ = try Policy.with("\(rules),\(member)")
      Issue.record("read")
    } catch let failure as Failure {
      #expect(failure.reason == .policyMalformed && failure.detail.hasPrefix("nothing stands here"), "\(failure)")
    }
  }

  @Test(arguments: [#""maxAge":null"#, #""atLeast":null"#, #""covers":null"#]) func noMemberOfADemandIs(
    _ member: String
  ) {
    #expect(throws: Failure.self) { try Policy.requiring(#"{"signature":{"by":"a",\#(member)}}"#) }
  }

  /// But what an attestation says may be compared with it.
  @Test(arguments: [#""equals":null"#, #""oneOf":[null,"x"]"#]) func aValueMayBeNull(_ wanted: String) throws {
    _ = try Policy.requiring(#"{"attestation":{"type":"t","by":"a","where":[{"at":"/x",\#(wanted)}]}}"#)
  }
}
