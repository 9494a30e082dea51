import FoundationEssentials
import StrictJSON
import TestSupport
import Testing

/// Real images from GitHub Actions under a SLSA rule.
@Suite(.enabled(if: Corpus.isPresent, Comment(rawValue: Corpus.absence)))
struct RealImagePolicyTests {
  private static let builder =
    #"https://github\.com/slsa-framework/slsa-github-generator/\.github/workflows/generator_container_slsa3\.yml@refs/tags/v[0-9.]+"#
  private static let source = "https://github.com/slsa-framework/example-package"

  private let stick: TemporaryFolder

  init() throws { stick = try TemporaryFolder() }

  private func verify(
    _ archive: String, builder: String = Self.builder, source: String = Self.source, commit: String = "[0-9a-f]{40}"
  ) throws -> String {
    func text(_ text: String) -> JSON { .text(text) }
    let policy: JSON = [
      "format": "assay-policy/1", "name": "slsa", "default": "refuse",
      "authorities": [
        [
          "name": "generator",
          "keyless": [
            "identity": [
              "matching": text(#"https://github\.com/slsa-framework/slsa-github-generator/\.github/workflows/.*"#)
            ],
            "issuer": "https://token.actions.githubusercontent.com", "trustRoot": "sigstore",
          ], "needs": ["transparencyLog": "promise", "certificateTimestamp": true],
        ]
      ],
      "rules": [
        [
          "name": "built", "scope": [:],
          "require": [
            "attestation": [
              "type": "slsa-provenance", "by": "generator",
              "provenance": [
                "builder": ["matching": text(builder)], "source": text(source), "commit": ["matching": text(commit)],
                "buildType": "https://github.com/slsa-framework/slsa-github-generator/container@v1",
                "externalParameters": ["allowed": []],
              ],
            ]
          ],
        ]
      ],
    ]
    let file = try stick.write("policy.json", policy.serialized())
    let root = Corpus.path("trust/sigstore-public-good.trusted_root.json")
    let (status, answer) = try Assay().verify([archive, "--policy", file, "--trusted-root", "sigstore=\(root)"])
    return [String(status), answer.firstReason].compactMap(\.self).joined(separator: " ")
  }

  private static func archive(_ image: String) -> String { Corpus.path("oci/real/\(image).tar") }

  @Test(arguments: RealImageTests.images) func admittedForTheRightBuilderAndSource(_ image: String) throws {
    #expect(try verify(Self.archive(image)) == "0")
  }

  @Test(arguments: RealImageTests.images) func refusedForAnotherRepository(_ image: String) throws {
    let answer = try verify(Self.archive(image), source: "https://github.com/slsa-framework/another-package")
    #expect(answer == "3 provenance.source-mismatch")
  }

  @Test(arguments: RealImageTests.images) func refusedForAnotherBuilder(_ image: String) throws {
    let answer = try verify(Self.archive(image), builder: #"https://github\.com/actions/runner/.*"#)
    #expect(answer == "3 provenance.builder-mismatch")
  }

  @Test func refusedForAnotherCommit() throws {
    let commit = "d37a7f740ee7404914456f24dcd90e865a0509e8"
    #expect(try verify(Self.archive("slsa-v1.10.0"), commit: commit) == "0")
    #expect(try verify(Self.archive("slsa-v2.1.0"), commit: commit) == "3 provenance.commit-mismatch")
  }

  /// The genuine provenance of one image hung on another.
  @Test func refusedForAnotherDigest() throws {
    let (one, other) = ("slsa-v1.10.0", "slsa-v2.1.0")
    for image in [one, other] {
      let folder = stick.path(image)
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try runChecked(["tar", "-xf", Self.archive(image), "-C", folder])
    }
    let digests = try [one, other].map { image in
      String(decoding: try Corpus.bytes("oci/real/\(image).digest"), as: UTF8.self).filter { !$0.isWhitespace }
    }
    // The other's blobs, and the other's digest where the one's stood; both indexes have one size.
    try runChecked(["cp", "-rn", stick.path(one) + "/blobs", stick.path(other)])
    let index = String(decoding: try readFile(stick.path(one) + "/index.json"), as: UTF8.self)
    try stick.write("\(other)/index.json", Array(index.replacing(digests[0], with: digests[1]).utf8))
    #expect(try verify(stick.path(other)) == "3 signature.subject-mismatch")
  }
}
