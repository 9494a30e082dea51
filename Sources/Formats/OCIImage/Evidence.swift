package import Cryptography
package import Octets

/// Something that came with an image and may prove who vouches for it. Inert bytes: nothing here is verified.
package struct Evidence: Sendable {
  /// The formats in which evidence is carried.
  package enum Form: Sendable {
    /// A Sigstore bundle, v0.1 to v0.3, as JSON.
    case sigstoreBundle([UInt8])
    /// cosign simple signing: the payload's bytes and the layer's annotations.
    case simpleSigning(payload: [UInt8], annotations: CosignAnnotations)
    /// cosign `.att`: a bare DSSE envelope and the layer's annotations.
    case dsseEnvelope([UInt8], annotations: CosignAnnotations)
    /// A kind that Assay recognises and does not verify (Notary Project and the like); the media type.
    case unsupported(mediaType: String)
  }

  package let form: Form
  /// How it came, for the report.
  package let carrier: Carrier
  /// The digest of the image that the archive says this is about; nil for loose Sigstore bundles, whose own subject decides.
  package let attachedTo: ClaimedDigest?
  /// The digest of the evidence's own bytes.
  package let digest: ComputedDigest

  package init(_ form: Form, by carrier: Carrier, attachedTo: ClaimedDigest?, digest: ComputedDigest) {
    self.form = form
    self.carrier = carrier
    self.attachedTo = attachedTo
    self.digest = digest
  }
}

/// The ways on which evidence reaches us. Every way is tried, each time.
package enum Carrier: Hashable, Sendable, CustomStringConvertible {
  /// A manifest with `subject`; its digest.
  case referrer(String)
  /// A cosign tag, `sha256-<hex>.sig` or `.att`.
  case cosignTag(String)
  /// `cosign save`'s `kind` annotation.
  case cosignKind(String)
  /// An index under the referrers fallback tag.
  case fallbackTag(String)
  /// A blob that no index lists.
  case unlistedBlob(String)
  /// skopeo's `signature-N`.
  case skopeoSignature(String)
  /// A file named with `--bundle`.
  case bundleFile(String)

  package var description: String {
    switch self {
    case .referrer(let digest): "referrer \(digest)"
    case .cosignTag(let tag): "tag \(tag)"
    case .cosignKind(let kind): "cosign save (\(kind))"
    case .fallbackTag(let tag): "referrers tag \(tag)"
    case .unlistedBlob(let digest): "unlisted blob \(digest)"
    case .skopeoSignature(let name): "file \(name)"
    case .bundleFile(let path): "Sigstore bundle \(path)"
    }
  }
}

/// The annotations in which cosign keeps a signature's parts; each as it stood in the manifest.
package struct CosignAnnotations: Hashable, Sendable {
  /// `dev.cosignproject.cosign/signature`: Base64 of the signature over the payload. Empty for DSSE.
  package var signature: String?
  /// `dev.sigstore.cosign/certificate`: PEM.
  package var certificate: String?
  /// `dev.sigstore.cosign/chain`: PEM, issuer first; may be empty.
  package var chain: String?
  /// `dev.sigstore.cosign/bundle`: JSON with the Rekor v1 entry and its signed entry timestamp.
  package var rekorBundle: String?
  /// `dev.sigstore.cosign/rfc3161timestamp`: JSON.
  package var timestamp: String?
  /// `predicateType`: advice only.
  package var predicateType: String?

  package init() {}
}
