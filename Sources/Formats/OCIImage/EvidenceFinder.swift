import Cryptography
import Octets
import Reasons
import StrictJSON

/// Collects evidence from wherever tools leave it, each piece once per image that it is hung on.
struct EvidenceFinder {
  private let blobs: BlobStore
  private let soleImage: ClaimedDigest?
  private var known: Set<Key> = []
  private var taken: Set<Taken> = []
  private var layersSeen = 0
  private var bytesSeen = 0
  private(set) var evidence: [Evidence] = []
  private(set) var failures = FailureList()
  private(set) var notes = FailureList()

  private struct Key: Hashable {
    let digest: ComputedDigest
    let subject: ClaimedDigest?
    /// As bytes: String compares by canonical equivalence, and one signature must not hide another.
    let annotations: [[UInt8]?]
  }

  private struct Taken: Hashable {
    let manifest: ClaimedDigest
    let subject: ClaimedDigest?
  }

  init(_ blobs: BlobStore, soleImage: ClaimedDigest?) {
    self.blobs = blobs
    self.soleImage = soleImage
  }

  /// Every layer of an attached manifest that is a signature or attestation. Others (SBOMs, helm charts) prove nothing,
  /// but their bytes must be what the manifest says.
  /// - Throws: `archive.limit-exceeded`.
  mutating func take(_ attached: AttachedManifest) throws(Failure) {
    let subject = attached.subject ?? (attached.isOfSoleImage ? soleImage : nil)
    guard taken.insert(Taken(manifest: attached.digest, subject: subject)).inserted else { return }
    layersSeen += attached.manifest.layers.count
    guard layersSeen <= Limits.evidence else {
      throw Failure(.archiveLimitExceeded, "\(attached.digest)", "more than \(Limits.evidence) pieces of evidence")
    }
    if let config = attached.manifest.config { _ = find(config, isNeeded: false) }
    for layer in attached.manifest.layers {
      let isNotary = attached.manifest.isNotary
      let isBundle = layer.mediaType.hasPrefix(MediaType.sigstoreBundlePrefix)
      let isSimple = layer.mediaType == MediaType.simpleSigning
      let isEvidence = isNotary || MediaType.isEvidence(layer.mediaType)
      guard let file = find(layer, isNeeded: isEvidence), isEvidence else { continue }
      let annotations = CosignAnnotations(layer.annotations)
      // No contents: so large, or so unlike JSON, that nobody kept them. They verify as little as nothing does.
      let bytes = file.contents ?? []
      bytesSeen += annotations.asBytes.reduce(bytes.count) { $0 + ($1?.count ?? 0) }
      guard bytesSeen <= Limits.evidenceBytes else {
        throw Failure(
          .archiveLimitExceeded, "\(layer.digest)", "more than \(Limits.evidenceBytes) bytes of evidence")
      }
      let form: Evidence.Form
      if isNotary {
        form = .unsupported(mediaType: layer.mediaType)
      } else if isBundle {
        form = .sigstoreBundle(bytes)
      } else if isSimple {
        form = .simpleSigning(payload: bytes, annotations: annotations)
      } else {
        form = .dsseEnvelope(bytes, annotations: annotations)
      }
      add(
        Evidence(form, by: attached.carrier, attachedTo: subject, digest: file.digest),
        annotations: isBundle ? nil : annotations)
    }
  }

  private mutating func find(_ blob: Descriptor, isNeeded: Bool) -> StoredFile? {
    do throws(Failure) {
      return try blobs.find(blob)
    } catch {
      if error.reason.effect == .refuse { failures.append(error) } else if isNeeded { notes.append(error) }
      return nil
    }
  }

  /// Looks once at every small JSON blob that no manifest names: a manifest with `subject`, or a bare Sigstore bundle.
  /// What cannot be read is no evidence, and nobody relies on it.
  /// - Throws: `archive.limit-exceeded`.
  mutating func takeUnlisted(_ files: StoredFiles, listed: Set<ClaimedDigest>) throws(Failure) {
    var manifests: [(ImageManifest, ClaimedDigest)] = []
    var claimed = listed
    for file in files where !listed.contains(ClaimedDigest(file.digest)) {
      guard let bytes = file.contents, bytes.count <= Limits.unlistedBlob, bytes.first == UInt8(ascii: "{"),
        case .image(let manifest)? = try? Manifest(parsing: bytes, named: printable(file.name))
      else { continue }
      manifests.append((manifest, ClaimedDigest(file.digest)))
      for blob in manifest.blobs { claimed.insert(blob.digest) }
    }
    // A manifest without `subject` is hung on nothing once its tag is gone: a withdrawn signature stays withdrawn.
    for (manifest, digest) in manifests
    where manifest.subject != nil && !manifest.hasImageLayers && manifest.holdsEvidence {
      try take(
        AttachedManifest(
          digest: digest, manifest: manifest, carrier: .unlistedBlob("\(digest)"), subject: manifest.subject?.digest,
          isOfSoleImage: false))
    }
    for file in files where !claimed.contains(ClaimedDigest(file.digest)) {
      guard let bytes = file.contents, SigstoreBundleSniffer.looksLikeBundle(bytes) else { continue }
      add(
        Evidence(
          .sigstoreBundle(bytes), by: .unlistedBlob("\(ClaimedDigest(file.digest))"), attachedTo: nil,
          digest: file.digest), annotations: nil)
    }
  }

  mutating func add(_ piece: Evidence, annotations: CosignAnnotations?) {
    let key = Key(digest: piece.digest, subject: piece.attachedTo, annotations: annotations?.asBytes ?? [])
    if known.insert(key).inserted { evidence.append(piece) }
  }
}

/// Tells a Sigstore bundle from other JSON by its own media type.
enum SigstoreBundleSniffer {
  static func looksLikeBundle(_ bytes: [UInt8]) -> Bool {
    guard bytes.count <= Limits.unlistedBlob, bytes.first == UInt8(ascii: "{"),
      let node = try? JSONNode(parsing: bytes, named: "", malformed: .bundleMalformed),
      let mediaType = try? node.optional("mediaType")?.plainText()
    else { return false }
    return mediaType.hasPrefix(MediaType.sigstoreBundlePrefix)
  }
}

extension CosignAnnotations {
  init(_ annotations: [Descriptor.Annotation]) {
    self.init()
    signature = annotations.value("dev.cosignproject.cosign/signature")
    certificate = annotations.value("dev.sigstore.cosign/certificate")
    chain = annotations.value("dev.sigstore.cosign/chain")
    rekorBundle = annotations.value("dev.sigstore.cosign/bundle")
    timestamp = annotations.value("dev.sigstore.cosign/rfc3161timestamp")
    predicateType = annotations.value("predicateType")
  }

  fileprivate var asBytes: [[UInt8]?] {
    [signature, certificate, chain, rekorBundle, timestamp, predicateType].map { $0.map { Array($0.utf8) } }
  }
}
