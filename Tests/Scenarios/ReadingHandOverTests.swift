import MediaReader
import MiniatureSigstore
import OCIImage
import Readings
import Reasons
import Roles
import TestSupport
import Testing

/// What the reader reads is what the keeper gets, of every archive that a tool writes.
struct ReadingHandOverTests {
  private func verifyReturns(_ path: String) throws -> Reading {
    let reading = try Reader.read(.path(path))
    let (document, objects) = try reading.serialized()
    let back = try Reading(parsing: document, objects: objects)
    #expect(String(reflecting: back) == String(reflecting: reading), "\(path)")
    return back
  }

  @Test(.enabled(if: Corpus.isPresent, Comment(rawValue: Corpus.absence)))
  func toolMadeArchivesReturn() throws {
    var shapes: Set<String> = []
    var evidence = 0
    let exports = try ToolMadeArchives.below("exports")
    let real = ["slsa-v1.4.0", "slsa-v1.10.0", "slsa-v2.1.0"].map { Corpus.path("oci/real/\($0).tar") }
    for path in exports + real {
      let reading = try verifyReturns(path)
      shapes.insert(reading.archive.shape.rawValue)
      evidence += reading.archive.evidence.count
    }
    #expect(shapes == ["oci-layout", "docker-archive", "skopeo dir"])
    #expect(exports.count == 67 && evidence > 50)
  }

  @Test(.enabled(if: Corpus.isPresent, Comment(rawValue: Corpus.absence)))
  func tamperedArchivesReturn() throws {
    var failures = 0
    for path in try ToolMadeArchives.below("tampered") + ToolMadeArchives.below("special") {
      // What makes an archive unreadable as a whole is said in another way.
      guard (try? Reader.read(.path(path))) != nil else { continue }
      failures += try verifyReturns(path).failures.count
    }
    #expect(failures > 5)
  }

  @Test(arguments: MediumForm.allCases) func sampleMediaReturn(form: MediumForm) throws {
    let folder = try TemporaryFolder()
    let world = MiniatureSigstore(seed: 23)
    let image = SampleImage.make(
      seed: 9, platforms: form.holdsIndexes ? [.linuxAMD64, .linuxARM64, .windowsAMD64] : [.linuxAMD64],
      layerSize: 3_000, carriesForeignLayers: true, buildKitAttestations: form.holdsIndexes)
    let key = SigningRequest.Material.key(SampleKey())
    let carried = CarriedImage(
      image,
      [
        .bundle(world.issue(SigningRequest(.statement(image.signingStatement), as: key))),
        .signature(world.issue(SigningRequest(.message(image.simpleSigningPayload()), as: key))),
      ])
    for packing in Packing.allCases {
      let path = folder.path("\(packing)")
      try packing.write(form.entries(carried), to: path, style: .plain)
      let reading = try verifyReturns(path)
      #expect((form == .dockerSave) == (reading.archive.shape == .dockerWithLayout))
    }
  }
}
