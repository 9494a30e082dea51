import Cryptography
import Octets
import Reasons

/// A manifest that is about an image: a signature, an attestation, or another artifact hung on it.
struct AttachedManifest {
  let digest: ClaimedDigest
  let manifest: ImageManifest
  let carrier: Carrier
  /// The image that the archive says it is about; nil where only what was signed can tell.
  let subject: ClaimedDigest?
  /// `cosign save` says "signatures" without saying whose.
  let isOfSoleImage: Bool

  /// Sorts one entry of the top index.
  /// - Returns: nil for an image; otherwise what it holds, which may be nothing (then a note or failure says why).
  /// - Throws: `archive.limit-exceeded` alone; other failures are recorded in `tree`.
  ///
  /// An image cannot pass itself off as an attachment to escape judgement, however it is marked: what some tool might
  /// run (`ImageTree.isAttachment`) is an image.
  static func sort(_ descriptor: Descriptor, in tree: inout ImageTree) throws(Failure) -> [AttachedManifest]? {
    let mark = Mark(descriptor)
    try tree.visit(descriptor)
    switch read(descriptor, in: &tree) {
    case .unreadable: return nil
    case .notCarried(let failure):
      // Under a name of its own it is missed, for whoever has it from elsewhere finds it under that; and so is what lies
      // here in another place.
      guard mark != nil, descriptor.otherNames.isEmpty, !tree.holds(descriptor) else { return nil }
      tree.record(failure)
      return []
    case .read(.image(let image)):
      return attachment(image, descriptor, mark, &tree).map { [$0] }
    case .read(.index(let index)):
      guard case .fallbackTag(let tag, let target)? = mark, descriptor.otherNames.isEmpty else { return nil }
      return try children(of: index, under: tag, target, &tree)
    }
  }

  /// What a listed document is to us. What we cannot read another tool may, and then it is an image to it, however it is
  /// marked: the image's own part says what is wrong.
  private enum Listed {
    case read(Manifest)
    case notCarried(Failure)
    case unreadable
  }

  private static func read(_ descriptor: Descriptor, in tree: inout ImageTree) -> Listed {
    do throws(Failure) { return .read(try tree.manifest(descriptor)) } catch {
      return error.reason == .blobMissing ? .notCarried(error) : .unreadable
    }
  }

  /// The referrers that a fallback tag lists, or nil where one of them is an image: then the index is one, too.
  private static func children(
    of index: ImageIndex, under tag: String, _ target: ClaimedDigest?, _ tree: inout ImageTree
  ) throws(Failure) -> [AttachedManifest]? {
    var found: [AttachedManifest] = []
    for child in index.manifests {
      try tree.visit(child)
      switch read(child, in: &tree) {
      case .notCarried(let failure):
        if tree.holds(child) { return nil }
        tree.record(failure)
      case .unreadable, .read(.index): return nil
      case .read(.image(let image)):
        guard tree.isAttachment(image, child.digest) else { return nil }
        found.append(
          AttachedManifest(
            digest: child.digest, manifest: image, carrier: .fallbackTag(tag),
            subject: image.subject?.digest ?? target, isOfSoleImage: false))
      }
    }
    return found
  }

  /// The manifest as an attachment, or nil where it is an image.
  private static func attachment(
    _ image: ImageManifest, _ descriptor: Descriptor, _ mark: Mark?, _ tree: inout ImageTree
  ) -> AttachedManifest? {
    guard tree.isAttachment(image, descriptor.digest) else { return nil }
    // What has a name of its own is there to be pulled under it: an image's configuration, or an artifact that a
    // cluster mounts. Evidence alone may have one.
    if !descriptor.otherNames.isEmpty, image.hasImageConfiguration || !image.isEvidenceOnly { return nil }
    func attached(_ carrier: Carrier, to subject: ClaimedDigest?, isOfSoleImage: Bool = false) -> AttachedManifest {
      AttachedManifest(
        digest: descriptor.digest, manifest: image, carrier: carrier, subject: subject, isOfSoleImage: isOfSoleImage)
    }
    if let subject = image.subject { return attached(.referrer("\(descriptor.digest)"), to: subject.digest) }
    switch mark {
    case .cosignTag(let tag, let target)?: return attached(.cosignTag(tag), to: target)
    case .cosignKind(let kind)?: return attached(.cosignKind(kind), to: nil, isOfSoleImage: true)
    case .fallbackTag, nil:
      // Evidence without any tie to an image: what it signs decides.
      return image.holdsEvidence ? attached(.referrer("\(descriptor.digest)"), to: nil) : nil
    }
  }

  /// How a descriptor of the top index marks an attachment.
  enum Mark {
    case cosignTag(String, ClaimedDigest)
    /// The target is nil where the tag holds but the first half of a digest.
    case fallbackTag(String, ClaimedDigest?)
    case cosignKind(String)

    init?(_ descriptor: Descriptor) {
      let prefix = Array("dev.cosignproject.cosign/".utf8)
      if let kind = descriptor.annotation("kind").map({ Array($0.utf8) }), kind.starts(with: prefix) {
        let rest = String(decoding: kind[prefix.count...], as: UTF8.self)
        if rest == "sigs" || rest == "atts" {
          self = .cosignKind(rest)
          return
        }
      }
      guard let name = descriptor.annotation("org.opencontainers.image.ref.name") else { return nil }
      self.init(name: name)
    }

    /// `sha256-<hex>` is the referrers fallback tag (distribution-spec 1.1, "Referrers Tag Schema": at most 64 digits),
    /// `sha256-<hex>.sig` and the like are cosign's. A repository may stand before the tag.
    init?(name: String) {
      let tag = name.utf8.suffix { $0 != UInt8(ascii: ":") }
      guard let algorithm = [HashAlgorithm.sha256, .sha512].first(where: { tag.starts(with: "\($0.rawValue)-".utf8) })
      else {
        return nil
      }
      let rest = Array(tag.dropFirst(algorithm.rawValue.utf8.count + 1))
      let (target, end): (ClaimedDigest?, Int)
      if let digits = Hex.decode(rest.prefix(2 * algorithm.size)), digits.count == algorithm.size {
        (target, end) = (ClaimedDigest(algorithm, digits), 2 * digits.count)
      } else if Hex.decode(rest.prefix(64))?.count == 32 {
        (target, end) = (nil, 64)
      } else {
        return nil
      }
      if rest.count == end {
        self = .fallbackTag(name, target)
      } else if rest[end] == UInt8(ascii: "."), let target {
        self = .cosignTag(name, target)
      } else {
        return nil
      }
    }
  }
}

extension Descriptor {
  /// Names that are no cosign or fallback tags.
  fileprivate var otherNames: [String] { (names + tags).filter { AttachedManifest.Mark(name: $0) == nil } }
}

extension ImageManifest {
  var holdsEvidence: Bool { isNotary || layers.contains { MediaType.isEvidence($0.mediaType) } }

  fileprivate var isEvidenceOnly: Bool {
    layers.allSatisfy { MediaType.isEvidence($0.mediaType) || isNotary && MediaType.isNotaryEnvelope($0.mediaType) }
  }

  var isNotary: Bool {
    artifactType == MediaType.notarySignature || config?.mediaType == MediaType.notarySignature
  }
}

extension String.UTF8View {
  fileprivate func suffix(while predicate: (UInt8) -> Bool) -> Substring.UTF8View {
    self[(lastIndex { !predicate($0) }.map(index(after:)) ?? startIndex)...]
  }
}
