import Cryptography
import OCIImage
import Octets
import Reasons
import StrictJSON
import Testing

private typealias Builder = LayoutBuilder
private typealias Kind = LayoutBuilder.Kind

/// What is an image, which evidence hangs on it, and what is absent or wrong.
@Suite struct OCILayoutTests {
  // MARK: Evidence

  @Test func referrerHangsOnItsSubject() throws {
    var image = JSON.null
    let archive = try Builder.layout {
      image = $0.image("a")
      return [image.named("v1"), $0.referrer(of: image)]
    }.read()
    #expect(archive.shape == .ociLayout)
    #expect(archive.digests == [image.digest])
    #expect(archive.images[0].names == ["v1"])
    #expect(archive.images[0].parts[0].platform == Platform("linux/amd64"))
    #expect(archive.images[0].parts[0].layers.map(\.isCarried) == [true])
    #expect(archive.evidence.map(\.attachedTo) == [image.digest])
    guard case .referrer = archive.evidence[0].carrier, case .sigstoreBundle(let bytes) = archive.evidence[0].form
    else {
      Issue.record("\(archive.evidence)")
      return
    }
    #expect(bytes == Builder.bundle("").serialized())
    #expect(archive.failures.isEmpty && archive.notes.isEmpty)
  }

  /// `cosign save` leaves new-format signatures out of the index.
  @Test func unlistedReferrerIsFound() throws {
    var image = JSON.null
    let archive = try Builder.layout {
      image = $0.image("a")
      _ = $0.referrer(of: image)
      return [image.of("image")]
    }.read()
    #expect(archive.evidence.map(\.attachedTo) == [image.digest])
    guard case .unlistedBlob = archive.evidence[0].carrier else {
      Issue.record("\(archive.evidence[0].carrier)")
      return
    }
  }

  @Test func unlistedBareBundleIsLoose() throws {
    let archive = try Builder.layout {
      _ = $0.blob(Builder.bundle("bare"), "")
      _ = $0.blob(["mediaType": "application/json"], "")
      return [$0.image("a")]
    }.read()
    #expect(archive.evidence.map(\.attachedTo) == [nil])
  }

  @Test(arguments: ["sha256-HEX.sig", "sha256-HEX.att", "example.com/app:sha256-HEX.sig"])
  func cosignTagNamesItsImage(_ tag: String) throws {
    var image = JSON.null
    let archive = try Builder.layout {
      image = $0.image("a")
      let tag = tag.split(separator: "HEX", omittingEmptySubsequences: false).joined(separator: image.digest.hex)
      return [image.named("v1"), $0.signature(on: image).named(tag)]
    }.read()
    #expect(archive.digests == [image.digest])
    #expect(archive.evidence.map(\.attachedTo) == [image.digest])
    guard case .simpleSigning(_, let annotations) = archive.evidence[0].form,
      case .cosignTag = archive.evidence[0].carrier
    else {
      Issue.record("\(archive.evidence[0])")
      return
    }
    #expect(annotations.signature == "c2ln")
  }

  @Test func cosignKindBelongsToTheOnlyImage() throws {
    var images: [JSON] = []
    func archive(_ count: Int) throws -> ImageArchive {
      try Builder.layout { builder in
        images = (0..<count).map { builder.image("\($0)").of("image") }
        return images + [builder.signature(on: images[0]).of("sigs")]
      }.read()
    }
    #expect(try archive(1).evidence.map(\.attachedTo) == [images[0].digest])
    let several = try archive(2)
    #expect(several.digests == images.map(\.digest))
    #expect(several.evidence.map(\.attachedTo) == [nil], "which of two images, only the signed payload can say")
  }

  @Test(arguments: ["sha256", "sha512"]) func fallbackTagListsReferrers(_ algorithm: String) throws {
    var image = JSON.null
    let archive = try Builder.layout {
      image = $0.image("a")
      // The descriptor's artifactType is wrong on purpose: the manifest counts.
      let referrer = $0.referrer(of: image).with("artifactType", "application/x")
      return [image, $0.indexBlob([referrer]).named("\(algorithm)-\(image.digest.hex)")]
    }.read()
    #expect(archive.digests == [image.digest])
    #expect(archive.evidence.map(\.attachedTo) == [image.digest])
    guard case .fallbackTag = archive.evidence[0].carrier else {
      Issue.record("\(archive.evidence[0].carrier)")
      return
    }
  }

  @Test func notaryIsRecognised() throws {
    let archive = try Builder.layout {
      let image = $0.image("a")
      let signature = $0.blob(["payload": ""], "application/jose+json")
      let config = $0.blob([:], "application/vnd.cncf.notary.signature")
      return [image, $0.manifest(config: config, layers: [signature], subject: image)]
    }.read()
    guard case .unsupported("application/jose+json")? = archive.evidence.first?.form else {
      Issue.record("\(archive.evidence)")
      return
    }
  }

  @Test func absentEvidenceIsNoted() throws {
    let archive = try Builder.layout {
      let image = $0.image("a")
      let referrer = $0.referrer(of: image)
      $0.remove(.descriptor(Builder.bundle("").serialized(), Kind.bundle))
      return [image, referrer]
    }.read()
    #expect(archive.evidence.isEmpty)
    #expect(archive.notes.map(\.reason) == [.blobMissing])
    #expect(archive.failures.isEmpty)
  }

