import Octets
import Reasons
import StrictJSON

/// Walks from a descriptor down to the last blob. Each document is read once, however often it is named.
struct ImageTree {
  private let blobs: BlobStore
  private var documents: [ClaimedDigest: Manifest] = [:]
  /// Every digest that some manifest or index named.
  private(set) var listed: Set<ClaimedDigest> = []
  /// Wrong bytes: these refuse the whole archive.
  private(set) var failures: [Failure] = []
  private var partCount = 0

  init(_ blobs: BlobStore) { self.blobs = blobs }

  /// The document that a descriptor means.
  mutating func manifest(_ descriptor: Descriptor) throws(Failure) -> Manifest {
    listed.insert(descriptor.digest)
    let bytes = try blobs.document(descriptor)
    if let known = documents[descriptor.digest] { return known }
    let manifest = try Manifest(parsing: bytes, named: "\(descriptor.digest)")
    documents[descriptor.digest] = manifest
    for blob in manifest.named { listed.insert(blob.digest) }
    return manifest
  }

  mutating func image(_ root: Descriptor, names: [String]) throws(Failure) -> Image {
    var parts: [Part] = []
    var seen: Set<ClaimedDigest> = []
    try walk(root, under: [], into: &parts, seen: &seen)
    return Image(parts: parts, names: names)
  }

  private mutating func walk(
    _ descriptor: Descriptor, under ancestors: [ClaimedDigest], into parts: inout [Part],
    seen: inout Set<ClaimedDigest>
  ) throws(Failure) {
    guard seen.insert(descriptor.digest).inserted else { return }
    partCount += 1
    guard partCount <= Limits.manifests else {
      throw Failure(.archiveLimitExceeded, "\(descriptor.digest)", "more than \(Limits.manifests) manifests")
    }
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
          problems: [error]))
      return
    }
    switch document {
    case .index(let index):
      parts.append(
        Part(
          digest: descriptor.digest, role: .index, ancestors: ancestors, config: nil, layers: [], problems: []))
      for child in index.manifests {
        try walk(child, under: ancestors + [descriptor.digest], into: &parts, seen: &seen)
      }
    case .image(let image):
      parts.append(part(image, descriptor, under: ancestors))
    }
  }

  private mutating func part(_ image: ImageManifest, _ descriptor: Descriptor, under ancestors: [ClaimedDigest]) -> Part {
    var problems: [Failure] = []
    var layers: [Part.Layer] = []
    for blob in image.blobs {
      var isCarried = true
      do throws(Failure) {
        _ = try blobs.find(blob)
      } catch {
        isCarried = false
        problems.append(error)
        if error.reason.effect == .refuse { failures.append(error) }
      }
      if blob != image.config {
        layers.append(
          Part.Layer(digest: blob.digest, size: blob.size, mediaType: blob.mediaType, isCarried: isCarried))
      }
    }
    let isAttestation = descriptor.annotation("vnd.docker.reference.type") == "attestation-manifest"
    let role: Part.Role =
      isAttestation && descriptor.platform?.isUnknown ?? true
      ? .attestationManifest : .platform(descriptor.platform ?? configuredPlatform(image))
    return Part(
      digest: descriptor.digest, role: role, ancestors: ancestors, config: image.config?.digest, layers: layers,
      problems: problems)
  }

  /// The platform that an image's own configuration states; nil for artifacts that are no container image.
  private func configuredPlatform(_ image: ImageManifest) -> Platform? {
    guard let config = image.config, let bytes = blobs[config.digest]?.contents,
      let node = try? JSONNode(parsing: bytes, named: "\(config.digest)", malformed: .imageManifestMalformed),
      let platform = try? Platform(node), !platform.os.isEmpty
    else { return nil }
    return platform
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
