import Cryptography
import Findings
import Glibc
import OCIImage
import Octets
import Policy
import Reasons
import SiteRules
import StrictJSON

extension Bench {
  /// A policy of 50 rules, of which the last is the one for the image: two signatures of different authorities, and
  /// provenance that says where it was built, among a stranger's.
  func measurePolicies() throws {
    let policy = try Policy(
      JSONNode(parsing: Array(Self.document.utf8), named: "policy", malformed: .policyMalformed))
    let image = Self.digest("image")
    let part = OCIImage.Part(
      digest: image, role: .platform(Platform("linux/amd64")), ancestors: [Self.digest("index")], config: nil,
      layers: [], problems: [])
    let whole = Image(parts: [part], names: ["registry.example/team49/app:v1.2"])
    let findings = [
      Self.signature(of: "key 49", on: image), Self.signature(of: "stranger", on: image),
      Self.identity("https://ci.example/team49/build", on: image, nil),
      Self.identity("https://ci.example/team49/build", on: image, Self.provenance(of: image)),
    ]
    let standings = policy.authorities.map { authority in
      if case .keys = authority.signer { AuthorityStanding(.keys) } else { AuthorityStanding(.trustRoot("root")) }
    }
    func matter() -> Matter {
      Matter(
        FindingIndex(findings), under: policy, standings: standings, denying: .none, of: [], archiveFailures: [],
        on: Occasion(environment: "production", now: UnixTime(1_800_000_000)))
    }
    let asked = matter()
    guard policy.judge(whole, [part], asked).verdict == .admit else { throw BenchFailure("the policy does not admit") }
    func each(_ body: () -> Void) -> Double {
      let begin = seconds(CLOCK_THREAD_CPUTIME_ID)
      for _ in 0..<Self.evaluations { body() }
      return (seconds(CLOCK_THREAD_CPUTIME_ID) - begin) / Double(Self.evaluations)
    }
    let facts = each { _ = policy.judge(whole, [part], asked) }
    let whole0 = each { _ = policy.judge(whole, [part], matter()) }
    Table.head("\(Self.evaluations) evaluations of a policy of \(policy.rules.count) rules")
    Table.bound("processor, each", facts, atMost: 50e-6, Table.microseconds)
    Table.note("with the attestation read anew", Table.microseconds(whole0))
  }

  private static let evaluations = 10_000

  private static func digest(_ text: String) -> ClaimedDigest { ClaimedDigest(Cryptography.digest(Array(text.utf8))) }

  /// Fifty teams, each with a key, an identity and a rule of its own.
  private static var document: String {
    let teams = 0..<50
    let authorities = teams.map { team in
      #"{"name":"key\#(team)","operator":"team \#(team)","keys":"\#(digest("key \(team)"))"},"#
        + #"{"name":"ci\#(team)","keyless":{"identity":{"matching":"https://ci\\.example/team\#(team)/.*"},"issuer":"https://issuer.example"}}"#
    }
    let rules = teams.map { team in
      #"{"name":"team\#(team)","scope":{"environment":"production","repository":"registry.example/team\#(team)/**","tag":"v*"},"#
        + #""require":{"all":[{"name":"two\#(team)","signature":{"by":["key\#(team)","ci\#(team)"],"atLeast":2}},"#
        + #"{"name":"built\#(team)","attestation":{"type":"slsa-provenance","by":"ci\#(team)","provenance":{"builder":"https://builder.example","#
        + #""source":{"matching":"https://git\\.example/team\#(team)/.*"}}}}]}}"#
    }
    return
      #"{"format":"assay-policy/1","name":"bench","default":"refuse","authorities":[\#(authorities.joined(separator: ","))],"#
      + #""rules":[\#(rules.joined(separator: ","))]}"#
  }

  private static func finding(
    _ what: String, on image: ClaimedDigest, _ kind: EvidenceKind, _ anchor: Finding.Anchor, _ proven: Proven
  ) -> Finding {
    Finding(
      evidence: Cryptography.digest(Array(what.utf8)), carrier: what, attachedTo: image, kind: kind, subjects: [image],
      anchor: anchor, outcome: .success(proven))
  }

  private static func signature(of key: String, on image: ClaimedDigest) -> Finding {
    let signer = Signer.key(fingerprint: Cryptography.digest(Array(key.utf8)))
    return finding(
      key, on: image, .signature, .keys, Proven(signer: signer, times: [], log: [], checks: [], statement: nil))
  }

  private static func identity(_ name: String, on image: ClaimedDigest, _ statement: StatementFacts?) -> Finding {
    let facts = CertificateFacts(
      fingerprint: Cryptography.digest([1]), keyFingerprint: Cryptography.digest([2]), identities: [name],
      issuer: "https://issuer.example", extensions: [], authority: "CA", notBefore: UnixTime(0), notAfter: UnixTime(600)
    )
    let kind = statement.map { EvidenceKind.attestation(predicateType: $0.predicateType) } ?? .signature
    return finding(
      "\(name) \(kind)", on: image, kind, .trustRoot("root"),
      Proven(signer: .certificate(facts), times: [], log: [], checks: [], statement: statement))
  }

  private static func provenance(of image: ClaimedDigest) -> StatementFacts {
    let type = "https://slsa.dev/provenance/v1"
    let text =
      #"{"_type":"https://in-toto.io/Statement/v1","subject":[{"digest":{"sha256":"\#(image.hex)"}}],"predicateType":"\#(type)","#
      + #""predicate":{"buildDefinition":{"buildType":"t","externalParameters":{"workflow":{"repository":"https://git.example/team49/app","#
      + #""ref":"refs/heads/main"}}},"runDetails":{"builder":{"id":"https://builder.example"}}}}"#
    return StatementFacts(predicateType: type, statement: Array(text.utf8))
  }
}