  // MARK: Images

  @Test func childrenListedFlatAreNoImagesUnlessNamed() throws {
    func archive(_ child: (JSON) -> JSON) throws -> ImageArchive {
      try Builder.layout {
        let image = $0.image("a")
        return [$0.indexBlob([image]).named("v1"), child(image)]
      }.read()
    }
    #expect(try archive { $0 }.images.map(\.names) == [["v1"]])
    #expect(try archive { $0 }.images[0].parts.map(\.role) == [.index, .platform(Platform("linux/amd64"))])
    #expect(try archive { $0.named("v2") }.images.map(\.names) == [["v1"], ["v2"]])
  }

  @Test func buildKitAttestationsAreNoPlatform() throws {
    func role(_ layer: String, _ platform: JSON?, atRoot: Bool = false) throws -> Part.Role {
      try Builder.layout {
        let statement = $0.blob(["_type": ""], layer)
        var attestation = $0.manifest(config: $0.config("att"), layers: [statement])
          .annotated(["vnd.docker.reference.type": "attestation-manifest"])
        if let platform { attestation = attestation.with("platform", platform) }
        return atRoot ? [attestation] : [$0.indexBlob([$0.image("a"), attestation])]
      }.read().images[0].parts.last!.role
    }
    let unknown: JSON = ["os": "unknown", "architecture": "unknown"]
    let inToto = "application/vnd.in-toto+json"
    #expect(try role(inToto, unknown) == .attestationManifest)
    // Marks alone do not make one.
    #expect(try role(Kind.layer, unknown) == .platform(Platform("unknown/unknown")))
    #expect(try role(inToto, ["os": "linux", "architecture": "arm64"]) == .platform(Platform("linux/arm64")))
    #expect(try role(inToto, nil) == .platform(Platform("linux/amd64")))
    #expect(try role(inToto, unknown, atRoot: true) == .platform(Platform("linux/amd64")))
  }

  @Test func ancestorsLeadToTheRoot() throws {
    var (image, inner, outer) = (JSON.null, JSON.null, JSON.null)
    let archive = try Builder.layout {
      image = $0.image("a")
      inner = $0.indexBlob([image])
      outer = $0.indexBlob([inner])
      return [outer]
    }.read()
    #expect(archive.images[0].parts[2].coveringDigests == [image.digest, inner.digest, outer.digest])
  }

  @Test func sha512BlobsAreRead() throws {
    var image = JSON.null
    let archive = try Builder.layout {
      let layer = $0.blob(Array("layer".utf8), Kind.layer, [:], .sha512)
      let config = $0.blob(Array("{}".utf8), Kind.config, [:], .sha512)
      let manifest: JSON = ["config": config, "layers": [layer]]
      image = $0.blob(manifest.serialized(), Kind.manifest, [:], .sha512)
      return [image]
    }.read()
    #expect(archive.digests == [image.digest])
    #expect(archive.images[0].digest.algorithm == .sha512)
    #expect(archive.images[0].parts[0].problems.isEmpty && archive.failures.isEmpty)
  }

  @Test func emptyArchiveHasNoImage() throws {
    #expect(try Builder.layout { _ in [] }.read().images.isEmpty)
  }

  // MARK: Absent and wrong blobs

  @Test(
    arguments: [
      (Kind.layer, Reason.blobMissing),
      ("application/vnd.oci.image.layer.nondistributable.v1.tar+gzip", .blobForeignNotCarried),
      ("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", .blobForeignNotCarried),
    ])
  func absentLayers(_ mediaType: String, _ reason: Reason) throws {
    let archive = try Builder.layout {
      let absent = JSON.descriptor(Array("absent".utf8), mediaType, ["urls": ["https://example.com/layer"]])
      return [$0.manifest(config: $0.config("a"), layers: [$0.layer("a"), absent])]
    }.read()
    let part = archive.images[0].parts[0]
    #expect(part.problems.map(\.reason) == [reason])
    #expect(part.layers.map(\.isCarried) == [true, false])
    #expect(archive.failures.isEmpty, "what is absent is not wrong")
  }

  /// A layer may be foreign, a document is none: no policy that allows the one allows the other.
  @Test(arguments: ["application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", Kind.manifest])
  func anAbsentManifestIsMissing(_ mediaType: String) throws {
    let archive = try Builder.layout {
      [$0.indexBlob([$0.image("a"), JSON.descriptor([1], mediaType)])]
    }.read()
    let part = try #require(archive.images.first?.parts.last)
    #expect(part.isAbsent && part.problems.map(\.reason) == [.blobMissing])
  }

  @Test(arguments: ["application/vnd.oci.image.layer.nondistributable.v1.tar", Kind.config])
  func anAbsentConfigurationIsMissing(_ mediaType: String) throws {
    let archive = try Builder.layout {
      [$0.manifest(config: JSON.descriptor([1], mediaType), layers: [$0.layer("a")])]
    }.read()
    #expect(archive.images[0].parts[0].problems.map(\.reason) == [.blobMissing])
  }

