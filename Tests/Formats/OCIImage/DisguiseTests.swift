import Cryptography
import OCIImage
import Octets
import Reasons
import StrictJSON
import Testing

private typealias Builder = LayoutBuilder
private typealias Kind = LayoutBuilder.Kind

/// What another tool would load must be judged, or be refused: nothing slips past as evidence, as another kind of
/// document, or under a name that only some readers see.
@Suite struct DisguiseTests {
  // MARK: Images that look like evidence

  /// Each row lists an image beside `honest`; both must come out as images.
  @Test(arguments: 0..<16) func imageStaysAnImage(_ disguise: Int) throws {
    var (honest, evil) = (JSON.null, JSON.null)
    let archive = try Builder.layout {
      honest = $0.image("honest")
      let tag = "sha256-\(honest.digest.hex)"
      let tar = Array("pax tar".utf8)
      switch disguise {
      case 0: evil = $0.image("evil", subject: honest)
      case 1: evil = $0.image("evil").named("\(tag).sig")
      case 2: evil = $0.image("evil").of("sigs")
      case 3: evil = $0.indexBlob([$0.image("evil")]).named(tag)
      case 4: evil = $0.indexBlob([$0.referrer(of: honest), $0.image("evil", subject: honest)]).named(tag)
      case 5:
        // One layer of an image's type is enough for containerd.
        let bundle = $0.blob(Builder.bundle(""), Kind.bundle)
        evil = $0.manifest(config: $0.config("evil"), layers: [bundle, $0.layer("evil")], subject: honest)
      case 6:
        // podman unpacks layers of any type under an image's configuration.
        evil = $0.signature(on: honest, payload: tar).named("\(tag).sig")
      case 7: evil = $0.signature(on: honest, config: "", payload: tar).of("sigs")
      case 8:
        let layer = $0.blob(Array("{}".utf8), "text/spdx")
        evil = $0.manifest(config: $0.config("evil"), layers: [layer], subject: honest)
      case 9:
        // It asks for no configuration type in Docker's manifests.
        let layer = $0.blob(tar, "application/x")
        evil = $0.manifest(
          config: $0.config("evil", "application/x"), layers: [layer], subject: honest, mediaType: Kind.dockerManifest)
      case 10: evil = $0.signature(on: honest).named("app:latest")
      case 11:
        evil = $0.signature(on: honest).annotated([
          "org.opencontainers.image.ref.name": .text("\(tag).sig"), "io.containerd.image.name": "app:latest",
        ])
      case 12:
        // An artifact that a cluster could mount as a volume.
        let layer = $0.blob(tar, "application/x")
        evil = $0.manifest(config: $0.blob([:], Kind.empty), layers: [layer], subject: honest).named("app:latest")
      case 13:
        // containerd asks for no configuration type at all.
        evil = $0.manifest(config: $0.blob([:], Kind.empty), layers: [$0.layer("evil")], subject: honest)
      case 14: evil = $0.manifest(config: $0.config("evil"), layers: [], subject: honest)
      default: evil = $0.manifest(config: nil, layers: [$0.blob(tar, "")], subject: honest)
      }
      return [honest, evil]
    }.read()
    #expect(archive.digests == [honest.digest, evil.digest])
    #expect(archive.evidence.isEmpty)
  }

  @Test func unreadableEntryIsJudgedUnlessMarked() throws {
    func archive(_ mark: (JSON) -> JSON) throws -> ImageArchive {
      try Builder.layout { [$0.image("a"), mark($0.blob(["neither": 1], Kind.manifest))] }.read()
    }
    let unmarked = try archive { $0 }
    #expect(unmarked.images.count == 2 && unmarked.reasons == [.imageManifestMalformed])
    let marked = try archive { $0.of("sigs") }
    #expect(marked.images.count == 2 && marked.reasons == [.imageManifestMalformed])
  }

  // MARK: Documents that mean two things

