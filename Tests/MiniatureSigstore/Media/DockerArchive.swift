/// The archives of `docker save` and of the tools that write the same.
enum DockerArchive {
  private static func reference(_ carried: CarriedImage) -> JSONText {
    [.string(carried.repository + ":" + carried.tag)]
  }

  /// crane: compressed layers, the config under its digest with a colon.
  static func crane(_ carried: [CarriedImage]) -> [MediumEntry] {
    var archive = Archive()
    for one in carried {
      let image = one.image.platforms[0]
      archive.keep(MediumEntry(image.config.digest, image.config.bytes))
      for layer in image.layers { archive.keep(MediumEntry(layer.blob.hex + ".tar.gz", layer.blob.bytes)) }
      archive.manifests.append([
        "Config": .string(image.config.digest), "RepoTags": reference(one),
        "Layers": .array(image.layers.map { .string($0.blob.hex + ".tar.gz") }),
      ])
    }
    return archive.finished()
  }

  /// skopeo: uncompressed layers; a folder for each layer in which `layer.tar` is a symbolic link to it.
  static func skopeo(_ carried: [CarriedImage]) -> [MediumEntry] {
    var archive = Archive()
    var repositories: [(String, JSONText)] = []
    for one in carried {
      let image = one.image.platforms[0]
      let names = image.layers.map { String($0.diffID.drop { $0 != ":" }.dropFirst()) + ".tar" }
      for (layer, name) in zip(image.layers, names) { archive.keep(MediumEntry(name, layer.uncompressed)) }
      archive.keep(MediumEntry(image.config.hex + ".json", image.config.bytes))
      var parent: String?
      for name in names {
        let id = hexText(sha256(Array(((parent ?? "") + name).utf8)))
        archive.keep(MediumEntry(id + "/layer.tar", kind: .symbolicLink(to: "../" + name)))
        archive.keep(MediumEntry(id + "/VERSION", Array("1.0".utf8)))
        let document = JSONText.present(("id", .string(id)), ("parent", parent.map { .string($0) }))
        archive.keep(MediumEntry(id + "/json", document))
        parent = id
      }
      archive.manifests.append([
        "Config": .string(image.config.hex + ".json"), "RepoTags": reference(one),
        "Layers": .array(names.map { .string($0) }),
      ])
      repositories.append((one.repository, [one.tag: .string(parent ?? "")]))
    }
    return archive.finished() + [MediumEntry("repositories", JSONText.object(repositories))]
  }

  /// Docker 25 and later: an OCI layout whose blobs `manifest.json` names too. Layers lie there uncompressed, under
  /// their diff IDs, so that the manifest is Docker's own and not the registry's.
  static func mixed(_ carried: [CarriedImage]) -> [MediumEntry] {
    var layout = LayoutWriter()
    var manifests: [JSONText] = []
    for one in carried {
      let image = one.image.platforms[0]
      let layers = image.layers.map { SampleBlob("application/vnd.oci.image.layer.v1.tar", $0.uncompressed) }
      let document: JSONText = [
        "schemaVersion": 2, "mediaType": .string(SampleMediaType.manifest), "config": image.config.descriptor(),
        "layers": .array(layers.map { $0.descriptor() }),
      ]
      let manifest = SampleBlob(SampleMediaType.manifest, document.bytes)
      layout.keep([image.config, manifest] + layers)
      layout.list(
        manifest.descriptor(
          (
            "annotations",
            [
              "io.containerd.image.name": .string(one.repository + ":" + one.tag),
              "org.opencontainers.image.ref.name": .string(one.tag),
            ]
          )))
      manifests.append([
        "Config": .string(image.config.path), "RepoTags": reference(one),
        "Layers": .array(layers.map { .string($0.path) }),
        "LayerSources": .object(layers.map { ($0.digest, $0.descriptor()) }),
      ])
    }
    return layout.entries(isIndented: false) + [MediumEntry("manifest.json", JSONText.array(manifests))]
  }

  private struct Archive {
    var manifests: [JSONText] = []
    private var entries: [MediumEntry] = []
    private var seen: Set<String> = []

    mutating func keep(_ entry: MediumEntry) {
      if seen.insert(entry.path).inserted { entries.append(entry) }
    }

    func finished() -> [MediumEntry] { entries + [MediumEntry("manifest.json", JSONText.array(manifests))] }
  }
}
