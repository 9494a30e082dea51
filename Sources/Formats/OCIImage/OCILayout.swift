import Cryptography
import Octets
import Reasons
import StrictJSON

/// An OCI image layout (image-spec 1.1 image-layout.md), as written by cosign, oras, skopeo, crane, docker, BuildKit.
struct OCILayout: ArchiveReading {
  var images: [Image] = []
  private(set) var documents: [ClaimedDigest: ImageDocument] = [:]
  private(set) var evidence: [Evidence] = []
  private(set) var failures = FailureList()
  private(set) var notes = FailureList()

  init(_ files: StoredFiles, marker: StoredFile, index: StoredFile) throws(Failure) {
    try Self.verifyMarker(marker)
    let addressed = ContentAddresses.blobs(files)
    failures.append(addressed.failures)
    let blobs = BlobStore(addressed)

    do throws(Failure) {
      try read(blobs, addressed.matching, files, index)
    } catch {
      // Wrong bytes refuse, whatever else keeps the layout from being read.
      throw error.reason.effect == .refuse ? error : failures.all.first ?? error
    }
  }

  private mutating func read(
    _ blobs: BlobStore, _ addressed: StoredFiles, _ files: StoredFiles, _ index: StoredFile
  ) throws(Failure) {
    // 1. What the top index lists: images, and the manifests that are about images.
    let bytes = try ImageArchive.contents(index)
    guard case .index(let top) = try Manifest(parsing: bytes, named: "index.json") else {
      throw Failure(.imageIndexMalformed, "index.json", "has no `manifests`")
    }
    var tree = ImageTree(blobs, in: files)
    var candidates: [Candidate] = []
    var positions: [ClaimedDigest: Int] = [:]
    var attached: [AttachedManifest] = []
    for descriptor in top.manifests {
      if let found = try AttachedManifest.sort(descriptor, in: &tree) {
        attached += found
      } else if let known = positions[descriptor.digest] {
        tree.verifyAgain(descriptor)
        candidates[known].names += descriptor.names
        candidates[known].tags += descriptor.tags
      } else {
        positions[descriptor.digest] = candidates.count
        candidates.append(Candidate(descriptor: descriptor, names: descriptor.names, tags: descriptor.tags))
      }
    }

    // 2. The images, each with all below it. A child that is also listed flat, and has no name, is no image of its own.
    var trees: [Image] = []
    for candidate in candidates {
      trees.append(
        try tree.image(candidate.descriptor, names: candidate.names.unique, tags: candidate.tags.unique))
    }
    documents = tree.carried
    var below: Set<ClaimedDigest> = []
    for image in trees { below.formUnion(image.parts.dropFirst().map(\.digest)) }
    images = trees.filter { !$0.names.isEmpty || !below.contains($0.digest) }

    // 3. Evidence: from attached manifests, then from blobs that nobody lists (cosign save leaves them so).
    var finder = EvidenceFinder(blobs, soleImage: images.count == 1 ? images[0].digest : nil)
    for manifest in attached { try finder.take(manifest) }
    try finder.takeUnlisted(addressed, listed: tree.listed)
    evidence = finder.evidence
    failures.append(tree.failures.all + finder.failures.all)
    notes.append(tree.notes.all + finder.notes.all)
  }

  private struct Candidate {
    let descriptor: Descriptor
    var names: [String]
    var tags: [String]
  }

  /// `{"imageLayoutVersion": "1.0.0"}`; any 1.x is read.
  private static func verifyMarker(_ marker: StoredFile) throws(Failure) {
    let bytes = try ImageArchive.contents(marker)
    let node = try JSONNode(parsing: bytes, named: "oci-layout", malformed: .imageIndexMalformed)
    try node.verifyFields(.layoutMarker)
    let version = try node.required("imageLayoutVersion").string()
    guard version.utf8.starts(with: "1.".utf8) else {
      throw Failure(.archiveNotRecognised, "oci-layout", "imageLayoutVersion “\(printable(version))”, not 1.x")
    }
  }
}

extension Descriptor {
  // An empty name is none to containerd.
  private var fullName: String? { annotation("io.containerd.image.name")?.nonEmpty?.withTag }
  private var referenceName: String? { annotation("org.opencontainers.image.ref.name")?.nonEmpty }

  /// containerd's full name where there is one, else the layout's own, which may be a bare tag.
  var names: [String] { (fullName ?? referenceName).map { [$0] } ?? [] }

  /// The layout's own name beside a full one: skopeo goes by it, containerd does not.
  var tags: [String] { fullName == nil ? [] : referenceName.map { [$0] } ?? [] }
}
