import Compression
import Cryptography
import OCIImage
import Octets
import Readings
import Reasons

/// Readings of every shape, with values that are all different.
enum SampleReadings {
  static func named(_ text: String) -> ClaimedDigest { ClaimedDigest(digest(Array(text.utf8))) }

  static let platform = Platform(os: "li nux", architecture: "", variant: "v/8", osVersion: "(1)")

  /// An index that lists these.
  static func index(of listed: [ClaimedDigest], _ algorithm: HashAlgorithm = .sha256) -> CoveringIndex {
    let manifests = listed.map { "{\"digest\":\"\($0)\",\"size\":1}" }.joined(separator: ",")
    let bytes = Array("{\"manifests\":[\(manifests)],\"schemaVersion\":2}".utf8)
    return CoveringIndex(digest: ClaimedDigest(digest(bytes, algorithm)), bytes: bytes)
  }

  /// One that lists another, under a digest of another kind.
  static let inner = index(of: ["manifest", "attestation"].map(named), .sha512)
  static let outer = index(of: [named("absent"), inner.digest])
  static let indexes = [outer, inner]

  static let parts: [Part] = [
    Part(digest: outer.digest, role: .index, ancestors: [], config: nil, layers: [], problems: []),
    Part(digest: inner.digest, role: .index, ancestors: [outer.digest], config: nil, layers: [], problems: []),
    Part(
      digest: named("manifest"), role: .platform(Platform("linux/arm64/v8")), ancestors: [outer.digest, inner.digest],
      config: ClaimedDigest(digest([1], .sha512)),
      layers: [
        Part.Layer(digest: named("layer"), size: .max, mediaType: "application/tar", isCarried: true),
        Part.Layer(digest: named("foreign"), size: 0, mediaType: "", isCarried: false),
      ], problems: [Failure(.blobMissing, "blob\u{202e}é", at: 7, "words")], configuredPlatform: platform),
    Part(
      digest: named("absent"), role: .absent(nil), ancestors: [outer.digest], config: nil, layers: [], problems: []),
    Part(
      digest: named("attestation"), role: .attestationManifest, ancestors: [outer.digest, inner.digest], config: nil,
      layers: [], problems: []),
  ]

  static let images = [
    Image(parts: parts, names: ["registry.example/app:1", "e\u{301}"], tags: ["1"]),
    Image(
      parts: [
        Part(digest: named("other"), role: .platform(nil), ancestors: [], config: nil, layers: [], problems: [])
      ], names: []),
  ]

  static let annotations: CosignAnnotations = {
    var annotations = CosignAnnotations()
    annotations.signature = "c2ln"
    annotations.certificate = "-----BEGIN"
    annotations.chain = ""
    annotations.rekorBundle = #"{"a":"\"é"}"#
    annotations.timestamp = "t"
    annotations.predicateType = "p"
    return annotations
  }()

  /// Each form, each way, bytes of the carrier's own and others.
  static let evidence: [Evidence] = [
    Evidence(.sigstoreBundle([1]), by: .referrer("sha256:9e"), attachedTo: outer.digest, digest: digest([1])),
    Evidence(.sigstoreBundle([2]), by: .unlistedBlob("b"), attachedTo: nil, digest: digest([2], .sha512)),
    Evidence(
      .simpleSigning(payload: [3], annotations: annotations), by: .cosignTag("sha256-ab.sig"),
      attachedTo: outer.digest, digest: digest([3])),
    Evidence(
      .dsseEnvelope([1], annotations: CosignAnnotations()), by: .cosignKind("atts"), attachedTo: named("manifest"),
      digest: digest([1])),
    Evidence(
      .simpleSigning(payload: [4], annotations: annotations), by: .skopeoSignature("signature-1"),
      attachedTo: outer.digest, digest: digest([0, 4])),
    // Contents that were too large to be kept.
    Evidence(.sigstoreBundle([]), by: .fallbackTag("sha256-ab"), attachedTo: nil, digest: digest([5])),
    Evidence(.sigstoreBundle([6]), by: .bundleFile("some file"), attachedTo: nil, digest: digest([6])),
    Evidence(
      .unsupported(mediaType: "application/jose+json"), by: .referrer("n"), attachedTo: outer.digest,
      digest: digest([7])),
  ]

  static let failures = [
    Failure(.archiveTrailingData, "a.tar", at: .max, "words"), Failure(.blobDigestMismatch, "blobs/sha256/ab"),
  ]

  static func reading(
    _ shape: ImageArchive.Shape = .ociLayout, images: [Image] = images, indexes: [CoveringIndex]? = nil,
    evidence: [Evidence] = evidence,
    failures: [Failure] = failures, archiveFailures: [Failure] = [failures[1]],
    notes: [Failure] = [Failure(.blobMissing, "note", "n")], entries: Int = 12, size: UInt64 = 1 << 40,
    compression: Compression? = .zstd
  ) -> Reading {
    let above = indexes ?? Self.indexes.filter { images.flatMap(\.parts).flatMap(\.ancestors).contains($0.digest) }
    return Reading(
      archive: ImageArchive(
        handedOver: shape, images: images, indexes: above, evidence: evidence, failures: archiveFailures, notes: notes),
      failures: failures, entries: entries, size: size, compression: compression, inventory: digest([9]))
  }
}

/// The reason and the words of what a body throws; nil where it throws nothing.
func refusal(_ body: () throws -> Void) -> (reason: Reason, words: String)? {
  do {
    try body()
    return nil
  } catch {
    guard let failure = error as? Failure else { return (.findingsMalformed, "\(error)") }
    return (failure.reason, "\(failure.subject): \(failure.detail)")
  }
}
