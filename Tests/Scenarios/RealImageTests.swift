import Testing
import TestSupport

/// Real images from GitHub Actions, each with a keyless provenance attestation by the public-good Sigstore.
@Suite(.enabled(if: Corpus.isPresent, Comment(rawValue: Corpus.absence)))
struct RealImageTests {
  static let images = ["slsa-v1.4.0", "slsa-v1.10.0", "slsa-v2.1.0"]
  static let identity =
    #"^https://github.com/slsa-framework/slsa-github-generator/\.github/workflows/"#
    + #"generator_container_slsa3\.yml@refs/(tags/v[0-9.]+|heads/main)$"#
  static let issuer = "https://token.actions.githubusercontent.com"
  static let provenance = ["--require", "attestation=https://slsa.dev/provenance/v0.2"]

  func verify(
    _ image: String, _ options: [String], identity: String = Self.identity, issuer: String = Self.issuer
  ) throws -> (status: Int32, answer: Assay.Answer) {
    try Assay().verify(
      [
        Corpus.path("oci/real/\(image).tar"), "--certificate-identity-regexp", identity,
        "--certificate-oidc-issuer", issuer,
      ] + options)
  }

  static let root = ["--trusted-root", Corpus.path("trust/sigstore-public-good.trusted_root.json")]

  @Test(arguments: images) func admittedForTheirProvenance(_ image: String) throws {
    let (status, answer) = try verify(image, Self.provenance + Self.root)
    #expect(status == 0)
    let digest = String(decoding: try Corpus.bytes("oci/real/\(image).digest"), as: UTF8.self)
    #expect(answer.archives[0].images.map(\.digest) == [digest.filter { !$0.isWhitespace }])
  }

  @Test(arguments: images) func refusedUnderAnotherIdentity(_ image: String) throws {
    let (status, answer) = try verify(image, Self.provenance + Self.root, identity: "^https://github.com/other/.*$")
    #expect(status == 3)
    #expect(answer.firstReason == "identity.mismatch")
  }

  @Test(arguments: images) func refusedUnderAnotherIssuer(_ image: String) throws {
    let (status, answer) = try verify(image, Self.provenance + Self.root, issuer: "https://accounts.google.com")
    #expect(status == 3)
    #expect(answer.firstReason == "identity.issuer-mismatch")
  }

  @Test(arguments: images) func attestationIsNoSignature(_ image: String) throws {
    let (status, answer) = try verify(image, ["--require", "signature"] + Self.root)
    #expect(status == 4)
    #expect(answer.firstReason == "signature.missing")
  }

  @Test(arguments: images) func incompleteWithoutTrustRoot(_ image: String) throws {
    let (status, answer) = try verify(image, Self.provenance)
    #expect(status == 4)
    #expect(answer.firstReason == "trust-root.missing")
  }
}
