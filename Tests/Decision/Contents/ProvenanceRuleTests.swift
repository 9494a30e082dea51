import Findings
import Policy
import Reasons
import TestSupport
import Testing

/// One provenance of each version, and rules that differ from a met one in one place.
@Suite struct ProvenanceRuleTests {
  static let commit = String(repeating: "a", count: 40)
  static let v1 = #"""
    {"buildDefinition": {
       "buildType": "https://actions.github.io/buildtypes/workflow/v1",
       "externalParameters": {"workflow": {"ref": "refs/tags/v1", "repository": "https://github.com/o/r", "path": "x.yml"},
                              "debug": false, "count": 3, "mode": "fast"},
       "resolvedDependencies": [
         {"uri": "git+https://github.com/o/r@refs/tags/v1", "digest": {"gitCommit": "\#(commit)"}},
         {"uri": "pkg:docker/golang@1.25", "digest": {"sha256": "00"}}]},
     "runDetails": {"builder": {"id": "https://github.com/actions/runner/github-hosted"}}}
    """#
  /// The same, without one member.
  static func v1(without member: String) -> String { v1.replacing("\"\(member)\":", with: "\"other-\(member)\":") }

  static let met: [String] = [
    #"{}"#, #"{"builder": "https://github.com/actions/runner/github-hosted"}"#,
    #"{"builder": ["x", {"matching": "https://github.com/actions/.*"}]}"#,
    #"{"buildType": "https://actions.github.io/buildtypes/workflow/v1"}"#, #"{"source": "https://github.com/o/r"}"#,
    #"{"ref": {"matching": "refs/tags/.*"}}"#, #"{"commit": "\#(commit)"}"#,
    #"{"externalParameters": {"allowed": ["workflow", "debug", "count", "mode", "absent"]}}"#,
    #"{"externalParameters": {"values": {"mode": "fast", "debug": "false", "count": "3", "/workflow/path": "x.yml"}}}"#,
    #"{"materials": {"each": [{"matching": "git\\+https://github.com/o/.*"}, {"matching": "pkg:docker/.*"}]}}"#,
    #"{"materials": {"required": [{"matching": "pkg:docker/golang@.*"}, {"matching": ".*/o/r@.*"}]}}"#,
  ]

  @Test(arguments: met) func holds(_ rule: String) throws {
    let outcome = try ContentSamples.judge(#"{"provenance": \#(rule)}"#, "slsa-provenance", Self.v1)
    #expect(outcome.failures == [] && outcome.until == nil)
    #expect(outcome.notes.first == "builder “https://github.com/actions/runner/github-hosted”")
  }

  static let unmet: [(String, Reason, String)] = [
    (#"{"builder": "https://github.com/actions/runner"}"#, .provenanceBuilderMismatch, "provenance: builder"),
    // A pattern is about the whole text.
    (#"{"builder": {"matching": "github"}}"#, .provenanceBuilderMismatch, "provenance: builder"),
    (#"{"buildType": "other"}"#, .provenanceBuildTypeMismatch, "provenance: build type"),
    (
      #"{"source": "https://github.com/o/r2"}"#, .provenanceSourceMismatch,
      "provenance: externalParameters.workflow"
    ),
    (
      #"{"source": "git+https://github.com/o/r@refs/tags/v1"}"#, .provenanceSourceMismatch,
      "provenance: externalParameters.workflow"
    ),
    (#"{"ref": "refs/tags/v2"}"#, .provenanceRefMismatch, "provenance: externalParameters.workflow"),
    (#"{"commit": "b"}"#, .provenanceCommitMismatch, "provenance: externalParameters.workflow"),
    (
      #"{"externalParameters": {"allowed": ["workflow", "debug", "count"]}}"#, .provenanceParameterForbidden,
      "provenance: external parameters"
    ),
    (#"{"externalParameters": {"allowed": []}}"#, .provenanceParameterForbidden, "provenance: external parameters"),
    (
      #"{"externalParameters": {"values": {"mode": "slow"}}}"#, .provenanceParameterMismatch,
      "provenance: external parameter mode"
    ),
    (
      #"{"externalParameters": {"values": {"absent": {"matching": ".*"}}}}"#, .provenanceParameterMismatch,
      "provenance: external parameter absent"
    ),
    (
      #"{"externalParameters": {"values": {"/workflow/path": "y.yml"}}}"#, .provenanceParameterMismatch,
      "provenance: external parameter /workflow/path"
    ),
    (
      #"{"materials": {"each": {"matching": "git.*"}}}"#, .provenanceMaterialMismatch, "provenance: materials"
    ),
    (
      #"{"materials": {"required": [{"matching": ".*/o/r@.*"}, "pkg:docker/python"]}}"#, .provenanceMaterialMismatch,
      "provenance: materials"
    ),
  ]

  @Test(arguments: unmet.indices) func refuses(_ index: Int) throws {
    let (rule, reason, subject) = Self.unmet[index]
    let outcome = try ContentSamples.judge(#"{"provenance": \#(rule)}"#, "slsa-provenance", Self.v1)
    #expect(outcome.failures == [Failure(reason, subject)], "\(rule)")
  }

  /// What is not stated matches nothing, not even a pattern that takes everything.
  @Test(arguments: [
    ("id", #"{"builder": {"matching": ".*"}}"#, Reason.provenanceBuilderMismatch),
    ("buildType", #"{"buildType": {"matching": ".*"}}"#, .provenanceBuildTypeMismatch),
    ("repository", #"{"source": "https://github.com/other/r"}"#, .provenanceSourceMismatch),
    ("ref", #"{"ref": {"matching": ".*"}}"#, .provenanceRefMismatch),
    ("gitCommit", #"{"commit": {"matching": ".*"}}"#, .provenanceCommitMismatch),
    ("resolvedDependencies", #"{"materials": {"each": {"matching": ".*"}}}"#, .provenanceMaterialMismatch),
    ("uri", #"{"materials": {"each": {"matching": ".*"}}}"#, .provenanceMaterialMismatch),
  ]) func absence(_ member: String, _ rule: String, _ reason: Reason) throws {
    let outcome = try ContentSamples.judge(
      #"{"provenance": \#(rule)}"#, "slsa-provenance", Self.v1(without: member))
    #expect(outcome.reasons == [reason])
  }

  /// A URI is what is fetched by it: git asks the server for a path without dots.
  @Test(arguments: [
    ("https://github.com/o/../evil/r", false), ("https://github.com/o/%2e%2E/evil/r", false),
    ("https://github.com/o/./r", true), ("https://github.com/x/../o/r", true), ("https://github.com/o/r", true),
    ("https://github.com/../../o/r", true),
    // A folder or a ref is no path.
    ("https://github.com/evil/r.git#main:/x/../../../../o/r.git", false),
    ("https://github.com/evil/r?x=/../../../o/r", false),
  ]) func sourcesAreWhatIsFetched(_ uri: String, isOurs: Bool) throws {
    let stated = Self.v1.replacing("https://github.com/o/r", with: uri)
    for (rule, reason) in [
      (#"{"source": {"matching": "https://github\\.com/o/.*"}}"#, Reason.provenanceSourceMismatch),
      (
        #"{"materials": {"each": [{"matching": "git\\+https://github.com/o/.*"}, {"matching": "pkg:docker/.*"}]}}"#,
        .provenanceMaterialMismatch
      ),
    ] {
      // A material must be written as ours, too.
      let isMet = isOurs && (reason == .provenanceSourceMismatch || uri.hasPrefix("https://github.com/o/"))
      #expect(
        try ContentSamples.judge(#"{"provenance": \#(rule)}"#, "slsa-provenance", stated).reasons.contains(reason)
          != isMet, "\(uri) \(rule)")
    }
  }

  @Test(arguments: [
    ("git@github.com:o/../evil/r", "git@github.com:evil/r"), ("git@github.com:o/r.git", "git@github.com:o/r"),
    ("evil.example/../github.com/o/r", "evil.example/github.com/o/r"),
    ("github.com/o/../evil/r:x", "github.com/evil/r:x"),
    ("ssh://git@g/o/x?/../../evil/r", "ssh://git@g/evil/r"), ("https://g/o/r.git/.", "https://g/o/r"),
    ("https://g", "https://g"), ("", ""), ("..", ".."), ("a", "a"),
  ]) func aSourceIsItsRepository(_ uri: String, _ repository: String) throws {
    let rule = #"{"provenance": {"source": "\#(repository.isEmpty ? "x" : repository)"}}"#
    let stated = Self.v1.replacing("\"https://github.com/o/r\"", with: "\"\(uri)\"")
    let reasons = try ContentSamples.judge(rule, "slsa-provenance", stated).reasons
    #expect(reasons.contains(.provenanceSourceMismatch) == repository.isEmpty, "\(uri): \(reasons)")
  }

  /// Null and empty are no values, and two refs are two sources.
  @Test func whatIsNotSaidMatchesNothing() throws {
    for (value, isMet) in [("null", false), ("\"\"", false), ("\"fast\"", true)] {
      let stated = Self.v1.replacing("\"mode\": \"fast\"", with: "\"mode\": \(value)")
      let rule = #"{"provenance": {"externalParameters": {"values": {"mode": {"matching": ".*"}}}}}"#
      #expect(try ContentSamples.judge(rule, "slsa-provenance", stated).reasons.isEmpty == isMet, "\(value)")
    }
    let two = Self.v1.replacing(
      "\"repository\": \"https://github.com/o/r\"", with: "\"repository\": \"https://github.com/o/r#refs/heads/evil\"")
    let rule = #"{"provenance": {"ref": {"matching": "refs/tags/.*"}}}"#
    #expect(try ContentSamples.judge(rule, "slsa-provenance", two).reasons == [.provenanceRefMismatch])
  }

  @Test func noSourceAtAll() throws {
    let predicate = #"{"buildDefinition": {}, "runDetails": {}}"#
    let rule =
      #"{"provenance": {"source": {"matching": ".*"}, "ref": {"matching": ".*"}, "commit": {"matching": ".*"}}}"#
    let outcome = try ContentSamples.judge(rule, "slsa-provenance", predicate)
    #expect(outcome.reasons == [.provenanceSourceMismatch, .provenanceRefMismatch, .provenanceCommitMismatch])
    #expect(outcome.failures.allSatisfy { $0.detail.hasPrefix("none stated; wanted is /") })
  }

  /// Who may choose one of two places cannot hide the other.
  @Test func everyStatedSourceCounts() throws {
    let predicate = Self.v1.replacing(
      #""mode": "fast""#, with: #""source": {"uri": "git+https://github.com/evil/r", "digest": {}}"#)
    let outcome = try ContentSamples.judge(
      #"{"provenance": {"source": "https://github.com/o/r"}}"#, "slsa-provenance", predicate)
    #expect(outcome.failures == [Failure(.provenanceSourceMismatch, "provenance: externalParameters.source")])
  }

  // MARK: Real provenance

  static let builder =
    #"{"matching": "https://github.com/slsa-framework/slsa-github-generator/\\.github/workflows/generator_container_slsa3\\.yml@refs/tags/v[0-9.]+"}"#
  static let source = "https://github.com/slsa-framework/example-package"

  @Test(
    .enabled(if: Corpus.isPresent, Comment(rawValue: Corpus.absence)),
    arguments: [
      ("slsa-v1.4.0", "refs/heads/main", "904e2c3e02725e314cf6cf141c4700081298dcbd"),
      ("slsa-v1.10.0", "refs/tags/v13.0.30", "d37a7f740ee7404914456f24dcd90e865a0509e8"),
      ("slsa-v2.1.0", "refs/heads/main", "4d329c75e7ec1725f7c9ce917a8799d408d06be3"),
    ])
  func realImages(_ name: String, _ ref: String, _ commit: String) throws {
    let statements = try ContentSamples.statements(in: Corpus.path("oci/real/\(name).tar"))
    let contents = Contents(try #require(statements.first))
    #expect(statements.count == 1 && contents.failure == nil)
    func reasons(_ rule: String) throws -> [Reason] {
      let rules = try ContentSamples.rules(#"{"provenance": \#(rule)}"#, types: ["slsa-provenance"])
      return rules[0].judge(contents, try ContentSamples.circumstances()).reasons
    }
    #expect(
      try reasons(
        #"{"builder": \#(Self.builder), "source": "\#(Self.source)", "ref": "\#(ref)", "commit": "\#(commit)","#
          + #""externalParameters": {"allowed": []}, "materials": {"each": {"matching": "git\\+\#(Self.source)@.*"}},"#
          + #""buildType": "https://github.com/slsa-framework/slsa-github-generator/container@v1"}"#) == [])
    #expect(try reasons(#"{"source": "\#(Self.source)2"}"#).contains(.provenanceSourceMismatch))
    #expect(try reasons(#"{"builder": "https://github.com/actions/runner"}"#) == [.provenanceBuilderMismatch])
    #expect(try reasons(#"{"ref": "refs/heads/other"}"#).contains(.provenanceRefMismatch))
  }

  @Test(.enabled(if: Corpus.isPresent, Comment(rawValue: Corpus.absence)))
  func toolMade() throws {
    for archive in try ToolMadeArchives.below("exports/new-att") + ToolMadeArchives.below("exports/old-att") {
      for statement in try ContentSamples.statements(in: archive) {
        #expect(Contents(statement).failure == nil, "\(archive): \(statement.predicateType)")
      }
    }
  }
}
