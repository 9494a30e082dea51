import Octets
import Provenance
import Reasons
import StrictJSON
import TestSupport
import Testing

@Suite struct ProvenanceTests {
  static func node(_ text: String) throws -> JSONNode {
    JSONNode(try JSON(parsing: Array(text.utf8), named: "sample"), named: "predicate", malformed: .statementMalformed)
  }

  /// v0.2 with one URI of a source.
  static func sources(v0_2 invocation: String, _ materials: String = "[]") throws -> [Provenance.Source] {
    try Provenance(
      v0_2: node(#"{"builder": {"id": "b"}, "invocation": \#(invocation), "materials": \#(materials)}"#)
    ).sources
  }

  static func sources(v1 parameters: String, _ dependencies: String = "[]") throws -> [Provenance.Source] {
    try Provenance(
      v1: node(
        #"{"buildDefinition": {"externalParameters": \#(parameters), "resolvedDependencies": \#(dependencies)}, "runDetails": {}}"#
      )
    ).sources
  }

  @Test(
    arguments: [
      ("git+https://github.com/o/r@refs/tags/v1", "https://github.com/o/r", "refs/tags/v1"),
      ("git+https://github.com/o/r", "https://github.com/o/r", nil),
      ("https://github.com/o/r.git", "https://github.com/o/r", nil),
      ("https://github.com/o/r/", "https://github.com/o/r", nil),
      ("https://github.com/o/r.git#refs/heads/main", "https://github.com/o/r", "refs/heads/main"),
      ("https://github.com/o/r.git#refs/heads/main:sub/folder", "https://github.com/o/r", "refs/heads/main"),
      ("git+ssh://git@host.example/o/r.git@main#x", "ssh://git@host.example/o/r", "main"),
      ("git+https://github.com/o/r@", "https://github.com/o/r", nil),
      ("https://github.com/o/r#", "https://github.com/o/r", nil),
      ("https://user@github.com", "https://user@github.com", nil), ("github.com/o/r@v1", "github.com/o/r@v1", nil),
      // A plain URL's path is its own; and SPDX's fragment is a folder.
      ("https://h/o/r@x/other.git", "https://h/o/r@x/other", nil), ("git+https://h/o/r#folder", "https://h/o/r", nil),
      ("git@github.com:o/r.git", "git@github.com:o/r", nil), (".git", ".git", nil),
      ("git+https://github.com/o/r@refs/heads/a@b", "https://github.com/o/r", "refs/heads/a@b"),
    ] as [(String, String, String?)])
  func spellingsOfSources(_ uri: String, _ repository: String, _ ref: String?) throws {
    let source = try #require(try Self.sources(v0_2: #"{"configSource": {"uri": "\#(uri)"}}"#).first)
    #expect(source.repository == repository && source.ref == ref)
  }

  @Test func sourcesOfV0_2() throws {
    let config = #"{"configSource": {"uri": "git+https://h/a@r", "digest": {"sha1": "c1"}}}"#
    let materials = #"[{"uri": "git+https://h/b", "digest": {"sha1": "c2"}}, {"uri": "git+https://h/c"}]"#
    let both = try Self.sources(v0_2: config, materials)
    #expect(both.map(\.place) == ["invocation.configSource", "materials[0]"])
    #expect(both.map(\.repository) == ["https://h/a", "https://h/b"] && both.map(\.commit) == ["c1", "c2"])
    // Only the first material is the source by custom; where it is none, a lone repository is.
    #expect(
      try Self.sources(v0_2: "{}", #"[{"uri": "pkg:docker/x"}, {"uri": "git+https://h/c"}]"#).map(\.place) == [
        "materials[1]"
      ])
    let two = #"[{"uri": "pkg:docker/x"}, {"uri": "git+https://h/c"}, {"uri": "git+https://h/d"}]"#
    #expect(try Self.sources(v0_2: "{}", two).isEmpty)
    #expect(try Self.sources(v0_2: #"{"configSource": {"uri": ""}}"#).isEmpty)
    #expect(try Self.sources(v0_2: "null").isEmpty)
  }

