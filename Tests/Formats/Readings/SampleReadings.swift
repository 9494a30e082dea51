import Compression
import Cryptography
import OCIImage
import Octets
import Readings
import Reasons
import StrictJSON

/// Readings of every shape, with values that are all different.
enum SampleReadings {
  static func named(_ text: String) -> ClaimedDigest { ClaimedDigest(digest(Array(text.utf8))) }

  static let platform = Platform(os: "li nux", architecture: "a md", variant: "v/8", osVersion: "(1)")

  // MARK: Documents

  /// A part whose document was carried, with that document.
  struct Carried {
    let part: Part
    let document: ImageDocument
    var config: ImageDocument?

    var documents: [ImageDocument] { [document] + (config.map { [$0] } ?? []) }

    /// The same under indexes.
    func under(_ ancestors: [ClaimedDigest], _ role: Part.Role? = nil) -> Part {
      Part(
        digest: part.digest, role: role ?? part.role, ancestors: ancestors, config: part.config, layers: part.layers,
        problems: part.problems, configuredPlatform: part.configuredPlatform)
    }
  }

  static func document(_ json: JSON, _ algorithm: HashAlgorithm = .sha256) -> ImageDocument {
    ImageDocument(json.serialized(), algorithm)
  }

  static func manifest(
    _ seed: String, config: ImageDocument? = nil, of mediaType: String = "application/json",
    _ state: Part.Configuration.State = .read, layers: [Part.Layer] = [], problems: [Failure] = [],
    configuredPlatform: Platform? = nil
  ) -> Carried {
    var json: JSONObject = ["schemaVersion": 2, "annotations": ["seed": .text(seed)]]
    if let config {
      json.append(
        "config",
        [
          "digest": "\(ClaimedDigest(config.digest))", "size": .integer(Int64(config.bytes.count)),
          "mediaType": .text(mediaType),
        ])
    }
    json.append(
      "layers",
      .array(
        layers.map {
          ["digest": "\($0.digest)", "size": .integer(Int64($0.size)), "mediaType": .text($0.mediaType)]
        }))
    let document = document(.object(json))
    let part = Part(
      digest: ClaimedDigest(document.digest), role: .platform(nil), ancestors: [],
      config: config.map { Part.Configuration(ClaimedDigest($0.digest), state) }, layers: layers,
      problems: problems, configuredPlatform: configuredPlatform)
    return Carried(part: part, document: document, config: state == .read ? config : nil)
  }

  /// An index that lists these, each with further members of its descriptor.
  static func index(of listed: [(digest: ClaimedDigest, size: Int, JSONObject)], _ algorithm: HashAlgorithm = .sha256)
    -> Carried
  {
    let manifests = listed.map { digest, size, more in
      var descriptor: JSONObject = ["digest": "\(digest)", "size": .integer(Int64(size))]
      descriptor.members += more.members
      return JSON.object(descriptor)
    }
    let document = document(["schemaVersion": 2, "manifests": .array(manifests)], algorithm)
    return Carried(
      part: Part(
        digest: ClaimedDigest(document.digest), role: .index, ancestors: [], config: nil, layers: [], problems: []),
      document: document)
  }

  static func index(of listed: [Carried], _ algorithm: HashAlgorithm = .sha256) -> Carried {
    index(of: listed.map { ($0.part.digest, $0.document.bytes.count, [:]) }, algorithm)
  }

  // MARK: Samples

  static let manifest = manifest(
    "manifest",
    config: document(["os": "li nux", "architecture": "a md", "variant": "v/8", "os.version": "(1)"], .sha512),
    layers: [
      Part.Layer(digest: named("layer"), size: UInt64(Int64.max), mediaType: "application/tar", isCarried: true),
      Part.Layer(digest: named("foreign"), size: 0, mediaType: "", isCarried: false),
    ], problems: [Failure(.blobMissing, "blob\u{202e}é", at: 7, "words")], configuredPlatform: platform)
  static let attestation = manifest("attestation")
  static let other = manifest("other")

