/// Evidence in the shape in which it hangs on an image.
package enum Attachment: Sendable {
  /// A referrer manifest around a Sigstore bundle (cosign 3).
  case bundle(Issued, version: BundleVersion = .v03)
  /// A layer of `sha256-<hex>.sig`: simple signing.
  case signature(Issued)
  /// A layer of `sha256-<hex>.att`: a bare envelope.
  case attestation(Issued)
  /// A manifest of the test's own, with its blobs: the manifest first.
  case referrer([SampleBlob])
}

extension SampleImage {
  /// The simple-signing payload about this image, as cosign writes it.
  package func simpleSigningPayload(reference: String = "registry.miniature.example/acme/app") -> [UInt8] {
    Self.simpleSigningPayload(of: digest, reference: reference)
  }

  package static func simpleSigningPayload(
    of digest: String, reference: String = "registry.miniature.example/acme/app",
    type: String = "cosign container image signature"
  ) -> [UInt8] {
    let document: JSONText = [
      "critical": [
        "identity": ["docker-reference": .string(reference)],
        "image": ["docker-manifest-digest": .string(digest)], "type": .string(type),
      ],
      "optional": .null,
    ]
    return document.bytes
  }

  /// The statement by which cosign 3 signs this image.
  package var signingStatement: SampleStatement {
    let hex = String(digest.drop { $0 != ":" }.dropFirst())
    let algorithm = String(digest.prefix { $0 != ":" })
    return SampleStatement(SampleStatement.cosignSign, [:], about: [.init(digests: [(algorithm, hex)])])
  }

  /// A statement of any type about this image.
  package func statement(
    _ predicateType: String, _ predicate: JSONText = SampleStatement.sampleProvenance,
    version: SampleStatement.Version = .v01
  ) -> SampleStatement {
    SampleStatement(predicateType, predicate, aboutDigest: digest, version: version)
  }
}

/// Manifests around evidence.
enum EvidenceManifest {
  /// A referrer as cosign 3 writes it; the manifest first.
  static func referrer(to subject: SampleBlob, bundle: Issued, version: BundleVersion, created: Int64) -> [SampleBlob] {
    let layer = SampleBlob(SampleMediaType.bundle, bundle.bundle(version))
    let manifest: JSONText = [
      "schemaVersion": 2, "mediaType": .string(SampleMediaType.manifest),
      "config": SampleBlob.empty.descriptor(("artifactType", .string(SampleMediaType.bundle))),
      "layers": [layer.descriptor()],
      "annotations": annotations(of: bundle, created: created),
      "subject": subject.descriptor(),
      "artifactType": .string(SampleMediaType.bundle),
    ]
    return [SampleBlob(SampleMediaType.manifest, manifest.bytes), layer, .empty]
  }

  static func annotations(of bundle: Issued, created: Int64) -> JSONText {
    .present(
      ("dev.sigstore.bundle.content", .string(bundle.envelope == nil ? "message-signature" : "dsse-envelope")),
      ("dev.sigstore.bundle.predicateType", bundle.predicateType.map { .string($0) }),
      ("org.opencontainers.image.created", .string(iso8601(created))))
  }

  /// One manifest with a layer for each signature or attestation, as cosign 1 and 2 write it; the manifest first.
  static func layered(_ evidence: [Issued]) -> [SampleBlob] {
    let layers = evidence.map {
      SampleBlob($0.envelope == nil ? SampleMediaType.simpleSigning : SampleMediaType.envelope, $0.cosignLayer)
    }
    let zero = "0001-01-01T00:00:00Z"
    let config = SampleBlob(
      SampleMediaType.config,
      JSONText.object([
        ("architecture", ""), ("created", .string(zero)),
        ("history", .array(layers.map { _ in ["created": .string(zero)] })), ("os", ""),
        ("rootfs", ["type": "layers", "diff_ids": .array(layers.map { .string($0.digest) })]), ("config", [:]),
      ]).bytes)
    let manifest: JSONText = [
      "schemaVersion": 2, "mediaType": .string(SampleMediaType.manifest), "config": config.descriptor(),
      "layers": .array(
        zip(layers, evidence).map { layer, issued in
          let annotations = issued.cosignAnnotations.map { ($0.0, JSONText.string($0.1)) }
          return layer.descriptor(("annotations", .object(annotations)))
        }),
    ]
    return [SampleBlob(SampleMediaType.manifest, manifest.bytes), config] + layers
  }
}
