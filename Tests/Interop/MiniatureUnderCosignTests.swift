import MiniatureSigstore
import TestSupport
import Testing

/// The miniature Sigstore is only worth something where the real cosign takes what it issues, and refuses what it
/// spoils: then a refusal of ours is the verifier's doing, and not the miniature's.
@Suite(.enabled(if: !Cosign.programs.isEmpty, Comment(rawValue: Cosign.absence)))
struct MiniatureUnderCosignTests {
  static let world = MiniatureSigstore(seed: 7)
  static let artifact = Array("The quick brown fox.\n".utf8)
  static let digest = digestText(artifact)

  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let request: SigningRequest
    var version = BundleVersion.v03
    /// The oldest cosign, by its first number, that knows all parts.
    var since = 2

    init(_ name: String, _ request: SigningRequest, _ version: BundleVersion = .v03, since: Int = 2) {
      testDescription = name
      self.request = request
      self.version = version
      self.since = since
    }
  }

  static let sound: [Case] = {
    let message = SigningRequest.Content.message(artifact)
    let statement = SampleStatement(SampleStatement.slsaProvenance1, SampleStatement.sampleProvenance, about: [subject])
    var old = statement
    old.version = .v01
    var extended = SigningRequest(message)
    extended.certificateTimestampExtensions = [0, 1, 2, 3]
    return [
      Case("v1", .init(message)),
      Case("v1, bundle 0.2", .init(message), .v02),
      Case("v1, bundle 0.1", .init(message), .v01),
      Case("v1, SCT with extensions", extended),
      Case("v1, timestamp", .init(message, as: .certificate(.maintainer), timestamps: [.embedded])),
      Case("v1, bare timestamp", .init(message, as: .certificate(.maintainer), timestamps: [.bare])),
      Case("v1, two authorities", .init(message, timestamps: [.embedded, .second])),
      Case("v1, timestamp with SHA-512", .init(message, timestamps: [.init(hash: .sha512)])),
      // cosign 2 hashes with SHA-256 under any curve.
      Case("v1, P-384 leaf", .init(message, as: .certificate(.maintainer, key: .p384)), since: 3),
      Case("v2", .init(message, log: .v2), since: 3),
      Case("v2, ECDSA", .init(message, log: .v2ecdsa), since: 3),
      Case("v2, witnessed", .init(message, log: .v2witnessed), since: 3),
      Case("v2, bare timestamp", .init(message, log: .v2, timestamps: [.bare]), since: 3),
      Case("statement, v1", .init(.statement(statement))),
      Case("statement 0.1, v1", .init(.statement(old))),
      Case("statement, v1 intoto", .init(.statement(statement), log: .v1(.intoto002))),
      Case("statement, v2", .init(.statement(statement), log: .v2), since: 3),
      Case("key, v1", .init(message, as: .key(SampleKey()), log: .v1())),
      Case("key, no log", .init(message, as: .key(SampleKey()))),
      Case("statement, key, no log", .init(.statement(statement), as: .key(SampleKey()))),
      // Bare keys that cosign 3.1 signs blobs with and cannot verify itself are left out: P-384, P-521, Ed25519.
      Case("RSA key", .init(message, as: .key(SampleKey(.rsa(3072))))),
      Case("statement, Ed25519 key", .init(.statement(statement), as: .key(SampleKey(.ed25519)))),
    ]
  }()

  static var subject: SampleStatement.Subject {
    .init(name: "fox", digests: [("sha256", String(digest.dropFirst("sha256:".count)))])
  }

  @Test(arguments: sound, Cosign.programs) func cosignTakesWhatIsSound(_ case: Case, _ cosign: Cosign) throws {
    guard cosign.generation >= `case`.since else { return }
    let result = try cosign.verify(
      `case`.request, version: `case`.version, world: Self.world, artifact: Self.artifact)
    #expect(result.status == 0, "\(result.errors)")
  }

  static let spoilable: [Case] = [
    Case("message, v1", .init(.message(artifact))),
    Case("message, v2", .init(.message(artifact), log: .v2)),
    Case(
      "statement, v1, timestamp",
      .init(
        .statement(SampleStatement(SampleStatement.slsaProvenance1, about: [subject])), timestamps: [.embedded])),
  ]

  /// What cosign 3.1 does not look at. A verifier of ours should.
  static let overlookedByCosign: Set<Spoil> = [
    .certificateWithoutPurpose, .certificateOtherKeyUsage, .certificateTwoNames, .entryKindMismatch,
    .checkpointOfSmallerTree, .timeInFuture, .timestampNamesAnotherCertificate, .rootLogEnded, .rootLogNotBegun,
  ]

  @Test(
    .enabled(if: Cosign.programs.contains { $0.generation >= 3 }, "needs cosign 3"), arguments: spoilable,
    Spoil.allCases)
  func cosignRefusesWhatIsSpoiled(_ case: Case, _ spoil: Spoil) throws {
    guard spoil.applies(to: `case`.request), !Self.overlookedByCosign.contains(spoil) else { return }
    let cosign = try #require(Cosign.programs.first { $0.generation >= 3 })
    let result = try cosign.verify(
      `case`.request.spoiled(spoil), version: `case`.version, world: Self.world, artifact: Self.artifact)
    #expect(result.status != 0)
  }

  @Test(arguments: Cosign.programs) func cosignTakesAnOldLayout(_ cosign: Cosign) throws {
    let folder = try TemporaryFolder()
    let key = SampleKey()
    let image = SampleImage.make(seed: 5, platforms: [.linuxAMD64, .linuxARM64], layerSize: 3000)
    let signature = Self.world.issue(SigningRequest(.message(image.simpleSigningPayload()), as: .key(key)))
    let carried = CarriedImage(image, [.signature(signature)])
    try Packing.folder.write(MediumForm.cosignSave.entries(carried), to: folder.path("layout"))
    let public_ = try folder.write("key.pub", Array(key.publicPEM.utf8))
    var arguments = ["verify", "--local-image", "--key", public_, "--insecure-ignore-tlog"]
    if cosign.generation >= 3 { arguments += ["--new-bundle-format=false"] }
    let result = try cosign.run(arguments + [folder.path("layout")], home: folder)
    #expect(result.status == 0, "\(result.errors)")
  }
}
