import Cryptography
import Files
import MediaReader
import MediumRecord
import MiniatureSigstore
import OCIImage
import Octets
import Reasons
import StrictJSON
import TestSupport
import Testing

@testable import Quarantine

/// What is let out is what was hashed again, and other tools' layouts can be read from it.
struct AdmissionTests {
  private static func digest(_ text: String) throws -> ClaimedDigest {
    try ClaimedDigest(Array(text.utf8), in: "", malformed: .blobMissing)
  }

  private func taken(
    _ rig: QuarantineRig, _ carried: CarriedImage, _ form: MediumForm, name: String = "medium"
  ) throws -> (id: String, archive: ImageArchive) {
    let path = rig.folder.path(name)
    try Packing.tar.write(form.entries(carried), to: path, style: .plain)
    let taken = try rig.take(path)
    return (taken.record.id, try taken.medium.get().archive())
  }

  /// What the verdict knows was not carried: the foreign layers of the sample.
  private func absent(_ image: Image) -> Set<ClaimedDigest> {
    Set(image.parts.flatMap(\.layers).filter { !$0.isCarried }.map(\.digest))
  }

  private func admitted(_ rig: QuarantineRig) throws -> ImageArchive {
    let medium = try MediaReader().read(.path(rig.folder.path("admitted")))
    #expect(medium.failures.isEmpty)
    return try medium.archive()
  }

  @Test(arguments: MediumForm.allCases.filter { $0 != .craneTarball && $0 != .skopeoDockerArchive })
  func anAdmittedImageIsReadAsItCame(_ form: MediumForm) throws {
    let rig = try QuarantineRig()
    let carried = SampleMediaTests.carried(form)
    let (id, archive) = try taken(rig, carried, form)
    let image = archive.images[0]
    let rehashed = try rig.quarantine.rehash(image.digest, of: id, without: absent(image))
    let admission = try rig.quarantine.admit(rehashed, named: ["app:v1"], into: rig.layout)
    #expect(admission.manifest == image.digest && admission.names == ["app:v1"] && admission.leftBehind.isEmpty)
    let out = try admitted(rig)
    #expect(out.failures.isEmpty && out.images.map(\.digest) == [image.digest])
    #expect(out.images[0].names == ["app:v1"])
    #expect(out.images[0].parts.map(\.digest) == image.parts.map(\.digest))
    #expect(out.images[0].parts.flatMap(\.problems).allSatisfy { $0.reason == .blobForeignNotCarried })
    // The same evidence on the same digest; skopeo's own files and loose blobs are none of a layout's.
    if form != .skopeoFolder {
      let before = Set(archive.evidence.map { [ClaimedDigest($0.digest), $0.attachedTo] })
      #expect(Set(out.evidence.map { [ClaimedDigest($0.digest), $0.attachedTo] }) == before)
    }
    #expect(try rig.quarantine.verify(rig.layout).damage.isEmpty)
    // A reader of another medium, which writes in the quarantine, cannot reach what was let out.
    let layer = try #require(image.parts.flatMap(\.layers).first { $0.isCarried }).digest
    let whole = try readFile(rig.path(ofBlob: layer, in: "admitted"))
    try runChecked(["dd", "if=/dev/zero", "of=\(rig.path(ofBlob: layer))", "bs=1", "count=8", "conv=notrunc"])
    #expect(try readFile(rig.path(ofBlob: layer)) != whole)
    #expect(try readFile(rig.path(ofBlob: layer, in: "admitted")) == whole)
  }

  /// An image that has lost its manifest gets one that only its configuration's digest vouches for, always the same.
  @Test func imagesOfDockerArchivesGetAManifest() throws {
    let rig = try QuarantineRig()
    let (id, archive) = try taken(rig, SampleMediaTests.carried(.skopeoDockerArchive), .skopeoDockerArchive)
    let image = archive.images[0]
    let rehashed = try rig.quarantine.rehash(image.digest, in: archive.shape, of: id, without: absent(image))
    #expect(rehashed.digest == image.digest && rehashed.manifest != image.digest)
    let again = try rig.quarantine.rehash(image.digest, in: archive.shape, of: id, without: absent(image))
    #expect(again.manifest == rehashed.manifest)
    try rig.quarantine.admit(rehashed, named: ["app:v1"], into: rig.layout)
    let out = try admitted(rig)
    #expect(out.images.map(\.digest) == [rehashed.manifest])
    #expect(out.images[0].parts.map(\.config?.digest) == [image.digest])
    #expect(out.images[0].parts[0].layers.map(\.digest) == image.parts[0].layers.map(\.digest))
    #expect(out.images[0].parts[0].problems.isEmpty)
  }

