import PolicyConversion
import Testing

/// Which images a ClusterImagePolicy is for, and what several of them ask for together.
@Suite struct ClusterImagesTests {
  /// Scope and, where there is one, tag.
  @Test(
    arguments: [
      ("**", "**", nil, nil), ("*", "docker.io/library/*", nil, nil), ("*/*", "docker.io/*/*", nil, nil),
      ("index.docker.io/library/**", "docker.io/library/**", nil, nil), ("docker.io/a/b*", "docker.io/a/b*", nil, nil),
      ("ghcr.io/a/**", "ghcr.io/a/**", nil, nil), ("*/**", "*/**", nil, nil),
      ("ghcr.io/a/b:*", "ghcr.io/a/b", "*", nil), ("ghcr.io/a/*:v1.*", "ghcr.io/a/*", "v1.*", nil),
      ("localhost:5000/a:**", "localhost:5000/a", "**", nil), ("ghcr.io/a/b", "ghcr.io/a/b", "latest", nil),
      ("busybox", "docker.io/library/busybox", "latest", nil), ("mine/app:v1", "docker.io/mine/app", "v1", nil),
      ("ghcr.io/**/app", "ghcr.io/**/app", "latest", nil), ("inde**", "inde**", nil, "Docker Hub"),
    ] as [(String, String, String?, String?)])
  func globsBecomeRepositoryAndTag(glob: String, repository: String, tag: String?, lost: String?) throws {
    let made = try Converted(
      ClusterImagePolicyTests.policy(images: #"[{"glob": "\#(glob)"}]"#, authorities: ClusterImagePolicyTests.keyless())
    )
    #expect(made.missing == (lost == nil ? [] : ["spec.images[0].glob"]))
    if let lost { #expect(made.remarks(lost)) }
    let tagLine = tag.map { "\n      tag: \"\($0)\"" } ?? ""
    #expect(made.said.contains("scope:\n      repository: \"\(repository)\"\(tagLine)\n    require"), "\(made.said)")
  }

  /// policy-controller matches a name with its tag, so that a wildcard in the last segment may end within it.
  @Test func wildcardsRunIntoTags() throws {
    func made(_ glob: String) throws -> String {
      try Converted(
        ClusterImagePolicyTests.policy(
          images: #"[{"glob": "\#(glob)"}]"#, authorities: ClusterImagePolicyTests.keyless())
      ).said
    }
    let debug = try made("ghcr.io/a/**-debug")
    #expect(debug.contains("repository: \"ghcr.io/a/**-debug\"\n      tag: \"latest\""), "\(debug)")
    #expect(debug.contains("repository: \"ghcr.io/a/**\"\n      tag: \"**-debug\""), "\(debug)")
    let two = try made("ghcr.io/a/b*c*d")
    #expect(two.contains("repository: \"ghcr.io/a/b*\"\n      tag: \"*c*d\""), "\(two)")
    #expect(two.contains("repository: \"ghcr.io/a/b*c*\"\n      tag: \"*d\""), "\(two)")
    let hub = try made("*.docker.io/a/**")
    #expect(hub.contains("- \"*.docker.io/a/**\"\n        - \"docker.io/a/**\""), "\(hub)")
    let other = try made("*.example/a/**")
    #expect(!other.contains("docker.io"), "\(other)")
  }

  @Test(arguments: ["[a-z]*", ".+", "a&b", "", "a b", "ghcr.io/a@sha256:x", "a:"])
  func globsThatMatchNothingMakeNoRule(glob: String) throws {
    let made = try Converted(
      ClusterImagePolicyTests.policy(images: #"[{"glob": "\#(glob)"}]"#, authorities: ClusterImagePolicyTests.keyless())
    )
    #expect(made.missing == ["spec.images[0].glob"])
    #expect(made.said.contains("scope: {}\n    refuse: \"Nothing of the converted policy could be expressed.\""))
  }

  @Test func imagesOfOneTagShareARule() throws {
    let made = try Converted(
      ClusterImagePolicyTests.policy(
        images: #"[{"glob": "ghcr.io/a/**"}, {"glob": "ghcr.io/b:v1"}, {"glob": "ghcr.io/c/**", "regex": "x"}]"#,
        authorities: ClusterImagePolicyTests.keyless()))
    #expect(made.missing == ["spec.images[2].regex"])
    #expect(
      made.said.contains(
        "- name: \"shop\"\n    scope:\n      repository:\n        - \"ghcr.io/a/**\"\n        - \"ghcr.io/c/**\"\n"))
    #expect(made.said.contains("- name: \"shop-2\"\n    scope:\n      repository: \"ghcr.io/b\"\n      tag: \"v1\"\n"))
  }

  // MARK: Several policies

  private static func list(_ policies: String...) -> String {
    #"{"apiVersion": "v1", "kind": "List", "metadata": {"resourceVersion": ""}, "items": ["#
      + policies.joined(separator: ", ")
      + "]}"
  }

  private static func signedBy(_ number: UInt8, _ glob: String) throws -> String {
    ClusterImagePolicyTests.policy(
      images: #"[{"glob": "\#(glob)"}]"#,
      authorities: #"[{"name": "k\#(number)", "key": {"data": \#(try SampleKey.quoted(number))}}]"#,
      name: "p\(number)")
  }

  /// All policies that match must be satisfied; of our rules the first decides.
  @Test func aNarrowerPolicyAsksForTheWiderOneToo() throws {
    let made = try Converted(Self.list(try Self.signedBy(1, "**"), try Self.signedBy(2, "ghcr.io/a/**")))
    #expect(made.missing == [])
    #expect(
      made.said.hasSuffix(
        """
        rules:
          - name: "p2"
            scope:
              repository: "ghcr.io/a/**"
            require:
              all:
                - signature:
                    by: "k2"
                - signature:
                    by: "k1"
          - name: "p1"
            scope:
              repository: "**"
            require:
              signature:
                by: "k1"
        """))
  }

  @Test func policiesThatMayOverlapAskForBothAndSaySo() throws {
    let made = try Converted(Self.list(try Self.signedBy(1, "ghcr.io/a*"), try Self.signedBy(2, "ghcr.io/*b")))
    #expect(made.missing.contains("items[0].spec.images"))
    #expect(made.said.contains("all:"))
  }

  @Test func policiesApartAskForTheirOwn() throws {
    let made = try Converted(Self.list(try Self.signedBy(1, "ghcr.io/a/**"), try Self.signedBy(2, "ghcr.io/b/**")))
    #expect(made.missing == [])
    #expect(!made.said.contains("all:"))
  }

  @Test func onePolicyThatCannotBeSaidRefusesWhatItShares() throws {
    let pass = ClusterImagePolicyTests.policy(
      images: #"[{"glob": "**"}]"#, authorities: #"[{"key": {"kms": "a"}}]"#, name: "wide")
    let made = try Converted(Self.list(pass, try Self.signedBy(2, "ghcr.io/a/**")))
    #expect(made.missing == ["items[0].spec.authorities[0].key.kms"])
    #expect(!made.said.contains("require:"))
  }
}
