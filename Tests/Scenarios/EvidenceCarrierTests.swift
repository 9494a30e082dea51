import FoundationEssentials
import MiniatureSigstore
import TestSupport
import Testing

/// A signature counts wherever tools leave it, and files beside the archive count like it.
@Suite struct EvidenceCarrierTests {
  static let world = MiniatureSigstore(seed: 11)
  static let identity = SampleIdentity.releaseWorkflow

  private let stick: TemporaryFolder
  private let assay: Assay

  init() throws {
    stick = try TemporaryFolder()
    assay = try Assay()
    try stick.write("root.json", Self.world.trustedRoot())
  }

  private var identityOptions: [String] {
    [
      "--trusted-root", stick.path("root.json"), "--certificate-identity", Self.identity.name.text,
      "--certificate-oidc-issuer", Self.identity.issuer,
    ]
  }

  private func keyless(_ image: SampleImage) -> Issued {
    Self.world.issue(
      SigningRequest(
        .statement(image.signingStatement), as: .certificate(Self.identity), log: .v2, timestamps: [.embedded]))
  }

  /// `.jsonl` with a Sigstore bundle of another image before the right one.
  @Test(arguments: [(true, Int32(0)), (false, 4)])
  func bundlesBesideTheArchive(_ rightOneIsThere: Bool, _ status: Int32) throws {
    let image = SampleImage.make(seed: 12, layerSize: 2000)
    let other = SampleImage.make(seed: 13, layerSize: 2000)
    try Packing.tar.write(
      MediumForm.craneLayout.entries(CarriedImage(image, [])), to: stick.path("image.tar"), style: .plain)
    var lines = keyless(other).bundle(.v03)
    if rightOneIsThere { lines += [0x0A] + keyless(image).bundle(.v03) }
    let file = try stick.write("signatures.sigstore.jsonl", lines + [0x0A])
    let (found, answer) = try assay.verify([stick.path("image.tar"), "--bundle", file] + identityOptions)
    #expect(found == status)
    #expect(answer.firstReason == (rightOneIsThere ? nil : "signature.missing"))
  }

  /// They lie in one manifest, over one payload, and differ in annotations alone.
  @Test func eachOfTwoSignaturesCounts() throws {
    let image = SampleImage.make(seed: 21, layerSize: 2000)
    let keys = [SampleKey(.p256), SampleKey(.p256), SampleKey(.p256)]
    let files = try keys.enumerated().map { try stick.write("\($0).pub", Array($1.publicPEM.utf8)) }
    let signatures = keys.prefix(2).map { key in
      Attachment.signature(
        Self.world.issue(SigningRequest(.message(image.simpleSigningPayload()), as: .key(key))))
    }
    try Packing.tar.write(
      MediumForm.cosignSave.entries(CarriedImage(image, signatures)), to: stick.path("image.tar"), style: .plain)
    for (file, isAdmitted) in zip(files, [true, true, false]) {
      let (status, answer) = try assay.verify([stick.path("image.tar"), "--key", file])
      #expect((status == 0) == isAdmitted && (answer.verdict == "admit") == isAdmitted, "\(answer)")
      #expect(answer.firstReason != "findings.malformed")
    }
  }

  /// It may be what was to be found: that it was not read must not pass in silence.
  @Test func anUnreadableBundleIsNotPassedOverInSilence() throws {
    let image = SampleImage.make(seed: 18, layerSize: 2000)
    try Packing.tar.write(
      MediumForm.craneLayout.entries(CarriedImage(image, [])), to: stick.path("image.tar"), style: .plain)
    let file = try stick.write("broken.sigstore.json", Array("{}".utf8))
    let result = try assay.run(["verify", stick.path("image.tar"), "--bundle", file] + identityOptions)
    #expect(result.status == 4)
    #expect(result.errors.contains("broken.sigstore.json counts for no image: bundle.malformed"), "\(result.errors)")
  }

  @Test func twoArchivesTheWorseCounts() throws {
    let signed = SampleImage.make(seed: 14, layerSize: 2000)
    let unsigned = SampleImage.make(seed: 15, layerSize: 2000)
    let carried = CarriedImage(signed, [.bundle(keyless(signed))])
    try Packing.tar.write(MediumForm.orasBackup.entries(carried), to: stick.path("signed.tar"), style: .plain)
    try Packing.tarZstd.write(
      MediumForm.craneLayout.entries(CarriedImage(unsigned, [])), to: stick.path("unsigned.tar.zst"), style: .plain)
    let both = [stick.path("signed.tar"), stick.path("unsigned.tar.zst")]
    let (status, answer) = try assay.verify(both + identityOptions)
    #expect(answer.archives.map(\.verdict) == ["admit", "incomplete"])
    #expect(status == 4)
  }

  @Test func standardInputIsAnArchiveLikeAnother() throws {
    let image = SampleImage.make(seed: 16, layerSize: 2000)
    let carried = CarriedImage(image, [.bundle(keyless(image))])
    try Packing.tarGzip.write(MediumForm.orasBackup.entries(carried), to: stick.path("a.tar.gz"), style: .plain)
    let result = try assay.run(["verify", "-"] + identityOptions, input: try readFile(stick.path("a.tar.gz")))
    #expect(result.status == 0, "\(result.output)")
  }

  /// Names from the medium reach the terminal, their control characters do not.
  @Test func hostileNamesCannotForgeOutput() throws {
    let image = SampleImage.make(seed: 17, layerSize: 2000)
    let carried = CarriedImage(image, [], tag: "\u{1b}[2Jadmit\u{202e}")
    try Packing.tar.write(MediumForm.orasBackup.entries(carried), to: stick.path("a.tar"), style: .plain)
    for command in [["inspect"], ["verify"] + identityOptions] {
      let output = try assay.run(command + [stick.path("a.tar")]).output
      #expect(!output.contains("\u{1b}[2J") && !output.contains("\u{202e}"))
      #expect(output.contains("\\u{1b}"))
    }
  }
}
