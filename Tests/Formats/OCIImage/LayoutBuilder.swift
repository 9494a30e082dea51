import Cryptography
import OCIImage
import Octets
import Reasons
import StrictJSON

/// An archive after the one pass over it, made by hand. Offsets count the files.
struct LayoutBuilder {
  var files: [StoredFile] = []

  /// - Parameter isHashedAs: sha512 for what would lie under `blobs/sha512`.
  mutating func add(
    _ name: String, _ contents: [UInt8], isAlias: Bool = false, isHashedAs algorithm: HashAlgorithm = .sha256
  ) {
    let isJSON = [UInt8(ascii: "{"), UInt8(ascii: "["), 0].contains(contents.first)
    files.append(
      StoredFile(
        name: Array(name.utf8), size: UInt64(contents.count), digest: digest(contents, algorithm),
        contents: isJSON ? contents : nil, isAlias: isAlias, offset: UInt64(files.count)))
  }

  mutating func add(_ name: String, _ text: String, isAlias: Bool = false) {
    add(name, Array(text.utf8), isAlias: isAlias)
  }

  mutating func add(_ name: String, _ json: JSON) { add(name, json.serialized()) }

  mutating func remove(_ descriptor: JSON) {
    let hex = descriptor.digest.hex
    files.removeAll { String(decoding: $0.name, as: UTF8.self).contains(hex) }
  }

  /// The contents of what hashes to a digest.
  func file(_ digest: ClaimedDigest) -> [UInt8]? { files.first { ClaimedDigest($0.digest) == digest }?.contents }

  func read() throws -> ImageArchive { try ImageArchive(StoredFiles(files)) }

  // MARK: Blobs

  /// Adds a blob under its own digest, unless it is there.
  /// - Returns: its descriptor.
  mutating func blob(
    _ contents: [UInt8], _ mediaType: String, _ extra: JSONObject = [:], _ algorithm: HashAlgorithm = .sha256
  ) -> JSON {
    let descriptor = JSON.descriptor(contents, mediaType, extra, algorithm)
    let name = "blobs/\(algorithm.rawValue)/\(descriptor.digest.hex)"
    if !files.contains(where: { $0.name == Array(name.utf8) }) { add(name, contents, isHashedAs: algorithm) }
    return descriptor
  }

  mutating func blob(_ json: JSON, _ mediaType: String, _ extra: JSONObject = [:]) -> JSON {
    blob(json.serialized(), mediaType, extra)
  }

  mutating func layer(_ seed: String) -> JSON { blob(Array("layer \(seed)".utf8), Kind.layer) }

  mutating func config(_ seed: String, _ mediaType: String = Kind.config) -> JSON {
    blob(["architecture": "amd64", "os": "linux", "seed": .text(seed)], mediaType)
  }

  mutating func manifest(
    config: JSON?, layers: [JSON], subject: JSON? = nil, mediaType: String = Kind.manifest, _ extra: JSONObject = [:]
  ) -> JSON {
    var object: JSONObject = ["schemaVersion": 2, "mediaType": .text(mediaType), "layers": .array(layers)]
    if let config { object.append("config", config) }
    if let subject { object.append("subject", subject) }
    object.members += extra.members
    return blob(.object(object), mediaType)
  }

  /// An image for linux/amd64 of one layer.
  mutating func image(_ seed: String, subject: JSON? = nil) -> JSON {
    manifest(config: config(seed), layers: [layer(seed)], subject: subject)
  }

  mutating func indexBlob(_ manifests: [JSON]) -> JSON {
    blob(["schemaVersion": 2, "mediaType": .text(Kind.index), "manifests": .array(manifests)], Kind.index)
  }

  // MARK: Evidence

  static func bundle(_ seed: String) -> JSON {
    ["mediaType": .text(Kind.bundle), "seed": .text(seed)]
  }

