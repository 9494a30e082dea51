import OCIImage
import Octets
import Reasons
import StrictJSON
import Testing

private typealias Builder = LayoutBuilder
private typealias Kind = LayoutBuilder.Kind

/// What an image runs on its configuration says, to whoever runs it. So it is read, or nobody is told that the image is
/// whole.
@Suite struct ConfigurationTests {
  private static let arm = #"{"os":"linux","architecture":"arm64"}"#
  private static let wasm = "application/vnd.wasm.config.v0+json"

  private typealias Row = (
    text: String, type: String, layer: String, state: Part.Configuration.State, platform: Platform?, reason: Reason?
  )

  private static let rows: [Row] = [
    (arm, Kind.config, Kind.layer, .read, Platform("linux/arm64"), nil),
    ("{}", Kind.config, Kind.layer, .read, nil, nil), (#"{"os":"linux"}"#, Kind.config, Kind.layer, .read, nil, nil),
    (#"{"architecture":"amd64"}"#, Kind.config, Kind.layer, .read, nil, nil),
    ("[]", Kind.config, Kind.layer, .read, nil, nil),
    ("no JSON", Kind.config, Kind.layer, .unread, nil, .imageManifestMalformed),
    (#"{"os":"linux"#, Kind.config, Kind.layer, .unread, nil, .jsonMalformed),
    (#"{"os":"linux","OS":"windows"}"#, Kind.config, Kind.layer, .unread, nil, .imageManifestMalformed),
    (#"{"os":"linux","os":"windows"}"#, Kind.config, Kind.layer, .unread, nil, .jsonDuplicateKey),
    // containerd asks for no type of a configuration above its layers, podman for none of a layer.
    (arm, "application/x", Kind.layer, .read, Platform("linux/arm64"), nil),
    ("no JSON", "application/x", Kind.layer, .unread, nil, .imageManifestMalformed),
    ("no JSON", Kind.config, "application/x", .unread, nil, .imageManifestMalformed),
    // Artifacts.
    (#"{"os":"wasip1","architecture":"wasm"}"#, wasm, "application/wasm", .read, Platform("wasip1/wasm"), nil),
    ("no JSON", wasm, "application/wasm", .unread, nil, .imageManifestMalformed),
    ("no JSON", "application/x", "application/y", .opaque, nil, nil),
    // oras writes empty ones, of any type, and nobody parses what he does not know.
    ("", "application/vnd.unknown.config.v1+json", "application/y", .opaque, nil, nil),
    ("", Kind.config, Kind.layer, .opaque, nil, nil),
    (#"{"OS":1}"#, "application/vnd.other.config+json", "application/y", .opaque, nil, nil),
    (arm, "application/x", "application/y", .opaque, nil, nil),
  ]

  @Test(arguments: rows.indices) func whatItSaysIsReadOrRefused(index: Int) throws {
    let row = Self.rows[index]
    let builder = Builder.layout {
      let config = $0.blob(Array(row.text.utf8), row.type)
      return [$0.manifest(config: config, layers: [$0.blob(Array("layer".utf8), row.layer)])]
    }
    let archive = try builder.read()
    let part = archive.images[0].parts[0]
    #expect(part.config?.state == row.state && part.platform == row.platform)
    #expect(part.problems.map(\.reason) == (row.reason.map { [$0] } ?? []))
    #expect(archive.reasons == part.problems.map(\.reason))
    #expect(archive.documents.count == (row.state == .read ? 2 : 1))
  }

  @Test func oneThatIsAbsentIsMissed() throws {
    var builder = Builder()
    let config = builder.config("a")
    let image = builder.manifest(config: config, layers: [builder.layer("a")])
    builder.index([image])
    builder.remove(config)
    let part = try builder.read().images[0].parts[0]
    #expect(part.config?.state == .unread && part.problems.map(\.reason) == [.blobMissing])
  }

  /// A descriptor that states another size means no bytes that are there.
  @Test func oneOfAnotherSizeIsNotRead() throws {
    let archive = try Builder.layout {
      let config = $0.config("a")
      let wrong = config.with("size", 1)
      return [
        $0.manifest(config: config, layers: [$0.layer("a")]), $0.manifest(config: wrong, layers: [$0.layer("a")]),
      ]
    }.read()
    let parts = archive.images.map(\.parts[0])
    #expect(parts.map(\.config?.state) == [.read, .unread] && parts.map(\.platform) == [Platform("linux/amd64"), nil])
    #expect(archive.reasons == [.blobSizeMismatch])
  }

  /// A label without a system says nothing.
  @Test func anEmptyLabelIsNone() throws {
    let archive = try Builder.layout {
      [$0.indexBlob([$0.image("a").with("platform", ["os": "", "architecture": "arm64"])])]
    }.read()
    let part = archive.images[0].parts[1]
    #expect(part.platform == Platform("linux/amd64") && part.configuredPlatform == nil)
  }

  /// Nobody signs the layout's own index: it says nothing where the configuration is silent.
  @Test func theTopIndexIsNotAsked() throws {
    let platform: JSON = ["os": "linux", "architecture": "amd64"]
    func image(_ builder: inout Builder) -> JSON {
      builder.manifest(config: builder.blob([:], Kind.config), layers: [builder.layer("a")]).with("platform", platform)
    }
    let root = try Builder.layout { [image(&$0)] }.read()
    #expect(root.images[0].parts[0].platform == nil)
    let child = try Builder.layout { [$0.indexBlob([image(&$0)])] }.read()
    #expect(child.images[0].parts[1].platform == Platform("linux/amd64"))
  }
}
