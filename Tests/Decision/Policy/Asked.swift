import Cryptography
import Findings
import OCIImage
import Octets
import Policy
import Reasons
import SiteRules
import StrictJSON

/// One question to a policy about an image that was sketched by hand.
struct Asked {
  var policy: Policy
  var findings: [Finding]
  var part = EvaluationTests.part()
  var image: Image?
  var denials = DenialsInForce.none
  var documents: [ImageDocument] = []
  var archiveFailures: [Failure] = []
  var occasion = Occasion(now: UnixTime(1_000_000))
  /// Why nothing is proven under authorities, for all of them alike.
  var lacking: Failure?
  var standings: [AuthorityStanding]?

  init(_ policy: Policy, _ findings: [Finding]) {
    self.policy = policy
    self.findings = findings
  }

  /// Authorities with keys under the keys, all others under the trust root that the findings of this suite name.
  private var usual: [AuthorityStanding] {
    policy.authorities.map { authority in
      if let lacking { return AuthorityStanding(nil, lacking: lacking) }
      if case .keys = authority.signer { return AuthorityStanding(.keys) }
      return AuthorityStanding(.trustRoot(authority.trustRoot ?? "root"))
    }
  }

  var matter: Matter {
    Matter(
      FindingIndex(findings), under: policy, standings: standings ?? usual, denying: denials,
      of: documents, archiveFailures: archiveFailures, on: occasion)
  }

  var judged: ImageJudgement {
    let image = image ?? Image(parts: [part], names: [])
    return policy.judge(image, image.parts, matter)
  }

  var answer: PartJudgement { judged.parts[0] }
  var verdict: Verdict { judged.verdict }
  var reasons: [Reason] { judged.reasons.map(\.reason) }
}

extension Policy {
  /// Out of a document in JSON.
  init(json: String) throws {
    try self.init(JSONNode(parsing: Array(json.utf8), named: "policy", malformed: .policyMalformed))
  }

  /// One key, one kind of evidence, for every image.
  static func signed(by key: ComputedDigest, _ others: [ComputedDigest] = [], count: Int = 1) throws -> Policy {
    try Policy(
      oneOff: [.signature], by: .keys(KeySet(ClaimedDigest(key), others.map { ClaimedDigest($0) })), count: count)
  }

  static func signed(by identity: String, of issuer: String) throws -> Policy {
    try Policy(
      oneOff: [.signature],
      by: .keyless(
        IdentityRule(identity: TextRules(.exactly(identity)), issuer: TextRules(.exactly(issuer)))))
  }

  /// A document whose authorities are `a`, `b` and `c` with the keys of these names, and `me`, an identity; with these rules.
  static func with(_ members: String, authorities: String = "") throws -> Policy {
    func key(_ name: String) -> String { #"{"name":"\#(name)","keys":"\#(EvaluationTests.named(name))"}"# }
    let known =
      [key("a"), key("b"), key("c")].joined(separator: ",")
      + #","# + #"{"name":"me","keyless":{"identity":"me","issuer":"iss"}}"#
    return try Policy(
      json: #"{"format":"assay-policy/1","name":"test","default":"refuse","authorities":[\#(known)\#(authorities)],"#
        + members + "}")
  }

  /// One rule for everything.
  static func requiring(_ requirement: String, beside members: String = "", authorities: String = "") throws -> Policy {
    try with(
      #""rules":[{"name":"r","scope":{},"require":\#(requirement)}]\#(members)"#, authorities: authorities)
  }
}
