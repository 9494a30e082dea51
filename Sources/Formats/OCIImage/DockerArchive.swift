import Cryptography
import Octets
import Reasons
import StrictJSON

/// What `docker save`, `skopeo copy … docker-archive:` and `crane pull` write: `manifest.json` is an array of
/// {Config, RepoTags, Layers}. The registry's manifest is lost on the way, so an image goes by its configuration's
/// digest, and layers are tied to it by `rootfs.diff_ids`: digests of the layers' *uncompressed* bytes.
struct DockerArchive: ArchiveReading {
  private(set) var images: [Image] = []
  let evidence: [Evidence] = []
  private(set) var failures: [Failure] = []
  let notes: [Failure] = []

  init(_ node: JSONNode, _ files: [StoredFile]) throws(Failure) {
    failures += ContentAddresses.stems(files.filter { !$0.isAlias }).failures
    let entries = try Entry.all(node)
    let named = FilesByName(files)
    for entry in entries {
      let image = try Self.image(entry, named)
      failures += image.parts[0].problems.filter { $0.reason.effect == .refuse }
      if let known = images.firstIndex(where: { $0.digest == image.digest }) {
        images[known] = Image(parts: images[known].parts, names: images[known].names + image.names)
      } else {
        images.append(image)
      }
    }
  }

  private static func image(_ entry: Entry, _ files: FilesByName) throws(Failure) -> Image {
    guard let config = files[entry.config] else {
      throw Failure(.blobMissing, printable(entry.config), "manifest.json names it as Config, and it was not carried")
    }
    let subject = printable(entry.config)
    let node = try JSONNode(
      parsing: try ImageArchive.contents(config), named: subject, malformed: .imageManifestMalformed)
    var contents: [ClaimedDigest] = []
    for identifier in try node.required("rootfs").optional("diff_ids")?.elements(atMost: Limits.layers) ?? [] {
      contents.append(try identifier.digest())
    }
    guard contents.count == entry.layers.count else {
      throw Failure(
        .imageManifestMalformed, "manifest.json",
        "\(entry.layers.count) Layers for an image of \(contents.count) diff_ids")
    }
    var problems: [Failure] = []
    var layers: [Part.Layer] = []
    for (name, content) in zip(entry.layers, contents) {
      let file = files[name]
      if let problem = problem(file, named: name, content) { problems.append(problem) }
      layers.append(
        Part.Layer(digest: content, size: file?.size ?? 0, mediaType: "", isCarried: file != nil))
    }
    let platform = try Platform(node)
    let part = Part(
      digest: ClaimedDigest(config.digest), role: .platform(platform.os.isEmpty ? nil : platform), ancestors: [],
      config: ClaimedDigest(config.digest), layers: layers, problems: problems)
    return Image(parts: [part], names: entry.tags)
  }

  private static func problem(_ file: StoredFile?, named name: [UInt8], _ content: ClaimedDigest) -> Failure? {
    guard let file else {
      return Failure(.blobMissing, printable(name), "manifest.json names it as a layer, and it was not carried")
    }
    if content == file.digest { return nil }
    // crane keeps layers compressed, under their own digest. Only inflating could tie such a layer to the image.
    if !ContentAddresses.stems([file]).matching.isEmpty {
      return Failure(.blobContentUnbound, printable(name), at: file.offset, "compressed; its diff_id is \(content)")
    }
    return Failure(
      .blobDigestMismatch, printable(name), at: file.offset,
      "the image's configuration wants \(content), the bytes hash to \(ClaimedDigest(file.digest))")
  }

  /// In Docker's mixed form old readers take manifest.json and new ones index.json. Both must see the same images.
  static func verifySameImages(
    _ manifest: StoredFile, as images: [Image], in files: [StoredFile]
  ) throws(Failure) {
    let node = try JSONNode(
      parsing: try ImageArchive.contents(manifest), named: "manifest.json", malformed: .imageIndexMalformed)
    let named = FilesByName(files)
    let parts = images.flatMap(\.parts)
    for entry in try Entry.all(node) {
      let config = named[entry.config].map { ClaimedDigest($0.digest) }
      let layers = entry.layers.map { name in named[name].map { ClaimedDigest($0.digest) } }
      let isKnown = parts.contains { part in
        config != nil && part.config == config && part.layers.map { Optional($0.digest) } == layers
      }
      guard isKnown else {
        throw Failure(
          .imageViewsDiffer, "manifest.json",
          "the image with Config \(printable(entry.config)) is none that index.json describes")
      }
    }
  }

  /// One element of manifest.json.
  private struct Entry {
    let config: [UInt8]
    let tags: [String]
    let layers: [[UInt8]]

    static func all(_ node: JSONNode) throws(Failure) -> [Entry] {
      var entries: [Entry] = []
      for element in try node.elements(atMost: Limits.dockerImages) {
        var tags: [String] = []
        for tag in try element.optional("RepoTags")?.elements(atMost: Limits.dockerImages) ?? [] {
          tags.append(try tag.string())
        }
        var layers: [[UInt8]] = []
        for layer in try element.optional("Layers")?.elements(atMost: Limits.layers) ?? [] {
          layers.append(try layer.bytes())
        }
        entries.append(Entry(config: try element.required("Config").bytes(), tags: tags, layers: layers))
      }
      return entries
    }
  }
}

/// The archive's files by the names that it gives them.
struct FilesByName {
  private var files: [[UInt8]: StoredFile] = [:]

  init(_ stored: [StoredFile]) {
    for file in stored { files[file.name] = file }
  }

  subscript(name: [UInt8]) -> StoredFile? { files[name] }
}
