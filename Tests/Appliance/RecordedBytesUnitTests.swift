import Cryptography
import Findings
import OCIImage
import Octets
import Reasons
import StrictJSON
import Testing

@testable import Policy
@testable import Roles

/// Each thing that is recorded with every image counts, and each in full.
struct RecordedBytesUnitTests {
  private static let long = 1 << 20
  private static let text = String(repeating: "x", count: long)

  /// What grows with the images, and how many times its megabyte is recorded with each of them.
  enum Matter: CaseIterable {
    case archiveFailures, policy, warnings, alternative, predicateType, problems, carriers, subjects, proven, evidence,
      alike, annotations,
      documents

    var timesPerImage: Int {
      switch self {
      case .archiveFailures, .policy, .evidence, .alike, .annotations: 2
      case .subjects, .proven, .predicateType, .alternative, .documents: 1
      // At the top, and with the part; with the part, and with a rule's requirement.
      case .problems, .warnings: 2
      // With the finding, and with the evidence's own record.
      case .carriers: 3
      }
    }
  }

  private static func evidence(_ matter: Matter) -> [Evidence] {
    let bytes = [UInt8](repeating: 1, count: matter == .evidence ? long : 1)
    var annotations = CosignAnnotations()
    if matter == .annotations { annotations.signature = text }
    let piece = Evidence(
      .simpleSigning(payload: bytes, annotations: annotations), by: .bundleFile(matter == .carriers ? text : "file"),
      attachedTo: nil, digest: digest(bytes))
    guard matter == .alike else { return [piece] }
    // Two signatures over one payload: findings name them alike.
    annotations.signature = String(text.dropLast(long / 2))
    let half = Evidence(
      .simpleSigning(payload: bytes, annotations: annotations), by: piece.carrier, attachedTo: nil, digest: piece.digest
    )
    return [half, half]
  }

  /// - Parameter times: how often one image has it.
  private static func verify(_ matter: Matter, images: Int, times: Int = 1) throws(Failure) {
    let image = ClaimedDigest(digest([0]))
    let pieces = evidence(matter)
    let proven = Proven(
      signer: .key(fingerprint: digest([0])), times: [], log: [], checks: [Check(text, .passed)], statement: nil)
    let findings = pieces.map { piece in
      Finding(
        evidence: piece.digest, carrier: piece.carrier.description, attachedTo: nil,
        kind: matter == .predicateType ? .attestation(predicateType: text) : nil,
        subjects: Array(repeating: image, count: matter == .subjects ? long / 110 : 1), anchor: .keys,
        outcome: matter == .proven ? .success(proven) : .failure(Failure(.signatureMissing, "x")))
    }
    let failures = Array(repeating: Failure(.blobMissing, "x", text), count: times)
    let requirement = Requirement(.all([]))
    let rule = Rule("r", for: .everything, .require(requirement))
    let outcome = Outcome(
      requirement, .admit, reasons: matter == .alternative ? failures : [],
      warnings: matter == .warnings ? failures : [])
    let judged = PartJudgement(
      part: Part(digest: image, role: .platform(nil), ancestors: [], config: nil, layers: [], problems: []),
      choice: RuleChoice(rules: [0], isUnmatched: false, waivers: []),
      rules: [RuleOutcome(rule: rule, verdict: .admit, outcome: outcome, own: [], until: nil)],
      concerning: Array(findings.indices), archiveFailures: matter == .archiveFailures ? failures : [],
      problems: matter == .problems ? failures : [])
    let judgement = ImageJudgement(image: Image(parts: [judged.part], names: []), first: judged, others: [])
    let document = ImageDocument([UInt8](repeating: 1, count: matter == .documents ? long : 1), .sha256)
    try RecordedBytes.verifyBounded(
      Array(repeating: judgement, count: images), findings, pieces, [image: document],
      under: Policy("p", description: matter == .policy ? text : nil, authorities: [], rules: [rule]))
  }

  @Test(arguments: Matter.allCases) func countsInFull(_ matter: Matter) {
    let most = RecordedBytes.most / (matter.timesPerImage * Self.long)
    // Beside its megabyte each image takes less than two hundredths of one.
    #expect(throws: Never.self) { try Self.verify(matter, images: most * 98 / 100) }
    #expect(throws: Failure(.archiveLimitExceeded, "archive")) { try Self.verify(matter, images: most + 1) }
  }

  /// A report is read again whole.
  @Test func aReportIsBoundedByItself() {
    #expect(throws: Never.self) { try Self.verify(.problems, images: 2, times: 19) }
    #expect(throws: Failure(.archiveLimitExceeded, "archive")) { try Self.verify(.problems, images: 1, times: 20) }
    // What stands in the dossier alone is none of it.
    #expect(throws: Never.self) { try Self.verify(.documents, images: 100) }
  }

  /// Each part says whom the rule is for that it answers to.
  @Test(arguments: [(250, true), (350, false)]) func whatPartsRepeatOfTheirRuleCounts(_ parts: Int, isBounded: Bool)
    throws
  {
    let names = JSON.array((0..<256).map { .text(String(repeating: "t", count: 509) + String(1000 + $0).suffix(3)) })
    let scope = try Scope(JSONNode(["team": names], named: "scope", malformed: .policyMalformed))
    let rule = Rule("r", for: scope, .refuse("no"))
    let image = ClaimedDigest(digest([0]))
    let judged = PartJudgement(
      part: Part(digest: image, role: .platform(nil), ancestors: [], config: nil, layers: [], problems: []),
      choice: RuleChoice(rules: [0], isUnmatched: false, waivers: []),
      rules: [RuleOutcome(rule: rule, verdict: .refuse, outcome: nil, own: [], until: nil)], concerning: [],
      archiveFailures: [], problems: [])
    let judgement = ImageJudgement(
      image: Image(parts: [judged.part], names: []), first: judged, others: Array(repeating: judged, count: parts - 1))
    let policy = try Policy("p", authorities: [], rules: [rule])
    let failure: Failure?
    do throws(Failure) {
      try RecordedBytes.verifyBounded([judgement], [], [], [:], under: policy)
      failure = nil
    } catch { failure = error }
    #expect(failure == (isBounded ? nil : Failure(.archiveLimitExceeded, "archive")))
  }
}
