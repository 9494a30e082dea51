extension MediumForm {
  /// The entries of a medium in this form.
  package func entries(_ carried: [CarriedImage]) -> [MediumEntry] {
    switch self {
    case .skopeoFolder: SkopeoFolder.entries(carried[0])
    case .craneTarball: DockerArchive.crane(carried)
    case .skopeoDockerArchive: DockerArchive.skopeo(carried)
    case .dockerSave: DockerArchive.mixed(carried)
    default: layout(carried)
    }
  }

  package func entries(_ carried: CarriedImage) -> [MediumEntry] { entries([carried]) }

  private func layout(_ carried: [CarriedImage]) -> [MediumEntry] {
    var layout = LayoutWriter()
    for image in carried { layout.add(image, as: self) }
    return layout.entries(isIndented: self == .cosignSave || self == .craneLayout)
  }
}

/// Gathers blobs and descriptors of an OCI image layout.
struct LayoutWriter {
  private var blobs: [SampleBlob] = []
  private var seen: Set<String> = []
  private var descriptors: [JSONText] = []
  /// Unix seconds that referrers claim for their making.
  private let created: Int64 = 1_767_225_600

  mutating func keep(_ more: [SampleBlob]) {
    for blob in more where seen.insert(blob.digest).inserted { blobs.append(blob) }
  }

  mutating func list(_ descriptor: JSONText) { descriptors.append(descriptor) }

  func entries(isIndented: Bool) -> [MediumEntry] {
    let index: JSONText = [
      "schemaVersion": 2, "mediaType": .string(SampleMediaType.index), "manifests": .array(descriptors),
    ]
    let layout: JSONText = ["imageLayoutVersion": "1.0.0"]
    return [MediumEntry("oci-layout", isIndented ? layout.pretty(indent: 4) : layout.bytes)]
      + blobs.map { MediumEntry($0.path, $0.bytes) }
      + [MediumEntry("index.json", isIndented ? index.pretty(indent: 3) : index.bytes)]
  }

  mutating func add(_ carried: CarriedImage, as form: MediumForm) {
    let image = carried.image
    keep(image.blobs)
    switch form {
    case .cosignSave:
      list(Self.kind(image.root, image.index == nil ? "image" : "imageIndex"))
      addOldEvidence(carried) { blob, suffix in Self.kind(blob, suffix == "sig" ? "sigs" : "atts") }
      for referrer in referrers(carried) { keep(referrer.blobs) }
    case .orasCopy, .orasBackup:
      list(Self.named(image.root, carried.tag))
      addReferrers(carried)
      addChildren(image)
    case .orasBackupAllTags:
      addOldEvidence(carried) { blob, suffix in Self.named(blob, Self.tag(of: image) + "." + suffix) }
      list(Self.named(image.root, carried.tag))
      addReferrers(carried)
      addChildren(image)
    case .fallbackTag:
      list(Self.named(image.root, carried.tag))
      addOldEvidence(carried) { blob, suffix in Self.named(blob, Self.tag(of: image) + "." + suffix) }
      addFallbackIndex(carried)
    case .skopeoArchive: list(Self.named(image.root, shortRepository(carried) + ":" + carried.tag))
    default: list(image.root.descriptor())
    }
  }

  private static func named(_ blob: SampleBlob, _ name: String) -> JSONText {
    blob.descriptor(("annotations", ["org.opencontainers.image.ref.name": .string(name)]))
  }

  private static func kind(_ blob: SampleBlob, _ kind: String) -> JSONText {
    blob.descriptor(("annotations", ["kind": .string("dev.cosignproject.cosign/" + kind)]))
  }

  /// `sha256-<hex>`
  private static func tag(of image: SampleImage) -> String { String(image.digest.map { $0 == ":" ? "-" : $0 }) }

  private func shortRepository(_ carried: CarriedImage) -> String {
    String(carried.repository.drop { $0 != "/" }.dropFirst())
  }

  /// Manifests of platforms stand beside the index.
  private mutating func addChildren(_ image: SampleImage) {
    guard image.index != nil else { return }
    for platform in image.platforms { list(platform.manifest.descriptor(("platform", platform.platform.json))) }
  }

  private mutating func addOldEvidence(
    _ carried: CarriedImage, _ describe: (SampleBlob, _ suffix: String) -> JSONText
  ) {
    var signatures: [Issued] = []
    var attestations: [Issued] = []
    for attachment in carried.attachments {
      if case .signature(let issued) = attachment { signatures.append(issued) }
      if case .attestation(let issued) = attachment { attestations.append(issued) }
    }
    for (evidence, suffix) in [(signatures, "sig"), (attestations, "att")] where !evidence.isEmpty {
      let blobs = EvidenceManifest.layered(evidence)
      keep(blobs)
      list(describe(blobs[0], suffix))
    }
  }

  private struct Referrer {
    let blobs: [SampleBlob]
    let annotations: JSONText?
  }

  private func referrers(_ carried: CarriedImage) -> [Referrer] {
    carried.attachments.compactMap { attachment in
      switch attachment {
      case .bundle(let issued, let version):
        Referrer(
          blobs: EvidenceManifest.referrer(
            to: carried.image.root, bundle: issued, version: version, created: created),
          annotations: EvidenceManifest.annotations(of: issued, created: created))
      case .referrer(let blobs): Referrer(blobs: blobs, annotations: nil)
      case .signature, .attestation: nil
      }
    }
  }

  private mutating func addReferrers(_ carried: CarriedImage) {
    for referrer in referrers(carried) {
      keep(referrer.blobs)
      list(descriptor(of: referrer))
    }
  }

  private mutating func addFallbackIndex(_ carried: CarriedImage) {
    let referrers = referrers(carried)
    guard !referrers.isEmpty else { return }
    let document: JSONText = [
      "schemaVersion": 2, "mediaType": .string(SampleMediaType.index),
      "manifests": .array(referrers.map(descriptor(of:))),
    ]
    let index = SampleBlob(SampleMediaType.index, document.bytes)
    keep([index] + referrers.flatMap(\.blobs))
    list(Self.named(index, Self.tag(of: carried.image)))
  }

  private func descriptor(of referrer: Referrer) -> JSONText {
    referrer.blobs[0].descriptor(
      ("annotations", referrer.annotations),
      ("artifactType", referrer.annotations == nil ? nil : .string(SampleMediaType.bundle)))
  }
}
