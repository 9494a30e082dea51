import PolicyConversion
import Reasons
import Testing

/// The shapes are those of policy-controller's documentation and types; the words are our own.
@Suite struct ClusterImagePolicyTests {
  static func policy(
    images: String = #"[{"glob": "registry.example/shop/**"}]"#, authorities: String, spec: String = "",
    name: String = "shop", version: String = "v1beta1"
  ) -> String {
    """
    {"apiVersion": "policy.sigstore.dev/\(version)", "kind": "ClusterImagePolicy", "metadata": {"name": "\(name)"},
     "spec": {"images": \(images), "authorities": \(authorities)\(spec.isEmpty ? "" : ", " + spec)}}
    """
  }

  static func keyless(_ more: String = "", root: String = #""trustRootRef": "plant""#) -> String {
    #"[{"name": "ci", "keyless": {"identities": [{"issuer": "https://issuer.example", "subject": "ci@example.com"}], "#
      + root + "}" + (more.isEmpty ? "" : ", " + more) + "}]"
  }

  // MARK: Authorities

  @Test(arguments: ["v1beta1", "v1alpha1"])
  func aKeyInPlaceIsExpressedWhole(version: String) throws {
    let key = try SampleKey.quoted(1)
    let made = try Converted(
      Self.policy(
        authorities: #"[{"name": "team", "key": {"data": \#(key), "hashAlgorithm": "sha256"}}]"#, version: version))
    #expect(made.missing == [])
    #expect(made.remarks("Everything that the source says is expressed."))
    #expect(
      made.said == """
        authorities:
          - name: "team"
            keys: \(key)
        rules:
          - name: "shop"
            scope:
              repository: "registry.example/shop/**"
            require:
              signature:
                by: "team"
        """)
  }

  @Test func severalKeysInOneTextAreAlternatives() throws {
    let both = "\"" + (try SampleKey.quoted(1)).dropFirst().dropLast() + (try SampleKey.quoted(2)).dropFirst()
    let made = try Converted(Self.policy(authorities: #"[{"key": {"data": \#(both)}}]"#))
    #expect(made.missing == [])
    #expect(made.said.contains("name: \"authority-0\"\n"))
    #expect(made.said.contains("by:\n          - \"authority-0\"\n          - \"authority-0-2\""))
  }

  /// What cannot be said leaves a refusal, and the rest in a comment.
  @Test(arguments: [
    (#"{"secretRef": {"name": "cosign"}}"#, "key.secretRef", "export the public key"),
    (#"{"kms": "gcpkms://projects/a"}"#, "key.kms", "export the public key"),
    (#"{"data": "no key"}"#, "key.data", "no public key"),
    (#"{"data": "KEY", "fresh": 1}"#, "key.fresh", "unknown here"),
  ])
  func aKeyThatIsNotHereRefuses(key: String, path: String, why: String) throws {
    let key = key.replacing("\"KEY\"", with: try SampleKey.quoted(1))
    let made = try Converted(Self.policy(authorities: #"[{"key": \#(key)}]"#))
    #expect(made.missing == ["spec.authorities[0].\(path)"])
    #expect(made.remarks(why))
    #expect(made.said.contains(#"refuse: "Nobody whom the policy shop accepts could be expressed in full.""#))
    #expect(!made.said.contains("require"))
  }

  @Test func anotherHashIsListedAndTheKeyStays() throws {
    let key = try SampleKey.quoted(1)
    let made = try Converted(Self.policy(authorities: #"[{"key": {"data": \#(key), "hashAlgorithm": "sha512"}}]"#))
    #expect(made.missing == ["spec.authorities[0].key.hashAlgorithm"])
    #expect(made.said.contains("require"))
  }

  /// Any authority will do: one that cannot be said is left out, and asks nothing of the other.
  @Test func ofAlternativesThoseThatCanBeSaidStay() throws {
    let key = try SampleKey.quoted(1)
    let made = try Converted(
      Self.policy(
        authorities:
          #"[{"key": {"kms": "awskms://x"}}, {"name": "a", "key": {"data": \#(key)}}, {"static": {"action": "fail"}}]"#)
    )
    #expect(made.missing == ["spec.authorities[0].key.kms"])
    #expect(made.said.contains("require:\n      signature:\n        by: \"a\""))
  }

  @Test func keylessNamesIdentityIssuerRootAndWhatItsDefaultsNeed() throws {
    let made = try Converted(Self.policy(authorities: Self.keyless(root: #""url": "https://fulcio.sigstore.dev""#)))
    #expect(made.missing == [])
    #expect(
      made.said.hasPrefix(
        """
        authorities:
          - name: "ci"
            keyless:
              identity: "ci@example.com"
              issuer: "https://issuer.example"
              trustRoot: "sigstore"
            needs:
              transparencyLog: "promise"
              certificateTimestamp: true
        """))
    #expect(made.remarks("proven under the trust root that is installed as “sigstore”"))
  }

  /// A trust root of one's own asks for no log unless `ctlog` does; a timestamp takes a log's place.
  @Test(arguments: [
    ("", [], []),
    (#""ctlog": {}"#, [], []),
    (#""ctlog": {"url": "https://rekor.example"}"#, ["transparencyLog: \"promise\""], []),
    (#""ctlog": {"trustRootRef": "plant"}"#, ["transparencyLog: \"promise\""], []),
    (#""ctlog": {"trustRootRef": "other"}"#, ["transparencyLog: \"promise\""], ["ctlog.trustRootRef"]),
    (#""rfc3161timestamp": {"trustRootRef": "plant"}"#, ["timestamp: true"], []),
    (
      #""ctlog": {"url": "https://rekor.example"}, "rfc3161timestamp": {"trustRootRef": "tsa"}"#, ["timestamp: true"],
      ["rfc3161timestamp.trustRootRef"]
    ),
    (#""signatureFormat": "bundle""#, [], ["signatureFormat"]),
    (
      #""source": [{"oci": "registry.example/signatures", "signaturePullSecrets": [{"name": "x"}]}]"#, [], ["source[0]"]
    ),
  ])
  func keylessNeedsWhatItSays(more: String, needs: [String], missing: [String]) throws {
    let made = try Converted(Self.policy(authorities: Self.keyless(more)))
    #expect(made.missing == missing.map { "spec.authorities[0].\($0)" })
    let all = ["transparencyLog: \"promise\"", "timestamp: true", "certificateTimestamp: true"]
    for need in all {
      #expect(made.said.contains("      " + need) == (needs.contains(need) || need == all[2]), "\(need)")
    }
    #expect(made.said.contains("trustRoot: \"plant\""))
    #expect(made.said.contains("require:"))
  }

  @Test(arguments: [
    (#""ctlog": {"url": "https://rekor.example"}"#, "ctlog"),
    (#""rfc3161timestamp": {"trustRootRef": "plant"}"#, "rfc3161timestamp"),
  ])
  func withAKeyNoLogIsAsked(more: String, path: String) throws {
    let key = try SampleKey.quoted(1)
    let made = try Converted(Self.policy(authorities: #"[{"key": {"data": \#(key)}, \#(more)}]"#))
    #expect(made.missing == ["spec.authorities[0].\(path)"])
    #expect(made.said.contains("refuse:"))
    #expect(made.remarks("require:") && made.remarks(#"by: "authority-0""#))
  }

  @Test(arguments: [
    (#"{"trustRootRef": "plant"}"#, "", "without identities anybody"),
    (#"{"trustRootRef": "plant", "identities": []}"#, "", "without identities anybody"),
    (
      #"{"ca-cert": {"data": "PEM"}, "identities": [{"issuer": "i", "subject": "s"}]}"#, ".ca-cert", "make a trust root"
    ),
    (#"{"trustRootRef": "plant", "identities": [{"issuer": "i", "subject": "s"}], "x": 1}"#, ".x", "unknown here"),
    (
      #"{"trustRootRef": "plant", "identities": [{"issuer": "i", "subject": "s", "x": 1}]}"#, ".identities[0].x",
      "unknown here"
    ),
    (
      #"{"trustRootRef": "plant", "identities": [{"issuer": "i", "subject": "s", "subjectRegExp": "s"}]}"#,
      ".identities[0]", "both subject"
    ),
    (
      #"{"trustRootRef": "plant", "identities": [{"issuer": "i", "subjectRegExp": "(?<=a)b"}]}"#,
      ".identities[0].subjectRegExp", "RE2 does not take"
    ),
    (
      #"{"trustRootRef": "plant", "identities": [{"issuer": "i", "subjectRegExp": "\\Qa.b"}]}"#,
      ".identities[0].subjectRegExp", "RE2 does not take"
    ),
  ])
  func keylessThatCannotBeSaidRefuses(keyless: String, path: String, why: String) throws {
    let made = try Converted(Self.policy(authorities: #"[{"keyless": \#(keyless)}]"#))
    #expect(made.missing == ["spec.authorities[0].keyless\(path)"])
    #expect(made.remarks(why))
    #expect(made.said.contains("refuse:"))
  }

  @Test func aMissingTimestampOfTheCertificateCannotBeForgiven() throws {
    let made = try Converted(
      Self.policy(authorities: Self.keyless(root: #""trustRootRef": "plant", "insecureIgnoreSCT": true"#)))
    #expect(made.missing == ["spec.authorities[0].keyless.insecureIgnoreSCT"])
    #expect(!made.said.contains("certificateTimestamp"))
    #expect(
      try Converted(
        Self.policy(authorities: Self.keyless(root: #""trustRootRef": "plant", "insecureIgnoreSCT": false"#))
      ).missing == [])
  }

  /// Each identity with its own issuer: lists of both would accept every pair.
  @Test func identitiesAreAuthoritiesOfTheirOwn() throws {
    let made = try Converted(
      Self.policy(
        authorities: """
          [{"name": "ci", "keyless": {"trustRootRef": "plant", "identities": [
            {"issuer": "https://a.example", "subject": "a"}, {"issuer": "https://b.example", "subjectRegExp": "^b$"},
            {"subject": "c"}, {"issuerRegExp": ".*", "subjectRegExp": ".*"}]}}]
          """))
    #expect(made.missing == [])
    #expect(made.said.contains("identity: \"a\"\n      issuer: \"https://a.example\""))
    #expect(made.said.contains("identity:\n        matching: \"b$\"\n      issuer: \"https://b.example\""))
    #expect(made.said.contains("identity: \"c\"\n      issuer:\n        matching: \".*\""))
    #expect(made.remarks("spec.authorities[0].keyless.identities[2]: without issuer, so any will do."))
    #expect(made.said.contains(#"- "ci-4""#))
  }

  /// Go searches anywhere; ours match the whole.
  @Test(arguments: [
    ("foo", ".*foo.*"), ("^foo", "foo.*"), ("foo$", ".*foo$"), ("^foo$", "foo$"), (".*foo.*", ".*foo.*"),
    ("^https://a/.*", "https://a/.*"), (#"foo\\$"#, #".*foo\\$.*"#), (#"foo\\\\$"#, #".*foo\\\\$"#),
    ("^a$|^b$", ".*(?:^a$|^b$).*"), ("^(a|b)$", ".*(?:^(a|b)$).*"), ("^*a", ".*^*a.*"), ("a[$]", ".*a[$].*"),
    (#"a\\.*"#, #".*a\\.*.*"#), (".*?a", ".*.*?a.*"), ("^", ".*"), ("$", ".*$"),
  ])
  func searchesBecomeWholeMatches(search: String, whole: String) throws {
    let made = try Converted(
      Self.policy(
        authorities:
          #"[{"keyless": {"trustRootRef": "plant", "identities": [{"issuer": "i", "subjectRegExp": "\#(search)"}]}}]"#))
    #expect(made.missing == [])
    #expect(made.said.contains("matching: \"\(whole)\"\n"), "\(made.said)")
  }

  @Test func attestationsTakeTheSignaturesPlace() throws {
    let more = """
      "attestations": [{"name": "a", "predicateType": "slsaprovenance1"}, {"name": "b", "predicateType": "vuln"},
        {"name": "c", "predicateType": "https://example.com/type"}]
      """
    let made = try Converted(Self.policy(authorities: Self.keyless(more)))
    #expect(made.missing == [])
    #expect(
      made.said.hasSuffix(
        """
            require:
              all:
                - attestation:
                    type: "https://slsa.dev/provenance/v1"
                    by: "ci"
                - attestation:
                    type: "https://cosign.sigstore.dev/attestation/vuln/v1"
                    by: "ci"
                - attestation:
                    type: "https://example.com/type"
                    by: "ci"
        """))
  }

  @Test(arguments: [
    ("custom", "https://cosign.sigstore.dev/attestation/v1"), ("slsaprovenance", "https://slsa.dev/provenance/v0.2"),
    ("slsaprovenance02", "https://slsa.dev/provenance/v0.2"), ("spdx", "https://spdx.dev/Document"),
    ("spdxjson", "https://spdx.dev/Document"), ("cyclonedx", "https://cyclonedx.org/bom"),
    ("link", "https://in-toto.io/Link/v1"), ("openvex", "https://openvex.dev/ns"),
  ])
  func shortNamesAreCosigns(short: String, type: String) throws {
    let made = try Converted(
      Self.policy(authorities: Self.keyless(#""attestations": [{"name": "a", "predicateType": "\#(short)"}]"#)))
    #expect(made.said.contains("type: \"\(type)\""))
  }

  @Test(arguments: [
    (#"{"name": "a", "predicateType": "vuln", "policy": {"type": "cue", "data": "x"}}"#, "policy", "CUE or Rego"),
    (#"{"name": "a", "predicateType": "vuln", "fresh": 1}"#, "fresh", "unknown here"),
  ])
  func contentsThatCannotBeSaidRefuse(attestation: String, path: String, why: String) throws {
    let made = try Converted(Self.policy(authorities: Self.keyless(#""attestations": [\#(attestation)]"#)))
    #expect(made.missing == ["spec.authorities[0].attestations[0].\(path)"])
    #expect(made.remarks(why))
    #expect(made.said.contains("refuse:"))
    #expect(made.remarks("type: \"https://cosign.sigstore.dev/attestation/vuln/v1\""))
  }

  // MARK: Never an admission without evidence

  @Test(arguments: [
    (#"[{"static": {"action": "pass"}}]"#, ["spec.authorities[0].static"]),
    ("[]", ["spec"]),
  ])
  func whatLetsEverythingInRefuses(authorities: String, missing: [String]) throws {
    let made = try Converted(Self.policy(authorities: authorities))
    #expect(made.missing == missing)
    #expect(made.said.contains("refuse:") && !made.said.contains("require"))
    #expect(made.remarks("Assay lets nothing in without evidence"))
  }

  @Test func passBesideAKeyLeavesTheKey() throws {
    let key = try SampleKey.quoted(1)
    let made = try Converted(
      Self.policy(authorities: #"[{"static": {"action": "pass"}}, {"key": {"data": \#(key)}}]"#))
    #expect(made.missing == ["spec.authorities[0].static"])
    #expect(made.said.contains("by: \"authority-1\""))
  }

  @Test func failIsARefusalInItsOwnWords() throws {
    let made = try Converted(
      Self.policy(authorities: #"[{"static": {"action": "fail", "message": "Ask \"the desk\"."}}]"#))
    #expect(made.missing == [])
    #expect(made.said.contains(#"refuse: "Ask \"the desk\".""#))
  }

  @Test(arguments: [
    (#""policy": {"type": "cue", "data": "x"}"#, "spec.policy", true),
    (#""fresh": true"#, "spec.fresh", true),
    (#""mode": "warn""#, "spec.mode", false),
    (#""match": [{"resource": "pods", "version": "v1"}]"#, "spec.match", false),
  ])
  func whatThePolicyAddsIsListed(spec: String, path: String, refuses: Bool) throws {
    let made = try Converted(Self.policy(authorities: Self.keyless(), spec: spec))
    #expect(made.missing == [path])
    #expect(made.said.contains("refuse:") == refuses)
    #expect(made.said.contains("require:") != refuses)
    #expect(made.remarks("by: \"ci\"") == refuses)
    #expect(try Converted(Self.policy(authorities: Self.keyless(), spec: #""mode": "enforce""#)).missing == [])
  }

  @Test func unknownMembersOfAnAuthorityRefuse() throws {
    let made = try Converted(Self.policy(authorities: Self.keyless(#""fresh": {"a": [1]}"#)))
    #expect(made.missing == ["spec.authorities[0].fresh"])
    #expect(made.said.contains("refuse:"))
  }

  @Test(arguments: [#"[{"name": "x"}]"#, #"[{"key": {"kms": "a"}, "static": {"action": "fail"}}]"#])
  func notOneKindOfAuthorityRefuses(authorities: String) throws {
    let made = try Converted(Self.policy(authorities: authorities))
    #expect(made.missing == ["spec.authorities[0]"])
    #expect(made.said.contains("refuse:"))
  }

  // MARK: The document

  /// What `kubectl get -o json` adds is no policy.
  @Test func whatKubernetesKeepsIsNotListed() throws {
    let made = try Converted(
      """
      {"apiVersion": "policy.sigstore.dev/v1beta1", "kind": "ClusterImagePolicy", "metadata": {"name": "shop",
        "annotations": {"a": "b"}, "creationTimestamp": null, "generation": 1, "resourceVersion": "1", "uid": "u",
        "managedFields": [], "labels": {}, "finalizers": ["x"], "fresh": 1},
       "spec": {"images": [{"glob": "**"}], "authorities": \(Self.keyless())}, "status": {"conditions": []}, "more": 1}
      """)
    #expect(made.missing == ["more", "metadata.fresh"])
  }

  @Test(arguments: [
    #"{"apiVersion": "config.openshift.io/v1", "kind": "ClusterImagePolicy", "metadata": {"name": "a"}, "spec": {}}"#,
    #"{"apiVersion": "policy.sigstore.dev/v1beta1", "kind": "TrustRoot", "metadata": {"name": "a"}, "spec": {}}"#,
    #"{"apiVersion": "policy.sigstore.dev/v1beta1", "kind": "ClusterImagePolicy", "metadata": {"name": "a"}}"#,
    #"{"apiVersion": "v1", "kind": "List", "items": []}"#,
    #"{"apiVersion": "policy.sigstore.dev/v1beta1", "kind": "ClusterImagePolicy", "metadata": {"name": "a"}, "spec": {"images": {}}}"#,
  ])
  func anotherDocumentIsMalformed(json: String) {
    let failure = #expect(throws: Failure.self) { try Converted(json) }
    #expect(failure?.reason == .policyMalformed)
  }
}
