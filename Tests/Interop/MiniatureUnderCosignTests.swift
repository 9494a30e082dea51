import MiniatureSigstore
import TestSupport
import Testing

/// The miniature Sigstore is only worth something where the real cosign takes what it issues: then a refusal of ours
/// is the verifier's, and not the miniature's.
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
  }

  static let keys: [KeyAlgorithm] = [.p256, .p384, .p521, .rsa(2048), .ed25519]

  static let messages: [Case] = [
    Case(testDescription: "keyless, v1", request: .init(.message(artifact))),
    Case(testDescription: "keyless, v1, bundle 0.2", request: .init(.message(artifact)), version: .v02),
    Case(testDescription: "keyless, v1, bundle 0.1", request: .init(.message(artifact)), version: .v01),
    Case(
      testDescription: "keyless, v1, timestamp",
      request: .init(.message(artifact), as: .certificate(.maintainer), timestamps: [.embedded])),
    Case(
      testDescription: "keyless, v1, bare timestamp",
      request: .init(.message(artifact), as: .certificate(.maintainer), timestamps: [.bare])),
    Case(
      testDescription: "keyless, P-384 leaf",
      request: .init(.message(artifact), as: .certificate(.maintainer, key: .p384))),
    Case(testDescription: "keyless, v2", request: .init(.message(artifact), log: .v2), since: 3),
    Case(testDescription: "keyless, v2 ECDSA", request: .init(.message(artifact), log: .v2ecdsa), since: 3),
    Case(testDescription: "keyless, v2 witnessed", request: .init(.message(artifact), log: .v2witnessed), since: 3),
  ]

  static let statements: [Case] = {
    let statement = SampleStatement(
      SampleStatement.slsaProvenance1, SampleStatement.sampleProvenance, aboutDigest: digest)
    let old = SampleStatement(
      SampleStatement.slsaProvenance1, SampleStatement.sampleProvenance, aboutDigest: digest, version: .v01)
    return [
      Case(testDescription: "statement, v1", request: .init(.statement(statement))),
      Case(testDescription: "statement 0.1, v1", request: .init(.statement(old))),
      Case(testDescription: "statement, v1 intoto", request: .init(.statement(statement), log: .v1(.intoto002))),
      Case(testDescription: "statement, v2", request: .init(.statement(statement), log: .v2), since: 3),
    ]
  }()

  @Test(arguments: messages, Cosign.programs) func cosignTakesAMessage(_ case: Case, _ cosign: Cosign) throws {
    guard cosign.generation >= `case`.since else { return }
    let result = try cosign.verify(
      `case`.request, version: `case`.version, world: Self.world, artifact: Self.artifact)
    #expect(result.status == 0, "\(result.errors)")
  }

  @Test(arguments: statements, Cosign.programs) func cosignTakesAStatement(_ case: Case, _ cosign: Cosign) throws {
    guard cosign.generation >= `case`.since else { return }
    let result = try cosign.verify(
      `case`.request, version: `case`.version, world: Self.world, artifact: Self.artifact)
    #expect(result.status == 0, "\(result.errors)")
  }
}

/// A cosign that `fetch-peers` has fetched.
struct Cosign: Sendable, CustomTestStringConvertible {
  let path: String
  let suite: String
  /// The first number of its version.
  let generation: Int

  var testDescription: String { "cosign of \(suite)" }

  static let absence = "needs cosign: run Tests/Interop/fetch-peers"

  static let programs: [Cosign] = [("trixie", 2), ("sid", 3)].compactMap { suite, generation in
    let path = ".build/peers/\(suite)/usr/bin/cosign"
    guard let result = try? run([path, "version"]), result.status == 0 else { return nil }
    return Cosign(path: path, suite: suite, generation: generation)
  }

  func verify(
    _ request: SigningRequest, version: BundleVersion, world: MiniatureSigstore, artifact: [UInt8],
    rootVersion: TrustedRootVersion = .legacy
  ) throws -> RunResult {
    let folder = try TemporaryFolder()
    let issued = world.issue(request)
    let bundle = try folder.write("bundle.json", issued.bundle(version))
    let root = try folder.write("root.json", world.trustedRoot(rootVersion, spoil: request.spoil))
    let file = try folder.write("artifact", artifact)
    var command = [path, issued.envelope == nil ? "verify-blob" : "verify-blob-attestation"]
    command += ["--bundle", bundle, "--trusted-root", root]
    if generation < 3 { command += ["--new-bundle-format", "--offline"] }
    if !issued.timestamps.isEmpty { command += ["--use-signed-timestamps"] }
    switch request.material {
    case .certificate(let identity, _), .siteCertificate(let identity):
      command += ["--certificate-identity", identity.name.text, "--certificate-oidc-issuer", identity.issuer]
    case .key(let key): command += ["--key", try folder.write("key.pub", Array(key.publicPEM.utf8))]
    }
    if let predicateType = issued.predicateType { command += ["--type", predicateType] }
    if request.log == .none { command += ["--insecure-ignore-tlog"] }
    return try run(command + [file], environment: ["HOME": folder.path])
  }
}
