import Cryptography
import OCIImage
import Octets
import Reasons
import StrictJSON
import Testing

@Suite struct DockerArchiveTests {
  static func name(_ contents: [UInt8], _ suffix: String = "") -> String {
    ClaimedDigest(digest(contents)).hex + suffix
  }

  /// A configuration whose layers have these contents.
  static func config(_ layers: [[UInt8]], _ extra: JSONObject = [:]) -> [UInt8] {
    let identifiers = layers.map { JSON.text("\(ClaimedDigest(digest($0)))") }
    let object: JSONObject = [
      "os": "linux", "architecture": "amd64", "rootfs": ["type": "layers", "diff_ids": .array(identifiers)],
    ]
    return JSON.object(JSONObject(object.members + extra.members)).serialized()
  }

  static func entry(_ config: String, _ layers: [String], _ tags: [String]? = ["app:1"]) -> JSON {
    [
      "Config": .text(config), "RepoTags": tags.map { .array($0.map(JSON.text)) } ?? .null,
      "Layers": .array(layers.map(JSON.text)),
    ]
  }

  static let layers = [Array("layer one".utf8), Array("layer two".utf8)]

  /// As `docker save` wrote it before version 25.
  static func archive(
    config: [UInt8] = config(layers), named: String? = nil, layers: [(name: String, contents: [UInt8])]? = nil
  ) -> LayoutBuilder {
    var builder = LayoutBuilder()
    let layers = layers ?? Self.layers.enumerated().map { ("\($0)/layer.tar", $1) }
    let named = named ?? name(config, ".json")
    builder.add(named, config)
    for layer in layers { builder.add(layer.name, layer.contents) }
    builder.add("manifest.json", [entry(named, layers.map(\.name))])
    return builder
  }

  @Test func layersAreTiedByTheirContents() throws {
    let archive = try Self.archive().read()
    #expect(archive.shape == .dockerArchive)
    #expect(archive.images.map(\.names) == [["app:1"]])
    let part = archive.images[0].parts[0]
    #expect(part.digest == ClaimedDigest(digest(Self.config(Self.layers))))
    #expect(part.platform == Platform("linux/amd64"))
    #expect(part.layers.map(\.digest) == Self.layers.map { ClaimedDigest(digest($0)) })
    #expect(part.problems.isEmpty && archive.failures.isEmpty && archive.evidence.isEmpty)
  }

  @Test func otherLayerRefuses() throws {
    let archive = try Self.archive(layers: [("0/layer.tar", Self.layers[0]), ("1/layer.tar", [1])]).read()
    #expect(archive.reasons == [.blobDigestMismatch])
    #expect(archive.images[0].parts[0].problems.map(\.subject) == ["1/layer.tar"])
  }

  @Test func swappedLayersRefuse() throws {
    let swapped = [("0/layer.tar", Self.layers[1]), ("1/layer.tar", Self.layers[0])]
    #expect(try Self.archive(layers: swapped).read().reasons == [.blobDigestMismatch, .blobDigestMismatch])
  }

  @Test(arguments: [("", ".tar.gz"), ("", ".tar"), ("", ""), ("sha256:", ""), ("blobs/sha256/", "")])
  func compressedLayerIsUnbound(_ prefix: String, _ suffix: String) throws {
    let compressed = Array("compressed".utf8)
    let archive = try Self.archive(
      config: Self.config([Self.layers[0]]), layers: [(prefix + Self.name(compressed, suffix), compressed)]
    ).read()
    #expect(archive.images[0].parts[0].problems.map(\.reason) == [.blobContentUnbound])
    #expect(archive.failures.isEmpty)
  }

  @Test(arguments: [".json", "", ".tar.gz"]) func configUnderAnotherDigestRefuses(_ suffix: String) throws {
    let other = String(repeating: "0", count: 64) + suffix
    #expect(try Self.archive(named: other).read().reasons == [.blobDigestMismatch])
    #expect(try Self.archive(named: "sha256:" + other).read().reasons == [.blobDigestMismatch])
    #expect(try Self.archive(named: "blobs/sha256/" + other.prefix(64)).read().reasons == [.blobDigestMismatch])
    #expect(try Self.archive(named: "config.json").read().reasons == [])
  }

  @Test func aliasStandsForItsTarget() throws {
    var builder = Self.archive(layers: [("0/layer.tar", Self.layers[0])].map { $0 }, aliasOf: Self.layers[1])
    #expect(try builder.read().failures.isEmpty)
    #expect(try builder.read().images[0].parts[0].problems.isEmpty)
    builder = Self.archive(layers: [("0/layer.tar", Self.layers[0])], aliasOf: Self.layers[0])
    #expect(try builder.read().reasons == [.blobDigestMismatch])
  }

