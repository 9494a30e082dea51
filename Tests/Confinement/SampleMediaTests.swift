import MediaReader
import MiniatureSigstore
import OCIImage
import Octets
import Reasons
import TestSupport
import Testing

/// Every shape in which tools write images, in every packing, made here and read again: nothing wrong is found in what
/// is sound, all evidence that a shape carries is found, and no tampering passes.
struct SampleMediaTests {
  static let world = MiniatureSigstore(seed: 23)

  static func carried(_ form: MediumForm) -> CarriedImage {
    let image = SampleImage.make(
      seed: 9, platforms: form.holdsIndexes ? [.linuxAMD64, .linuxARM64, .windowsAMD64] : [.linuxAMD64],
      layerSize: 30_000, carriesForeignLayers: true, buildKitAttestations: form.holdsIndexes)
    let key = SigningRequest.Material.key(SampleKey())
    let provenance = image.statement(SampleStatement.slsaProvenance1)
    return CarriedImage(
      image,
      [
        .bundle(world.issue(SigningRequest(.statement(image.signingStatement), as: key))),
        .signature(world.issue(SigningRequest(.message(image.simpleSigningPayload()), as: key))),
        .attestation(world.issue(SigningRequest(.statement(provenance), as: key))),
      ])
  }

  @Test(arguments: MediumForm.allCases, Packing.allCases) func soundMediaAreRead(
    _ form: MediumForm, _ packing: Packing
  ) throws {
    let carried = Self.carried(form)
    let styles: [TarStyle] = packing == .tar ? [.plain, .gnuDot, .pax] : [.gnuDot]
    for style in styles {
      let (medium, archive) = try read(form.entries(carried), packing, style)
      #expect(medium.failures.isEmpty && archive.failures.isEmpty, "\(medium.failures) \(archive.failures)")
      #expect(archive.images.count == 1)
      if form != .craneTarball && form != .skopeoDockerArchive && form != .dockerSave {
        #expect(archive.images.first?.digest.description == carried.image.digest)
      }
      let wanted = (form.carriesBundles ? 1 : 0) + (form == .skopeoFolder ? 1 : form.carriesOldEvidence ? 2 : 0)
      #expect(archive.evidence.count == wanted)
      for evidence in archive.evidence {
        #expect(evidence.attachedTo == nil || evidence.attachedTo?.description == carried.image.digest)
      }
    }
  }

  @Test(arguments: Tampering.allCases) func tamperingIsFound(_ tampering: Tampering) throws {
    let carried = Self.carried(.orasBackup)
    let entries = tampering.apply(to: MediumForm.orasBackup.entries(carried), of: carried.image)
    do {
      let (medium, archive) = try read(entries, .tar, .plain)
      let problems = archive.images.flatMap(\.parts).flatMap(\.problems)
      #expect(!(medium.failures + archive.failures + problems).isEmpty)
    } catch is Failure {}
  }

  private func read(_ entries: [MediumEntry], _ packing: Packing, _ style: TarStyle) throws -> (Medium, ImageArchive) {
    let folder = try TemporaryFolder()
    let path = folder.path("medium")
    try packing.write(entries, to: path, style: style)
    let medium = try MediaReader().read(.path(path))
    let files = medium.entries.map { entry in
      StoredFile(
        name: entry.name, size: entry.size, digest: entry.digest, contents: entry.contents,
        isAlias: entry.alias != nil, offset: entry.offset)
    }
    return (medium, try ImageArchive(StoredFiles(files)))
  }
}
