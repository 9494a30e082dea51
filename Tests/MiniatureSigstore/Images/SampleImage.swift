/// An image for one platform: manifest, config, layers.
package struct SamplePlatformImage: Sendable {
  package let platform: SamplePlatform
  package let manifest: SampleBlob
  package let config: SampleBlob
  package let layers: [SampleLayer]

  /// - Parameter created: Unix seconds, for the config.
  package init(
    _ platform: SamplePlatform, layers: [SampleLayer], created: Int64 = 1_767_225_600, hash: SampleHash = .sha256
  ) {
    let config: JSONText = .present(
      ("created", .string(iso8601(created))), ("architecture", .string(platform.architecture)),
      ("os", .string(platform.os)), ("os.version", platform.osVersion.map { .string($0) }),
      ("variant", platform.variant.map { .string($0) }),
      ("config", ["Env": ["PATH=/usr/bin:/bin"], "Cmd": ["/app/data"]]),
      ("rootfs", ["type": "layers", "diff_ids": .array(layers.map { .string($0.diffID) })]),
      (
        "history",
        .array(layers.map { _ in ["created": .string(iso8601(created)), "created_by": "miniature"] })
      ))
    self.platform = platform
    self.layers = layers
    self.config = SampleBlob(SampleMediaType.config, config.bytes, hash: hash)
    let manifest: JSONText = [
      "schemaVersion": 2, "mediaType": .string(SampleMediaType.manifest), "config": self.config.descriptor(),
      "layers": .array(layers.map(\.descriptor)),
    ]
    self.manifest = SampleBlob(SampleMediaType.manifest, manifest.pretty(), hash: hash)
  }

  /// Everything that a medium carries of it.
  package var blobs: [SampleBlob] { [manifest, config] + layers.filter(\.isCarried).map(\.blob) }
}

/// An image as it is tagged and signed: one platform alone, or an index over several.
package struct SampleImage: Sendable {
  /// nil where the image is a single manifest.
  package let index: SampleBlob?
  package let platforms: [SamplePlatformImage]
  /// BuildKit's attestation manifests inside the index, with what belongs to them.
  package let attestations: [[SampleBlob]]

  /// The blob that the tag names and the signer signs.
  package var root: SampleBlob { index ?? platforms[0].manifest }
  package var digest: String { root.digest }

  /// A single manifest.
  package init(_ image: SamplePlatformImage) {
    index = nil
    platforms = [image]
    attestations = []
  }

  /// An index over platforms.
  package init(index platforms: [SamplePlatformImage], buildKitAttestations: Bool = false) {
    self.platforms = platforms
    attestations = buildKitAttestations ? platforms.map(Self.attestation) : []
    var descriptors = platforms.map { $0.manifest.descriptor(("platform", $0.platform.json)) }
    for (image, blobs) in zip(platforms, attestations) {
      descriptors.append(
        blobs[0].descriptor(
          (
            "annotations",
            [
              "vnd.docker.reference.digest": .string(image.manifest.digest),
              "vnd.docker.reference.type": "attestation-manifest",
            ]
          ), ("platform", ["architecture": "unknown", "os": "unknown"])))
    }
    let document: JSONText = [
      "schemaVersion": 2, "mediaType": .string(SampleMediaType.index), "manifests": .array(descriptors),
    ]
    index = SampleBlob(SampleMediaType.index, document.pretty())
  }

  /// Small images with seeded layers: linux/amd64 and linux/arm64 have two layers each, the first one shared;
  /// windows/amd64 has a foreign base layer.
  package static func make(
    seed: UInt64, platforms: [SamplePlatform] = [.linuxAMD64], layerSize: Int = 20_000,
    carriesForeignLayers: Bool = false, buildKitAttestations: Bool = false
  ) -> SampleImage {
    let base = SampleLayer(seed: seed, size: layerSize, name: "base")
    let made = platforms.enumerated().map { number, platform in
      let own = SampleLayer(seed: seed &+ 101 &* UInt64(number + 1), size: layerSize / 2, name: platform.architecture)
      let first =
        platform.os == "windows"
        ? SampleLayer.foreign(seed: seed &+ 77, size: layerSize, isCarried: carriesForeignLayers) : base
      return SamplePlatformImage(platform, layers: [first, own])
    }
    return made.count == 1 && !buildKitAttestations
      ? SampleImage(made[0]) : SampleImage(index: made, buildKitAttestations: buildKitAttestations)
  }

  private static func attestation(of image: SamplePlatformImage) -> [SampleBlob] {
    let statement = SampleStatement(
      SampleStatement.slsaProvenance02, ["builder": ["id": ""], "buildType": "https://buildkit.miniature.example"],
      aboutDigest: image.manifest.digest, version: .v01)
    let layer = SampleBlob(SampleMediaType.statement, statement.bytes)
    let config = SampleBlob(
      SampleMediaType.config,
      JSONText.object([
        ("architecture", "unknown"), ("os", "unknown"), ("config", [:]),
        ("rootfs", ["type": "layers", "diff_ids": [.string(layer.digest)]]),
      ]).bytes)
    let manifest: JSONText = [
      "schemaVersion": 2, "mediaType": .string(SampleMediaType.manifest), "config": config.descriptor(),
      "layers": [
        layer.descriptor(
          ("annotations", ["in-toto.io/predicate-type": .string(SampleStatement.slsaProvenance02)]))
      ],
    ]
    return [SampleBlob(SampleMediaType.manifest, manifest.pretty()), config, layer]
  }

  /// Every blob that a medium carries, each once, the root first.
  package var blobs: [SampleBlob] {
    var seen: Set<String> = []
    let all = (index.map { [$0] } ?? []) + platforms.flatMap(\.blobs) + attestations.flatMap { $0 }
    return all.filter { seen.insert($0.digest).inserted }
  }
}
