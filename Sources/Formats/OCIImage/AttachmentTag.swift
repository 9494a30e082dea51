package import Octets

/// What the annotations of an entry of a layout's index say that it is hung on.
package enum AttachmentTag: Sendable {
  /// cosign's `sha256-<hex>.sig` and the like.
  case cosign(String, of: ClaimedDigest)
  /// The referrers fallback tag, `sha256-<hex>`; nil where it holds but half a digest.
  case referrers(String, of: ClaimedDigest?)
  /// `cosign save`: `sigs` or `atts`, and not of what.
  case kind(String)

  /// Whether a name is one of these tags, and thus no name for an image.
  package static func isTag(_ name: String) -> Bool { AttachedManifest.Mark(name: name) != nil }
}

extension Descriptor {
  package var attachmentTag: AttachmentTag? {
    switch AttachedManifest.Mark(self) {
    case .cosignTag(let tag, let target): .cosign(tag, of: target)
    case .fallbackTag(let tag, let target): .referrers(tag, of: target)
    case .cosignKind(let kind): .kind(kind)
    case nil: nil
    }
  }
}
