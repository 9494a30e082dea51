import Cryptography
import Octets
import Reasons

/// A manifest that is about an image: a signature, an attestation, or another artifact hung on it.
struct AttachedManifest {
  let manifest: ImageManifest
  let carrier: Carrier
  /// The image that the archive says it is about; nil where only what was signed can tell.
  let subject: ClaimedDigest?
  /// `cosign save` says "signatures" without saying whose.
  let isOfSoleImage: Bool

  /// Sorts one entry of the top index.
  /// - Returns: nil for an image; otherwise what it holds, which may be nothing (then a note or failure says why).
  ///
  /// An image cannot pass itself off as an attachment to escape judgement: whatever has image layers is an image.
  static func sort(
    _ descriptor: Descriptor, in tree: inout ImageTree, notes: inout [Failure], failures: inout [Failure]
  ) throws(Failure) -> [AttachedManifest]? {
    let mark = Mark(descriptor)
    let document: Manifest
    do throws(Failure) {
      document = try tree.manifest(descriptor)
    } catch {
      guard mark != nil else { return nil }
      if error.reason.effect == .refuse { failures.append(error) } else { notes.append(error) }
      return []
    }
    switch document {
    case .image(let image):
      return attachment(image, descriptor, mark).map { [$0] }
    case .index(let index):
      guard case .fallbackTag(let tag, let target)? = mark else { return nil }
      var found: [AttachedManifest] = []
      for child in index.manifests {
        do throws(Failure) {
          guard case .image(let image) = try tree.manifest(child), !image.isRunnable else { return nil }
          found.append(
            AttachedManifest(
              manifest: image, carrier: .fallbackTag(tag), subject: image.subject?.digest ?? target,
              isOfSoleImage: false))
        } catch {
          if error.reason.effect == .refuse { failures.append(error) } else { notes.append(error) }
        }
      }
      return found
    }
  }

  /// The manifest as an attachment, or nil where it is an image.
  static func attachment(_ image: ImageManifest, _ descriptor: Descriptor, _ mark: Mark?) -> AttachedManifest? {
    guard !image.isRunnable else { return nil }
    if let subject = image.subject {
      return AttachedManifest(
        manifest: image, carrier: .referrer("\(descriptor.digest)"), subject: subject.digest, isOfSoleImage: false)
    }
    switch mark {
    case .cosignTag(let tag, let target)?:
      return AttachedManifest(manifest: image, carrier: .cosignTag(tag), subject: target, isOfSoleImage: false)
    case .cosignKind(let kind)?:
      return AttachedManifest(manifest: image, carrier: .cosignKind(kind), subject: nil, isOfSoleImage: true)
    case .fallbackTag, nil:
      // Evidence without any tie to an image: what it signs decides.
      guard image.holdsEvidence else { return nil }
      return AttachedManifest(
        manifest: image, carrier: .referrer("\(descriptor.digest)"), subject: nil, isOfSoleImage: false)
    }
  }

  /// How a descriptor of the top index marks an attachment.
  enum Mark {
    case cosignTag(String, ClaimedDigest)
    case fallbackTag(String, ClaimedDigest)
    case cosignKind(String)

    init?(_ descriptor: Descriptor) {
      if let kind = descriptor.annotation("kind"),
        kind == "dev.cosignproject.cosign/sigs" || kind == "dev.cosignproject.cosign/atts"
      {
        self = .cosignKind(String(kind.dropFirst("dev.cosignproject.cosign/".count)))
        return
      }
      // `sha256-<hex>` is the referrers fallback tag, `sha256-<hex>.sig` and the like are cosign's.
      guard let name = descriptor.annotation("org.opencontainers.image.ref.name") else { return nil }
      let tag = Array(name.utf8.suffix(while: { $0 != UInt8(ascii: ":") }))
      guard tag.count >= 71, tag.starts(with: "sha256-".utf8), let bytes = Hex.decode(tag[7..<71]),
        let target = ClaimedDigest(.sha256, bytes)
      else { return nil }
      if tag.count == 71 {
        self = .fallbackTag(name, target)
      } else if tag[71] == UInt8(ascii: ".") {
        self = .cosignTag(name, target)
      } else {
        return nil
      }
    }
  }
}

extension ImageManifest {
  /// Whether a container runtime would find something to run in it.
  var isRunnable: Bool {
    if layers.isEmpty { return subject == nil }
    return layers.contains {
      $0.mediaType.isEmpty || $0.mediaType.hasPrefix("application/vnd.oci.image.layer.")
        || $0.mediaType.hasPrefix("application/vnd.docker.image.rootfs.")
    }
  }

  var holdsEvidence: Bool {
    isNotary
      || layers.contains {
        $0.mediaType.hasPrefix(MediaType.sigstoreBundlePrefix) || $0.mediaType == MediaType.simpleSigning
          || $0.mediaType == MediaType.dsseEnvelope
      }
  }

  var isNotary: Bool {
    artifactType == MediaType.notarySignature || config?.mediaType == MediaType.notarySignature
  }
}

extension Collection where Self: BidirectionalCollection {
  fileprivate func suffix(while predicate: (Element) -> Bool) -> SubSequence {
    self[(lastIndex { !predicate($0) }.map(index(after:)) ?? startIndex)...]
  }
}
