import Cryptography
import Octets
import Reasons
import StrictJSON

/// Walks from a descriptor down to the last blob. Each document is read once, however often it is named, and each
/// naming counts against one bound, so that work stays near the archive's size.
struct ImageTree {
  private let blobs: BlobStore
  /// The whole archive.
  private let files: StoredFiles?
  private lazy var strays = Strays(files)
  private var documents: [ClaimedDigest: Result<Manifest, Failure>] = [:]
  private var contents: [ClaimedDigest: Contents] = [:]
  private var platforms: [ClaimedDigest: Result<Platform?, Failure>] = [:]
  private var isObject: [ClaimedDigest: Bool] = [:]
  private var isAttachment: [ClaimedDigest: Bool] = [:]
  private var visits = 0
  /// Every digest that some manifest or index named.
  private(set) var listed: Set<ClaimedDigest> = []
  /// Every manifest, index and configuration of images, as it is.
  private(set) var carried: [ClaimedDigest: ImageDocument] = [:]
  /// Wrong bytes: these refuse the whole archive.
  private(set) var failures = FailureList()
  /// Absent documents that no image needs.
  private(set) var notes = FailureList()

  /// What an image manifest holds.
  private struct Contents {
    var config: Part.Configuration?
    var layers: [Part.Layer] = []
    var problems: [Failure] = []
  }

  /// - Parameter files: the whole archive, where tools that read it find blobs under any name.
  init(_ blobs: BlobStore, in files: StoredFiles? = nil) { (self.blobs, self.files) = (blobs, files) }

  /// Whether something in the archive hashes to it, under whatever name: containerd finds what it imports by that.
  mutating func holds(_ descriptor: Descriptor) -> Bool { strays.mayHold(descriptor) }

  /// The document that a descriptor means.
  /// - Throws: also `archive.limit-exceeded`, which ends the reading.
  mutating func manifest(_ descriptor: Descriptor) throws(Failure) -> Manifest {
    listed.insert(descriptor.digest)
    let bytes = try blobs.document(descriptor)
    let manifest = try read(bytes, descriptor.digest).get()
    guard !manifest.contradicts(descriptor.mediaType) else {
      throw Failure(
        .imageManifestMalformed, "\(descriptor.digest)",
        "its descriptor says “\(descriptor.mediaType)”, which it is not")
    }
    return manifest
  }

  private mutating func read(_ bytes: [UInt8], _ digest: ClaimedDigest) -> Result<Manifest, Failure> {
    if let known = documents[digest] { return known }
    let result: Result<Manifest, Failure>
    do throws(Failure) {
      let manifest = try Manifest(parsing: bytes, named: "\(digest)")
      for blob in manifest.named { listed.insert(blob.digest) }
      result = .success(manifest)
    } catch {
      result = .failure(error)
    }
    documents[digest] = result
    return result
  }

  /// Counts one following of a descriptor.
  mutating func visit(_ descriptor: Descriptor) throws(Failure) {
    visits += 1
    guard visits <= Limits.visits else {
      throw Failure(
        .archiveLimitExceeded, "\(descriptor.digest)", "manifests are named more than \(Limits.visits) times")
    }
  }

  /// Keeps what is wrong with a document that is no part of an image.
  mutating func record(_ failure: Failure) {
    if failure.reason.effect == .refuse { failures.append(failure) } else { notes.append(failure) }
  }

  /// Holds one more descriptor of a known document against it.
  mutating func verifyAgain(_ descriptor: Descriptor) {
    do throws(Failure) {
      _ = try manifest(descriptor)
    } catch {
      if error.reason.effect == .refuse { failures.append(error) }
    }
  }

  mutating func image(_ root: Descriptor, names: [String], tags: [String]) throws(Failure) -> Image {
    var parts: [Part] = []
    var seen: [ClaimedDigest: Int] = [:]
    try walk(root, under: [], into: &parts, seen: &seen)
    return Image(parts: parts, names: names, tags: tags)
  }

