/// The media types that decide how bytes are read.
package enum MediaType {
  package static let ociIndex = "application/vnd.oci.image.index.v1+json"
  package static let ociManifest = "application/vnd.oci.image.manifest.v1+json"
  package static let dockerList = "application/vnd.docker.distribution.manifest.list.v2+json"
  package static let dockerManifest = "application/vnd.docker.distribution.manifest.v2+json"
  package static let simpleSigning = "application/vnd.dev.cosign.simplesigning.v1+json"
  package static let dsseEnvelope = "application/vnd.dsse.envelope.v1+json"
  package static let sigstoreBundlePrefix = "application/vnd.dev.sigstore.bundle"
  package static let cosignArtifactPrefix = "application/vnd.dev.cosign.artifact."
  package static let notarySignature = "application/vnd.cncf.notary.signature"
}
