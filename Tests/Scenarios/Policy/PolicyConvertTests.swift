import MiniatureSigstore
import Policy
import TestSupport
import Testing

/// `assay policy convert`, through the program.
@Suite struct PolicyConvertTests {
  private let stick: TemporaryFolder

  init() throws { stick = try TemporaryFolder() }

  private func convert(_ arguments: [String]) throws -> RunResult {
    try Assay().run(["policy", "convert"] + arguments)
  }

  private static let header = """
    apiVersion: policy.sigstore.dev/v1beta1
    kind: ClusterImagePolicy
    metadata:
      name: shop
    spec:
      images:
        - glob: registry.miniature.example/acme/**

    """

  private static func key(_ indent: Int) -> String {
    let lines = PolicySite.pem("build").split(separator: "\n").map(String.init)
    return lines.map { String(repeating: " ", count: indent) + $0 }.joined(separator: "\n")
  }

  /// As `kubectl get -o yaml` and people write it; what comes out judges an image at once.
  @Test func whatIsExpressedJudges() throws {
    let source = Self.header + "  authorities:\n    - key:\n        data: |\n\(Self.key(10))\n"
    let file = try stick.write("shop.yaml", Array(source.utf8))
    let result = try convert([file, "--output", stick.path("policy.yaml")])
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.errors.isEmpty && result.stdout.isEmpty)
    for (owner, status) in [("build", Int32(0)), ("security", 3)] {
      let scenario = PolicyScenario("converted, by \(owner)", [PolicySite.signature(owner)], .admit)
      let verified = try Assay().run([
        "verify", try ScenarioBench.shared.archive(scenario), "--policy", stick.path("policy.yaml"),
      ])
      #expect(verified.status == status, "\(verified.output) \(verified.errors)")
    }
  }

  @Test func whatIsNotIsListed() throws {
    let source = Self.header + "  mode: warn\n  authorities:\n    - key:\n        kms: gcpkms://x\n"
    let result = try convert([try stick.write("shop.yaml", Array(source.utf8))])
    #expect(result.status == 4)
    #expect(result.errors.contains("not expressed: spec.authorities[0].key.kms: "))
    #expect(result.errors.contains("not expressed: spec.mode: "))
    #expect(result.errors.contains("2 things of"))
    #expect(result.output.contains("refuse: ") && !result.output.contains("require: "))
  }

  /// Keys lie where the source says, seen from where the command runs.
  @Test func filesOfTheSourceAreRead() throws {
    try stick.write("build.pub", Array(PolicySite.pem("build").utf8))
    let source = """
      {"default": [{"type": "reject"}], "transports": {"docker": {"registry.miniature.example/acme": [
        {"type": "sigstoreSigned", "keyPath": "\(stick.path("build.pub"))", "signedIdentity": {"type": "matchRepository"}}]}}}
      """
    let result = try convert([try stick.write("policy.json", Array(source.utf8))])
    #expect(result.status == 4)
    #expect(result.output.contains("-----BEGIN PUBLIC KEY-----"))
    #expect(result.errors.contains("signedIdentity: "))
  }

  @Test func notaryIsListedWhole() throws {
    let source = """
      {"version": "1.0", "trustPolicies": [{"name": "a", "registryScopes": ["*"],
        "signatureVerification": {"level": "skip"}}]}
      """
    let result = try convert([try stick.write("trustpolicy.json", Array(source.utf8)), "--from", "notary-trust-policy"])
    #expect(result.status == 4)
    #expect(result.output.contains("refuse: "))
  }

  @Test(arguments: [
    ("a: [", Int32(3), "yaml."), ("{\"a\": 1", 3, "json.malformed"), ("a: 1\n", 64, "--from"),
    (Self.header + "  images: 1\n", 3, "yaml.duplicate-key"),
    (
      Self.header.replacing("glob: registry.miniature.example/acme/**", with: "glob: [a]"), 3,
      "x.yaml:7:7: spec.images[0].glob"
    ),
  ])
  func whatIsNoPolicySaysSo(source: String, status: Int32, words: String) throws {
    let result = try convert([try stick.write("x.yaml", Array(source.utf8))])
    #expect(result.status == status, "\(result.errors)")
    #expect(result.errors.contains(words), "\(result.errors)")
    #expect(result.stdout.isEmpty)
  }

  @Test func mistakesInTheCommand() throws {
    #expect(try convert([stick.path("gone.yaml")]).status == 64)
    let file = try stick.write("x.json", Array(#"{"default": [{"type": "reject"}]}"#.utf8))
    #expect(try convert([file, "--from", "dockerfile"]).status == 64)
    #expect(try convert([file, "--output", file]).status == 64)
  }
}