  private mutating func walk(
    _ descriptor: Descriptor, under ancestors: [ClaimedDigest], into parts: inout [Part],
    seen: inout [ClaimedDigest: Int]
  ) throws(Failure) {
    try visit(descriptor)
    if let place = seen[descriptor.digest] {
      try verifySameRole(descriptor, isRoot: ancestors.isEmpty, as: parts[place])
      return verifyAgain(descriptor)
    }
    // Its part comes next, before those below it.
    seen[descriptor.digest] = parts.count
    guard ancestors.count <= Limits.nesting else {
      throw Failure(.imageNestingTooDeep, "\(descriptor.digest)", "indexes nest deeper than \(Limits.nesting)")
    }
    let document: Manifest
    do throws(Failure) {
      document = try manifest(descriptor)
    } catch {
      if error.reason.effect == .refuse { failures.append(error) }
      parts.append(
        Part(
          digest: descriptor.digest, role: .absent(descriptor.platform), ancestors: ancestors, config: nil, layers: [],
          problems: [error.ofDocument]))
      return
    }
    keep(descriptor.digest)
    switch document {
    case .index(let index):
      parts.append(
        Part(
          digest: descriptor.digest, role: .index, ancestors: ancestors, config: nil, layers: [], problems: []))
      for child in index.manifests {
        try walk(child, under: ancestors + [descriptor.digest], into: &parts, seen: &seen)
      }
    case .image(let image):
      let contents = contents(of: image, descriptor.digest)
      parts.append(
        Part(
          digest: descriptor.digest, role: role(of: image, descriptor, isRoot: ancestors.isEmpty),
          ancestors: ancestors, config: contents.config, layers: contents.layers, problems: contents.problems,
          configuredPlatform: otherPlatform(image, descriptor, isRoot: ancestors.isEmpty)))
    }
  }

  /// What is listed twice is one part, which answers to the rules of one platform: a second listing must not offer it for
  /// another one, nor as what it was not the first time.
  private mutating func verifySameRole(
    _ descriptor: Descriptor, isRoot: Bool, as first: Part
  ) throws(Failure) {
    let second: Part.Role
    switch try? manifest(descriptor) {
    case .image(let image)?: second = role(of: image, descriptor, isRoot: isRoot)
    case .index?: second = .index
    case nil: second = .absent(descriptor.platform)
    }
    // What is wrong with one listing alone is said of that.
    guard first.isAbsent == second.isAbsent, !first.role.isSame(as: second) else { return }
    throw Failure(
      .imageManifestMalformed, "\(descriptor.digest)",
      "it is listed twice, and not for the same platform: tools would take it for what was not judged")
  }

  private mutating func keep(_ digest: ClaimedDigest) { carried[digest] = blobs[digest].flatMap(ImageDocument.init) }

  private mutating func look(
    at config: Descriptor, of image: ImageManifest
  ) -> (state: Part.Configuration.State, problem: Failure?) {
    guard image.statesPlatform else { return (.opaque, blobs.problem(config)) }
    do throws(Failure) {
      _ = try platform(of: config)
      keep(config.digest)
      return (.read, nil)
    } catch {
      return (.unread, error)
    }
  }

  private mutating func contents(of image: ImageManifest, _ digest: ClaimedDigest) -> Contents {
    if let known = contents[digest] { return known }
    var found = Contents()
    if let config = image.config {
      let (state, problem) = look(at: config, of: image)
      found.config = Part.Configuration(config.digest, state)
      if let problem { found.problems.append(problem.ofDocument) }
    }
    for layer in image.layers {
      let problem = blobs.problem(layer)
      if let problem { found.problems.append(problem) }
      found.layers.append(
        Part.Layer(digest: layer.digest, size: layer.size, mediaType: layer.mediaType, isCarried: problem == nil))
    }
    for problem in found.problems where problem.reason.effect == .refuse { failures.append(problem) }
    contents[digest] = found
    return found
  }

  /// The root's descriptor stands in the layout's own index, which nobody signs: there the image's configuration alone says
  /// what it is for, and nothing is a BuildKit attestation, for a tool that asks for a name takes what stands there.
  private mutating func role(of image: ImageManifest, _ descriptor: Descriptor, isRoot: Bool) -> Part.Role {
    if isRoot { return .platform(configuredPlatform(image)) }
    let isAttestation =
      descriptor.annotation("vnd.docker.reference.type").map { $0.utf8.elementsEqual("attestation-manifest".utf8) }
      ?? false
    // BuildKit says so by its platform, and a tool may run what has none.
    if isAttestation, descriptor.platform?.isUnknown ?? false, !image.hasImageLayers { return .attestationManifest }
    return .platform(stated(descriptor) ?? configuredPlatform(image))
  }

  /// What a label says; nil where it says nothing.
  private func stated(_ descriptor: Descriptor) -> Platform? { descriptor.platform?.stated }

  /// The configuration's platform, where the descriptor's is not one for it: what a configuration states counts, and many
  /// state no variant and no version.
  private mutating func otherPlatform(_ image: ImageManifest, _ descriptor: Descriptor, isRoot: Bool) -> Platform? {
    guard !isRoot, let stated = stated(descriptor), let configured = configuredPlatform(image) else { return nil }
    return stated.satisfies(configured) ? nil : configured
  }

  /// The platform that an image's own configuration states; nil for artifacts that are no container image.
  private mutating func configuredPlatform(_ image: ImageManifest) -> Platform? {
    guard let config = image.config, image.statesPlatform else { return nil }
    return try? platform(of: config)
  }

