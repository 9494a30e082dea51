import MiniatureSigstore
import Octets
import Policy

// What a signature must bring along, where it must stand, and how old it and what is trusted may be.

extension PolicyTable {
  private static let (ci, person) = (SampleIdentity.releaseWorkflow, SampleIdentity.maintainer)
  private static let day: Int64 = 86_400

  /// A promise without a proof: as cosign 2 annotates it.
  private static let promised = Attachment.signature(
    PolicySite.issued(SigningRequest(.message(PolicySite.image.simpleSigningPayload()), as: .certificate(ci))))
  private static let logged = PolicySite.signature(by: ci)
  private static let unlogged = PolicySite.signature(by: ci, log: .none)
  private static let unstamped = PolicySite.signature(by: ci, log: .v1(), timestamps: [])
  private static let witnessed = PolicySite.signature(by: ci, log: .v2witnessed)

  private static func rule(_ name: String) -> String {
    #"{"name":"\#(name)","scope":{"tag":"\#(name)"},"require":{"signature":{"by":"\#(name)"}}}"#
  }

  private static let needed = ["plain", "promise", "inclusion", "timestamp", "certificate-log", "witnesses", "own"]

  /// Each need on an authority of its own. Under a trust root that names no logs nothing else asks for them.
  static let needs = PolicyTable(
    "needs",
    authorities: [
      Allow.keyless("plain", ci), Allow.keyless("promise", ci, needs: #"{"transparencyLog":"promise"}"#),
      Allow.keyless("inclusion", ci, needs: #"{"transparencyLog":"inclusion"}"#),
      Allow.keyless("timestamp", ci, needs: #"{"timestamp":true}"#),
      Allow.keyless("certificate-log", ci, needs: #"{"certificateTimestamp":true}"#),
      Allow.keyless("witnesses", ci, needs: #"{"witnesses":2}"#),
      #"{"name":"own","certificate":{"authority":"O=Acme, CN=Acme Signing","identity":"\#(person.name.text)","trustRoot":"plant"}}"#,
    ].joined(separator: ","),
    "\"rules\":[" + needed.map(rule).joined(separator: ",") + "]", needScenarios)

  private static let needScenarios: [PolicyScenario] = [
    .init("nothing more is needed", [unlogged], named: ["a/b:plain"], isQuiet: true, .admit),
    .init("the trust root needs a log", [unlogged], named: ["a/b:plain"], .incomplete, "log.entry-missing"),
    .init(
      "another identity", [PolicySite.signature(by: person)], named: ["a/b:plain"], .refuse, "identity.issuer-mismatch"),
    .init(
      "an identity of the issuer's",
      [PolicySite.signature(by: .init(.uri("https://git.miniature.example/x"), issuer: ci.issuer))],
      named: ["a/b:plain"], .refuse, "identity.mismatch"),
    .init(
      "another instance", [PolicySite.signature(by: ci, in: PolicySite.elsewhere)], named: ["a/b:plain"], .incomplete,
      "log.unknown"),
    .init("no log", [unlogged], named: ["a/b:promise"], isQuiet: true, .incomplete, "needs.log-entry"),
    .init("a log", [logged], named: ["a/b:promise"], .admit),
    .init("a promise", [promised], named: ["a/b:promise"], .admit),
    .init("a promise where proof is needed", [promised], named: ["a/b:inclusion"], .incomplete, "needs.log-proof"),
    .init("a proof", [logged], named: ["a/b:inclusion"], .admit),
    .init("no timestamp", [unstamped], named: ["a/b:timestamp"], .incomplete, "needs.timestamp"),
    .init("a timestamp", [logged], named: ["a/b:timestamp"], .admit),
    .init(
      "no certificate log is known", [unlogged], named: ["a/b:certificate-log"], isQuiet: true, .incomplete,
      "needs.certificate-timestamp"),
    .init("a certificate log", [logged], named: ["a/b:certificate-log"], .admit),
    .init("no witnesses", [logged], named: ["a/b:witnesses"], .incomplete, "needs.witnesses"),
    .init("two witnesses", [witnessed], named: ["a/b:witnesses"], .admit),
    .init("the site's own authority", [PolicySite.ownSignature(person)], named: ["a/b:own"], isQuiet: true, .admit),
    .init(
      "the site's own authority, somebody else", [PolicySite.ownSignature(.stranger)], named: ["a/b:own"],
      isQuiet: true, .refuse, "identity.mismatch"),
    .init(
      "another authority's certificate", [PolicySite.signature(by: person, log: .none)], named: ["a/b:own"],
      isQuiet: true, .refuse, "identity.issuer-mismatch"),
    .init(
      "the site's own authority has no issuer", [PolicySite.ownSignature(ci)], named: ["a/b:plain"], isQuiet: true,
      .refuse, "identity.issuer-mismatch"),
    .init("a name that is nobody's", [logged], named: ["a/b:other"], .refuse, "policy.no-rule"),
  ]

  private static let index = PolicySite.index
  private static let onPlatforms = index.platforms.map { PolicySite.signature("security", on: $0) }
  private static let onIndex = PolicySite.signature("security", of: index)

  /// On which digest evidence must stand, and how old it may be.
  static let coverage = PolicyTable(
    "coverage", authorities: [Allow.key("security"), Allow.keyless("ci", ci)].joined(separator: ","),
    #"""
    "rules":[
     {"name":"either","scope":{"tag":"either"},"require":{"signature":{"by":"security"}}},
     {"name":"index","scope":{"tag":"index"},"require":{"signature":{"by":"security","covers":"index"}}},
     {"name":"platforms","scope":{"tag":"platforms"},"require":{"signature":{"by":"security","covers":"every-platform"}}},
     {"name":"fresh","scope":{"tag":"fresh"},"require":{"signature":{"by":"ci","maxAge":"30d"}}},
     {"name":"fresh-key","scope":{"tag":"fresh-key"},"require":{"signature":{"by":"security","maxAge":"30d"}}},
     {"name":"foreign","scope":{"tag":"foreign"},"require":{"signature":{"by":"security"}},"allowForeignLayers":true},
     {"name":"carried","scope":{"tag":"carried"},"require":{"signature":{"by":"security"}}}]
    """#,
    [
      .init("index for a platform", [onIndex], of: index, named: ["a/b:either"], said: platform, .admit),
      .init("platforms for a platform", onPlatforms, of: index, named: ["a/b:either"], said: platform, .admit),
      .init("index where it is wanted", [onIndex], of: index, named: ["a/b:index"], said: platform, .admit),
      .init(
        "platforms where the index is wanted", onPlatforms, of: index, named: ["a/b:index"], said: platform,
        .incomplete,
        "signature.missing"),
      .init("platforms where they are wanted", onPlatforms, of: index, named: ["a/b:platforms"], .admit),
      .init(
        "index where platforms are wanted", [onIndex], of: index, named: ["a/b:platforms"], .incomplete,
        "signature.missing"),
      .init(
        "one platform of two", Array(onPlatforms.prefix(1)), of: index, named: ["a/b:platforms"], .incomplete,
        "signature.missing"),
      .init("a fresh signature", [PolicySite.signature(by: ci)], named: ["a/b:fresh"], .admit),
      .init(
        "an old signature", [PolicySite.signature(by: ci, time: PolicySite.now - 40 * day)], named: ["a/b:fresh"],
        .incomplete, "evidence.too-old"),
      .init(
        "a key tells no age", [PolicySite.signature("security")], named: ["a/b:fresh-key"], .incomplete,
        "evidence.age-unknown"),
      .init(
        "a foreign layer may be absent", [PolicySite.signature("security", of: PolicySite.foreign)],
        of: PolicySite.foreign, named: ["a/b:foreign"], .admit),
      .init(
        "a foreign layer must be there", [PolicySite.signature("security", of: PolicySite.foreign)],
        of: PolicySite.foreign, named: ["a/b:carried"], .incomplete, "blob.foreign-not-carried"),
    ])

  private static let platform = ["platform": "linux/amd64"]

  private static func age(_ subject: Limits.Subject, days: Int64) -> TrustAge {
    TrustAge(subject, "sample", from: UnixTime(PolicySite.now - days * day))
  }
  private static func ages(_ days: Int64, _ changed: Limits.Subject? = nil, _ other: Int64 = 0) -> [TrustAge] {
    Limits.Subject.allCases.map { age($0, days: $0 == changed ? other : days) }
  }

  /// How old what is trusted may be.
  static let limits = PolicyTable(
    "limits", authorities: Allow.key("security"),
    #"""
    "rules":[{"name":"r","scope":{},"require":{"signature":{"by":"security"}},
      "limits":{"trustRoot":"90d","timestamp":"30d","logSnapshot":"60d","revocationList":"20d"}}]
    """#,
    [
      .init("all is young", [PolicySite.signature("security")], ages: ages(1), .admit),
      .init("nothing tells an age", [PolicySite.signature("security")], .incomplete, "trust.age-unknown"),
      .init(
        "an old trust root", [PolicySite.signature("security")], ages: ages(1, .trustRoot, 91), .incomplete,
        "trust.too-old"),
      .init(
        "a trust root that is old enough for the others", [PolicySite.signature("security")],
        ages: ages(1, .trustRoot, 89),
        .admit),
      .init(
        "an old timestamp", [PolicySite.signature("security")], ages: ages(1, .timestamp, 31), .incomplete,
        "trust.too-old"),
      .init(
        "an old log snapshot", [PolicySite.signature("security")], ages: ages(1, .logSnapshot, 61), .incomplete,
        "trust.too-old"),
      .init(
        "an old revocation list", [PolicySite.signature("security")], ages: ages(1, .revocationList, 21), .incomplete,
        "trust.too-old"),
      .init("unsigned", [], ages: ages(1), .incomplete, "signature.missing"),
    ])

  private static let entry = PolicySite.issued(
    SigningRequest(.statement(PolicySite.image.signingStatement), as: .certificate(ci), log: .v1()))

  /// What the policy itself denies, and what it waives.
  static let exceptions = PolicyTable(
    "exceptions",
    authorities: [
      Allow.key("build"), Allow.key("build-two"), Allow.key("security"), Allow.keyless("ci", ci),
      Allow.keyless("person", person),
    ]
    .joined(separator: ","),
    #"""
    "rules":[
     {"name":"r","scope":{"repository":"docker.io/a/b"},"require":{"signature":{"by":["build","build-two"]}}},
     {"name":"identities","scope":{"repository":"docker.io/i/d"},"require":{"signature":{"by":["ci","person"]}}},
     {"name":"two","scope":{"repository":["docker.io/c/*","docker.io/x/*"]},"require":{"all":[
       {"name":"built","signature":{"by":"build"}},{"name":"reviewed","signature":{"by":"security"}}]}}],
    "deny":[{"digest":"\#(PolicySite.otherImage.digest)","reason":"a"},{"key":"\#(PolicySite.digest("build-two"))","reason":"b"},
     {"identity":"\#(person.name.text)","issuer":"\#(person.issuer)","reason":"c"},
     {"logEntry":{"log":"\#(PolicySite.logName)","index":\#(entry.entries[0].logIndex)},"reason":"d"}],
    "waivers":[
     {"name":"W-1","waives":"reviewed","scope":{"repository":"docker.io/c/waived"},"reason":"a","approver":"b","expires":"2999-01-01T00:00:00Z"},
     {"name":"W-2","waives":"reviewed","scope":{"repository":"docker.io/c/expired"},"reason":"a","approver":"b","expires":"2001-01-01T00:00:00Z"},
     {"name":"W-3","waives":"built","scope":{"repository":"docker.io/c/digest","digest":"\#(PolicySite.image.digest)"},"reason":"a","approver":"b","expires":"2999-01-01T00:00:00Z"}]
    """#,
    [
      .init("not denied", [PolicySite.signature("build")], named: ["a/b:v1"], .admit),
      .init(
        "a denied digest", [PolicySite.signature("build", of: PolicySite.otherImage)], of: PolicySite.otherImage,
        named: ["a/b:v1"], .refuse, "denial.digest"),
      .init("a denied key", [PolicySite.signature("build-two")], named: ["a/b:v1"], .refuse, "denial.key"),
      .init("a denied identity", [PolicySite.signature(by: person)], named: ["i/d:v1"], .refuse, "denial.identity"),
      .init("an identity that is not", [PolicySite.signature(by: ci)], named: ["i/d:v1"], .admit),
      .init("a denied log entry", [.bundle(entry)], named: ["i/d:v1"], .refuse, "denial.log-entry"),
      .init(
        "a denied key beside a good one", [PolicySite.signature("build-two"), PolicySite.signature("build")],
        named: ["a/b:v1"], .admit),
      .init("a waiver", [PolicySite.signature("build")], named: ["c/waived:v1"], .admit),
      .init(
        "the rest is not waived", [PolicySite.signature("security")], named: ["c/waived:v1"], .refuse,
        "signature.key-mismatch"),
      .init(
        "a waiver that ended", [PolicySite.signature("build")], named: ["c/expired:v1"], .refuse,
        "signature.key-mismatch"),
      .init(
        "a waiver for another image", [PolicySite.signature("build")], named: ["c/other:v1"], .refuse,
        "signature.key-mismatch"),
      .init(
        "a waiver under one name of two", [PolicySite.signature("build")], named: ["c/waived:v1", "c/other:v1"],
        .refuse,
        "signature.key-mismatch"),
      .init(
        "both, without a waiver", [PolicySite.signature("build"), PolicySite.signature("security")], named: ["x/y:v1"],
        .admit),
      .init(
        "one, without a waiver", [PolicySite.signature("build")], named: ["x/y:v1"], .refuse, "signature.key-mismatch"),
      .init("a waiver for this digest", [PolicySite.signature("security")], named: ["c/digest:v1"], .admit),
      .init(
        "a waiver for another digest", [PolicySite.signature("security", of: PolicySite.index)], of: PolicySite.index,
        named: ["c/digest:v1"], .refuse, "signature.key-mismatch"),
      .init(
        "a waiver of this digest for another name", [PolicySite.signature("security")], named: ["c/another:v1"],
        .refuse,
        "signature.key-mismatch"),
    ])
}

extension PolicySite {
  /// As reports call it.
  static let logName = "rekor.miniature.example"

  /// By the site's own authority, whose certificates name no issuer and are in no certificate log.
  static func ownSignature(_ identity: SampleIdentity) -> Attachment {
    .bundle(issued(SigningRequest(.statement(image.signingStatement), as: .siteCertificate(identity))))
  }
}
