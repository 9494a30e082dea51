import MiniatureSigstore
import TestSupport
import Testing

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
    guard let result = try? TestSupport.run([path, "version"]), result.status == 0 else { return nil }
    return Cosign(path: path, suite: suite, generation: generation)
  }

  static let emptyTrustedRoot = Array(
    #"{"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1"}"#.utf8)
  static let emptySigningConfiguration = Array(
    #"{"mediaType":"application/vnd.dev.sigstore.signingconfig.v0.2+json","rekorTlogConfig":{},"tsaConfig":{}}"#.utf8)

  /// Runs it where there is no network; with `loopback`, where only loopback answers.
  func run(_ arguments: [String], home: TemporaryFolder, loopback: Bool = false) throws -> RunResult {
    try TestSupport.run(
      (loopback ? [] : Isolation.alone) + [path] + arguments, environment: Isolation.environment(home))
  }

  /// Has cosign verify what `world` issues for a request, against that world's trust root.
  func verify(
    _ request: SigningRequest, version: BundleVersion, world: MiniatureSigstore, artifact: [UInt8],
    rootVersion: TrustedRootVersion = .legacy
  ) throws -> RunResult {
    let folder = try TemporaryFolder()
    let issued = world.issue(request)
    let bundle = try folder.write("bundle.json", issued.bundle(version))
    let root = try folder.write("root.json", world.trustedRoot(rootVersion, spoil: request.spoil))
    let file = try folder.write("artifact", artifact)
    var arguments = [issued.envelope == nil ? "verify-blob" : "verify-blob-attestation"]
    arguments += ["--bundle", bundle, "--trusted-root", root]
    if generation < 3 { arguments += ["--new-bundle-format", "--offline"] }
    if !issued.timestamps.isEmpty { arguments += ["--use-signed-timestamps"] }
    switch request.material {
    case .certificate(let identity, _), .siteCertificate(let identity):
      arguments += ["--certificate-identity", identity.name.text, "--certificate-oidc-issuer", identity.issuer]
    case .key(let key): arguments += ["--key", try folder.write("key.pub", Array(key.publicPEM.utf8))]
    }
    if let predicateType = issued.predicateType { arguments += ["--type", predicateType] }
    if request.log == .none { arguments += ["--insecure-ignore-tlog"] }
    return try run(arguments + [file], home: folder)
  }
}
