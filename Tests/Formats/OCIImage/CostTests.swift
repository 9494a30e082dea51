import Cryptography
import OCIImage
import Octets
import Reasons
import StrictJSON
import Testing

private typealias Builder = LayoutBuilder
private typealias Kind = LayoutBuilder.Kind

/// Small archives that would make a careless reader work for hours. Each is answered within seconds, also unoptimised.
@Suite(.serialized) struct CostTests {
  /// Far above what is needed, far below what each archive would take without its bound.
  static let patience = Duration.seconds(20)

  func promptly<Value>(_ body: () throws -> Value) rethrows -> Value {
    let start = ContinuousClock.now
    defer { #expect(ContinuousClock.now - start < Self.patience) }
    return try body()
  }

  @Test func manifestOfManyDescriptors() throws {
    var builder = LayoutBuilder()
    let layer = builder.layer("a").serialized()
    var text = Array(#"{"layers":["#.utf8) + layer
    for _ in 1..<100_000 { text += [UInt8(ascii: ",")] + layer }
    builder.index([builder.blob(text + Array("]}".utf8), "")])
    #expect(text.count > 10_000_000)
    let archive = try promptly { try builder.read() }
    #expect(archive.reasons == [.jsonLimitExceeded])
  }

  @Test func topIndexOfManyImages() throws {
    var builder = LayoutBuilder()
    // As descriptors of absent manifests, and each twice: the second is found by digest, not by a search.
    let listed = (0..<10_000).map { JSON.descriptor(Array("\($0)".utf8), Kind.manifest) }
    builder.index(listed + listed)
    let archive = try promptly { try builder.read() }
    #expect(archive.images.count == 10_000)
  }

  /// Every index lists all indexes of the level below: 60⁸ paths.
  @Test func indexesThatNameEachOthersChildren() throws {
    var builder = LayoutBuilder()
    var level = [builder.image("a")]
    for depth in 0..<8 {
      level = (0..<60).map { number in
        builder.blob(["manifests": .array(level), "annotations": ["n": .text("\(depth).\(number)")]], Kind.index)
      }
    }
    builder.index(level)
    #expect(promptly { refusal(builder) } == .archiveLimitExceeded)
  }

  /// One index under many fallback tags: its referrers would hang on each.
  @Test func oneIndexUnderManyTags() throws {
    var builder = LayoutBuilder()
    let image = builder.image("a")
    let referrer = builder.referrer(of: image)
    let index = builder.indexBlob(Array(repeating: referrer, count: 1_000))
    let hex = image.digest.hex
    builder.index((0..<1_000).map { _ in index.named("sha256-\(hex)") })
    #expect(promptly { refusal(builder) } == .archiveLimitExceeded)
  }

  /// One manifest of many layers under many tags.
  @Test func evidenceOfManyImages() throws {
    var builder = LayoutBuilder()
    let payload = builder.blob([:], Kind.simpleSigning)
    let layers = (0..<1_000).map { payload.annotated(["dev.cosignproject.cosign/signature": .text("\($0)")]) }
    let manifest = builder.manifest(config: builder.config("a"), layers: layers)
    builder.index(
      (0..<100).map { number in
        manifest.named("sha256-\(ClaimedDigest(digest([UInt8(number)])).hex).sig")
      })
    #expect(promptly { refusal(builder) } == .archiveLimitExceeded)
  }

  /// One large piece of evidence under many tags, large in its bytes or in an annotation.
  @Test(arguments: [false, true]) func largeEvidenceOfManyImages(_ isAnnotated: Bool) throws {
    var builder = LayoutBuilder()
    let filler = String(repeating: " ", count: 8 << 20)
    let payload = builder.blob(Array("{}\(isAnnotated ? "" : filler)".utf8), Kind.simpleSigning)
    let annotations: JSON = ["dev.sigstore.cosign/bundle": .text(isAnnotated ? filler : "")]
    let manifest = builder.manifest(config: builder.config("a"), layers: [payload.with("annotations", annotations)])
    func tags(_ count: Int) -> [JSON] {
      (0..<count).map { manifest.named("sha256-\(ClaimedDigest(digest([UInt8($0)])).hex).sig") }
    }
    var few = builder
    few.index(tags(15))
    #expect(try promptly { try few.read() }.evidence.count == 15)
    builder.index(tags(17))
    #expect(promptly { refusal(builder) } == .archiveLimitExceeded)
  }

  /// A document that cannot be read, and a configuration, are read once, however often they are named.
  @Test func largeDocumentsNamedOften() throws {
    var builder = LayoutBuilder()
    let filler = [UInt8](repeating: UInt8(ascii: " "), count: 4 << 20)
    let broken = builder.blob(Array("{".utf8) + filler, Kind.manifest)
    let config = builder.blob(Array(#"{"os":"linux""#.utf8) + filler + [UInt8(ascii: "}")], Kind.config)
    let images = (0..<1_000).map { number in
      builder.manifest(config: config, layers: [], ["annotations": ["n": .text("\(number)")]])
    }
    builder.index(images + Array(repeating: broken, count: 1_000))
    let archive = try promptly { try builder.read() }
    #expect(archive.images.count == 1_001)
    #expect(archive.reasons == [.jsonMalformed])
  }

  /// One manifest of many layers in many images.
  @Test func largeManifestNamedOften() throws {
    var builder = LayoutBuilder()
    let absent = JSON.descriptor([1], Kind.layer)
    let manifest = builder.manifest(config: builder.config("a"), layers: Array(repeating: absent, count: 5_000))
    let indexes = (0..<1_000).map { number in
      builder.blob(["manifests": [manifest], "annotations": ["n": .text("\(number)")]], Kind.index)
    }
    builder.index(indexes)
    let archive = try promptly { try builder.read() }
    #expect(archive.images.count == 1_000 && archive.images.allSatisfy { $0.parts[1].layers.count == 5_000 })
  }

  @Test func failuresAreKeptInPart() throws {
    var builder = Builder.layout { [$0.image("a").with("size", 1)] }
    for number in 0..<1_000 {
      builder.add("blobs/sha256/\(ClaimedDigest(digest(Array("\(number)".utf8))).hex)", "wrong")
    }
    let archive = try builder.read()
    #expect(archive.failures.count == 33)
    #expect(archive.failures.last?.subject == "archive")
    #expect(archive.failures.allSatisfy { $0.reason == .blobDigestMismatch })
  }

  @Test(arguments: [1_000, 1_001]) func annotationsAreBounded(_ count: Int) throws {
    let annotations = JSONObject((0..<count).map { .init(key: Array("\($0)".utf8), value: "") })
    let archive = try Builder.layout {
      [$0.manifest(config: $0.config("a"), layers: [$0.layer("a")], ["annotations": .object(annotations)])]
    }.read()
    #expect(archive.reasons == (count > 1_000 ? [.jsonLimitExceeded] : []))
  }

  /// Many entries of docker-archive that name one large configuration.
  @Test func dockerConfigurationNamedOften() throws {
    var builder = LayoutBuilder()
    let filler = [UInt8](repeating: UInt8(ascii: " "), count: 4 << 20)
    builder.add("config.json", DockerArchiveTests.config([]) + filler)
    builder.add("manifest.json", .array((0..<1_000).map { DockerArchiveTests.entry("config.json", [], ["app:\($0)"]) }))
    let archive = try promptly { try builder.read() }
    #expect(archive.images.count == 1 && archive.images[0].names.count == 1_000)
  }
}