  /// A referrer with one Sigstore bundle, as cosign 3 and oras make them.
  mutating func referrer(of image: JSON, _ seed: String = "") -> JSON {
    let bundle = blob(Self.bundle(seed), Kind.bundle)
    let empty = blob([:], Kind.empty)
    return manifest(config: empty, layers: [bundle], subject: image, ["artifactType": .text(Kind.bundle)])
  }

  /// A `.sig` manifest, as cosign 2 makes them: with an image's configuration, and evidence in annotations.
  mutating func signature(on image: JSON, config type: String = Kind.config, payload: [UInt8]? = nil) -> JSON {
    let simple: JSON = ["critical": ["image": ["docker-manifest-digest": .text("\(image.digest)")]]]
    let layer = blob(
      payload ?? simple.serialized(), Kind.simpleSigning,
      ["annotations": ["dev.cosignproject.cosign/signature": "c2ln"]])
    return manifest(config: config("signature", type), layers: [layer])
  }

  // MARK: The layout itself

  mutating func marker() { add("oci-layout", ["imageLayoutVersion": "1.0.0"]) }

  mutating func index(_ manifests: [JSON]) {
    marker()
    add("index.json", ["schemaVersion": 2, "manifests": .array(manifests)])
  }

  /// An archive whose index lists what `fill` returns.
  static func layout(_ fill: (inout LayoutBuilder) -> [JSON]) -> LayoutBuilder {
    var builder = LayoutBuilder()
    let listed = fill(&builder)
    builder.index(listed)
    return builder
  }

  enum Kind {
    static let manifest = "application/vnd.oci.image.manifest.v1+json"
    static let index = "application/vnd.oci.image.index.v1+json"
    static let config = "application/vnd.oci.image.config.v1+json"
    static let empty = "application/vnd.oci.empty.v1+json"
    static let layer = "application/vnd.oci.image.layer.v1.tar+gzip"
    static let bundle = "application/vnd.dev.sigstore.bundle.v0.3+json"
    static let simpleSigning = "application/vnd.dev.cosign.simplesigning.v1+json"
    static let dockerManifest = "application/vnd.docker.distribution.manifest.v2+json"
  }
}

extension JSON {
  static func descriptor(
    _ contents: [UInt8], _ mediaType: String, _ extra: JSONObject = [:], _ algorithm: HashAlgorithm = .sha256
  ) -> JSON {
    let object: JSONObject = [
      "mediaType": .text(mediaType), "digest": .text("\(ClaimedDigest(Cryptography.digest(contents, algorithm)))"),
      "size": .integer(Int64(contents.count)),
    ]
    return .object(JSONObject(object.members + extra.members))
  }

  /// The digest of a descriptor.
  var digest: ClaimedDigest {
    guard case .string(let text)? = self["digest"],
      let digest = try? ClaimedDigest(text, in: "", malformed: .imageManifestMalformed)
    else { fatalError("no descriptor") }
    return digest
  }

  /// The object with a member set.
  func with(_ key: String, _ value: JSON) -> JSON {
    guard case .object(var object) = self else { return self }
    object.members.removeAll { $0.key == Array(key.utf8) }
    object.append(key, value)
    return .object(object)
  }

  func annotated(_ annotations: JSONObject) -> JSON { with("annotations", .object(annotations)) }
  func named(_ name: String) -> JSON { annotated(["org.opencontainers.image.ref.name": .text(name)]) }
  func of(_ kind: String) -> JSON { annotated(["kind": .text("dev.cosignproject.cosign/\(kind)")]) }
}

/// The reason for which an archive is not read at all; nil where it is.
func refusal(_ builder: LayoutBuilder) -> Reason? {
  do {
    _ = try builder.read()
    return nil
  } catch {
    return (error as? Failure)?.reason
  }
}

extension ImageArchive {
  var digests: [ClaimedDigest] { images.map(\.digest) }
  var reasons: [Reason] { failures.map(\.reason) }
}
