/// What is put on a medium: an image, its evidence, its name.
package struct CarriedImage: Sendable {
  package var image: SampleImage
  package var attachments: [Attachment]
  /// `registry.miniature.example/acme/app`
  package var repository: String
  package var tag: String

  package init(
    _ image: SampleImage, _ attachments: [Attachment] = [], repository: String = "registry.miniature.example/acme/app",
    tag: String = "v1"
  ) {
    self.image = image
    self.attachments = attachments
    self.repository = repository
    self.tag = tag
  }
}

/// The shapes in which tools write images, as observed of the tools themselves.
package enum MediumForm: String, Sendable, CaseIterable {
  /// `cosign save`: `kind` annotations; bundles present but listed nowhere.
  case cosignSave
  /// `oras copy -r --to-oci-layout`: referrers listed without a tag, children listed flat; no old signatures.
  case orasCopy
  /// `oras backup --include-referrers repo:tag`: the same in other words.
  case orasBackup
  /// `oras backup --include-referrers repo`: every tag, `sha256-<hex>.sig` and `.att` among them.
  case orasBackupAllTags
  /// A layout of a registry without the referrers API: an index under the tag `sha256-<hex>`.
  case fallbackTag
  /// `skopeo copy … oci-archive:`: one tagged image, no evidence.
  case skopeoArchive
  /// `skopeo copy … dir:`: bare names, `signature-N` files. Single images only.
  case skopeoFolder
  /// `crane pull --format=oci`: no annotations, no evidence.
  case craneLayout
  /// `crane pull`: docker-archive with compressed layers. Single images only.
  case craneTarball
  /// `skopeo copy … docker-archive:`: uncompressed layers, legacy folders with symbolic links. Single images only.
  case skopeoDockerArchive
  /// `docker save` since 25: OCI layout and `manifest.json` in one. Single images only.
  case dockerSave

  /// Whether old signatures, and whether bundles, survive in this form.
  package var carriesOldEvidence: Bool {
    switch self {
    case .cosignSave, .orasBackupAllTags, .fallbackTag, .skopeoFolder: true
    default: false
    }
  }

  package var carriesBundles: Bool {
    switch self {
    case .cosignSave, .orasCopy, .orasBackup, .orasBackupAllTags, .fallbackTag: true
    default: false
    }
  }

  /// Whether it can hold an index over several platforms.
  package var holdsIndexes: Bool {
    switch self {
    case .skopeoFolder, .craneTarball, .skopeoDockerArchive, .dockerSave: false
    default: true
    }
  }
}
