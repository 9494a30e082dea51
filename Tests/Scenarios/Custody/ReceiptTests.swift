import FoundationEssentials
import MiniatureSigstore
import TestSupport
import Testing

/// Verdicts of the past instead of repeated work, and past verdicts proven again.
@Suite struct ReceiptTests {
  private func image(_ answer: Assay.Answer) throws -> Assay.Answer.Image {
    try #require(answer.archives.first?.images.first)
  }

  @Test func nothingChangedGivesTheReceipt() throws {
    let site = try Site()
    let first = try image(try site.assay.verify([site.archive, "--key", site.key]).answer)
    #expect(first.receipt == nil)
    let (status, answer) = try site.assay.verify([site.archive, "--key", site.key])
    let again = try image(answer)
    #expect(status == 0)
    #expect(again.receipt?.leaf == 2)
    #expect(again.report.digest == first.report.digest)
    // Asked for by name, everything is proven anew.
    let fresh = try image(try site.assay.verify([site.archive, "--key", site.key, "--fresh"]).answer)
    #expect(fresh.receipt == nil)
    #expect(fresh.report.digest != first.report.digest)
  }

  /// Policy, requirements, evidence: each alone is enough to be asked anew.
  @Test func whateverChangedIsProvenAnew() throws {
    let site = try Site()
    _ = try site.assay.verify([site.archive, "--key", site.key])
    let other = try site.stick.write("other.pub", Array(SampleKey(.p256).publicPEM.utf8))
    let bundle = try site.stick.write("loose.sigstore.json", Array("{}".utf8))
    for more in [["--key", other], ["--allow-foreign-layers"], ["--bundle", bundle]] {
      let answer = try site.assay.verify([site.archive, "--key", site.key] + more).answer
      #expect(try image(answer).receipt == nil, "\(more)")
    }
  }

  /// Layers are hashed all the same: a receipt never covers other bytes.
  @Test func otherBytesAreRefusedWhateverWasAdmitted() throws {
    let site = try Site()
    _ = try site.assay.verify([site.archive, "--key", site.key])
    let image = SampleImage.make(seed: 7, layerSize: 5000)
    var archive = try readFile(site.archive)
    let layer = try #require(image.platforms[0].layers.first?.blob)
    let place = try #require(archive.firstRange(of: layer.bytes))
    archive[place.lowerBound + 100] ^= 1
    let spoilt = try site.stick.write("spoilt.tar", archive)
    let (status, answer) = try site.assay.verify([spoilt, "--key", site.key])
    #expect(status == 3)
    #expect(answer.firstReason == "blob.digest-mismatch")
  }

  @Test func aDigestAloneIsAnsweredByTheHistory() throws {
    let site = try Site()
    let digest = try image(try site.assay.verify([site.archive, "--key", site.key]).answer).digest
    let (status, answer) = try site.assay.verify(["--by-digest", digest, "--key", site.key])
    #expect(status == 0)
    #expect(try image(answer).receipt?.leaf == 2)
    // Another key is another policy, another image was never admitted.
    let other = try site.stick.write("other.pub", Array(SampleKey(.p256).publicPEM.utf8))
    #expect(try site.assay.verify(["--by-digest", digest, "--key", other]).status == 4)
    let strange = "sha256:" + String(repeating: "0", count: 64)
    let unknown = try site.assay.verify(["--by-digest", strange, "--key", site.key])
    #expect(unknown.status == 4)
    #expect(unknown.answer.firstReason == "receipt.missing")
  }

  /// Whoever brings the image without its evidence takes the history's answer from nobody, however often.
  @Test func whatLackedEvidenceStandsAboveNothing() throws {
    let site = try Site()
    let digest = try image(try site.assay.verify([site.archive, "--key", site.key]).answer).digest
    let carried = CarriedImage(SampleImage.make(seed: 7, layerSize: 5000), [])
    let bare = site.stick.path("bare.tar")
    try Packing.tar.write(MediumForm.orasBackupAllTags.entries(carried), to: bare, style: .plain)
    for _ in 0..<2 {
      let without = try site.assay.verify([bare, "--key", site.key])
      #expect(try without.status == 4 && image(without.answer).digest == digest)
    }
    #expect(try site.assay.verify(["--by-digest", digest, "--key", site.key]).status == 0)
    // Itself it has no answer.
    #expect(try site.assay.verify([bare, "--key", site.key]).status == 4)
  }

  /// One platform was admitted: the image as a whole was not.
  @Test func aDigestAloneMeansTheWholeImage() throws {
    let assay = try Assay()
    try #require(try assay.run(["init", "--tpm", "software"]).status == 0)
    let folder = try TemporaryFolder()
    let signer = SampleKey(.p256)
    let image = SampleImage.make(seed: 5, platforms: [.linuxAMD64, .linuxARM64], layerSize: 3000)
    let issued = MiniatureSigstore(seed: 5).issue(
      SigningRequest(.message(image.simpleSigningPayload()), as: .key(signer)))
    let archive = folder.path("image.tar")
    try Packing.tar.write(MediumForm.cosignSave.entries(CarriedImage(image, [.signature(issued)])), to: archive)
    let key = try folder.write("key.pub", Array(signer.publicPEM.utf8))
    let digest = "sha256:" + image.root.hex
    #expect(try assay.verify([archive, "--key", key, "--platform", "linux/amd64"]).status == 0)
    #expect(try assay.verify(["--by-digest", digest, "--key", key]).status == 4)
    #expect(try assay.run(["verify", "--by-digest", digest, "--key", key, "--platform", "linux/arm64"]).status == 64)
    #expect(try assay.verify([archive, "--key", key]).status == 0)
    #expect(try assay.verify(["--by-digest", digest, "--key", key]).status == 0)
  }

