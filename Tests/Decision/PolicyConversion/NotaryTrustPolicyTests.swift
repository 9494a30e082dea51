import PolicyConversion
import Reasons
import Testing

/// The shapes are those of Notary Project's trust policy, version 1.0.
@Suite struct NotaryTrustPolicyTests {
  private static func policy(
    _ verification: String, scopes: String = #"["registry.example/a", "registry.example/b"]"#, more: String = ""
  ) -> String {
    """
    {"version": "1.0", "trustPolicies": [{"name": "images", "registryScopes": \(scopes),
      "signatureVerification": \(verification)\(more)}]}
    """
  }

  @Test(arguments: [
    ("strict", "countersign"), ("permissive", "countersign"), ("audit", "lets in what fails"),
    ("skip", "lets in whatever is unsigned"),
  ])
  func everyLevelRefusesItsScopes(level: String, why: String) throws {
    let made = try Converted(Self.policy(#"{"level": "\#(level)"}"#))
    #expect(made.missing == ["trustPolicies[0].signatureVerification.level"])
    #expect(made.remarks(why))
    #expect(
      made.said == """
        authorities: []
        rules:
          - name: "images"
            scope:
              repository:
                - "registry.example/a"
                - "registry.example/b"
            refuse: "The trust policy images asks for Notary signatures, which are not verified here."
        """)
  }

  @Test func everythingThatIsAskedIsListed() throws {
    let made = try Converted(
      Self.policy(
        #"{"level": "strict", "override": {"expiry": "log", "revocation": "skip"}, "verifyTimestamp": "always", "x": 1}"#,
        more: #", "trustStores": ["ca:a", "tsa:b"], "trustedIdentities": ["x509.subject: C=US", "*"], "y": 1"#))
    let place = "trustPolicies[0]"
    #expect(
      made.missing == [
        "\(place).y", "\(place).signatureVerification.x", "\(place).signatureVerification.level",
        "\(place).signatureVerification.override.expiry", "\(place).signatureVerification.override.revocation",
        "\(place).signatureVerification.verifyTimestamp", "\(place).trustStores[0]", "\(place).trustStores[1]",
        "\(place).trustedIdentities[0]", "\(place).trustedIdentities[1]",
      ])
  }

  /// Exact names first, then the policy for all.
  @Test func theGlobalPolicyComesLast() throws {
    let made = try Converted(
      """
      {"version": "1.0", "trustPolicies": [
        {"name": "all", "registryScopes": ["*"], "signatureVerification": {"level": "audit"}},
        {"name": "one", "registryScopes": ["registry.example/a"], "signatureVerification": {"level": "skip"}}]}
      """)
    #expect(
      made.said.contains(
        """
          - name: "one"
            scope:
              repository: "registry.example/a"
        """))
    #expect(made.said.contains("- name: \"all\"\n    scope: {}\n    refuse:"))
    #expect(made.yaml.range(of: "\"one\"") < made.yaml.range(of: "\"all\""))
  }

  /// A star among other scopes is no name of Notary's, and would be a pattern of ours.
  @Test func scopesThatAreNoNamesAreListed() throws {
    let made = try Converted(
      Self.policy(#"{"level": "strict"}"#, scopes: #"["registry.example/*", "registry.example/b"]"#))
    #expect(made.missing.first == "trustPolicies[0].registryScopes[0]")
    #expect(made.said.contains("repository: \"registry.example/b\""))
  }

  @Test(arguments: [
    #"{"version": "2.0", "trustPolicies": []}"#, #"{"trustPolicies": []}"#,
    #"{"version": "1.0", "trustPolicies": [{"name": "a", "registryScopes": [], "signatureVerification": {"level": "skip"}}]}"#,
    #"{"version": "1.0", "trustPolicies": [{"name": "a", "registryScopes": ["a"], "signatureVerification": {"level": "lax"}}]}"#,
    #"{"version": "1.0", "trustPolicies": [{"name": "a", "registryScopes": ["a"]}]}"#,
  ])
  func anotherDocumentIsMalformed(json: String) {
    let failure = #expect(throws: Failure.self) { try Converted(json) }
    #expect(failure?.reason == .policyMalformed)
  }

  @Test func anEmptyPolicyRefuses() throws {
    #expect(try Converted(#"{"version": "1.0", "trustPolicies": []}"#).said.contains("refuse:"))
  }
}

extension String {
  /// Where a text begins, by its UTF-8.
  fileprivate func range(of text: String) -> Int {
    let (bytes, wanted) = (Array(utf8), Array(text.utf8))
    return bytes.indices.first { bytes[$0...].starts(with: wanted) } ?? Int.max
  }
}