  @Test(arguments: [
    (#"{"workflow": {"repository": "https://h/r", "ref": "refs/heads/main"}}"#, "workflow"),
    (#"{"source": {"uri": "git+https://h/r@refs/heads/main"}}"#, "source"),
    (#"{"source": "https://h/r#refs/heads/main"}"#, "source"),
    (#"{"configSource": {"uri": "https://h/r.git#refs/heads/main"}}"#, "configSource"),
    (#"{"repository": "https://h/r", "ref": "refs/heads/main"}"#, "repository"),
  ]) func sourcesOfV1(_ parameters: String, _ place: String) throws {
    let dependencies = #"""
      [{"uri": "git+https://h/other@refs/heads/main", "digest": {"gitCommit": "c0"}},
       {"uri": "git+https://h/r@refs/heads/dev", "digest": {"gitCommit": "c1"}},
       {"uri": "git+https://h/r@refs/heads/main", "digest": {"gitCommit": "c2"}}]
      """#
    let sources = try Self.sources(v1: parameters, dependencies)
    #expect(sources.map(\.place) == ["externalParameters.\(place)"])
    #expect(sources[0].repository == "https://h/r" && sources[0].ref == "refs/heads/main" && sources[0].commit == "c2")
  }

  @Test func commits() throws {
    let own = try Self.sources(v1: #"{"source": {"uri": "https://h/r", "digest": {"sha1": "c1", "gitCommit": "c2"}}}"#)
    #expect(own.map(\.commit) == ["c2"])
    // Two that differ are none.
    let dependencies =
      #"[{"uri": "https://h/r", "digest": {"sha1": "a"}}, {"uri": "https://h/r", "digest": {"sha1": "b"}}]"#
    #expect(try Self.sources(v1: #"{"source": "https://h/r"}"#, dependencies).map(\.commit) == [nil])
    // Members of other shapes are another build type's.
    #expect(try Self.sources(v1: #"{"workflow": "x", "source": 1, "configSource": [], "repository": null}"#).isEmpty)
    #expect(
      try Self.sources(v1: "{}", #"[{"uri": "git+https://h/r", "digest": {"gitCommit": "c"}}]"#).map(\.commit) == ["c"])
  }

  static let bad: [(String, String, String)] = [
    ("v0.2", "{}", "builder"), ("v0.2", #"{"builder": "x"}"#, "builder"),
    ("v0.2", #"{"builder": {"id": 1}}"#, "builder.id"),
    ("v0.2", #"{"builder": {}, "materials": {}}"#, "materials"),
    ("v0.2", #"{"builder": {}, "materials": [{"digest": {"sha1": 1}}]}"#, "materials[0].digest.sha1"),
    ("v0.2", #"{"builder": {}, "invocation": {"parameters": []}}"#, "invocation.parameters"),
    ("v0.2", #"{"builder": {}, "metadata": {"buildStartedOn": "now"}}"#, "metadata.buildStartedOn"),
    ("v1", "{}", "buildDefinition"), ("v1", #"{"buildDefinition": {}}"#, "runDetails"),
    (
      "v1", #"{"buildDefinition": {"externalParameters": "x"}, "runDetails": {}}"#, "buildDefinition.externalParameters"
    ),
    ("v1", #"{"buildDefinition": {"buildType": 1}, "runDetails": {}}"#, "buildDefinition.buildType"),
    ("v1", #"{"buildDefinition": {}, "runDetails": {"builder": []}}"#, "runDetails.builder"),
    (
      "v1", #"{"buildDefinition": {"resolvedDependencies": ["x"]}, "runDetails": {}}"#,
      "buildDefinition.resolvedDependencies[0]"
    ),
  ]

  @Test(arguments: bad.indices) func anotherShapeIsRefused(_ index: Int) throws {
    let (version, text, place) = Self.bad[index]
    let node = try Self.node(text)
    #expect(throws: Failure(.predicateMalformed, "predicate: \(place)")) {
      _ = version == "v1" ? try Provenance(v1: node) : try Provenance(v0_2: node)
    }
  }

  @Test(.enabled(if: Corpus.isPresent, Comment(rawValue: Corpus.absence))) func toolMade() throws {
    let folder = try ToolMadeArchives.root() + "/pred"
    let old = try Provenance(v0_2: Self.node(String(decoding: contents(of: folder + "/slsa02.json"), as: UTF8.self)))
    #expect(old.builder == "https://builder.corpus.example/hosted@v1")
    #expect(old.sources.map(\.repository) == ["https://git.corpus.example/app", "https://git.corpus.example/app"])
    #expect(old.finished?.description == "2026-01-01T00:05:00Z" && old.externalParameters.members.isEmpty)
    let new = try Provenance(v1: Self.node(String(decoding: contents(of: folder + "/slsa1.json"), as: UTF8.self)))
    #expect(new.buildType == "https://slsa-framework.github.io/github-actions-buildtypes/workflow/v1")
    #expect(new.sources.map(\.ref) == ["refs/tags/v1.0"] && new.sources[0].commit == String(repeating: "a", count: 40))
    #expect(new.externalParameters.members.map(\.key) == [Array("workflow".utf8)])
  }
}