  /// One that lists another, under a digest of another kind.
  static let inner = index(
    of: [
      (
        manifest.part.digest, manifest.document.bytes.count,
        ["platform": ["os": "linux", "architecture": "arm64", "variant": "v8"]]
      ),
      (
        attestation.part.digest, attestation.document.bytes.count,
        [
          "annotations": ["vnd.docker.reference.type": "attestation-manifest"],
          "platform": ["os": "unknown", "architecture": "unknown"],
        ]
      ),
    ], .sha512)
  static let outer = index(of: [
    (inner.part.digest, inner.document.bytes.count, [:]), (named("absent"), 7, [:]),
  ])
  static let documents = [outer, inner, manifest, attestation, other].flatMap(\.documents)

  static let parts: [Part] = [
    outer.part, inner.under([outer.part.digest]),
    manifest.under([outer, inner].map(\.part.digest), .platform(Platform("linux/arm64/v8"))),
    attestation.under([outer, inner].map(\.part.digest), .attestationManifest),
    Part(
      digest: named("absent"), role: .absent(nil), ancestors: [outer.part.digest], config: nil, layers: [],
      problems: [Failure(.blobMissing, "absent")]),
  ]

  static let images = [
    Image(parts: parts, names: ["registry.example/app:1", "e\u{301}"], tags: ["1"]),
    Image(parts: [other.part], names: []),
  ]

  /// What a docker-archive's image is read from.
  static let configuration = document([
    "os": "linux", "architecture": "arm64", "rootfs": ["diff_ids": ["\(named("content"))"]],
  ])
  static let dockerImages = [
    Image(
      parts: [
        Part(
          digest: ClaimedDigest(configuration.digest), role: .platform(Platform("linux/arm64")), ancestors: [],
          config: Part.Configuration(ClaimedDigest(configuration.digest), .read),
          layers: [Part.Layer(digest: named("content"), size: 5, mediaType: "", isCarried: true)], problems: [])
      ], names: ["app:1"]),
    Image(
      parts: [
        Part(
          digest: named("absent"), role: .absent(nil), ancestors: [], config: nil, layers: [],
          problems: [Failure(.blobMissing, "absent")])
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
    Evidence(.sigstoreBundle([1]), by: .referrer("sha256:9e"), attachedTo: outer.part.digest, digest: digest([1])),
    Evidence(.sigstoreBundle([2]), by: .unlistedBlob("b"), attachedTo: nil, digest: digest([2], .sha512)),
    Evidence(
      .simpleSigning(payload: [3], annotations: annotations), by: .cosignTag("sha256-ab.sig"),
      attachedTo: outer.part.digest, digest: digest([3])),
    Evidence(
      .dsseEnvelope([1], annotations: CosignAnnotations()), by: .cosignKind("atts"), attachedTo: manifest.part.digest,
      digest: digest([1])),
    Evidence(
      .simpleSigning(payload: [4], annotations: annotations), by: .skopeoSignature("signature-1"),
      attachedTo: outer.part.digest, digest: digest([0, 4])),
    // Contents that were too large to be kept.
    Evidence(.sigstoreBundle([]), by: .fallbackTag("sha256-ab"), attachedTo: nil, digest: digest([5])),
    Evidence(.sigstoreBundle([6]), by: .bundleFile("some file"), attachedTo: nil, digest: digest([6])),
    Evidence(
      .unsupported(mediaType: "application/jose+json"), by: .referrer("n"), attachedTo: outer.part.digest,
      digest: digest([7])),
  ]

  static let failures = [
    Failure(.archiveTrailingData, "a.tar", at: .max, "words"), Failure(.blobDigestMismatch, "blobs/sha256/ab"),
  ]

  /// - Parameter documents: those that the images name, and no others.
  static func reading(
    _ shape: ImageArchive.Shape = .ociLayout, images: [Image]? = nil, documents: [ImageDocument]? = nil,
    evidence: [Evidence] = evidence,
    failures: [Failure] = failures, archiveFailures: [Failure] = [failures[1]],
    notes: [Failure] = [Failure(.blobMissing, "note", "n")], entries: Int = 12, size: UInt64 = 1 << 40,
    compression: Compression? = .zstd
  ) -> Reading {
    let images = images ?? (shape == .dockerArchive ? dockerImages : Self.images)
    let known = (Self.documents + [configuration]).byDigest
    return Reading(
      archive: ImageArchive(
        handedOver: shape, images: images,
        documents: documents ?? ImageDocument.names(in: images).compactMap { known[$0] }, evidence: evidence,
        failures: archiveFailures, notes: notes),
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
