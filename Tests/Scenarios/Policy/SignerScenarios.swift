import MiniatureSigstore
import Octets
import Policy

// Who must have signed, for which images: one row for each sentence of what a policy can ask, both ways.

extension PolicyTable {
  private static let (ci, person) = (SampleIdentity.releaseWorkflow, SampleIdentity.maintainer)
  private static func sign(_ owners: String..., of image: SampleImage = PolicySite.image) -> [Attachment] {
    owners.map { PolicySite.signature($0, of: image) }
  }

  /// Production wants two signatures of different teams; development one; some images never enter.
  static let teams = PolicyTable(
    "teams",
    authorities: [
      Allow.key("build", operator: "Build department"), Allow.key("build-two", operator: "Build department"),
      Allow.key("security"),
    ].joined(separator: ","),
    #"""
    "rules":[
     {"name":"no-debug","scope":{"repository":"registry.miniature.example/**","tag":"*-debug"},"refuse":"Debug images stay outside."},
     {"name":"production","scope":{"environment":"production","repository":"registry.miniature.example/**"},
      "require":{"signature":{"by":["build","build-two","security"],"atLeast":2}}},
     {"name":"development","scope":{"environment":"development","repository":"registry.miniature.example/**"},
      "require":{"signature":{"by":["build","security"]}}}]
    """#,
    [
      .init("two teams", sign("build", "security"), said: ["environment": "production"], .admit),
      .init("the other two", sign("build-two", "security"), said: ["environment": "production"], .admit),
      .init("one team", sign("build"), said: ["environment": "production"], .incomplete, "signature.missing"),
      .init(
        "two keys of one team", sign("build", "build-two"), said: ["environment": "production"], .incomplete,
        "signature.missing"),
      .init(
        "one key twice", sign("security", "security"), said: ["environment": "production"], .incomplete,
        "signature.missing"),
      .init(
        "a stranger beside one team", sign("build", "stranger"), said: ["environment": "production"], .incomplete,
        "signature.missing"),
      .init("development by build", sign("build"), said: ["environment": "development"], .admit),
      .init("development by security", sign("security"), said: ["environment": "development"], .admit),
      .init(
        "development by the second key", sign("build-two"), said: ["environment": "development"], .refuse,
        "signature.key-mismatch"),
      .init("nobody", [], said: ["environment": "development"], .incomplete, "signature.missing"),
      .init(
        "a signature of another image", sign("build", of: PolicySite.otherImage), said: ["environment": "development"],
        .refuse, "signature.subject-mismatch"),
      .init("nothing said", sign("build", "security"), .refuse, "policy.no-rule"),
      .init(
        "said otherwise", sign("build", "security"), said: ["environment": "Production"], .refuse, "policy.no-rule"),
      .init(
        "elsewhere", sign("build", "security"), named: ["registry.other.example/acme/app:v1"],
        said: ["environment": "production"], .refuse, "policy.no-rule"),
      .init(
        "elsewhere, development", sign("build", "security"), named: ["registry.other.example/acme/app:v1"],
        said: ["environment": "development"], .refuse, "policy.no-rule"),
      .init(
        "a second name elsewhere", sign("build", "security"),
        named: [PolicySite.repository + ":v1", "registry.other.example/acme/app:v1"],
        said: ["environment": "production"], .refuse, "policy.no-rule"),
      .init(
        "a debug image", sign("build", "security"), named: [PolicySite.repository + ":v1-debug"],
        said: ["environment": "production"], .refuse, "policy.refused"),
      .init(
        "a debug image elsewhere", sign("build", "security"), named: ["registry.other.example/acme/app:v1-debug"],
        said: ["environment": "production"], .refuse, "policy.no-rule"),
      .init(
        "a second name for debugging", sign("build", "security"),
        named: [PolicySite.repository + ":v1", PolicySite.repository + ":v1-debug"],
        said: ["environment": "production"], .refuse, "policy.refused"),
      .init(
        "a tag alone", sign("build", "security"), named: ["v1"], said: ["environment": "production"], .refuse,
        "policy.no-rule"),
      .init(
        "a tag alone, and the operator's name", sign("build", "security"), named: ["v1"],
        said: ["environment": "production", "as": PolicySite.repository + ":v1"], .admit),
    ])

  /// Every field of a scope, each with an authority of its own: the first rule that matches decides.
  static let scopes = PolicyTable(
    "scopes", authorities: [Allow.key("build"), Allow.key("security")].joined(separator: ","),
    #"""
    "rules":[
     {"name":"registry","scope":{"registry":"one.example"},"require":{"signature":{"by":"security"}}},
     {"name":"segment","scope":{"repository":"two.example/*/app"},"require":{"signature":{"by":"security"}}},
     {"name":"tag","scope":{"repository":"three.example/**","tag":["v1.*","stable"]},"require":{"signature":{"by":"security"}}},
     {"name":"platform","scope":{"repository":"four.example/**","platform":["linux/arm64","windows/amd64"]},"require":{"signature":{"by":"security"}}},
     {"name":"team","scope":{"repository":"five.example/**","team":"blue"},"require":{"signature":{"by":"security"}}},
     {"name":"exporter","scope":{"repository":"five.example/**","exporter":["vendor","mirror"]},"require":{"signature":{"by":"security"}}},
     {"name":"medium","scope":{"repository":"five.example/**","medium":"stick-7"},"require":{"signature":{"by":"security"}}},
     {"name":"hub","scope":{"repository":"docker.io/library/*"},"require":{"signature":{"by":"security"}}},
     {"name":"rest","scope":{},"require":{"signature":{"by":"build"}}}]
    """#,
    named.flatMap(byEitherKey) + onPlatforms)

  /// A name, what the operator says, and whose signature the rule then asks for.
  private static let named: [(name: String, said: [String: String], owner: String)] = [
    ("one.example/a:v1", [:], "security"), ("one.example:5000/a:v1", [:], "build"),
    ("two.example/a/app:v1", [:], "security"), ("two.example/a/b/app:v1", [:], "build"),
    ("three.example/a:v1.2", [:], "security"), ("three.example/a:stable", [:], "security"),
    ("three.example/a:v2", [:], "build"), ("four.example/a:v1", [:], "build"),
    ("other.example/a:v1.2", [:], "build"), ("five.example/a:v1", [:], "build"),
    ("five.example/a:v1", ["team": "blue"], "security"), ("five.example/a:v1", ["team": "red"], "build"),
    ("other.example/a:v1", ["team": "blue"], "build"),
    ("five.example/a:v1", ["exporter": "vendor"], "security"),
    ("five.example/a:v1", ["exporter": "mirror"], "security"), ("five.example/a:v1", ["exporter": "me"], "build"),
    ("other.example/a:v1", ["exporter": "vendor"], "build"),
    ("five.example/a:v1", ["medium": "stick-7"], "security"), ("five.example/a:v1", ["medium": "stick-8"], "build"),
    ("other.example/a:v1", ["medium": "stick-7"], "build"), ("alpine:3", [:], "security"), ("alpine", [:], "build"),
    ("docker.io/library/alpine:3", [:], "security"), ("acme/app", [:], "build"),
  ]

  private static func byEitherKey(_ row: (name: String, said: [String: String], owner: String)) -> [PolicyScenario] {
    let words = ([row.name] + row.said.map { "\($0.key) \($0.value)" }).joined(separator: ", ")
    let other = row.owner == "build" ? "security" : "build"
    return [
      PolicyScenario("\(words) by \(row.owner)", sign(row.owner), named: [row.name], said: row.said, .admit),
      PolicyScenario(
        "\(words) by \(other)", sign(other), named: [row.name], said: row.said, .refuse, "signature.key-mismatch"),
    ]
  }

  private static let onPlatforms: [PolicyScenario] = [
    .init(
      "a platform's rule and the other's", sign("build", "security", of: PolicySite.index), of: PolicySite.index,
      named: ["four.example/a:v1"], .admit),
    .init(
      "a platform's rule is not met", sign("build", of: PolicySite.index), of: PolicySite.index,
      named: ["four.example/a:v1"], .refuse, "signature.key-mismatch"),
    .init(
      "the other platform's rule is not met", sign("security", of: PolicySite.index), of: PolicySite.index,
      named: ["four.example/a:v1"], .refuse, "signature.key-mismatch"),
    .init(
      "platforms of another name", sign("build", of: PolicySite.index), of: PolicySite.index,
      named: ["other.example/a:v1"], .admit),
    .init(
      "a Windows image", sign("security", of: PolicySite.windows), of: PolicySite.windows,
      named: ["four.example/a:v1"],
      .admit),
  ]

  /// all, any, at least so many of.
  static let combinations = PolicyTable(
    "combinations",
    authorities: [
      Allow.key("build", operator: "one"), Allow.key("build-two", operator: "one"), Allow.key("security"),
      Allow.keyless("ci", ci), Allow.keyless("person", person),
    ].joined(separator: ","),
    #"""
    "requirements":[{"name":"by-ci","signature":{"by":"ci"}}],
    "rules":[
     {"name":"all","scope":{"tag":"all"},"require":{"all":[{"signature":{"by":"build"}},{"signature":{"by":"security"}}]}},
     {"name":"any","scope":{"tag":"any"},"require":{"any":[{"signature":{"by":"build"}},{"use":"by-ci"}]}},
     {"name":"some","scope":{"tag":"some"},"require":{"atLeast":2,"of":[
       {"signature":{"by":"build"}},{"signature":{"by":"build-two"}},{"signature":{"by":"security"}},
       {"attestation":{"type":"https://acme.example/review","by":"build"}}]}},
     {"name":"people","scope":{"tag":"people"},"require":{"signature":{"by":["ci","person"],"atLeast":2}}}]
    """#,
    [
      .init("all of two", sign("build", "security"), named: ["a/b:all"], .admit),
      .init("all but one", sign("build"), named: ["a/b:all"], .refuse, "signature.key-mismatch"),
      .init("all but the other", sign("security"), named: ["a/b:all"], .refuse, "signature.key-mismatch"),
      .init("any by the first", sign("build"), named: ["a/b:any"], .admit),
      .init("any by the other", [PolicySite.signature(by: ci)], named: ["a/b:any"], .admit),
      .init("any of none", sign("security"), named: ["a/b:any"], .refuse, "signature.key-mismatch"),
      .init("two of four", sign("build", "security"), named: ["a/b:some"], .admit),
      .init("the other two of four", sign("build-two", "security"), named: ["a/b:some"], .admit),
      .init(
        "two of four by one operator", sign("build", "build-two"), named: ["a/b:some"], .incomplete, "policy.too-few"),
      .init(
        "a signature and an attestation by one",
        sign("build") + [PolicySite.attestation("build", "https://acme.example/review", [:])], named: ["a/b:some"],
        .admit
      ),
      .init("one of four", sign("security"), named: ["a/b:some"], .incomplete, "attestation.missing"),
      .init("another tag", sign("build", "security"), named: ["a/b:other"], .refuse, "policy.no-rule"),
      .init(
        "two identities", [PolicySite.signature(by: ci), PolicySite.signature(by: person)], named: ["a/b:people"],
        .admit),
      .init(
        "two certificates of one identity", [PolicySite.signature(by: ci), PolicySite.signature(by: ci)],
        named: ["a/b:people"], .incomplete, "signature.missing"),
      .init(
        "two certificates of the other", [PolicySite.signature(by: person), PolicySite.signature(by: person)],
        named: ["a/b:people"], .incomplete, "signature.missing"),
    ])
}

extension PolicySite {
  static let windows = SampleImage.make(
    seed: 35, platforms: [.windowsAMD64], layerSize: 1000, carriesForeignLayers: true)
}