  /// What a configuration says that its image runs on; nil where it says nothing.
  /// - Throws: where nobody can tell.
  private mutating func platform(of config: Descriptor) throws(Failure) -> Platform? {
    let bytes = try blobs.document(config)
    if let known = platforms[config.digest] { return try known.get() }
    let result: Result<Platform?, Failure>
    do throws(Failure) {
      result = .success(
        try Platform.configured(
          JSONNode(parsing: bytes, named: "\(config.digest)", malformed: .imageManifestMalformed)))
    } catch {
      result = .failure(error)
    }
    platforms[config.digest] = result
    return try result.get()
  }

  /// Whether a manifest is surely no image.
  mutating func isAttachment(_ image: ImageManifest, _ digest: ClaimedDigest) -> Bool {
    if let known = isAttachment[digest] { return known }
    let answer = image.isAttachment { isDocument($0) }
    isAttachment[digest] = answer
    return answer
  }

  private mutating func isDocument(_ layer: Descriptor) -> Bool {
    if let known = isObject[layer.digest] { return known }
    var answer = true
    if let file = blobs[layer.digest] {
      let node = file.contents.flatMap { try? JSONNode(parsing: $0, named: "", malformed: .bundleMalformed) }
      if case .object? = node?.value { answer = true } else { answer = false }
    }
    isObject[layer.digest] = answer
    return answer
  }
}

/// Everything in an archive, by what it hashes to.
private struct Strays {
  private var digests: Set<ClaimedDigest> = []
  /// Of what was hashed by one algorithm alone: nobody knows what it hashes to by another.
  private var sizes: [HashAlgorithm: Set<UInt64>] = [:]

  init(_ files: StoredFiles?) {
    guard let files else { return }
    for file in files {
      digests.insert(ClaimedDigest(file.digest))
      sizes[file.digest.algorithm, default: []].insert(file.size)
    }
  }

  func mayHold(_ descriptor: Descriptor) -> Bool {
    digests.contains(descriptor.digest)
      || sizes.contains { $0.key != descriptor.digest.algorithm && $0.value.contains(descriptor.size) }
  }
}

extension Part.Role {
  fileprivate func isSame(as other: Part.Role) -> Bool {
    switch (self, other) {
    case (.platform(let one?), .platform(let other?)), (.absent(let one?), .absent(let other?)):
      one.satisfies(other) && other.satisfies(one)
    default: self == other
    }
  }
}

extension Failure {
  /// A manifest or configuration is nothing that may be left out, whatever its descriptor calls it.
  fileprivate var ofDocument: Failure {
    reason == .blobForeignNotCarried ? Failure(.blobMissing, subject, detail) : self
  }
}

extension ImageManifest {
  /// Whether it is surely no image to any tool that Assay's users import with.
  ///
  /// containerd unpacks layers by their type, so one layer of an image's type makes an image. podman and CRI-O unpack
  /// layers of any type where the configuration is an image's. cosign's signatures have such a configuration: they are
  /// told apart by layers that are all evidence by type, and JSON where they were carried.
  /// - Parameter isDocument: whether a layer was not carried, or holds a JSON object.
  package func isAttachment(_ isDocument: (Descriptor) -> Bool) -> Bool {
    if hasImageLayers { return false }
    if hasImageConfiguration {
      return !layers.isEmpty && layers.allSatisfy { MediaType.isEvidence($0.mediaType) && isDocument($0) }
    }
    return subject != nil || !layers.isEmpty
  }

  /// Whether its configuration says what it runs on: to a tool that runs it, or by its type. Every other one is an artifact's
  /// own affair (image-spec 1.1 manifest.md), and so is an empty one, under which nothing runs: oras writes them.
  var statesPlatform: Bool {
    guard let config, config.size > 0 else { return false }
    return hasImageLayers || hasImageConfiguration || config.mediaType == MediaType.wasmConfig
  }

  /// Whether containerd would find something to unpack in it.
  var hasImageLayers: Bool { layers.contains { MediaType.isImageLayer($0.mediaType) } }

  /// Whether podman and its kin would take it for an image, whatever its layers are. They ask for no configuration
  /// type in Docker's manifests.
  var hasImageConfiguration: Bool {
    guard let type = config?.mediaType, mediaType != MediaType.dockerManifest else { return true }
    return type.isEmpty || type == MediaType.ociConfig || type == MediaType.dockerConfig
  }
}

extension BlobStore {
  /// Why a blob is not there as its descriptor says; nil where it is.
  fileprivate func problem(_ descriptor: Descriptor) -> Failure? {
    do throws(Failure) {
      _ = try find(descriptor)
      return nil
    } catch {
      return error
    }
  }
}

extension Manifest {
  /// Every descriptor that the document names.
  fileprivate var named: [Descriptor] {
    switch self {
    case .image(let image): image.blobs
    case .index(let index): index.manifests
    }
  }
}
