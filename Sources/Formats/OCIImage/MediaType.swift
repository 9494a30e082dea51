/// The media types that decide how bytes are read.
package enum MediaType {
  package static let ociIndex = "application/vnd.oci.image.index.v1+json"
  package static let ociManifest = "application/vnd.oci.image.manifest.v1+json"
  package static let dockerList = "application/vnd.docker.distribution.manifest.list.v2+json"
  package static let dockerManifest = "application/vnd.docker.distribution.manifest.v2+json"
  package static let ociConfig = "application/vnd.oci.image.config.v1+json"
  package static let dockerConfig = "application/vnd.docker.container.image.v1+json"
  package static let ociLayerPrefix = "application/vnd.oci.image.layer."
  package static let dockerLayerPrefix = "application/vnd.docker.image.rootfs."
  /// Of modules that containerd's shims run (CNCF, Wasm OCI Artifact layout).
  static let wasmConfig = "application/vnd.wasm.config.v0+json"
  package static let simpleSigning = "application/vnd.dev.cosign.simplesigning.v1+json"
  package static let dsseEnvelope = "application/vnd.dsse.envelope.v1+json"
  package static let sigstoreBundlePrefix = "application/vnd.dev.sigstore.bundle"
  package static let notarySignature = "application/vnd.cncf.notary.signature"

  /// Forms of evidence that cosign keeps as layers.
  static func isEvidence(_ mediaType: String) -> Bool {
    mediaType == simpleSigning || mediaType == dsseEnvelope || mediaType.hasPrefix(sigstoreBundlePrefix)
  }

  /// The forms of a Notary Project signature (notaryproject/specifications, signature-specification.md, "Storage").
  static func isNotaryEnvelope(_ mediaType: String) -> Bool {
    mediaType == "application/jose+json" || mediaType == "application/cose"
  }

  /// What containerd and others unpack (containerd `images.IsLayerType`); no type at all might be anything.
  static func isImageLayer(_ mediaType: String) -> Bool {
    mediaType.isEmpty || mediaType.hasPrefix(ociLayerPrefix) || mediaType.hasPrefix(dockerLayerPrefix)
      || mediaType.hasPrefix("application/vnd.erofs.") || mediaType.hasSuffix(".erofs")
  }

  /// Layers that their publisher forbids to pass on: Windows base images, mostly (image-spec 1.1 layer.md).
  static func isForeign(_ mediaType: String) -> Bool {
    mediaType.hasPrefix("application/vnd.oci.image.layer.nondistributable.")
      || mediaType.hasPrefix("application/vnd.docker.image.rootfs.foreign.")
  }

  static func isIndex(_ mediaType: String) -> Bool { mediaType == ociIndex || mediaType == dockerList }
  static func isManifest(_ mediaType: String) -> Bool { mediaType == ociManifest || mediaType == dockerManifest }
}