  @Test func absentManifestKeepsItsPlatform() throws {
    let archive = try Builder.layout {
      let absent = JSON.descriptor([1], Kind.manifest, ["platform": ["os": "linux", "architecture": "s390x"]])
      return [$0.indexBlob([$0.image("a"), absent])]
    }.read()
    let part = archive.images[0].parts[2]
    #expect(part.role == .absent(Platform("linux/s390x")))
    #expect(part.problems.map(\.reason) == [.blobMissing])
    #expect(archive.failures.isEmpty)
  }

  @Test func wrongBytesRefuseEvenIfUnused() throws {
    var builder = Builder.layout { [$0.image("a")] }
    builder.add("blobs/sha256/\(String(repeating: "0", count: 64))", "unused")
    #expect(try builder.read().reasons == [.blobDigestMismatch])
    #expect(try builder.read().failures[0].subject.hasPrefix("blobs/sha256/00"))
  }

  @Test(arguments: [
    "blobs/sha384/" + String(repeating: "0", count: 96), "blobs/sha256/XX", "blobs/sha256/0/0", "other",
  ])
  func namesThatClaimNothingArePassedOver(_ name: String) throws {
    var builder = Builder.layout { [$0.image("a")] }
    builder.add(name, "unused")
    #expect(try builder.read().failures.isEmpty)
  }

  /// In the top index, in an index, as layer, as configuration; and where the right size was named before.
  @Test(arguments: 0..<8) func wrongSizeRefuses(_ place: Int) throws {
    func lie(_ descriptor: JSON, _ here: Int) -> JSON { place == here ? descriptor.with("size", 1) : descriptor }
    let archive = try Builder.layout {
      let layer = $0.layer("a")
      let config = $0.config("a")
      let image = $0.manifest(config: lie(config, 0), layers: [lie(layer, 1), lie(layer, 2)])
      let index = $0.indexBlob([lie(image, 3), lie(image, 4)])
      let bundle = $0.blob(Builder.bundle(""), Kind.bundle)
      let referrer = $0.manifest(config: lie($0.blob([:], Kind.empty), 5), layers: [lie(bundle, 6)], subject: index)
      return [lie(index, 7), referrer]
    }.read()
    #expect(archive.reasons == [.blobSizeMismatch])
  }

  @Test func wrongSizeRefusesWhereTheRightOneWasNamedBefore() throws {
    let archive = try Builder.layout {
      let image = $0.image("a")
      return [image.named("v1"), image.named("v2").with("size", 1)]
    }.read()
    #expect(archive.reasons == [.blobSizeMismatch])
    #expect(archive.images.map(\.names) == [["v1", "v2"]])
  }

  @Test func embeddedDataMustBeTheTarget() throws {
    func reasons(_ data: String, _ size: Int64 = 2) throws -> [Reason] {
      try Builder.layout {
        let config = $0.blob([:], Kind.config).with("data", .text(data)).with("size", .integer(size))
        return [$0.manifest(config: config, layers: [$0.layer("a")])]
      }.read().reasons
    }
    #expect(try reasons("e30=") == [])
    #expect(try reasons("W10=") == [.blobDigestMismatch])
    #expect(try reasons("e30g") == [.blobSizeMismatch])
    #expect(try reasons("e30") == [.imageManifestMalformed])
  }

  // MARK: The layout itself

  @Test func indexNeedsItsMarker() {
    var builder = LayoutBuilder()
    builder.add("index.json", ["manifests": []])
    #expect(refusal(builder) == .archiveNotRecognised)
    builder.add("oci-layout", ["imageLayoutVersion": "2.0.0"])
    #expect(refusal(builder) == .archiveNotRecognised)
    builder.files.removeLast()
    builder.add("oci-layout", ["imageLayoutVersion": "1.1.0"])
    #expect(refusal(builder) == nil)
    builder.files.removeFirst()
    #expect(refusal(builder) == .archiveNotRecognised)
    #expect(refusal(LayoutBuilder()) == .archiveNotRecognised)
  }

  @Test func aliasesRefuse() {
    var builder = Builder.layout { [$0.image("a")] }
    builder.add("alias", "text", isAlias: true)
    #expect(refusal(builder) == .archiveForbiddenEntry)
  }

  @Test func unknownAlgorithmsAreUnsupportedUnlessBytesAreWrong() {
    var builder = Builder.layout { [$0.image("a").with("digest", "blake3:00")] }
    #expect(refusal(builder) == .blobDigestUnsupported)
    builder.add("blobs/sha256/\(String(repeating: "0", count: 64))", "altered")
    #expect(refusal(builder) == .blobDigestMismatch)
  }

  @Test func nestingIsBounded() {
    func nested(_ depth: Int) -> LayoutBuilder {
      Builder.layout { builder in
        [(0..<depth).reduce(builder.image("a")) { inner, _ in builder.indexBlob([inner]) }]
      }
    }
    #expect(refusal(nested(8)) == nil)
    #expect(refusal(nested(9)) == .imageNestingTooDeep)
  }
}