  /// A report that is gone is written anew, not named.
  @Test func withoutItsReportAVerdictIsGivenAnew() throws {
    let site = try Site()
    _ = try site.assay.verify([site.archive, "--key", site.key])
    try runChecked(["sh", "-c", "rm \"$0\"/reports/*", site.store])
    let (status, answer) = try site.assay.verify([site.archive, "--key", site.key])
    #expect(status == 0)
    #expect(try image(answer).receipt == nil)
  }

  /// The same image was refused later on the same grounds: the admission is no answer any more.
  @Test func aRefusedImageHasNoReceipt() throws {
    let site = try Site(.layerByteFlipped)
    _ = try site.assay.verify([site.archive, "--key", site.key])
    let (status, answer) = try site.assay.verify([site.archive, "--key", site.key])
    #expect(status == 3)
    #expect(try image(answer).receipt == nil)
  }

  @Test func aReceiptBringsItsReport() throws {
    let site = try Site()
    _ = try site.assay.verify([site.archive, "--key", site.key])
    let report = try site.report()
    let checked = try site.assay.run(["report", "verify", report, "--appliance", site.identity()])
    #expect(checked.status == 0, "\(checked.errors)")
  }

  // MARK: Recheck

  @Test func pastAdmissionsHold() throws {
    let site = try Site()
    let digest = try image(try site.assay.verify([site.archive, "--key", site.key]).answer).digest
    for arguments in [["--all"], [digest]] {
      let result = try site.assay.run(["recheck"] + arguments)
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.output.contains("1 hold, 0 would change"))
    }
  }

  /// skopeo's signature files hold the payload in a frame of their own: what is kept is what is proven.
  @Test func evidenceInAFrameIsProvenAgainToo() throws {
    let assay = try Assay()
    try #require(try assay.run(["init", "--tpm", "software"]).status == 0)
    let folder = try TemporaryFolder()
    let signer = SampleKey(.p256)
    let image = SampleImage.make(seed: 6, layerSize: 3000)
    let issued = MiniatureSigstore(seed: 6).issue(
      SigningRequest(.message(image.simpleSigningPayload()), as: .key(signer)))
    let archive = folder.path("image.tar")
    try Packing.tar.write(
      MediumForm.skopeoFolder.entries(CarriedImage(image, [.signature(issued)])), to: archive)
    let key = try folder.write("key.pub", Array(signer.publicPEM.utf8))
    #expect(try assay.verify([archive, "--key", key]).status == 0)
    let result = try assay.run(["recheck", "--all"])
    #expect(result.output.contains("1 hold"), "\(result.output)")
  }

  /// Evidence that is gone or altered proves nothing, and is said.
  @Test(arguments: [true, false]) func alteredEvidenceIsFound(_ isRemoved: Bool) throws {
    let site = try Site()
    _ = try site.assay.verify([site.archive, "--key", site.key])
    let folder = site.store + "/evidence"
    for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
      let file = URL(filePath: folder + "/" + name)
      if isRemoved { try FileManager.default.removeItem(at: file) } else { try Data([1]).write(to: file) }
    }
    let result = try site.assay.run(["recheck", "--all"])
    #expect(result.status == 4)
    #expect(result.output.contains("unprovable"))
    #expect(result.output.contains(isRemoved ? "it is gone" : "not those of its name"))
  }

  /// A trust root of today that no longer names the authority: the admission would be another verdict now.
  @Test func aTrustRootOfTodayChangesVerdicts() throws {
    let assay = try Assay()
    try #require(try assay.run(["init", "--tpm", "software"]).status == 0)
    let folder = try TemporaryFolder()
    let world = MiniatureSigstore(seed: 3)
    let image = SampleImage.make(seed: 3, layerSize: 4000)
    let identity = SampleIdentity.releaseWorkflow
    let issued = world.issue(SigningRequest(.statement(image.signingStatement), as: .certificate(identity)))
    let archive = folder.path("image.tar")
    try Packing.tar.write(MediumForm.orasBackup.entries(CarriedImage(image, [.bundle(issued)])), to: archive)
    let root = try folder.write("root.json", world.trustedRoot())
    let verified = try assay.verify([
      archive, "--trusted-root", root, "--certificate-identity", identity.name.text, "--certificate-oidc-issuer",
      identity.issuer,
    ])
    try #require(verified.status == 0)
    #expect(try assay.run(["recheck", "--all"]).status == 0)
    let other = try folder.write("other.json", MiniatureSigstore(seed: 4).trustedRoot())
    let result = try assay.run(["recheck", "--all", "--trusted-root", other])
    #expect(result.status == 3)
    #expect(result.output.contains("0 hold, 1 would change"))
  }

  @Test func mistakesAreMistakes() throws {
    let site = try Site()
    for arguments in [["recheck"], ["recheck", "--all", "sha256:00"], ["recheck", "x"]] {
      #expect(try site.assay.run(arguments).status == 64, "\(arguments)")
    }
    let strange = "sha256:" + String(repeating: "0", count: 64)
    #expect(try site.assay.run(["recheck", strange]).status == 4)
  }
}
