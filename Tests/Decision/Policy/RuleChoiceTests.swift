import OCIImage
import Octets
import Policy
import Reasons
import StrictJSON
import Testing

/// Which rule an image answers to.
@Suite struct RuleChoiceTests {
  static let linux = Platform("linux/amd64")
  static let windows = Platform("windows/amd64")

  static func part(_ platform: Platform?, _ name: String) -> Part {
    Part(
      digest: EvaluationTests.named(name), role: .platform(platform), ancestors: [EvaluationTests.index], config: nil,
      layers: [], problems: [])
  }

  static let index = Part(
    digest: EvaluationTests.index, role: .index, ancestors: [], config: nil, layers: [], problems: [])

  /// The rules in words: what each part answers to, and `-` where a name or platform finds none.
  static func choice(
    _ scopes: [String], names: [String] = [], tags: [String] = [], occasion: Occasion = Occasion(now: UnixTime(0)),
    parts: [Part] = [part(linux, "image")]
  ) throws -> [String] {
    let rules = scopes.enumerated().map { #"{"name":"r\#($0)","scope":\#($1),"refuse":"no"}"# }.joined(separator: ",")
    let policy = try Policy.with(#""rules":[\#(rules)]"#)
    let image = Image(parts: parts, names: names, tags: tags)
    return policy.choices(for: parts, of: image, on: occasion).map { choice in
      choice.rules.map(String.init).joined(separator: "+") + (choice.isUnmatched ? "-" : "")
    }
  }

  struct Row: Sendable {
    let scope: String
    let name: String
    let isFor: Bool
  }

  static let rows: [Row] = [
    Row(scope: #"{}"#, name: "alpine", isFor: true),
    Row(scope: #"{"registry":"docker.io"}"#, name: "alpine:3", isFor: true),
    Row(scope: #"{"registry":"docker.io"}"#, name: "index.docker.io/library/alpine", isFor: true),
    Row(scope: #"{"registry":"docker.io"}"#, name: "reg.example/alpine", isFor: false),
    Row(scope: #"{"registry":["a.example","reg.example:5000"]}"#, name: "reg.example:5000/alpine", isFor: true),
    Row(scope: #"{"registry":"reg.example"}"#, name: "reg.example:5000/alpine", isFor: false),
    Row(scope: #"{"repository":"docker.io/library/alpine"}"#, name: "alpine:3", isFor: true),
    Row(scope: #"{"repository":"reg.example/*"}"#, name: "reg.example/a", isFor: true),
    Row(scope: #"{"repository":"reg.example/*"}"#, name: "reg.example/a/b", isFor: false),
    Row(scope: #"{"repository":"reg.example/**"}"#, name: "reg.example/a/b", isFor: true),
    Row(scope: #"{"repository":"reg.example/**"}"#, name: "reg.example.evil/a", isFor: false),
    Row(scope: #"{"repository":"**/app"}"#, name: "reg.example/x/app:1", isFor: true),
    Row(scope: #"{"repository":["x","**/app"]}"#, name: "reg.example/app", isFor: true),
    Row(scope: #"{"tag":"v*"}"#, name: "reg.example/app:v1", isFor: true),
    Row(scope: #"{"tag":"v*"}"#, name: "reg.example/app", isFor: false),
    Row(scope: #"{"tag":"latest"}"#, name: "reg.example/app", isFor: true),
    Row(
      scope: #"{"tag":"*"}"#,
      name: "reg.example/app@sha256:0000000000000000000000000000000000000000000000000000000000000000", isFor: false),
    // A layout's name that is a tag alone says nothing of the repository.
    Row(scope: #"{"tag":"v1"}"#, name: "v1", isFor: true),
    Row(scope: #"{"repository":"**"}"#, name: "v1", isFor: false),
    Row(scope: #"{"registry":"docker.io"}"#, name: "v1", isFor: false),
  ]

  @Test(arguments: rows) func byName(_ row: Row) throws {
    #expect(try Self.choice([row.scope], names: [row.name]) == [row.isFor ? "0" : "-"])
  }

  @Test func namelessImagesMatchNoName() throws {
    #expect(try Self.choice([#"{"repository":"**"}"#]) == ["-"])
    #expect(try Self.choice([#"{"tag":"*"}"#]) == ["-"])
    #expect(try Self.choice(["{}"]) == ["0"])
  }

  @Test func theFirstThatMatchesDecides() throws {
    #expect(try Self.choice([#"{"repository":"a.example/**"}"#, "{}"], names: ["a.example/x"]) == ["0"])
    #expect(try Self.choice([#"{"repository":"a.example/**"}"#, "{}"], names: ["b.example/x"]) == ["1"])
    #expect(try Self.choice(["{}", #"{"repository":"a.example/**"}"#], names: ["a.example/x"]) == ["0"])
  }

  /// A second name is no way around the rule for the first.
  @Test func everyNameIsAnsweredFor() throws {
    let scopes = [#"{"repository":"prod.example/**"}"#, #"{"repository":"dev.example/**"}"#]
    #expect(try Self.choice(scopes, names: ["dev.example/x", "prod.example/x"]) == ["0+1"])
    #expect(try Self.choice(scopes, names: ["dev.example/x", "other.example/x"]) == ["1-"])
  }

  @Test func theOperatorsNameCountsInPlaceOfTheArchives() throws {
    let scopes = [#"{"repository":"prod.example/**"}"#, #"{"repository":"dev.example/**"}"#]
    let occasion = Occasion(name: "prod.example/x:1", now: UnixTime(0))
    #expect(try Self.choice(scopes, names: ["dev.example/x"], occasion: occasion) == ["0"])
  }

  /// It is an image's, however short.
  @Test func theOperatorsNameIsNoBareTag() throws {
    let scopes = [#"{"repository":"docker.io/library/alpine"}"#, "{}"]
    #expect(try Self.choice(scopes, occasion: Occasion(name: "alpine", now: UnixTime(0))) == ["0"])
  }

  @Test func bareTagsCountOnlyWithoutNames() throws {
    #expect(try Self.choice([#"{"tag":"t"}"#], names: ["a.example/x:v"], tags: ["t"]) == ["-"])
    #expect(try Self.choice([#"{"tag":"t"}"#], tags: ["t"]) == ["0"])
  }

  /// Other tools go by what stands beside the full name.
  @Test func anotherFullNameIsOneMoreName() throws {
    let scopes = [#"{"registry":"dev.example"}"#, #"{"registry":"prod.example"}"#]
    #expect(try Self.choice(scopes, names: ["dev.example/x:1"], tags: ["prod.example/x:1"]) == ["0+1"])
    #expect(try Self.choice([scopes[0]], names: ["dev.example/x:1"], tags: ["prod.example/x:1"]) == ["0-"])
    // One that ends as the full name does, and says more than that end.
    #expect(
      try Self.choice([scopes[0]], names: ["dev.example/x:prod.example/y:1"], tags: ["prod.example/y:1"]) == ["0-"])
    #expect(try Self.choice([scopes[0]], names: ["dev.example/x:y:1"], tags: ["y:1"]) == ["0-"])
  }

  /// What containerd and BuildKit write beside the full name: its end.
  @Test(arguments: ["", ":1"]) func theEndOfAFullNameSaysNothingMore(_ tag: String) throws {
    let digest = "@sha256:" + String(repeating: "a", count: 64)
    let scopes = [#"{"registry":"dev.example"}"#]
    let object = (tag + digest).drop { $0 == ":" }
    #expect(try Self.choice(scopes, names: ["dev.example/x" + tag + digest], tags: [String(object)]) == ["0"])
    #expect(try Self.choice(scopes, names: ["dev.example/x:2"], tags: [String(object)]) == ["0-"])
  }

  @Test(arguments: ["environment", "team", "exporter", "medium"]) func byWhatTheOperatorSays(_ field: String) throws {
    func occasion(_ value: String?) -> Occasion {
      Occasion(
        environment: field == "environment" ? value : nil, team: field == "team" ? value : nil,
        exporter: field == "exporter" ? value : nil, medium: field == "medium" ? value : nil, now: UnixTime(0))
    }
    let scopes = [#"{"\#(field)":["x","y"]}"#]
    #expect(try Self.choice(scopes, occasion: occasion("y")) == ["0"])
    #expect(try Self.choice(scopes, occasion: occasion("z")) == ["-"])
    #expect(try Self.choice(scopes, occasion: occasion(nil)) == ["-"])
  }

  @Test(.timeLimit(.minutes(1))) func manyNamesBesideEachOther() throws {
    let names = (0..<20_000).map { "dev.example/x:\($0)" }
    let tags = (0..<20_000).map { "1@x\($0)" }
    #expect(try Self.choice([#"{"registry":"dev.example"}"#], names: names, tags: tags) == ["0-"])
  }

  /// What answers for all platforms is asked once for all of them, however many indexes there are.
  @Test(.timeLimit(.minutes(1))) func manyIndexesOfManyPlatforms() throws {
    let count = 10_000
    let indexes = (0..<count).map {
      Part(
        digest: EvaluationTests.named("index \($0)"), role: .index, ancestors: [], config: nil, layers: [], problems: []
      )
    }
    let machines = (0..<count).map {
      Self.part(Platform(os: "windows", architecture: "amd64", variant: nil, osVersion: "\($0)"), "machine \($0)")
    }
    let found = try Self.choice(
      [#"{"platform":"windows(7)/amd64"}"#, #"{"platform":"windows/amd64"}"#], parts: indexes + machines)
    #expect(found.prefix(count).allSatisfy { $0 == "0+1" })
    #expect(found[count + 7] == "0" && found[count + 8] == "1")
  }

  @Test func byPlatform() throws {
    let scopes = [#"{"platform":"linux/amd64"}"#, #"{"platform":"windows/amd64"}"#]
    let both = [Self.index, Self.part(Self.linux, "l"), Self.part(Self.windows, "w")]
    // The index answers to what its platforms answer to.
    #expect(try Self.choice(scopes, parts: both) == ["0+1", "0", "1"])
    #expect(try Self.choice([scopes[0]], parts: both) == ["0-", "0", "-"])
    #expect(try Self.choice([scopes[0], "{}"], parts: both) == ["0+1", "0", "1"])
    #expect(try Self.choice(scopes, parts: [Self.part(nil, "n")]) == ["-"])
    // An index of nothing has no platform.
    #expect(try Self.choice(scopes, parts: [Self.index]) == ["-"])
  }

  /// Whoever made the index chose its words: what the image itself says is answered for too.
  @Test func aWrongLabelIsNoWayAround() throws {
    let scopes = [#"{"platform":"linux/amd64"}"#, #"{"platform":"windows/amd64"}"#]
    let labelled = Part(
      digest: EvaluationTests.image, role: .platform(Self.windows), ancestors: [EvaluationTests.index], config: nil,
      layers: [], problems: [], configuredPlatform: Self.linux)
    #expect(try Self.choice(scopes, parts: [Self.index, labelled]) == ["0+1", "0+1"])
    #expect(try Self.choice([scopes[1]], parts: [Self.index, labelled]) == ["0-", "0-"])
  }

  /// What says nothing of a platform runs on any, and so answers to the rules of all; an artifact runs on none.
  @Test func whatRunsAnywhereAnswersToAll() throws {
    func part(_ state: Part.Configuration.State?) -> Part {
      Part(
        digest: EvaluationTests.image, role: .platform(nil), ancestors: [],
        config: state.map { Part.Configuration(EvaluationTests.named("config"), $0) }, layers: [], problems: [])
    }
    let scopes = [#"{"platform":"linux/amd64"}"#, #"{"platform":"windows/amd64"}"#]
    for state in [nil, .unread, .opaque] as [Part.Configuration.State?] {
      #expect(try Self.choice(scopes + ["{}", "{}"], parts: [part(state)]) == ["2"])
      #expect(try Self.choice(scopes, parts: [part(state)]) == ["-"])
    }
    #expect(try Self.choice(scopes + ["{}", "{}"], parts: [part(.read)]) == ["0+1+2"])
    #expect(try Self.choice(["{}"] + scopes, parts: [part(.read)]) == ["0"])
    // Of some machine it may be nobody's.
    #expect(try Self.choice(scopes, parts: [part(.read)]) == ["0+1-"])
  }

  @Test func whatNoRuleIsForIsRefused() throws {
    let policy = try Policy.with(#""rules":[{"name":"r","scope":{"tag":"v"},"require":{"signature":{"by":"a"}}}]"#)
    let asked = Asked(policy, CombinationTests.findings([.good]))
    #expect(asked.verdict == .refuse)
    #expect(asked.reasons == [.policyNoRule])
  }

  @Test func aRuleMayRefuse() throws {
    let policy = try Policy.with(#""rules":[{"name":"r","scope":{},"refuse":"not here"}]"#)
    let asked = Asked(policy, CombinationTests.findings([.good]))
    #expect(asked.verdict == .refuse)
    #expect(asked.judged.reasons.map(\.description) == ["policy.refused (rule r): not here"])
  }
}
