/// One layer: a tar with one seeded file, in a gzip or zstd container of stored blocks.
package struct SampleLayer: Sendable {
  package let blob: SampleBlob
  /// Digest of the tar inside.
  package let diffID: String
  /// For foreign layers: where the blob is to be had, and whether the medium carries it.
  package var urls: [String]
  package var isCarried: Bool

  /// - Parameters:
  ///   - size: of the file inside, bytes.
  ///   - name: of the file inside.
  package init(seed: UInt64, size: Int, name: String = "data", isZstd: Bool = false) {
    var random = SeededBytes(seed: seed)
    let tar = TarText.archive([MediumEntry("app/\(name)", random.bytes(size))], style: .plain)
    diffID = digestText(tar)
    blob = SampleBlob(
      isZstd ? SampleMediaType.zstdLayer : SampleMediaType.layer, isZstd ? Compressed.zstd(tar) : Compressed.gzip(tar))
    urls = []
    isCarried = true
  }

  /// A nondistributable layer, as Windows base images have them.
  package static func foreign(seed: UInt64, size: Int, isCarried: Bool) -> SampleLayer {
    var layer = SampleLayer(seed: seed, size: size, name: "windows")
    layer.urls = ["https://elsewhere.example/v2/windows/blobs/\(layer.blob.digest)"]
    layer.isCarried = isCarried
    return SampleLayer(
      blob: SampleBlob(SampleMediaType.foreignLayer, layer.blob.bytes), diffID: layer.diffID, urls: layer.urls,
      isCarried: isCarried)
  }

  private init(blob: SampleBlob, diffID: String, urls: [String], isCarried: Bool) {
    self.blob = blob
    self.diffID = diffID
    self.urls = urls
    self.isCarried = isCarried
  }

  /// The tar inside (gzip layers).
  package var uncompressed: [UInt8] { Compressed.contents(ofStored: blob.bytes) }

  var descriptor: JSONText {
    blob.descriptor(("urls", urls.isEmpty ? nil : .array(urls.map { .string($0) })))
  }
}

/// An operating system and an architecture, as an image index names them.
package struct SamplePlatform: Hashable, Sendable {
  package var os: String
  package var architecture: String
  package var variant: String?
  package var osVersion: String?

  package init(_ os: String, _ architecture: String, variant: String? = nil, osVersion: String? = nil) {
    self.os = os
    self.architecture = architecture
    self.variant = variant
    self.osVersion = osVersion
  }

  package static let linuxAMD64 = SamplePlatform("linux", "amd64")
  package static let linuxARM64 = SamplePlatform("linux", "arm64", variant: "v8")
  package static let windowsAMD64 = SamplePlatform("windows", "amd64", osVersion: "10.0.20348.2340")

  package var json: JSONText {
    .present(
      ("architecture", .string(architecture)), ("os", .string(os)), ("os.version", osVersion.map { .string($0) }),
      ("variant", variant.map { .string($0) }))
  }
}
