import FoundationEssentials
import MiniatureSigstore
import TestSupport
import Testing

/// The miniature's media are what real tools write, and real tools read them.
@Suite(
  .enabled(if: !Cosign.programs.isEmpty, Comment(rawValue: Cosign.absence)),
  .enabled(if: Peer.areAllPresent, Comment(rawValue: Peer.absence)))
struct MiniatureMediaTests {
  /// What `assay inspect` sees of a medium, apart from its evidence.
  struct Sight: Decodable, Equatable {
    struct Image: Decodable, Equatable {
      struct Part: Decodable, Equatable {
        struct Layer: Decodable, Equatable {
          let digest: String
          let bytes: Int
          let mediaType: String
          let carried: Bool
        }
        let digest: String
        let role: String
        let platform: String?
        let layers: [Layer]
      }
      let digest: String
      let names: [String]
      let parts: [Part]
    }
    let shape: String
    let files: Int
    let images: [Image]

    init(_ medium: String) throws {
      let result = try Assay().run(["inspect", "--json", medium])
      try #require(result.status == 0, "\(result.errors)")
      self = try JSONDecoder().decode(Sight.self, from: Data(result.stdout))
    }
  }

  @Test(arguments: CosignImageTests.forms, [[SamplePlatform.linuxAMD64], [.linuxAMD64, .linuxARM64]])
  func toolsWriteTheSame(_ form: MediumForm, _ platforms: [SamplePlatform]) throws {
    guard platforms.count == 1 || form.holdsIndexes else { return }
    let site = try CosignImageTests.Site(platforms)
    let theirs = try Sight(form.write(site, cosign: try #require(Cosign.programs.last)))
    let ours = site.registry.home.path("ours.tar")
    try Packing.tar.write(form.entries(CarriedImage(site.image, repository: site.repository)), to: ours)
    #expect(try Sight(ours) == theirs)
  }

  /// skopeo checks every blob that it copies.
  @Test(arguments: MediumForm.allCases) func skopeoReadsIt(_ form: MediumForm) throws {
    let folder = try TemporaryFolder()
    let image = SampleImage.make(
      seed: 3, platforms: form.holdsIndexes ? [.linuxAMD64, .linuxARM64] : [.linuxAMD64], layerSize: 3000)
    let carried = CarriedImage(image)
    let (packing, transport, tag): (Packing, String, String) =
      switch form {
      case .skopeoFolder: (.folder, "dir", "")
      case .craneTarball, .skopeoDockerArchive, .dockerSave: (.tar, "docker-archive", "")
      case .skopeoArchive: (.tar, "oci-archive", ":acme/app:v1")
      case .cosignSave, .craneLayout: (.folder, "oci", "")
      case .orasCopy: (.folder, "oci", ":v1")
      case .orasBackup, .orasBackupAllTags, .fallbackTag: (.tar, "oci-archive", ":v1")
      }
    let medium = folder.path("medium")
    try packing.write(form.entries(carried), to: medium)
    let copied = folder.path("copied")
    try Peer.skopeo.run(["copy", "--quiet", "--all", "\(transport):\(medium)\(tag)", "dir:\(copied)"], home: folder)
    if transport != "docker-archive" { #expect(try readFile(copied + "/manifest.json") == image.root.bytes) }
  }

  /// An old signature, or a bundle, put back into a registry and verified there.
  @Test(arguments: Cosign.programs) func cosignLoadsAndVerifiesIt(_ cosign: Cosign) throws {
    let registry = try Registry()
    let home = registry.home
    let key = SampleKey()
    let image = SampleImage.make(seed: 5, platforms: [.linuxAMD64, .linuxARM64], layerSize: 3000)
    let world = MiniatureSigstore(seed: 7)
    let bundle = world.issue(SigningRequest(.statement(image.signingStatement), as: .key(key)))
    let old = world.issue(SigningRequest(.message(image.simpleSigningPayload()), as: .key(key)))
    let carried = CarriedImage(image, [cosign.generation < 3 ? .signature(old) : .bundle(bundle)])
    let layout = home.path("saved")
    try Packing.folder.write(MediumForm.cosignSave.entries(carried), to: layout)
    let name = registry.host + "/acme/app:v1"
    let loaded = try cosign.run(["load", "--dir", layout, name], home: home, loopback: true)
    try #require(loaded.status == 0, "\(loaded.errors)")
    func verify(_ key: SampleKey) throws -> RunResult {
      try cosign.run(
        ["verify", "--key", try home.write("key.pub", Array(key.publicPEM.utf8)), "--insecure-ignore-tlog", name],
        home: home, loopback: true)
    }
    let verified = try verify(key)
    #expect(verified.status == 0, "\(verified.errors)")
    #expect(try verify(SampleKey()).status != 0)
  }

  /// The referrers of both oras forms, as oras reads them.
  @Test(arguments: [MediumForm.orasCopy, .orasBackup, .orasBackupAllTags])
  func orasFindsTheReferrer(_ form: MediumForm) throws {
    let folder = try TemporaryFolder()
    let image = SampleImage.make(seed: 5, layerSize: 3000)
    let issued = MiniatureSigstore(seed: 7).issue(
      SigningRequest(.statement(image.signingStatement), as: .key(SampleKey())))
    let layout = folder.path("layout")
    try Packing.folder.write(form.entries(CarriedImage(image, [.bundle(issued)])), to: layout)
    let found = try Peer.oras.run(["discover", "--oci-layout", "--format", "json", "\(layout):v1"], home: folder)
    #expect(found.contains("application/vnd.dev.sigstore.bundle"), "\(found)")
  }
}
