import MiniatureSigstore
import TestSupport
import Testing

/// The media that the miniature writes, before the eyes of tar, gzip, zstd and sha256sum.
struct SampleMediaTests {
  static let world = MiniatureSigstore(seed: 13)

  static func carried(_ form: MediumForm) -> CarriedImage {
    let image = SampleImage.make(
      seed: 9, platforms: form.holdsIndexes ? [.linuxAMD64, .linuxARM64, .windowsAMD64] : [.linuxAMD64],
      layerSize: 90_000, buildKitAttestations: form.holdsIndexes)
    let key = SigningRequest.Material.key(SampleKey())
    return CarriedImage(
      image,
      [
        .bundle(world.issue(SigningRequest(.statement(image.signingStatement), as: key))),
        .signature(world.issue(SigningRequest(.message(image.simpleSigningPayload()), as: key))),
        .attestation(
          world.issue(SigningRequest(.statement(image.statement(SampleStatement.slsaProvenance1)), as: key))),
      ])
  }

  @Test(arguments: MediumForm.allCases) func blobsBearTheirOwnDigests(_ form: MediumForm) throws {
    var blobs = 0
    for entry in form.entries(Self.carried(form)) {
      let name = entry.path.split(separator: "/").last.map(String.init) ?? ""
      let hex = String(name.drop { $0 == "s" }.prefix { $0 != "." })
      guard case .file = entry.kind, hex.utf8.count == 64 else { continue }
      blobs += 1
      #expect(hexText(sha256(entry.contents)) == hex, "\(entry.path)")
    }
    #expect(blobs >= 2)
  }

  @Test(
    arguments: [TarStyle.plain, .gnuDot, .pax, TarStyle(.gnu, hasFolders: true)], [Packing.tar, .tarGzip, .tarZstd])
  func tarUnpacksThem(_ style: TarStyle, _ packing: Packing) throws {
    let folder = try TemporaryFolder()
    let long = String(repeating: "long/", count: 25) + "name"
    let entries =
      MediumForm.skopeoDockerArchive.entries(Self.carried(.skopeoDockerArchive)) + [MediumEntry(long, [1, 2, 3])]
    try packing.write(entries, to: folder.path("medium"), style: style)
    try folder.write("out/.keep", [])
    let program: [String] =
      switch packing {
      case .tarGzip: ["--gzip"]
      case .tarZstd: ["--zstd"]
      default: []
      }
    try runChecked(["tar", "-x"] + program + ["-f", folder.path("medium"), "-C", folder.path("out")])
    for entry in entries {
      if case .file(let contents) = entry.kind { #expect(try folder.read("out/" + entry.path) == contents) }
    }
    // The symbolic link leads to the layer.
    let link = try #require(entries.first { if case .symbolicLink = $0.kind { true } else { false } })
    #expect(try folder.read("out/" + link.path).count > 90_000)
  }

  @Test func layersAreTarsInGzip() throws {
    let layer = SampleLayer(seed: 4, size: 200_000)
    let tar = try runChecked(["gzip", "-dc"], input: layer.blob.bytes)
    #expect(tar == layer.uncompressed)
    #expect(digestText(tar) == layer.diffID)
    #expect(String(decoding: try runChecked(["tar", "-t"], input: tar), as: UTF8.self) == "app/data\n")
  }

  @Test func seedsGiveTheSameBytes() {
    #expect(SampleImage.make(seed: 8).digest == SampleImage.make(seed: 8).digest)
    #expect(SampleImage.make(seed: 8).digest != SampleImage.make(seed: 9).digest)
  }

  @Test(arguments: Tampering.allCases) func tamperingChangesSomething(_ tampering: Tampering) {
    let carried = Self.carried(.orasBackup)
    let entries = MediumForm.orasBackup.entries(carried)
    let tampered = tampering.apply(to: entries, of: carried.image)
    #expect(Packing.tar.bytes(entries) != Packing.tar.bytes(tampered))
  }
}
