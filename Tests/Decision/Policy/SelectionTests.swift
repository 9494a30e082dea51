import Cryptography
import OCIImage
import Octets
import Policy
import Reasons
import Testing

@Suite struct SelectionTests {
  static func image(_ seed: String, _ names: [String], tags: [String] = [], platform: String = "linux/amd64") -> Image {
    let part = Part(
      digest: ClaimedDigest(digest(Array(seed.utf8))), role: .platform(Platform(platform)), ancestors: [], config: nil,
      layers: [], problems: [])
    return Image(parts: [part], names: names, tags: tags)
  }

  static func selected(_ images: [Image], _ target: Selection.Target, _ platform: String? = nil) throws
    -> [ClaimedDigest]
  {
    try Selection(target, platform: platform.flatMap { Platform($0) }).parts(of: images).map(\.image.digest)
  }

  @Test(
    arguments: [
      ("docker.io/library/app:1", "app:1", true), ("app", "docker.io/library/app:latest", true),
      ("app", "index.docker.io/app", true), ("app:1", "app:2", false),
      ("example.com:5000/app", "example.com:5000/app:latest", true),
      ("example.com/app", "app", false), ("\u{e9}", "e\u{301}", false), ("v1", "v1", true), ("app", "", false),
    ])
  func names(_ name: String, _ wanted: String, _ answer: Bool) throws {
    let images = [Self.image("a", [name])]
    if answer {
      #expect(try Self.selected(images, .named(wanted)) == [images[0].digest])
    } else {
      #expect(throws: Failure(.imageNotFound, "image “\(wanted)”")) { try Self.selected(images, .named(wanted)) }
    }
  }

  @Test func tagsDigestsAndPlatforms() throws {
    let images = [
      Self.image("a", ["docker.io/library/a:1"], tags: ["1"]), Self.image("b", [], platform: "linux/arm64"),
    ]
    #expect(try Self.selected(images, .all) == images.map(\.digest))
    #expect(try Self.selected(images, .named("1")) == [images[0].digest])
    #expect(try Self.selected(images, .digest(images[1].digest)) == [images[1].digest])
    #expect(try Self.selected(images, .all, "linux/arm64/v8") == [images[1].digest])
    #expect(throws: Failure(.imageNotFound, "any image for linux/s390x")) {
      try Self.selected(images, .all, "linux/s390x")
    }
    #expect(throws: Failure(.imageNoneCarried, "archive")) { try Self.selected([], .all) }
  }

  /// Names and tags of two images, what is asked for, and how many of the two are ambiguous.
  @Test(
    arguments: [
      (["app:1"], [], ["app:1"], [], nil, 2), (["app:1"], [], ["app:2"], [], nil, 0),
      (["app"], [], ["docker.io/library/app:latest"], [], nil, 2),
      // `docker save a:latest b:latest` is honest, until somebody asks for “latest”.
      (["docker.io/library/a:latest"], ["latest"], ["docker.io/library/b:latest"], ["latest"], nil, 0),
      (["docker.io/library/a:latest"], ["latest"], ["docker.io/library/b:latest"], ["latest"], "latest", 2),
      // One image goes by the tag alone, another hides it behind a full name.
      (["v1"], [], ["evil.example/app:v1"], ["v1"], nil, 2), (["a", "b"], [], ["c", "b"], [], "a", 2),
      ([], [], [], [], nil, 0), (["\u{e9}"], [], ["e\u{301}"], [], nil, 0),
    ] as [([String], [String], [String], [String], String?, Int)])
  func ambiguity(
    _ one: [String], _ oneTags: [String], _ two: [String], _ twoTags: [String], _ wanted: String?, _ count: Int
  ) {
    let images = [Self.image("1", one, tags: oneTags), Self.image("2", two, tags: twoTags)]
    let selection = Selection(wanted.map { .named($0) } ?? .all, platform: nil)
    let found = selection.ambiguousNames(among: images)
    #expect(found.count == count)
    #expect(found.values.joined().allSatisfy { $0.reason == .imageAmbiguousName })
    #expect(Selection(.digest(images[0].digest), platform: nil).ambiguousNames(among: images).isEmpty)
    // One image under one name twice is one image.
    #expect(selection.ambiguousNames(among: [images[0], images[0]]).isEmpty)
  }

  /// Whoever pulls by digest must get that digest.
  @Test(arguments: [
    ("app@\(own)", 0), ("app:1@\(other)", 1), ("reg.example/app@\(other)", 1), ("@\(other)", 1), ("app@sha256:ab", 1),
    ("app:1", 0),
  ]) func aNameEndsWithItsOwnDigest(_ name: String, _ count: Int) {
    for image in [Self.image("1", [name]), Self.image("1", ["reg.example/app:1"], tags: [name])] {
      let found = Selection(.all, platform: nil).ambiguousNames(among: [image]).values.joined()
      #expect(found.map(\.reason) == Array(repeating: .imageAmbiguousName, count: count), "\(name)")
    }
  }

  private static let own = image("1", []).digest
  private static let other = image("2", []).digest

  @Test func manyImagesOfOneName() {
    let images = (0..<20_000).map { Self.image("\($0)", ["app:1"]) }
    let start = ContinuousClock.now
    #expect(Selection(.all, platform: nil).ambiguousNames(among: images).count == 20_000)
    #expect(ContinuousClock.now - start < .seconds(20))
  }
}
