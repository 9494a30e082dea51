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
  private(set) var documents: [ClaimedDigest: ImageDocument] = [:]
  private(set) var failures = FailureList()
  let notes = FailureList()

  init(_ node: JSONNode, _ files: StoredFiles) throws(Failure) {
    let entries = files.at(files.indices.filter { !files[$0].isAlias }.map(UInt32.init))
    failures.append(ContentAddresses.stems(entries).failures + ContentAddresses.blobs(entries).failures)
    let named = FilesByName(files)
    var configurations: [ClaimedDigest: Configuration] = [:]
    var found: [Found] = []
    var positions: [ClaimedDigest: Int] = [:]
    for entry in try Entry.all(node) {
      let part = try Self.part(entry, named, &configurations)
      failures.append(part.problems.filter { $0.reason.effect == .refuse })
      let position = positions[part.digest] ?? found.count
      if position == found.count {
        positions[part.digest] = position
        found.append(Found(part: part))
      }
      found[position].names += entry.tags
      found[position].problems.append(part.problems)
    }
    images = found.map(\.image)
    documents = configurations.compactMapValues(\.document)
  }

  /// An image by its configuration alone: what was carried of its layers is another matter.
  static func part(_ file: StoredFile) throws(Failure) -> Part {
    let configuration = try Configuration(file)
    return Part(
      digest: ClaimedDigest(file.digest), role: .platform(configuration.facts.platform), ancestors: [],
      config: Part.Configuration(ClaimedDigest(file.digest), .read),
      layers: configuration.facts.contents.map { Part.Layer(digest: $0, size: 0, mediaType: "", isCarried: false) },
      problems: [])
  }

  /// One image; entries of one configuration are one, with all that is wrong in any of them.
  private struct Found {
    let part: Part
    var names: [String] = []
    var problems = FailureList()

    init(part: Part) { self.part = part }

    var image: Image {
      let whole = Part(
        digest: part.digest, role: part.role, ancestors: part.ancestors, config: part.config, layers: part.layers,
        problems: problems.all)
      return Image(parts: [whole], names: names.unique)
    }
  }

  private struct Configuration {
    let facts: ImageConfiguration
    let document: ImageDocument?

    init(_ file: StoredFile) throws(Failure) {
      document = ImageDocument(file)
      facts = try ImageConfiguration(parsing: try ImageArchive.contents(file), named: printable(file.name))
    }
  }

  private static func part(
    _ entry: Entry, _ files: FilesByName, _ configurations: inout [ClaimedDigest: Configuration]
  ) throws(Failure) -> Part {
    guard let file = files[entry.config] else {
      let missing = Failure(
        .blobMissing, printable(entry.config), "manifest.json names it as Config, and it was not carried")
      guard let digest = ContentAddresses.stem(entry.config) else { throw missing }
      return Part(digest: digest, role: .absent(nil), ancestors: [], config: nil, layers: [], problems: [missing])
    }
    let digest = ClaimedDigest(file.digest)
    let configuration: Configuration
    if let known = configurations[digest] {
      configuration = known
    } else {
      configuration = try Configuration(file)
      configurations[digest] = configuration
    }
    try entry.verifySources(of: configuration.facts.contents)
    guard configuration.facts.contents.count == entry.layers.count else {
      throw Failure(
        .imageManifestMalformed, "manifest.json",
        "\(entry.layers.count) Layers for an image of \(configuration.facts.contents.count) diff_ids")
    }
    var problems: [Failure] = []
    var layers: [Part.Layer] = []
    for (name, content) in zip(entry.layers, configuration.facts.contents) {
      let file = files[name]
      if let problem = problem(file, named: name, content) ?? entry.problem(ofSource: content, file, named: name) {
        problems.append(problem)
      }
      layers.append(
        Part.Layer(digest: content, size: file?.size ?? 0, mediaType: "", isCarried: file != nil))
    }
    return Part(
      digest: digest, role: .platform(configuration.facts.platform), ancestors: [],
      config: Part.Configuration(digest, .read), layers: layers,
      problems: problems)
  }

  private static func problem(_ file: StoredFile?, named name: [UInt8], _ content: ClaimedDigest) -> Failure? {
    guard let file else {
      return Failure(.blobMissing, printable(name), "manifest.json names it as a layer, and it was not carried")
    }
    if content == file.digest { return nil }
    // crane keeps layers compressed, under their own digest. Only inflating could tie such a layer to the image.
    if let own = ContentAddresses.stem(file.name) ?? ContentAddresses.blob(file.name), own == file.digest {
      return Failure(.blobContentUnbound, printable(name), at: file.offset, "compressed; its diff_id is \(content)")
    }
    return Failure(
      .blobDigestMismatch, printable(name), at: file.offset,
      "the image's configuration wants \(content), the bytes hash to \(ClaimedDigest(file.digest))")
  }

  // MARK: Docker's mixed form

  /// In Docker's mixed form old readers take manifest.json and new ones index.json. Both must see the same images.
  /// - Returns: the images, also under the names that manifest.json gives them: a name must not stand for one image
  ///   here and for another there.
  static func verifySameImages(
    _ manifest: StoredFile, as images: [Image], in files: StoredFiles
  ) throws(Failure) -> [Image] {
    let node = try JSONNode(
      parsing: try ImageArchive.contents(manifest), named: "manifest.json", malformed: .imageIndexMalformed)
    let named = FilesByName(files)
    var holders: [Contents: Int] = [:]
    var parts: Set<ClaimedDigest> = []
    for (position, image) in images.enumerated() {
      for part in image.parts where parts.insert(part.digest).inserted {
        guard let config = part.config else { continue }
        let contents = Contents(config: config.digest, layers: part.layers.map(\.digest))
        if holders[contents] == nil { holders[contents] = position }
      }
    }
    var names = images.map(\.names)
    var known: [ClaimedDigest: [ClaimedDigest]] = [:]
    for entry in try Entry.all(node) {
      let layers = entry.layers.compactMap { named.digest($0) }
      guard layers.count == entry.layers.count, let config = named.digest(entry.config),
        let position = holders[Contents(config: config, layers: layers)]
      else {
        throw Failure(
          .imageViewsDiffer, "manifest.json",
          "the image with Config \(printable(entry.config)) is none that index.json describes")
      }
      if !entry.sources.isEmpty, let file = named[entry.config] {
        let digest = ClaimedDigest(file.digest)
        if known[digest] == nil { known[digest] = try Configuration(file).facts.contents }
        let contents = known[digest] ?? []
        try entry.verifySources(of: contents)
        for (content, name) in zip(contents, entry.layers) {
          guard let problem = entry.problem(ofSource: content, named[name], named: name) else { continue }
          throw Failure(.imageViewsDiffer, problem.subject, problem.detail)
        }
      }
      names[position] += entry.tags
    }
    return zip(images, names).map { Image(parts: $0.parts, names: $1.unique, tags: $0.tags) }
  }

  /// What makes an image in either view.
  private struct Contents: Hashable {
    let config: ClaimedDigest
    let layers: [ClaimedDigest]
  }

  /// One element of manifest.json.
  private struct Entry {
    let config: [UInt8]
    let tags: [String]
    let layers: [[UInt8]]
    /// What Docker says of layers beside the configuration, by `diff_id`. crane takes it for what it pushes, whatever was
    /// carried.
    let sources: [ClaimedDigest: Descriptor]

    /// - Throws: where one is of no layer.
    func verifySources(of contents: [ClaimedDigest]) throws(Failure) {
      let known = Set(contents)
      guard let stranger = sources.keys.first(where: { !known.contains($0) }) else { return }
      throw Failure(.imageManifestMalformed, "manifest.json", "LayerSources of \(stranger), which is no layer")
    }

    /// Why a layer is not what is said of it.
    /// - Parameter file: nil where it was not carried; then its name alone says what it was.
    func problem(ofSource content: ClaimedDigest, _ file: StoredFile?, named name: [UInt8]) -> Failure? {
      guard let source = sources[content] else { return nil }
      let isSame = file.map { source.digest == $0.digest && source.size == $0.size }
      if isSame ?? (source.digest == ContentAddresses.blob(name)), source.urls == 0 { return nil }
      return Failure(
        .blobContentUnbound, printable(name), at: file?.offset,
        "LayerSources says that it is \(source.digest) of \(source.size) bytes"
          + (source.urls == 0 ? "" : ", to be had elsewhere"))
    }

    static func all(_ node: JSONNode) throws(Failure) -> [Entry] {
      var entries: [Entry] = []
      for element in try node.elements(atMost: Limits.dockerImages) {
        try element.verifyFields(.dockerEntry)
        var tags: [String] = []
        for tag in try element.optional("RepoTags")?.elements(atMost: Limits.dockerImages) ?? [] {
          tags.append(try tag.string().withTag)
        }
        var layers: [[UInt8]] = []
        for layer in try element.optional("Layers")?.elements(atMost: Limits.layers) ?? [] {
          layers.append(try layer.bytes())
        }
        var sources: [ClaimedDigest: Descriptor] = [:]
        for (key, value) in try element.optional("LayerSources")?.members() ?? [] {
          guard sources.count < Limits.layers else {
            throw element.failure("more than \(Limits.layers) LayerSources", .jsonLimitExceeded)
          }
          let content = try ClaimedDigest(key, in: "manifest.json", malformed: .imageIndexMalformed)
          sources[content] = try Descriptor(value)
        }
        entries.append(
          Entry(config: try element.required("Config").bytes(), tags: tags, layers: layers, sources: sources))
      }
      return entries
    }
  }
}

/// The archive's files by the names that it gives them.
struct FilesByName {
  private let files: StoredFiles
  private var places = PlaceTable()

  init(_ files: StoredFiles) {
    self.files = files
    for place in files.indices { places.insert(place) { PlaceTable.hash(files[$0].name[...]) } }
  }

  subscript(name: [UInt8]) -> StoredFile? {
    places.find(PlaceTable.hash(name[...])) { files[$0].name == name }.map { files[$0] }
  }

  /// What a file hashes to or, where it was not carried, what its name promises.
  fileprivate func digest(_ name: [UInt8]) -> ClaimedDigest? {
    self[name].map { ClaimedDigest($0.digest) } ?? ContentAddresses.blob(name)
  }
}
