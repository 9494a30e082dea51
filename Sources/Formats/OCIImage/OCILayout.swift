import Cryptography
import Octets
import Reasons
import StrictJSON

/// An OCI image layout (image-spec 1.1 image-layout.md), as written by cosign, oras, skopeo, crane, docker, BuildKit.
struct OCILayout: ArchiveReading {
  private(set) var images: [Image] = []
  private(set) var evidence: [Evidence] = []
  private(set) var failures: [Failure] = []
  private(set) var notes: [Failure] = []

  init(_ files: [StoredFile], marker: StoredFile, index: StoredFile) throws(Failure) {
    try Self.verifyMarker(marker)
    let addressed = ContentAddresses.blobs(files)
    failures += addressed.failures
    let blobs = BlobStore(addressed.matching)

    // 1. What the top index lists: images, and the manifests that are about images.
    let bytes = try ImageArchive.contents(index)
    guard case .index(let top) = try Manifest(parsing: bytes, named: "index.json") else {
      throw Failure(.imageIndexMalformed, "index.json", "has no `manifests`")
    }
    var tree = ImageTree(blobs)
    var candidates: [(descriptor: Descriptor, names: [String])] = []
    var attached: [AttachedManifest] = []
    for descriptor in top.manifests {
      let found = try AttachedManifest.sort(descriptor, in: &tree, notes: &notes, failures: &failures)
      if let found {
        attached += found
      } else if let known = candidates.firstIndex(where: { $0.descriptor.digest == descriptor.digest }) {
        candidates[known].names += descriptor.names
      } else {
        candidates.append((descriptor, descriptor.names))
      }
    }

    // 2. The images, each with all below it. A child that is also listed flat, and has no name, is no image of its own.
    var trees: [Image] = []
    for candidate in candidates { trees.append(try tree.image(candidate.descriptor, names: candidate.names)) }
    var below: Set<ClaimedDigest> = []
    for image in trees { below.formUnion(image.parts.dropFirst().map(\.digest)) }
    images = trees.filter { !$0.names.isEmpty || !below.contains($0.digest) }
    failures += tree.failures

    // 3. Evidence: from attached manifests, then from blobs that nobody lists (cosign save leaves them so).
    var finder = EvidenceFinder(blobs, soleImage: images.count == 1 ? images[0].digest : nil)
    for manifest in attached { finder.take(manifest) }
    finder.takeUnlisted(addressed.matching, listed: tree.listed)
    evidence = finder.evidence
    failures += finder.failures
    notes += finder.notes
  }

  /// `{"imageLayoutVersion": "1.0.0"}`; any 1.x is read.
  private static func verifyMarker(_ marker: StoredFile) throws(Failure) {
    let bytes = try ImageArchive.contents(marker)
    let node = try JSONNode(parsing: bytes, named: "oci-layout", malformed: .imageIndexMalformed)
    let version = try node.required("imageLayoutVersion").string()
    guard version.hasPrefix("1.") else {
      throw Failure(.archiveNotRecognised, "oci-layout", "imageLayoutVersion “\(printable(version))”, not 1.x")
    }
  }
}

extension Descriptor {
  /// containerd's full name where there is one, else the layout's own, which may be a bare tag.
  var names: [String] {
    (annotation("io.containerd.image.name") ?? annotation("org.opencontainers.image.ref.name")).map { [$0] } ?? []
  }
}