  /// The second layer through a link, as skopeo writes every layer.
  static func archive(layers: [(name: String, contents: [UInt8])], aliasOf target: [UInt8]) -> LayoutBuilder {
    var builder = LayoutBuilder()
    let config = config(Self.layers)
    builder.add("config.json", config)
    for layer in layers { builder.add(layer.name, layer.contents) }
    builder.add("1/layer.tar", target, isAlias: true)
    builder.add("manifest.json", [entry("config.json", layers.map(\.name) + ["1/layer.tar"])])
    return builder
  }

  @Test func absentPartsAreMissing() throws {
    var builder = Self.archive()
    builder.files.removeAll { $0.name == Array("1/layer.tar".utf8) }
    var archive = try builder.read()
    #expect(archive.images[0].parts[0].problems.map(\.reason) == [.blobMissing])
    #expect(archive.images[0].parts[0].layers.map(\.isCarried) == [true, false])
    builder.files.removeFirst()
    archive = try builder.read()
    #expect(archive.images[0].parts[0].role == .absent(nil))
    #expect(archive.images[0].parts[0].problems.map(\.reason) == [.blobMissing])
    builder = Self.archive(named: "config.json")
    builder.files.removeFirst()
    #expect(refusal(builder) == .blobMissing)
  }

  /// It is a name in full, and no layout's tag: importers complete it.
  @Test func aTagAloneIsARepository() throws {
    var builder = LayoutBuilder()
    builder.add("config.json", Self.config([]))
    builder.add("manifest.json", .array([Self.entry("config.json", [], ["alpine", "a:1", "x/y"])]))
    #expect(try builder.read().images[0].names == ["alpine:latest", "a:1", "x/y"])
    let layout = try LayoutBuilder.layout {
      [
        $0.image("a").annotated(["io.containerd.image.name": "alpine"]),
        $0.image("b").annotated(["org.opencontainers.image.ref.name": "alpine"]),
      ]
    }.read()
    #expect(layout.images.map(\.names) == [["alpine:latest"], ["alpine"]])
  }

  /// crane pushes what LayerSources says of a layer, whatever lies there.
  @Test(
    arguments: [
      ("right", nil), ("digest", .blobContentUnbound), ("size", .blobContentUnbound), ("urls", .blobContentUnbound),
      ("swapped", .blobContentUnbound), ("stranger", .imageManifestMalformed),
    ] as [(String, Reason?)])
  func sourcesAreWhatWasCarried(_ fault: String, _ reason: Reason?) throws {
    func described(_ contents: [UInt8]) -> JSON { .descriptor(contents, "application/vnd.oci.image.layer.v1.tar") }
    let (one, two) = (Self.layers[0], Self.layers[1])
    var source = described(fault == "digest" || fault == "swapped" ? two : one)
    if fault == "size" { source = source.with("size", 1) }
    if fault == "urls" { source = source.with("urls", ["https://example.org/layer"]) }
    var sources: JSON = [:]
    for (contents, said) in [
      (fault == "stranger" ? Array("other".utf8) : one, source), (two, described(fault == "swapped" ? one : two)),
    ] {
      sources = sources.with("\(ClaimedDigest(digest(contents)))", said)
    }
    var builder = Self.archive()
    builder.files.removeLast()
    let (config, names) = (Self.name(Self.config(Self.layers), ".json"), ["0/layer.tar", "1/layer.tar"])
    builder.add("manifest.json", .array([Self.entry(config, names).with("LayerSources", sources)]))
    if fault == "stranger" {
      #expect(refusal(builder) == reason)
    } else {
      let problems = try builder.read().images[0].parts[0].problems.map(\.reason)
      #expect(Set(problems) == Set(reason.map { [$0] } ?? []))
    }
    // In the mixed form, too.
    var mixed = LayoutBuilder.layout { builder in
      let config = builder.blob(Self.config(Self.layers), LayoutBuilder.Kind.config)
      let layers = Self.layers.map { builder.blob($0, "application/vnd.oci.image.layer.v1.tar") }
      return [builder.manifest(config: config, layers: layers)]
    }
    let blobs = Self.layers.map { "blobs/sha256/\(Self.name($0))" }
    let entry = Self.entry("blobs/sha256/\(Self.name(Self.config(Self.layers)))", blobs)
    mixed.add("manifest.json", .array([entry.with("LayerSources", sources)]))
    #expect(refusal(mixed) == reason.map { $0 == .blobContentUnbound ? .imageViewsDiffer : $0 })
  }