  /// Compressed layers of a docker-archive are tied to nothing.
  @Test func whatNothingTiesToTheImageIsNotLetOut() throws {
    let rig = try QuarantineRig()
    let (id, archive) = try taken(rig, SampleMediaTests.carried(.craneTarball), .craneTarball)
    #expect {
      try rig.quarantine.rehash(archive.images[0].digest, in: archive.shape, of: id)
    } throws: { error in
      guard case .input(let failure)? = error as? QuarantineError else { return false }
      return failure.reason == .blobMissing
    }
  }

  /// What an image goes by says the verdict, and not what lies there: a reader in foreign hands leaves what it likes, and one
  /// document may look like both.
  @Test(arguments: [true, false]) func anImageGoesByWhatWasJudged(isManifest: Bool) throws {
    let rig = try QuarantineRig()
    var sketch = LayoutSketch()
    let (clean, denied) = (sketch.blob("clean"), sketch.blob("denied"))
    let image =
      isManifest
      ? sketch.manifest(layers: [clean.described()], "\"rootfs\":{\"diff_ids\":[\"\(denied.digest)\"]}")
      : sketch.blob(
        "{\"os\":\"linux\",\"rootfs\":{\"diff_ids\":[\"\(clean.digest)\"]},\"config\":\(denied.described())}")
    sketch.list(image, as: "v1")
    let id = try sketch.taken(by: rig)
    for shape in [ImageArchive.Shape.ociLayout, .dockerArchive] {
      #expect {
        try rig.quarantine.rehash(image.digest, in: shape, of: id)
      } throws: { error in
        guard case .input(let failure)? = error as? QuarantineError else { return false }
        return failure.reason == .imageManifestMalformed
      }
    }
    // The same without a second face, and a medium that looks like the other kind.
    var plain = LayoutSketch()
    let layer = plain.blob("layer")
    let configuration = plain.blob("{\"os\":\"linux\",\"rootfs\":{\"diff_ids\":[\"\(layer.digest)\"]}}")
    let another = try QuarantineRig()
    let taken = try plain.taken(by: another)
    let rehashed = try another.quarantine.rehash(configuration.digest, in: .dockerArchive, of: taken)
    #expect(rehashed.manifest != configuration.digest && rehashed.blobs.contains { $0.digest == layer.digest })
    #expect(throws: QuarantineError.self) {
      try another.quarantine.rehash(configuration.digest, in: .ociLayout, of: taken)
    }
  }

  // MARK: Blobs that lie

  /// Each blob of the image in turn is altered, or gone, between copy and admission.
  @Test(arguments: [true, false]) func aBlobThatLiesIsRefusedByItsDigest(isGone: Bool) throws {
    let rig = try QuarantineRig()
    let (id, archive) = try taken(rig, SampleMediaTests.carried(.orasBackup), .orasBackup)
    let image = archive.images[0]
    let absent = absent(image)
    let blobs = image.parts.flatMap { [$0.digest] + ($0.config.map { [$0.digest] } ?? []) + $0.layers.map(\.digest) }
    for blob in Set(blobs).subtracting(absent) {
      let path = rig.path(ofBlob: blob)
      let bytes = try readFile(path)
      var other = bytes
      other[bytes.count / 2] ^= 1
      try DurableFile.remove(path)
      if !isGone { try DurableFile.create(path, other) }
      #expect {
        try rig.quarantine.rehash(image.digest, of: id, without: absent)
      } throws: { error in
        guard case .input(let failure)? = error as? QuarantineError else { return false }
        return failure.subject == "\(blob)" && failure.reason == (isGone ? .blobMissing : .blobDigestMismatch)
      }
      try? DurableFile.remove(path)
      try DurableFile.create(path, bytes)
    }
    #expect(throws: Never.self) { try rig.quarantine.rehash(image.digest, of: id, without: absent) }
  }

  /// Altered behind the walk's back: the file that was hashed is not the one that gets the name.
  @Test func aBlobThatChangesAfterTheWalkIsRefused() throws {
    let rig = try QuarantineRig()
    let (id, archive) = try taken(rig, SampleMediaTests.carried(.orasBackup), .orasBackup)
    let image = archive.images[0]
    let rehashed = try rig.quarantine.rehash(image.digest, of: id, without: absent(image))
    let path = rig.path(ofBlob: image.digest)
    var bytes = try readFile(path)
    bytes[0] ^= 1
    try DurableFile.write(bytes, to: path)
    #expect(throws: QuarantineError.input(Failure(.blobDigestMismatch, "\(image.digest)"))) {
      try rig.quarantine.admit(rehashed, named: ["app:v1"], into: rig.layout)
    }
    #expect(try admitted(rig).images.isEmpty)
    #expect(!DurableFile.isTaken(rig.path(ofBlob: image.digest, in: "admitted")))
  }

  @Test func sizesOfDescriptorsAreHeldToo() throws {
    let rig = try QuarantineRig()
    let layer = Array("layer".utf8)
    func blob(_ bytes: [UInt8]) -> (MediumEntry, String) {
      let digest = ClaimedDigest(Cryptography.digest(bytes))
      return (MediumEntry("blobs/sha256/\(digest.hex)", bytes), "\(digest)")
    }
    let (layerEntry, layerDigest) = blob(layer)
    let manifest = Array(
      #"{"schemaVersion":2,"layers":[{"mediaType":"x","digest":"\#(layerDigest)","size":6}]}"#.utf8)
    let (manifestEntry, manifestDigest) = blob(manifest)
    let path = rig.folder.path("medium")
    try Packing.tar.write([layerEntry, manifestEntry], to: path, style: .plain)
    let id = try rig.take(path).record.id
    #expect(throws: QuarantineError.input(Failure(.blobSizeMismatch, layerDigest))) {
      try rig.quarantine.rehash(try Self.digest(manifestDigest), of: id)
    }
    #expect(throws: QuarantineError.input(Failure(.imageNotFound, "sha256:" + String(repeating: "0", count: 64)))) {
      try rig.quarantine.rehash(try Self.digest("sha256:" + String(repeating: "0", count: 64)), of: id)
    }
  }

  @Test func whatLiesInTheLayoutAlreadyIsNotBelieved() throws {
    let rig = try QuarantineRig()
    let (id, archive) = try taken(rig, SampleMediaTests.carried(.orasBackup), .orasBackup)
    let image = archive.images[0]
    let rehashed = try rig.quarantine.rehash(image.digest, of: id, without: absent(image))
    try rig.folder.write("admitted/blobs/sha256/\(image.digest.hex)", Array("another".utf8))
    try rig.quarantine.admit(rehashed, named: [], into: rig.layout)
    #expect(try admitted(rig).images.map(\.digest) == [image.digest])
    #expect(try rig.quarantine.verify(rig.layout).damage.isEmpty)
  }

  @Test func aLayoutThatCannotBeReadIsLeftAlone() throws {
    let rig = try QuarantineRig()
    let (id, archive) = try taken(rig, SampleMediaTests.carried(.orasBackup), .orasBackup)
    let image = archive.images[0]
    let rehashed = try rig.quarantine.rehash(image.digest, of: id, without: absent(image))
    for bytes in ["{", #"{"manifests":7}"#, #"{"manifests":[],"manifests":[]}"#] {
      try rig.folder.write("admitted/index.json", Array(bytes.utf8))
      #expect(throws: QuarantineError.self) { try rig.quarantine.admit(rehashed, named: [], into: rig.layout) }
      #expect(try rig.folder.read("admitted/index.json") == Array(bytes.utf8))
      #expect(try rig.names("admitted/blobs/sha256").isEmpty)
    }
  }

  // MARK: Names

  /// All images have their names in one index: of one image it takes so many, however often it comes.
  @Test func anImageHasSoManyNames() throws {
    let rig = try QuarantineRig()
    let carried = CarriedImage(SampleImage.make(seed: 1, layerSize: 1000, carriesForeignLayers: false))
    let (id, archive) = try taken(rig, carried, .orasBackup)
    for round in 0..<2 {
      let names = (0..<70).map { "app:v\(round)-\($0)" }
      let admission = try rig.quarantine.admit(
        try rig.quarantine.rehash(archive.images[0].digest, of: id), named: names, into: rig.layout)
      #expect(admission.names == (round == 0 ? Array(names.prefix(64)) : []))
      #expect(admission.unfitNames == (round == 0 ? Array(names.suffix(6)) : names))
    }
    #expect(try admitted(rig).images[0].names.count == 64)
    // Those that it has it keeps.
    let again = try rig.quarantine.admit(
      try rig.quarantine.rehash(archive.images[0].digest, of: id), named: ["app:new", "app:v0-7"], into: rig.layout)
    #expect(again.names == ["app:v0-7"] && again.unfitNames == ["app:new"])
  }

  @Test func aNameStandsForOneDigestOnly() throws {
    let rig = try QuarantineRig()
    var (images, ids): ([ClaimedDigest], [String]) = ([], [])
    for seed in 1...3 {
      let carried = CarriedImage(
        SampleImage.make(
          seed: UInt64(seed), platforms: [.linuxAMD64], layerSize: 1000, carriesForeignLayers: false,
          buildKitAttestations: false))
      let (id, archive) = try taken(rig, carried, .orasBackup, name: "medium-\(seed)")
      images.append(archive.images[0].digest)
      ids.append(id)
      let names = seed == 2 ? ["app:v1", "app:v2"] : ["app:v1"]
      let admission = try rig.quarantine.admit(
        try rig.quarantine.rehash(images[seed - 1], of: id), named: names, into: rig.layout)
      #expect(
        admission.displaced.map { [$0.name, "\($0.digest)"] } == (seed == 1 ? [] : [["app:v1", "\(images[seed - 2])"]]))
      let out = try admitted(rig).images
      #expect(Set(out.map(\.digest)) == Set(images))
      #expect(out.filter { $0.names.contains("app:v1") }.map(\.digest) == [images[seed - 1]])
    }
    let out = try admitted(rig).images
    #expect(out.first { $0.digest == images[0] }?.names == [])
    #expect(out.first { $0.digest == images[1] }?.names == ["app:v2"])
    // Once more, and nothing changes.
    let index = try rig.folder.read("admitted/index.json")
    let again = try rig.quarantine.rehash(images[2], of: ids[2])
    #expect(try rig.quarantine.admit(again, named: ["app:v1"], into: rig.layout).displaced.isEmpty)
    #expect(try rig.folder.read("admitted/index.json") == index)
    #expect(try admitted(rig).images.flatMap(\.names).sorted() == ["app:v1", "app:v2"])
    // And the name goes back with the image that had it.
    let older = try rig.quarantine.rehash(images[0], of: ids[0])
    let back = try rig.quarantine.admit(older, named: ["app:v1"], into: rig.layout)
    #expect(back.displaced.map(\.digest) == [images[2]])
    #expect(try admitted(rig).images.filter { $0.names == ["app:v1"] }.map(\.digest) == [images[0]])
  }

  // MARK: What hangs on it

  /// Only what concerns the image comes along, and no image under a signature's tag.
  @Test func othersSignaturesStayBehind() throws {
    let rig = try QuarantineRig()
    let one = SampleMediaTests.carried(.orasBackupAllTags)
    let (id, archive) = try taken(rig, one, .orasBackupAllTags)
    let image = archive.images[0]
    let child = try #require(image.parts.first { if case .platform = $0.role { true } else { false } })
    // A platform's manifest alone: what hangs on the index is not its own.
    let rehashed = try rig.quarantine.rehash(child.digest, of: id, without: absent(image))
    #expect(rehashed.attachments.count == 0)
    #expect(try rig.quarantine.rehash(image.digest, of: id, without: absent(image)).attachments.count > 0)
  }

  @Test func aSignatureThatWasAlteredStaysBehindAndIsSaid() throws {
    let rig = try QuarantineRig()
    let (id, archive) = try taken(rig, SampleMediaTests.carried(.orasBackupAllTags), .orasBackupAllTags)
    let image = archive.images[0]
    let whole = try rig.quarantine.rehash(image.digest, of: id, without: absent(image))
    let evidence = ClaimedDigest(archive.evidence[0].digest)
    var bytes = try readFile(rig.path(ofBlob: evidence))
    bytes[bytes.count - 2] ^= 1
    try DurableFile.write(bytes, to: rig.path(ofBlob: evidence))
    let rehashed = try rig.quarantine.rehash(image.digest, of: id, without: absent(image))
    #expect(rehashed.attachments.count == whole.attachments.count - 1)
    #expect(rehashed.leftBehind.contains { $0.reason == .blobDigestMismatch && $0.subject == "\(evidence)" })
  }
}
