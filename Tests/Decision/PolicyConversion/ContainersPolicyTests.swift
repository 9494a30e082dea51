import PolicyConversion
import Reasons
import Testing

/// The shapes are those of containers-policy.json(5).
@Suite struct ContainersPolicyTests {
  private static func docker(_ scopes: String, default fallback: String = #"[{"type": "reject"}]"#) -> String {
    #"{"default": \#(fallback), "transports": {"docker": {\#(scopes)}}}"#
  }

  private static func at(_ requirement: String) -> String { docker(#""registry.example/a": [\#(requirement)]"#) }
  private static let place = #"transports.docker["registry.example/a"]"#

  @Test func keysInPlaceAndInFilesAreAlternatives() throws {
    let files = ["/etc/pki/one.pub": try SampleKey.pem(1), "/etc/pki/two.pub": try SampleKey.pem(2)]
    let cases = [
      #""keyPath": "/etc/pki/one.pub""#: ["one.pub"],
      #""keyPaths": ["/etc/pki/one.pub", "/etc/pki/two.pub"]"#: ["one.pub", "two.pub"],
      #""keyData": "\#(try SampleKey.base64(1))""#: ["key"],
      #""keyDatas": ["\#(try SampleKey.base64(1))", "\#(try SampleKey.base64(2))"]"#: ["key", "key-2"],
    ]
    for (keys, names) in cases {
      let made = try Converted(
        Self.at(#"{"type": "sigstoreSigned", \#(keys), "signedIdentity": {"type": "matchRepository"}}"#), files: files)
      #expect(made.missing == ["\(Self.place)[0].signedIdentity"])
      let by = names.count == 1 ? " \"\(names[0])\"" : names.map { "\n          - \"\($0)\"" }.joined()
      #expect(made.said.contains("require:\n      signature:\n        by:\(by)\n"), "\(made.said)")
      #expect(made.said.contains("keys: \(try SampleKey.quoted(1))"))
    }
  }

  /// Other keys of the list do; without any, nothing does.
  @Test func aMissingFileIsListed() throws {
    let files = ["one.pub": try SampleKey.pem(1), "bad.pub": "no key"]
    let some = try Converted(
      Self.at(#"{"type": "sigstoreSigned", "keyPaths": ["one.pub", "gone.pub", "bad.pub"]}"#), files: files)
    #expect(some.missing == ["\(Self.place)[0].keyPaths[1]", "\(Self.place)[0].keyPaths[2]", "\(Self.place)[0]"])
    #expect(some.said.contains("by: \"one.pub\""))
    let none = try Converted(Self.at(#"{"type": "sigstoreSigned", "keyPath": "gone.pub"}"#), files: files)
    #expect(none.missing == ["\(Self.place)[0].keyPath", "\(Self.place)[0]"])
    #expect(none.remarks("the file gone.pub could not be read here"))
    #expect(!none.said.contains("require:"))
  }

  @Test func theClaimedNameIsListedEvenByDefault() throws {
    let made = try Converted(Self.at(#"{"type": "sigstoreSigned", "keyData": "\#(try SampleKey.base64(1))"}"#))
    #expect(made.missing == ["\(Self.place)[0]"])
    #expect(made.remarks("signedIdentity is absent, so matchRepoDigestOrExact"))
  }

  @Test func fulcioIsAnIdentityOfATrustRootOfItsName() throws {
    let made = try Converted(
      Self.at(
        """
        {"type": "sigstoreSigned", "fulcio": {"caPath": "/etc/fulcio_v1.crt.pem", "oidcIssuer": "https://i.example",
          "subjectEmail": "a@example.com"}, "rekorPublicKeyPath": "/etc/rekor.pub",
         "signedIdentity": {"type": "exactRepository", "dockerRepository": "registry.example/b"}}
        """))
    #expect(
      made.missing == [
        "\(Self.place)[0].fulcio.caPath", "\(Self.place)[0].rekorPublicKeyPath", "\(Self.place)[0].signedIdentity",
      ])
    #expect(
      made.said.hasPrefix(
        """
        authorities:
          - name: "a-example.com"
            keyless:
              identity: "a@example.com"
              issuer: "https://i.example"
              trustRoot: "fulcio_v1.crt.pem"
            needs:
              transparencyLog: "promise"
        """))
    #expect(made.said.contains("require:"))
  }

  @Test func aFulcioInPlaceIsNamedByItsDigest() throws {
    let made = try Converted(
      Self.at(
        """
        {"type": "sigstoreSigned", "fulcio": {"caData": "YWJj", "oidcIssuer": "i", "subjectEmail": "a"},
         "rekorPublicKeyDatas": ["YWJj"]}
        """))
    // SHA-256 of “abc”, FIPS 180-4.
    #expect(made.said.contains("trustRoot: \"fulcio-ba7816bf8f01\""))
  }

  /// What is left of a requirement must not be asked alone.
  @Test(arguments: [
    (#"{"type": "signedBy", "keyType": "GPGKeys", "keyPath": "/a.gpg"}"#, "", "GPG"),
    (#"{"type": "signedBaseLayer", "x": 1}"#, ".type", "unknown here"),
    (#"{"type": "sigstoreSigned", "keyData": "KEY", "rekorPublicKeyPath": "/r.pub"}"#, ".rekorPublicKeyPath", "no log"),
    (#"{"type": "sigstoreSigned", "keyData": "KEY", "rekorPublicKeyPaths": ["/r"]}"#, ".rekorPublicKeyPaths", "no log"),
    (#"{"type": "sigstoreSigned", "keyData": "KEY", "rekorPublicKeyData": "YQ=="}"#, ".rekorPublicKeyData", "no log"),
    (#"{"type": "sigstoreSigned", "keyData": "KEY", "fresh": 1}"#, ".fresh", "unknown here"),
    (#"{"type": "sigstoreSigned", "pki": {"caRootsPath": "/ca", "subjectEmail": "a"}}"#, ".pki", "make a trust root"),
    (#"{"type": "sigstoreSigned", "keyData": "KEY", "keyPath": "/a"}"#, "", "not exactly one"),
    (#"{"type": "sigstoreSigned"}"#, "", "not exactly one"),
    (
      #"{"type": "sigstoreSigned", "fulcio": {"caPath": "/c", "oidcIssuer": "i", "subjectEmail": "a"}}"#, ".fulcio",
      "without a log’s key"
    ),
    (
      #"{"type": "sigstoreSigned", "fulcio": {"caPath": "/c", "oidcIssuer": "i", "subjectEmail": "a", "x": 1}, "rekorPublicKeyPath": "/r"}"#,
      ".fulcio.x", "unknown here"
    ),
    (#"{"type": "insecureAcceptAnything", "x": 1}"#, ".x", "unknown here"),
  ])
  func whatCannotBeSaidRefuses(requirement: String, path: String, why: String) throws {
    let requirement = requirement.replacing("\"KEY\"", with: "\"\(try SampleKey.base64(1))\"")
    let made = try Converted(Self.at(requirement))
    #expect(made.missing.contains("\(Self.place)[0]\(path)"))
    #expect(made.remarks(why))
    #expect(made.said.contains("refuse: \"Not all that is required here could be expressed.\""))
    #expect(!made.said.contains("require:"))
  }

  /// All must be met.
  @Test func requirementsAreJoined() throws {
    let (one, two) = (try SampleKey.base64(1), try SampleKey.base64(2))
    let both = try Converted(
      Self.at(
        #"{"type": "sigstoreSigned", "keyData": "\#(one)"}, {"type": "insecureAcceptAnything"}, {"type": "sigstoreSigned", "keyData": "\#(two)"}"#
      ))
    #expect(both.missing == ["\(Self.place)[0]", "\(Self.place)[2]"])
    #expect(
      both.said.contains(
        "all:\n        - signature:\n            by: \"key\"\n        - signature:\n            by: \"key-2\""))
    let gpg = try Converted(
      Self.at(#"{"type": "sigstoreSigned", "keyData": "\#(one)"}, {"type": "signedBy", "keyType": "GPGKeys"}"#))
    #expect(!gpg.said.contains("require:") && gpg.remarks("by: \"key\""))
    let reject = try Converted(Self.at(#"{"type": "sigstoreSigned", "keyData": "\#(one)"}, {"type": "reject"}"#))
    #expect(reject.said.contains("refuse: \"rejected by the converted policy\""))
  }

  @Test func acceptAnythingIsNeverWritten() throws {
    let made = try Converted(#"{"default": [{"type": "insecureAcceptAnything"}]}"#)
    #expect(made.missing == ["default[0]"])
    #expect(made.said.contains("scope: {}\n    refuse:"))
    #expect(made.remarks("Assay lets nothing in without evidence"))
  }

  @Test func rejectIsExpressed() throws {
    let made = try Converted(#"{"default": [{"type": "reject"}]}"#)
    #expect(made.missing == [])
    #expect(made.remarks("Everything that the source says is expressed."))
    #expect(
      made.said == """
        authorities: []
        rules:
          - name: "default"
            scope: {}
            refuse: "rejected by the converted policy"
        """)
  }

  /// The most specific scope decides: our rules stand in its order.
  @Test func theMostSpecificComesFirst() throws {
    let reject = #"[{"type": "reject"}]"#
    let made = try Converted(
      Self.docker(
        [
          "", "*.example", "*.registry.example", "registry.example", "registry.example/a", "registry.example/a/b",
          "registry.example/a:v1", "registry.example:5000",
        ].map { "\"\($0)\": \(reject)" }.joined(separator: ", ")))
    #expect(made.missing == [])
    let scopes = made.said.split(separator: "scope:").dropFirst().map { $0.split(separator: "refuse")[0] }
    #expect(
      scopes.map { $0.split { " \n".contains($0) }.joined(separator: " ") } == [
        #"repository: "registry.example/a" tag: "v1""#,
        #"repository: - "registry.example/a/b" - "registry.example/a/b/**""#,
        #"repository: - "registry.example/a" - "registry.example/a/**""#,
        #"repository: "registry.example:5000/**""#, #"repository: "registry.example/**""#,
        #"repository: - "*.registry.example/**" - "*.registry.example:*/**""#,
        #"repository: - "*.example/**" - "*.example:*/**""#, #"repository: "**""#, "{}",
      ])
  }

  @Test(arguments: [
    "a*b.example/x", "*.example.com/x", "*.a*.com", "*.", "/x", "x/", "registry.example/a:", "registry.example/a@md5:x",
    "registry example/a", "*.example.com:5000",
  ])
  func scopesThatMatchNothingAreListed(scope: String) throws {
    let made = try Converted(Self.docker(#""\#(scope)": [{"type": "insecureAcceptAnything"}]"#))
    #expect(made.missing.count == 1)
    #expect(made.said.contains("- name: \"default\"") && made.said.split(separator: "scope:").count == 2)
  }

  /// Less specific rules may ask for less.
  @Test func aDigestsScopeIsDenied() throws {
    let digest = "sha256:" + String(repeating: "ab", count: 32)
    let made = try Converted(
      Self.docker(#""registry.example/a@\#(digest)": [{"type": "sigstoreSigned", "keyPath": "gone"}]"#))
    #expect(made.remarks("denied under every name, until you take it out of `deny`"))
    #expect(
      made.said.hasSuffix(
        "deny:\n  - digest: \"\(digest)\"\n    reason: \"its own requirements could not be expressed\""))
  }

  @Test func otherTransportsAreListed() throws {
    let made = try Converted(
      """
      {"default": [{"type": "reject"}], "fresh": 1, "transports": {"docker-daemon": {"": [{"type": "insecureAcceptAnything"}]},
        "oci": {"/a": [{"type": "reject"}], "/b": []}, "atomic": {"registry.example/a": [{"type": "reject"}]}}}
      """)
    #expect(
      made.missing == [
        "fresh", #"transports.docker-daemon[""]"#,
        #"transports.oci["/a"]"#, #"transports.oci["/b"]"#, #"transports.atomic["registry.example/a"]"#,
      ])
  }

  @Test(arguments: ["{}", #"{"default": []}"#, #"{"default": [{"kind": "reject"}]}"#, #"{"default": {}}"#])
  func anotherDocumentIsMalformed(json: String) {
    let failure = #expect(throws: Failure.self) { try Converted(json, from: .containersPolicy) }
    #expect(failure?.reason == .policyMalformed)
  }
}
