import Cryptography
import Octets
import Reasons
import StrictJSON

/// Collects evidence from wherever tools leave it, each piece once per image that it is hung on.
struct EvidenceFinder {
  private let blobs: BlobStore
  private let soleImage: ClaimedDigest?
  private var known: Set<Key> = []
  private(set) var evidence: [Evidence] = []
  private(set) var failures: [Failure] = []
  private(set) var notes: [Failure] = []

  private struct Key: Hashable {
    let digest: ComputedDigest
    let subject: ClaimedDigest?
    let annotations: CosignAnnotations?
  }

  init(_ blobs: BlobStore, soleImage: ClaimedDigest?) {
    self.blobs = blobs
    self.soleImage = soleImage
  }

  /// Every layer of an attached manifest that is a signature or attestation. Others (SBOMs, helm charts) prove nothing.
  mutating func take(_ attached: AttachedManifest) {
    let subject = attached.subject ?? (attached.isOfSoleImage ? soleImage : nil)
    for layer in attached.manifest.layers {
      let isNotary = attached.manifest.isNotary
      let isBundle = layer.mediaType.hasPrefix(MediaType.sigstoreBundlePrefix)
      let isSimple = layer.mediaType == MediaType.simpleSigning
      guard isNotary || isBundle || isSimple || layer.mediaType == MediaType.dsseEnvelope else { continue }
      let file: StoredFile
      do throws(Failure) {
        file = try blobs.find(layer)
      } catch {
        if error.reason.effect == .refuse { failures.append(error) } else { notes.append(error) }
        continue
      }
      let annotations = CosignAnnotations(layer.annotations)
      let bytes = file.contents ?? []
      let form: Evidence.Form =
        if isNotary { .unsupported(mediaType: layer.mediaType) }
        else if isBundle { .sigstoreBundle(bytes) }
        else if isSimple { .simpleSigning(payload: bytes, annotations: annotations) }
        else { .dsseEnvelope(bytes, annotations: annotations) }
      add(
        Evidence(form, by: attached.carrier, attachedTo: subject, digest: file.digest),
        annotations: isBundle ? nil : annotations)
    }
  }

  /// Looks once at every small JSON blob that no manifest names: a manifest with `subject`, or a bare Sigstore bundle.
  /// What cannot be read is no evidence, and nobody relies on it.
  mutating func takeUnlisted(_ files: [StoredFile], listed: Set<ClaimedDigest>) {
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
    where manifest.subject != nil && !manifest.isRunnable && manifest.holdsEvidence {
      take(
        AttachedManifest(
          manifest: manifest, carrier: .unlistedBlob("\(digest)"), subject: manifest.subject?.digest,
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
    guard known.insert(Key(digest: piece.digest, subject: piece.attachedTo, annotations: annotations)).inserted else {
      return
    }
    evidence.append(piece)
  }
}

/// Tells a Sigstore bundle from other JSON by its own media type.
enum SigstoreBundleSniffer {
  static func looksLikeBundle(_ bytes: [UInt8]) -> Bool {
    guard bytes.count <= Limits.unlistedBlob, bytes.first == UInt8(ascii: "{"),
      let node = try? JSONNode(parsing: bytes, named: "", malformed: .bundleMalformed),
      let mediaType = try? node.optional("mediaType")?.string()
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
}
