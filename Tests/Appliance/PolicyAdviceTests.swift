import TestSupport
import Testing

/// `assay policy check`, each piece of advice where it is due and where it nearly is.
@Suite struct PolicyAdviceTests {
  @Test func theSoundPolicyIsLeftAlone() throws { try PolicySample.verify(PolicySample.Case([])) }

  // MARK: Rules

  static let scope = #"{repository: "registry.example/prod/**"}"#

  /// A rule of one scope before a rule of another, and whether it takes all of the second's images.
  @Test(arguments: [
    (#"{repository: "registry.example/**"}"#, scope, true), (#"{repository: "registry.example/*"}"#, scope, false),
    (#"{repository: "**/prod/**"}"#, scope, true), (#"{repository: "**/prod/*"}"#, scope, false),
    (#"{repository: "registry.example/prod/a"}"#, scope, false), (scope, scope, true),
    (#"{repository: ["a.example/**", "registry.example/p*/**"]}"#, scope, true),
    (#"{repository: "a.example/*"}"#, #"{repository: "a.example/x*y"}"#, true),
    (#"{repository: "a.example/x*"}"#, #"{repository: "a.example/*y"}"#, false),
    (#"{repository: "a.example/**"}"#, #"{repository: ["a.example/x", "b.example/x"]}"#, false),
    ("{registry: registry.example}", scope, true), ("{registry: a.example}", scope, false),
    ("{registry: a.example}", #"{repository: "*.example/x"}"#, false),
    (#"{repository: "a.example/**"}"#, "{registry: a.example}", true),
    (#"{repository: "a.example/x/**"}"#, "{registry: a.example}", false),
    (#"{registry: registry.example, tag: "v*"}"#, scope, false),
    (#"{tag: "v*"}"#, #"{tag: ["v1", "v2.*"]}"#, true), (#"{tag: "v1*"}"#, #"{tag: "v*"}"#, false),
    ("{platform: linux/arm64}", "{platform: linux/arm64/v8}", true),
    ("{platform: linux/arm64/v8}", "{platform: linux/arm64}", false),
    ("{platform: linux/amd64}", "{platform: [linux/amd64, linux/arm64]}", false),
    ("{environment: [a, b], team: t}", "{team: t, environment: b, medium: m}", true),
    ("{environment: a}", "{environment: [a, b]}", false), ("{exporter: e}", "{medium: e}", false),
    ("{medium: m}", "{team: t}", false), ("{team: t}", "{team: t}", true), ("{exporter: e}", "{exporter: e}", true),
    ("{medium: m}", "{medium: m}", true),
  ])
  func tellsRulesThatNeverDecide(_ first: String, _ second: String, _ covers: Bool) throws {
    try PolicySample.verify(
      PolicySample.Case(
        [
          ("  - name: production", "  - {name: first, scope: \(first), refuse: no way}\n  - name: production"),
          (Self.scope, second),
        ]
        .filter { $0.0 != $0.1 },
        covers ? [("rule.unreachable", "name: production")] : []))
  }

  @Test(arguments: [
    PolicySample.Case(
      [(scope, "{}")],
      [("rule.matches-everything", "scope: {}"), ("rule.unreachable", "name: rest")]),
    PolicySample.Case([("scope: {}", #"scope: {tag: "v*"}"#)], [("rule.none-for-everything", "rules:")]),
  ])
  func tellsRulesForEverything(_ given: PolicySample.Case) throws { try PolicySample.verify(given) }

  @Test(arguments: [
    ("{repository: alpine}", "repository: alpine"), (#"{repository: "*"}"#, "repository:"),
    ("{repository: library/alpine}", "repository:"),
    ("{repository: docker.io/alpine}", "repository:"), (#"{repository: "docker.io/*"}"#, "repository:"),
    (#"{repository: ["**/a", index.docker.io/library/a]}"#, "index.docker"), (#"{repository: "**/alpine"}"#, nil),
    (#"{repository: "**"}"#, nil), (#"{repository: "docker.io/library/*"}"#, nil),
    (#"{repository: "docker.io/**"}"#, nil),
    ("{repository: localhost/x}", nil), (#"{repository: "localhost:5000/x"}"#, nil),
    (#"{repository: "*.example/x"}"#, nil),
    ("{registry: library}", "registry: library"), ("{registry: a.example/prod}", "registry: a.example"),
    ("{registry: index.docker.io}", "registry:"),
    (#"{registry: [a.example, "host:5000", localhost, docker.io]}"#, nil),
    (#"{registry: a.example, repository: "b.example/**"}"#, "repository: \"b"),
    (#"{registry: [a.example, b.example], repository: "b.example/**"}"#, "a.example, "),
    (#"{registry: [a.example], repository: "*.example/**"}"#, nil),
    (#"{registry: docker.io, repository: "**/alpine"}"#, nil),
    (#"{registry: a.example, repository: ["a.example/x", b.example/x]}"#, "b.example/x]"),
    (#"{tag: "a/b"}"#, "tag:"), (#"{tag: "a*b"}"#, nil),
  ])
  func tellsScopesThatMatchNothing(_ scope: String, _ place: String?) throws {
    let expected = place.map { [("scope.never-matches", $0)] } ?? []
    try PolicySample.verify(PolicySample.Case([(Self.scope, scope)], expected))
    // Waivers have scopes as well.
    let waiver = PolicySample.Case([(#"{repository: "registry.example/prod/old/*"}"#, scope)])
    let remarks = try PolicySample.check(waiver.text).answer.remarks
    #expect(remarks.map(\.reason) == expected.map { $0.0 })
    #expect(remarks.allSatisfy { $0.path.starts(with: "waivers[0].scope.") })
  }

  // MARK: Patterns

  @Test(arguments: [
    (#"'https://github\.com/north/'"#, "pattern.open-ended"), (#"'https://github\.com/north/$'"#, nil),
    (#"'https://github\.com/north/\+'"#, "pattern.open-ended"), (#"'https://github\.com/north/[^/]+'"#, nil),
    (#"'https://github\.com/[a-z]{2,9}'"#, nil), (#"'https://github\.com/[a-z]*'"#, nil),
    (#"'https://github\.com/\\+'"#, nil),
    ("'https://github.com/north/.*'", "pattern.any-character"), ("'https://github[.]com/n.*'", nil),
    ("'https://.+/n.*'", nil),
    ("'.*@north.example$'", "pattern.any-character"), (#"'.*@north\.example$'"#, nil), ("'north.example.*'", nil),
    (#"'\Qhttps://github.com/\E.*'"#, nil),
  ])
  func tellsPatternsThatSayOtherThanTheySeem(_ pattern: String, _ reason: String?) throws {
    try PolicySample.verify(
      PolicySample.Case([(#"'https://github\.com/north/.*'"#, pattern)], reason.map { [($0, "matching:")] } ?? []))
  }

  // MARK: Requirements

  static let branches = "        - signature: {by: ci}\n        - signature: {by: build}"

  @Test(arguments: [
    PolicySample.Case([("atLeast: 2", "atLeast: 3")], [("requirement.never-met", "atLeast: 3")]),
    PolicySample.Case(
      [("name: audit", "name: audit\n    operator: Build department")], [("requirement.never-met", "atLeast: 2")]),
    PolicySample.Case([("name: ci", "name: ci\n    operator: Build department")]),
    PolicySample.Case(
      [
        ("any:", "atLeast: 2\n      of:"), ("signature: {by: ci}", "signature: {by: build}"),
        ("keyless: {identity: audit", "keyless: {identity: audit"), ("[build, audit]", "[build, audit, ci]"),
      ],
      [("requirement.never-met", "atLeast: 2\n      of")]),
    PolicySample.Case([("any:", "atLeast: 2\n      of:")]),
    PolicySample.Case([
      ("any:", "atLeast: 2\n      of:"), ("signature: {by: ci}", "attestation: {type: t, by: build}"),
      ("[build, audit]", "[build, audit, ci]"),
    ]),
    PolicySample.Case(
      [("{use: reviewed}", "{signature: {by: [build, audit]}}")],
      [("requirement.unused", "name: reviewed"), ("waiver.waives-nothing", "waives:")]),
    PolicySample.Case([
      ("{use: reviewed}", "{use: outer}"),
      ("requirements:", "requirements:\n  - {name: outer, all: [{use: reviewed}]}"),
    ]),
    // Alternatives
    PolicySample.Case(
      [("signature: {by: build}", "signature: {by: [ci, build]}")], [("requirement.implied", "signature: {by: ci}")]),
    PolicySample.Case(
      [("signature: {by: build}", "signature: {by: ci}")], [("requirement.implied", "signature: {by: ci}\nwaivers")]),
    PolicySample.Case(
      [("signature: {by: build}", "signature: {by: ci, maxAge: 3d}")],
      [("requirement.implied", "signature: {by: ci, maxAge")]),
    PolicySample.Case(
      [
        ("signature: {by: ci}", "signature: {by: ci, maxAge: 4d}"),
        ("signature: {by: build}", "signature: {by: ci, maxAge: 3d}"),
      ],
      [("requirement.implied", "signature: {by: ci, maxAge: 3d")]),
    PolicySample.Case(
      [("signature: {by: build}", "all: [{signature: {by: build}}, {signature: {by: ci}}]")],
      [("requirement.implied", "all: [")]),
    PolicySample.Case(
      [("signature: {by: build}", "use: reviewed"), ("signature: {by: ci}", "signature: {by: [ci, build, audit]}")],
      [("requirement.implied", "name: reviewed")]),
    PolicySample.Case([("signature: {by: build}", "signature: {by: [ci, audit], atLeast: 2}")]),
    PolicySample.Case([
      ("signature: {by: build}", "signature: {by: ci, covers: index}"),
      ("signature: {by: ci}", "signature: {by: ci, covers: every-platform}"),
    ]),
    PolicySample.Case([("signature: {by: build}", "attestation: {by: ci, type: t}")]),
    PolicySample.Case(
      [
        ("signature: {by: build}", "attestation: {by: ci, type: t}"),
        ("signature: {by: ci}", "attestation: {by: ci, type: [t, u]}"),
      ],
      [("requirement.implied", "attestation: {by: ci, type: t}")]),
  ])
  func tellsRequirementsThatCannotBeMeant(_ given: PolicySample.Case) throws { try PolicySample.verify(given) }

  static let scan = "attestation: {by: ci, type: vulnerabilities, vulnerabilities: {most: {critical: 0}"

  /// What an attestation must say is a part of what is asked.
  @Test(arguments: [
    PolicySample.Case(
      [
        ("signature: {by: build}", "\(scan)}}"),
        ("signature: {by: ci}", "attestation: {by: ci, type: vulnerabilities}"),
      ],
      [("requirement.implied", "\(scan)}}")]),
    PolicySample.Case([
      ("signature: {by: build}", "\(scan)}}"),
      ("signature: {by: ci}", "attestation: {by: ci, type: vulnerabilities, vulnerabilities: {most: {high: 1}}}"),
    ]),
    // Somebody whose word on vulnerabilities counts is asked for.
    PolicySample.Case([
      ("signature: {by: build}", "\(scan), vex: {by: vendor}}}"),
      ("requirements:", "  - {name: vendor, keys: \"\(one.replacing("11", with: "12"))\"}\nrequirements:"),
    ]),
    PolicySample.Case(
      [("requirements:", "  - {name: vendor, keys: \"\(one.replacing("11", with: "12"))\"}\nrequirements:")],
      [("authority.unused", "{name: vendor")]),
    PolicySample.Case([("signature: {by: build}", "\(scan)}}"), ("waives: reviewed", "vulnerabilities: [CVE-2026-1]")]),
    // A pattern is one wherever it stands.
    PolicySample.Case(
      [
        (
          "signature: {by: build}",
          "attestation: {by: ci, type: slsa-provenance, provenance: {builder: {matching: 'https://a/'}}}"
        )
      ], [("pattern.open-ended", "matching: 'https://a/'")]),
  ])
  func looksIntoContents(_ given: PolicySample.Case) throws { try PolicySample.verify(given) }

  // MARK: Authorities

  static let one = "sha256:" + String(repeating: "1", count: 64)
  static let pattern = #"{identity: {matching: 'https://github\.com/north/.*'}, issuer: "https://token.example"}"#

  @Test(arguments: [
    PolicySample.Case([("signature: {by: ci}", "signature: {by: audit}")], [("authority.unused", "name: ci")]),
    PolicySample.Case(
      [
        ("signature: {by: ci}", "signature: {by: audit}"),
        ("requirements:", "requirements:\n  - {name: spare, signature: {by: ci}}"),
      ],
      [("requirement.unused", "{name: spare")]),
    PolicySample.Case(
      [("requirements:", "  - {name: second, keys: [\"\(one)\"]}\nrequirements:"), ("{by: ci}", "{by: [ci, second]}")],
      [("authority.shared-key", "keys: [")]),
    PolicySample.Case([
      ("requirements:", "  - {name: second, keys: [\"\(one.replacing("11", with: "12"))\"]}\nrequirements:"),
      ("{by: ci}", "{by: [ci, second]}"),
    ]),
    PolicySample.Case(
      [(pattern, #"{identity: {matching: '.*@north\.example$'}, issuer: "https://accounts.example"}"#)],
      [("authority.overshadowed", "name: audit")]),
    PolicySample.Case(
      [(pattern, #"{identity: audit@north.example, issuer: {matching: 'https://.*'}}"#)],
      [("authority.overshadowed", "name: audit")]),
    // Another issuer, another root, the narrower first, one operator.
    PolicySample.Case([(pattern, #"{identity: {matching: '.*@north\.example$'}, issuer: "https://token.example"}"#)]),
    PolicySample.Case([
      (pattern, #"{identity: {matching: '.*@north\.example$'}, issuer: "https://accounts.example", trustRoot: r}"#)
    ]
    ),
    PolicySample.Case([
      (pattern, #"{identity: audit@north.example, issuer: "https://accounts.example"}"#),
      (
        "audit@north.example, issuer: \"https://accounts.example\"}\nreq",
        #"{matching: '.*@north\.example$'}, issuer: "https://accounts.example"}"# + "\nreq"
      ),
    ]),
    PolicySample.Case([
      (pattern, #"{identity: {matching: '.*@north\.example$'}, issuer: "https://accounts.example"}"#),
      ("name: audit", "name: audit\n    operator: ci"),
    ]),
    PolicySample.Case(
      [
        ("keyless: \(pattern)", "certificate: {authority: CN=a, identity: {matching: 'audit@.*'}}"),
        (
          #"keyless: {identity: audit@north.example, issuer: "https://accounts.example"}"#,
          "certificate: {authority: CN=a, identity: audit@north.example}"
        ),
      ], [("authority.overshadowed", "name: audit")]),
    PolicySample.Case(
      [
        ("keyless: \(pattern)", "certificate: {authority: CN=b, identity: {matching: 'audit@.*'}}"),
        (
          #"keyless: {identity: audit@north.example, issuer: "https://accounts.example"}"#,
          "certificate: {authority: CN=a, identity: audit@north.example}"
        ),
      ]),
  ])
  func tellsAuthoritiesWhoseWordIsNotHeard(_ given: PolicySample.Case) throws { try PolicySample.verify(given) }

  // MARK: Waivers and denials

  @Test(arguments: [
    PolicySample.Case([("waives: reviewed", "waives: reviewd")], [("waiver.waives-nothing", "waives:")]),
    PolicySample.Case(
      [("waives: reviewed", "vulnerabilities: [CVE-2026-1]")], [("waiver.waives-nothing", "vulnerabilities:")]),
    PolicySample.Case([], [("waiver.expired", "expires:")], at: "2028-01-01T00:00:00Z"),
    PolicySample.Case([], [("waiver.expires-soon", "expires:")], at: "2027-12-31T23:59:59Z"),
    PolicySample.Case([], [("waiver.expires-soon", "expires:")], at: "2027-12-02T00:00:00Z"),
    PolicySample.Case([], at: "2027-12-01T23:59:59Z"),
    PolicySample.Case(
      [("broken}", "broken}\n  - {digest: \"\(one.replacing("1", with: "2"))\", reason: twice}")],
      [("denial.repeated", "{digest: \"\(one.replacing("1", with: "2"))\", reason: twice")]),
    PolicySample.Case([("broken}", "broken}\n  - {digest: \"\(one)\", reason: another}")]),
  ])
  func tellsWaiversAndDenialsWithoutEffect(_ given: PolicySample.Case) throws { try PolicySample.verify(given) }

  @Test func namesWhatAWaiverMayMean() throws {
    let answer = try PolicySample.check(PolicySample.Case([("waives: reviewed", "waives: reviewd")]).text).answer
    #expect(answer.remarks.first?.words.hasSuffix("“reviewed” is one") == true)
  }
}
