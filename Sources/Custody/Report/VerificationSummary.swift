import Cryptography
package import Findings
import OCIImage
package import Octets
package import Policy
package import Reasons
package import StrictJSON

/// The statement about one image, or about an archive from which no image could be judged: in-toto Statement v1 with a
/// SLSA Verification Summary v1 predicate (https://slsa.dev/verification_summary/v1; docs/formats/Report.md).
///
/// What the standard predicate has no field for stands under one field of our own, named by a URI as SLSA asks.
package struct VerificationSummary: Sendable {
  package static let predicateType = "https://slsa.dev/verification_summary/v1"
  /// Names our field in the predicate, and its version.
  package static let detailsField = "urn:x-assay:report:v1"
  /// What `verifiedLevels` holds for an admitted image: no SLSA level is claimed that was not proven.
  package static let admittedLevel = "ASSAY_REQUIREMENTS_MET"

  package let circumstances: Circumstances
  /// All evidence about the matter: what was used, and what was wrong with the rest.
  package let evidence: [Finding]
  private let subjects: [ClaimedDigest]
  /// The image, or the archive where no image could be judged.
  package let about: ClaimedDigest
  private let resource: String
  package let verdict: Verdict
  package let reasons: [Failure]
  private let names: [String]
  private let allowsForeignLayers: Bool
  /// Those that the verdict leans on.
  package let waivers: [Waiver]
  /// What is to be said beside the verdict.
  package let notes: [Failure]
  private let findings: [Finding]
  private let parts: [PartJudgement]
  /// The evidence that satisfied a requirement; a summary lists all of it.
  private let used: [Finding]

  package init(
    _ judgement: ImageJudgement, _ findings: [Finding], noting notes: [Failure] = [], under circumstances: Circumstances
  ) {
    self.circumstances = circumstances
    evidence = Set(judgement.parts.flatMap(\.concerning)).sorted().map { findings[$0] }
    subjects = judgement.subjects
    about = judgement.image.digest
    resource = "urn:x-assay:image:\(judgement.image.digest)"
    verdict = judgement.verdict
    reasons = judgement.reasons
    names = judgement.image.namesThatCount
    allowsForeignLayers = judgement.allowsForeignLayers
    waivers = judgement.waivers
    self.notes = notes
    self.findings = findings
    parts = judgement.parts
    used = Set(judgement.parts.flatMap(\.satisfiedBy)).sorted().map { findings[$0] }
  }

  /// - Parameters:
  ///   - archive: all that can be named where no image could.
  ///   - failures: why; at least one.
  package init(_ archive: UnjudgedArchive, failures: [Failure], under circumstances: Circumstances) {
    self.circumstances = circumstances
    subjects = [archive.digest]
    about = archive.digest
    resource = "urn:x-assay:\(archive.kind):\(archive.digest)"
    verdict = Verdict(unjudged: failures)
    reasons = failures
    (evidence, names, parts, used, allowsForeignLayers, findings, waivers, notes) = ([], [], [], [], false, [], [], [])
  }

  /// The statement, in document order as a reader would want it.
  /// - Parameter position: nil on a machine without a store.
  package func statement(at position: LedgerPosition?) -> JSON {
    let admitted = verdict == .admit
    return [
      "_type": "https://in-toto.io/Statement/v1",
      "subject": .array(subjects.map { ["digest": $0.digestSet] }),
      "predicateType": .text(Self.predicateType),
      "predicate": [
        "verifier": [
          "id": .text(circumstances.verifier.id), "version": ["assay": .text(circumstances.programVersion)],
        ],
        "timeVerified": "\(circumstances.time.claimed)",
        "resourceUri": .text(resource),
        "policy": [
          "uri": .text(circumstances.origin.uri), "digest": ClaimedDigest(circumstances.policy.digest).digestSet,
        ],
        "inputAttestations": .array(
          used.map {
            [
              "uri": .text("urn:x-assay:evidence:\(ClaimedDigest($0.evidence))"),
              "digest": ClaimedDigest($0.evidence).digestSet,
            ]
          }),
        "verificationResult": admitted ? "PASSED" : "FAILED",
        "verifiedLevels": admitted ? [.text(Self.admittedLevel)] : ["FAILED"],
        Self.detailsField: details(position),
      ],
    ]
  }

  private func details(_ position: LedgerPosition?) -> JSON {
    [
      "verdict": .text(verdict.rawValue),
      "reasons": .array(reasons.map(\.json)),
      "names": .array(names.map(JSON.text)),
      "parts": .array(parts.map { $0.json(findings, circumstances.policy) }),
      "evidence": .array(evidence.map(\.json)),
      "policyName": .text(circumstances.policy.name),
      "policyOrigin": circumstances.origin.json,
      "policy": .text(String(decoding: circumstances.policy.canonical, as: UTF8.self)),
      "occasion": circumstances.occasion.json,
      "waivers": .array(waivers.map(\.json)),
      "notes": .array(notes.map(\.json)),
      "allowances": allowsForeignLayers ? ["allow-foreign-layers"] : [],
      "trustRoots": .array(circumstances.trustRoots.map(\.json)),
      "trust": circumstances.trust?.json ?? .null,
      "time": circumstances.time.json,
      "ledger": position?.json ?? .null,
      "revocationKnownUntil": circumstances.trust?.revocationKnownUntil.map { "\($0)" } ?? .null,
      "medium": circumstances.medium.json,
      "verifier": circumstances.verifier.json, "confinement": circumstances.confinement.json,
    ]
  }
}

extension ClaimedDigest {
  /// in-toto's DigestSet.
  var digestSet: JSON { [algorithm.rawValue: .text(hex)] }
}
