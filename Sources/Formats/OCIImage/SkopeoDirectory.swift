import Cryptography
import Octets
import Reasons
import StrictJSON

/// skopeo's `dir:` transport: `manifest.json` is the image's own manifest or index, further manifests are
/// `<hex>.manifest.json`, blobs are named by their bare digest, and signatures lie in `signature-N` files.
struct SkopeoDirectory: ArchiveReading {
  let images: [Image]
  let documents: [ClaimedDigest: ImageDocument]
  private(set) var evidence: [Evidence] = []
  private(set) var failures = FailureList()
  private(set) var notes = FailureList()

  init(_ manifest: StoredFile, _ files: StoredFiles) throws(Failure) {
    let addressed = ContentAddresses.stems(files)
    failures.append(addressed.failures)
    let blobs = BlobStore(addressed, and: manifest)
    var tree = ImageTree(blobs)
    let root = Descriptor(of: manifest)
    images = [try tree.image(root, names: [], tags: [])]
    documents = tree.carried
    failures.append(tree.failures.all)
    var finder = EvidenceFinder(blobs, soleImage: root.digest)
    for file in files {
      guard let target = Self.signatureTarget(file.name, root: root.digest) else { continue }
      do throws(Failure) {
        let (form, annotations) = try Self.signature(file)
        finder.add(
          Evidence(
            form, by: .skopeoSignature(printable(file.name)), attachedTo: target, digest: file.digest),
          annotations: annotations)
      } catch {
        failures.append(error)
      }
    }
    try finder.takeUnlisted(addressed.matching, listed: tree.listed)
    evidence = finder.evidence
    notes.append(finder.notes.all)
    failures.append(finder.failures.all)
  }

  /// `signature-1` is about the image, `<hex>.signature-1` about one manifest of an index.
  private static func signatureTarget(_ name: [UInt8], root: ClaimedDigest) -> ClaimedDigest? {
    if name.starts(with: "signature-".utf8) { return root }
    guard name.count > 75, name[64...].starts(with: ".signature-".utf8), let bytes = Hex.decode(name[..<64]) else {
      return nil
    }
    return ClaimedDigest(.sha256, bytes)
  }

  /// NUL, `sigstore-json`, newline, then JSON {mimeType, payload, annotations} (containers/image, internal/signature).
  /// Anything else is the older GPG form, which Assay does not verify.
  private static func signature(_ file: StoredFile) throws(Failure) -> (Evidence.Form, CosignAnnotations?) {
    let head = [0] + Array("sigstore-json\n".utf8)
    guard let bytes = file.contents, bytes.starts(with: head) else {
      return (.unsupported(mediaType: "application/vnd.containers.simple-signing"), nil)
    }
    let node = try JSONNode(
      parsing: Array(bytes[head.count...]), named: printable(file.name), malformed: .bundleMalformed)
    let mediaType = try node.required("mimeType").string()
    let payload = try node.required("payload").base64()
    let annotations = CosignAnnotations(try Descriptor.annotations(node))
    switch mediaType {
    case MediaType.simpleSigning: return (.simpleSigning(payload: payload, annotations: annotations), annotations)
    case MediaType.dsseEnvelope: return (.dsseEnvelope(payload, annotations: annotations), annotations)
    case _ where mediaType.hasPrefix(MediaType.sigstoreBundlePrefix): return (.sigstoreBundle(payload), nil)
    default: return (.unsupported(mediaType: mediaType), nil)
    }
  }
}

extension Descriptor {
  /// Stands for a file that nothing describes.
  init(of file: StoredFile) {
    mediaType = ""
    digest = ClaimedDigest(file.digest)
    size = file.size
    annotations = []
    platform = nil
    urls = 0
    artifactType = nil
  }
}