  /// One digest is not an image of two kinds.
  @Test(
    arguments: [
      "", #","config":{"Cmd":["sh"]}"#, #","config":null"#, #","layers":[]"#, #","manifests":[]"#, #","Layers":[]"#,
      #","config":{"digest":"sha256:x"}"#, #","config":{"Digest":"sha256:x"}"#,
    ]) func aManifestIsNoConfiguration(_ members: String)
  {
    var builder = LayoutBuilder()
    builder.add(
      "config.json", #"{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}\#(members)}"#)
    builder.add("manifest.json", #"[{"Config":"config.json","RepoTags":["app:v1"],"Layers":[]}]"#)
    let isOne = members.isEmpty || members.contains("Cmd") || members.contains("null")
    #expect(refusal(builder) == (isOne ? nil : .imageManifestMalformed))
  }

  @Test func layerCountMustAgree() {
    #expect(refusal(Self.archive(layers: [("0/layer.tar", Self.layers[0])])) == .imageManifestMalformed)
  }

  /// What is wrong with one entry is not forgotten for another entry of the same configuration.
  @Test func entriesOfOneConfigurationAreOneImage() throws {
    var builder = LayoutBuilder()
    let compressed = Array("compressed".utf8)
    builder.add("config.json", Self.config([Self.layers[0]]))
    builder.add("layer.tar", Self.layers[0])
    builder.add(Self.name(compressed), compressed)
    builder.add(
      "manifest.json",
      [
        Self.entry("config.json", ["layer.tar"], ["app:1"]),
        Self.entry("config.json", [Self.name(compressed)], ["app:2", "app:1"]),
        Self.entry("config.json", ["layer.tar"], nil),
      ])
    let archive = try builder.read()
    #expect(archive.images.map(\.names) == [["app:1", "app:2"]])
    #expect(archive.images[0].parts[0].problems.map(\.reason) == [.blobContentUnbound])
  }

  // MARK: Docker's mixed form

  /// As Docker 25 and later write it, with manifest.json made from the image by `entries`.
  static func mixed(_ entries: (_ config: String, _ layer: String) -> [JSON]) -> LayoutBuilder {
    var builder = LayoutBuilder()
    let config = builder.config("a")
    let layer = builder.layer("a")
    let image = builder.manifest(config: config, layers: [layer])
      .annotated(["io.containerd.image.name": "docker.io/library/app:1", "org.opencontainers.image.ref.name": "1"])
    builder.index([image])
    builder.add(
      "manifest.json", .array(entries("blobs/sha256/\(config.digest.hex)", "blobs/sha256/\(layer.digest.hex)")))
    return builder
  }

  @Test func bothViewsShowOneImage() throws {
    let archive = try Self.mixed { [Self.entry($0, [$1], ["app:1"])] }.read()
    #expect(archive.shape == .dockerWithLayout)
    #expect(archive.images.map(\.names) == [["docker.io/library/app:1", "app:1"]])
    #expect(archive.images.map(\.tags) == [["1"]])
    #expect(archive.failures.isEmpty)
  }

  @Test func legacyListIsFineBesideManifest() throws {
    var builder = Self.mixed { [Self.entry($0, [$1])] }
    builder.add("repositories", "{}")
    #expect(refusal(builder) == nil)
  }

  @Test(arguments: 0..<5) func viewsMustNotDiffer(_ variant: Int) {
    let builder = Self.mixed { config, layer in
      switch variant {
      case 0: [Self.entry(config, [layer]), Self.entry("evil.json", [layer])]
      case 1: [Self.entry(config, ["evil.tar"])]
      case 2: [Self.entry(config, [layer, layer])]
      case 3: [Self.entry(config, [])]
      default: [Self.entry(layer, [layer])]
      }
    }
    #expect(refusal(builder) == .imageViewsDiffer)
    var carried = builder
    carried.add("evil.json", Self.config([Array("layer a".utf8)]))
    carried.add("evil.tar", "evil")
    #expect(refusal(carried) == .imageViewsDiffer)
  }

  @Test func absentLayerIsAbsentInBothViews() throws {
    var builder = Self.mixed { [Self.entry($0, [$1])] }
    builder.remove(.descriptor(Array("layer a".utf8), ""))
    #expect(try builder.read().images[0].parts[0].problems.map(\.reason) == [.blobMissing])
  }

  @Test func manifestBesideLayoutMustBeDockers() {
    var builder = LayoutBuilder.layout { [$0.image("a")] }
    builder.add("manifest.json", ["config": [:], "layers": []])
    #expect(refusal(builder) == .imageIndexMalformed)
  }

  @Test func aliasesRefuseBesideLayout() {
    var builder = Self.mixed { [Self.entry($0, [$1])] }
    builder.add("alias", "text", isAlias: true)
    #expect(refusal(builder) == .archiveForbiddenEntry)
  }
}