  @Test(
    arguments: [
      (#"{"manifests":[],"layers":[]}"#, Reason.imageManifestMalformed),
      (#"{"manifests":[],"config":CONFIG}"#, .imageManifestMalformed),
      (#"{"config":CONFIG,"layers":[],"fsLayers":[]}"#, .imageManifestMalformed),
      (#"{"config":CONFIG,"layers":[],"history":[]}"#, .imageManifestMalformed),
      (
        #"{"mediaType":"application/vnd.oci.image.index.v1+json","config":CONFIG,"layers":[]}"#,
        .imageManifestMalformed
      ),
      (#"{"mediaType":"application/vnd.oci.image.manifest.v1+json","manifests":[]}"#, .imageManifestMalformed),
      (#"{}"#, .imageManifestMalformed),
      (#"{"config":CONFIG,"layers":[],"layers":[]}"#, .jsonDuplicateKey),
      (#"{"config":CONFIG,"layers":[],"Layers":[]}"#, .imageManifestMalformed),
      (#"{"config":CONFIG,"layers":[],"layer\u017f":[]}"#, .imageManifestMalformed),
      (#"{"config":CONFIG,"layers":[],"SUBJECT":null}"#, .imageManifestMalformed),
      (#"{"config":CONFIG,"layers":[{"digest":"sha256:HEX","size":0,"Digest":""}]}"#, .imageManifestMalformed),
      // U+212A folds to k in Go, and no known name has one; it only must not be taken for another letter.
      (#"{"config":CONFIG,"layers":[],"\u212a":[]}"#, nil),
      (#"{"config":CONFIG,"layers":[],"LAYER":[]}"#, nil),
      (#"{"config":CONFIG,"layers":[],"annotations":{"a":"","A":""}}"#, nil),
      (
        #"{"config":CONFIG,"layers":[{"mediaType":"\u00e9","digest":"sha256:HEX","size":0}]}"#,
        .imageManifestMalformed
      ),
      (#"{"config":CONFIG,"layers":[{"digest":"sha256:HEX","size":-1}]}"#, .imageManifestMalformed),
      (#"{"config":CONFIG,"layers":[{"digest":"sha256:HEX","size":1.0}]}"#, .imageManifestMalformed),
      (#"{"config":CONFIG,"layers":[{"digest":"SHA256:HEX","size":0}]}"#, .imageManifestMalformed),
    ] as [(String, Reason?)])
  func manifests(_ text: String, _ reason: Reason?) throws {
    let archive = try Builder.layout {
      var text = text.split(separator: "CONFIG", omittingEmptySubsequences: false).joined(
        separator: String(decoding: $0.config("a").serialized(), as: UTF8.self))
      text = text.split(separator: "HEX", omittingEmptySubsequences: false).joined(
        separator: $0.blob([], Kind.layer).digest.hex)
      return [$0.blob(Array(text.utf8), "")]
    }.read()
    #expect(archive.reasons == (reason.map { [$0] } ?? []))
  }

  @Test(
    arguments: [
      #"{"manifests":[],"Manifests":[]}"#, #"{"Manifests":[]}"#, #"{"manifests":[],"layers":[]}"#, #"{"layers":[]}"#,
      #"{"manifests":[],"manifest\u017f":[]}"#, "[]", #"{"manifests":{}}"#,
      #"{"manifests":[{"digest":"sha256:HEX","size":1,"Annotations":{}}]}"#,
      #"{"manifests":[{"digest":"sha256:HEX","size":1,"platform":{"os":"linux","OS":"windows"}}]}"#,
      #"{"manifests":[{"digest":"sha256:HEX","size":1,"platform":{"os":"lin\u00fcx"}}]}"#,
    ])
  func topIndexes(_ text: String) {
    var builder = LayoutBuilder()
    builder.marker()
    let hex = String(repeating: "0", count: 64)
    builder.add("index.json", text.split(separator: "HEX", omittingEmptySubsequences: false).joined(separator: hex))
    #expect([.imageManifestMalformed, .imageIndexMalformed].contains(refusal(builder)))
  }

  @Test(arguments: ["config", "rootFS", "LAYERS"]) func dockerEntriesAndConfigurations(_ name: String) {
    var builder = LayoutBuilder()
    builder.add("config.json", DockerArchiveTests.config([], name == "rootFS" ? ["rootFS": [:]] : [:]))
    builder.add("manifest.json", [DockerArchiveTests.entry("config.json", []).with(name, name == "config" ? "x" : [])])
    #expect([.imageManifestMalformed, .imageIndexMalformed].contains(refusal(builder)))
  }

  @Test(arguments: [Kind.index, "application/vnd.docker.distribution.manifest.list.v2+json"])
  func descriptorsMustNotNameTheOtherKind(_ mediaType: String) throws {
    let image = try Builder.layout { [$0.image("a").with("mediaType", .text(mediaType))] }.read()
    #expect(image.reasons == [.imageManifestMalformed])
    let index = try Builder.layout { [$0.indexBlob([$0.image("a")]).with("mediaType", .text(Kind.manifest))] }.read()
    #expect(index.reasons == [.imageManifestMalformed])
  }

  /// Docker before version 28 reads `repositories` where it finds no manifest.json.
  @Test func legacyListRefusesBesideAnIndex() {
    var builder = Builder.layout { [$0.image("a")] }
    builder.add("repositories", "{}")
    #expect(refusal(builder) == .imageViewsDiffer)
  }

  // MARK: Names and platforms

  @Test func allNamesOfAnImageAreKept() throws {
    let archive = try Builder.layout {
      let image = $0.image("a")
      let full = image.annotated([
        "io.containerd.image.name": "b.example/b:1", "org.opencontainers.image.ref.name": "1",
      ])
      return [image.named("a"), full, image.named("a"), image.named("\u{e9}"), image.named("e\u{301}"), image]
    }.read()
    #expect(archive.images.count == 1)
    let names = ["a", "b.example/b:1", "\u{e9}", "e\u{301}"]
    #expect(archive.images[0].names.map { Array($0.utf8) } == names.map { Array($0.utf8) })
    #expect(archive.images[0].tags == ["1"])
  }

  /// An empty name is none to containerd, which then goes by the other one.
  @Test func anEmptyNameIsNone() throws {
    let archive = try Builder.layout {
      [
        $0.image("a").annotated(["io.containerd.image.name": "", "org.opencontainers.image.ref.name": "v1"]),
        $0.image("b").named(""),
      ]
    }.read()
    #expect(archive.images.map(\.names) == [["v1"], []] && archive.images.allSatisfy(\.tags.isEmpty))
  }

  /// Where letter case does not count, another tool finds them.
  @Test(arguments: [
    ("Index.json", true), ("OCI-layout", true), ("MANIFEST.JSON", true), ("repoſitories", true), ("index.jsons", false),
    ("blobs/Index.json", false),
  ]) func topFilesAreWhatTheyAreCalled(_ name: String, isRefused: Bool) {
    var builder = Builder.layout { [$0.image("a")] }
    builder.add(name, "{}")
    #expect(refusal(builder) == (isRefused ? .archiveForbiddenEntry : nil))
  }

  /// Nobody signs the layout's own index: the platform that it claims does not hide an image from `--platform`.
  @Test func rootPlatformIsTheConfigurations() throws {
    let plan9: JSON = ["os": "plan9", "architecture": "amd64"]
    let root = try Builder.layout { [$0.image("a").with("platform", plan9)] }.read()
    #expect(root.images[0].parts[0].platform == Platform("linux/amd64"))
    let child = try Builder.layout { [$0.indexBlob([$0.image("a").with("platform", plan9)])] }.read()
    #expect(child.images[0].parts[1].platform == Platform("plan9/amd64"))
    // Of a child both are known: a policy may ask more of the one than of the other.
    #expect(root.images[0].parts[0].configuredPlatform == nil)
    #expect(child.images[0].parts[1].configuredPlatform == Platform("linux/amd64"))
    let same: JSON = ["os": "linux", "architecture": "amd64", "variant": "v1"]
    let labelled = try Builder.layout { [$0.indexBlob([$0.image("a").with("platform", same)])] }.read()
    #expect(labelled.images[0].parts[1].configuredPlatform == nil)
  }

  /// One part answers to the rules of one platform: whoever lists it twice offers it for no other one.
  @Test(arguments: [
    ("linux/amd64", "linux/amd64", true), ("linux/arm64", "linux/arm64/v8", true),
    ("linux/arm64", "linux/amd64", false),
    ("linux/amd64", "unknown/unknown", false), ("unknown/unknown", "linux/amd64", false),
  ]) func aPartIsListedForOnePlatform(_ first: String, _ second: String, isRead: Bool) throws {
    func listed(_ image: JSON, _ text: String) -> JSON {
      let platform = Platform(text)!
      var members: JSONObject = ["architecture": .text(platform.architecture), "os": .text(platform.os)]
      if let variant = platform.variant { members.append("variant", .text(variant)) }
      let listed = image.with("platform", .object(members))
      return platform.os == "unknown"
        ? listed.with("annotations", ["vnd.docker.reference.type": "attestation-manifest"]) : listed
    }
    let builder = Builder.layout {
      // An image's configuration over a layer that no containerd would unpack.
      let image = $0.manifest(config: $0.config("a"), layers: [JSON.descriptor([1], "a/b")])
      return [$0.indexBlob([listed(image, first), listed(image, second)])]
    }
    #expect(refusal(builder) == (isRead ? nil : .imageManifestMalformed))
    // Nor in two indexes of one image.
    let nested = Builder.layout {
      let image = $0.manifest(config: $0.config("a"), layers: [JSON.descriptor([1], "a/b")])
      return [$0.indexBlob([$0.indexBlob([listed(image, first)]), listed(image, second)])]
    }
    #expect(refusal(nested) == (isRead ? nil : .imageManifestMalformed))
  }

  /// The version of Windows is what rules are chosen by, too: a label without one is no way around them.
  @Test(arguments: ["10.0.1", nil] as [String?], ["10.0.1", "10.0.2", nil] as [String?])
  func aChildsVersionIsItsConfigurations(_ stated: String?, _ configured: String?) throws {
    func platform(_ version: String?) -> JSONObject {
      var members: JSONObject = ["architecture": "amd64", "os": "windows"]
      if let version { members.append("os.version", .text(version)) }
      return members
    }
    let archive = try Builder.layout {
      let config = $0.blob(.object(platform(configured)), Kind.config)
      let image = $0.manifest(config: config, layers: [$0.layer("a")])
      return [$0.indexBlob([image.with("platform", .object(platform(stated)))])]
    }.read()
    #expect((archive.images[0].parts[1].configuredPlatform != nil) == (configured != nil && configured != stated))
  }

  /// Nor is a label with another variant.
  @Test(
    arguments: [
      ("linux/arm/v6", "v7", true), ("linux/arm/v7", "v7", false), ("linux/arm", "v7", false),
      ("linux/arm", "v6", true),
      ("linux/arm/v6", nil, false), ("linux/arm64", "v8", false), ("linux/arm/7", "v7", false),
    ] as [(String, String?, Bool)])
  func aChildsVariantIsItsConfigurations(_ label: String, _ configured: String?, isOther: Bool) throws {
    let stated = try #require(Platform(label))
    var descriptor: JSONObject = ["architecture": .text(stated.architecture), "os": .text(stated.os)]
    if let variant = stated.variant { descriptor.append("variant", .text(variant)) }
    var config: JSONObject = ["architecture": .text(stated.architecture), "os": .text(stated.os)]
    if let configured { config.append("variant", .text(configured)) }
    let archive = try Builder.layout {
      let image = $0.manifest(config: $0.blob(.object(config), Kind.config), layers: [$0.layer("a")])
      return [$0.indexBlob([image.with("platform", .object(descriptor))])]
    }.read()
    #expect((archive.images[0].parts[1].configuredPlatform != nil) == isOther)
  }

  @Test func layerThatEqualsTheConfigurationIsALayer() throws {
    let archive = try Builder.layout {
      let config = $0.config("a")
      return [$0.manifest(config: config, layers: [config, $0.layer("a")])]
    }.read()
    #expect(archive.images[0].parts[0].layers.count == 2)
  }

  // MARK: Evidence on the wrong image

  @Test func subjectOutranksTheTag() throws {
    var (one, two) = (JSON.null, JSON.null)
    let archive = try Builder.layout {
      (one, two) = ($0.image("one"), $0.image("two"))
      return [one, two, $0.referrer(of: one).named("sha256-\(two.digest.hex).sig")]
    }.read()
    #expect(archive.evidence.map(\.attachedTo) == [one.digest])
  }

  /// A signature whose annotations only look alike must not displace the true one.
  @Test func evidenceIsComparedByBytes() throws {
    let archive = try Builder.layout { builder in
      let image = builder.image("a")
      let payload = builder.blob([:], Kind.simpleSigning)
      let layers = ["K", "\u{212a}", "K"].map {
        payload.annotated(["dev.cosignproject.cosign/signature": .text($0)])
      }
      return [image, builder.manifest(config: builder.blob([:], Kind.empty), layers: layers, subject: image)]
    }.read()
    #expect(archive.evidence.count == 2)
  }

  /// A signature whose tag was withdrawn stays behind as a blob; without `subject` it hangs on nothing.
  @Test func withdrawnSignatureIsNoEvidence() throws {
    let archive = try Builder.layout {
      let image = $0.image("a")
      _ = $0.signature(on: image)
      return [image]
    }.read()
    #expect(archive.evidence.isEmpty)
  }

  @Test func unlistedImageIsNoEvidence() throws {
    let archive = try Builder.layout {
      let image = $0.image("a")
      let bundle = $0.blob(Builder.bundle(""), Kind.bundle)
      _ = $0.manifest(config: $0.config("b"), layers: [bundle, $0.layer("b")], subject: image)
      return [image]
    }.read()
    #expect(archive.evidence.isEmpty)
  }
}
