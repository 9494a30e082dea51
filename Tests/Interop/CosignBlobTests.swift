import MiniatureSigstore
import TestSupport
import Testing

/// What the real cosign signs with a bare key and no log, we prove; over another blob or under another key, we do not.
@Suite(.enabled(if: !Cosign.programs.isEmpty, Comment(rawValue: Cosign.absence)))
struct CosignBlobTests {
  /// Where cosign's key comes from.
  enum Origin: Sendable, CaseIterable {
    case generated, p384, p521, rsa2048, rsa4096, ed25519

    /// Debian's cosign 2.5 imports none of these but Ed25519, and signs with all that cosign 3 imports.
    static let testable = allCases.filter { $0.imported == nil || importer != nil }
    static let importer = Cosign.programs.first { $0.generation >= 3 }

    /// nil where cosign makes the key itself.
    var imported: KeyAlgorithm? {
      switch self {
      case .generated: nil
      case .p384: .p384
      case .p521: .p521
      case .rsa2048: .rsa(2048)
      case .rsa4096: .rsa(4096)
      case .ed25519: .ed25519
      }
    }
  }

  enum Command: String, Sendable, CaseIterable {
    case signBlob = "sign-blob"
    case attestBlob = "attest-blob"
  }

  static let blob = Array("The quick brown fox.\n".utf8)

  /// Makes `name.key` and `name.pub` in the folder.
  static func makeKey(_ origin: Origin, _ name: String, by cosign: Cosign, in folder: TemporaryFolder) throws {
    var arguments = ["generate-key-pair", "--output-key-prefix", folder.path(name)]
    if let algorithm = origin.imported {
      let pem = try folder.write("\(name).pem", Array(SampleKey(algorithm).privatePEM.utf8))
      arguments = ["import-key-pair", "--key", pem, "--output-key-prefix", folder.path(name), "--yes"]
    }
    let maker = origin.imported == nil ? cosign : try #require(Origin.importer)
    let made = try maker.run(arguments, home: folder)
    try #require(made.status == 0, "\(made.errors)")
  }

  /// Has cosign sign `blob`; returns the bundle's path.
  static func sign(_ command: Command, key: String, by cosign: Cosign, in folder: TemporaryFolder) throws -> String {
    let bundle = folder.path("bundle.sigstore.json")
    var arguments = [command.rawValue, "--yes", "--key", key, "--bundle", bundle]
    if cosign.generation < 3 {
      arguments += ["--new-bundle-format", "--tlog-upload=false"]
    } else {
      arguments += ["--signing-config", try folder.write("none.json", Cosign.emptySigningConfiguration)]
    }
    if command == .attestBlob {
      arguments += ["--type", SampleStatement.slsaProvenance1]
      arguments += ["--predicate", try folder.write("predicate.json", SampleStatement.sampleProvenance.bytes)]
    }
    let signed = try cosign.run(arguments + [try folder.write("blob", blob)], home: folder)
    try #require(signed.status == 0, "\(signed.errors)")
    return bundle
  }

  @Test(arguments: Cosign.programs, Origin.testable)
  func proven(_ cosign: Cosign, _ origin: Origin) throws {
    let folder = try TemporaryFolder()
    let assay = try Assay()
    try Self.makeKey(origin, "signer", by: cosign, in: folder)
    let stranger = try folder.write("stranger.pub", Array(SampleKey(origin.imported ?? .p256).publicPEM.utf8))
    let otherBlob = try folder.write("other-blob", Self.blob + [0x0a])
    for command in Command.allCases {
      let bundle = try Self.sign(command, key: folder.path("signer.key"), by: cosign, in: folder)
      func verify(_ artifact: String, key: String) throws -> RunResult {
        try assay.run(["verify-bundle", "--bundle", bundle, "--key", key, artifact])
      }
      let key = folder.path("signer.pub")
      let proven = try verify(folder.path("blob"), key: key)
      #expect(proven.status == 0, "\(command): \(proven.output)\(proven.errors)")

      let anotherBlob = try verify(otherBlob, key: key)
      #expect(anotherBlob.status == 3)
      // Ed25519 over the artifact itself: the bundle of cosign 3 does not say which.
      let reasons = ["signature.subject-mismatch", "signature.invalid", "signature.key-mismatch"]
      #expect(reasons.contains { anotherBlob.output.contains($0) }, "\(command): \(anotherBlob.output)")

      let anotherKey = try verify(folder.path("blob"), key: stranger)
      #expect(anotherKey.status == 3 && anotherKey.output.contains("signature."), "\(command): \(anotherKey.output)")
    }
  }
}
