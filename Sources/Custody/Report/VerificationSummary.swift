import Cryptography
package import Findings
import OCIImage
import Octets
package import Policy
package import StrictJSON

/// The statement about one image: in-toto Statement v1 with a SLSA Verification Summary v1 predicate
/// (https://slsa.dev/verification_summary/v1; docs/formats/Report.md).
///
/// What the standard predicate has no field for stands under one field of our own, named by a URI as SLSA asks.
package struct VerificationSummary: Sendable {
  package static let predicateType = "https://slsa.dev/verification_summary/v1"
  /// Names our field in the predicate, and its version.
  package static let detailsField = "urn:x-assay:report:v1"
  /// What `verifiedLevels` holds for an admitted image: no SLSA level is claimed that was not proven.
  package static let admittedLevel = "ASSAY_REQUIREMENTS_MET"

  package let judgement: ImageJudgement
  package let findings: [Finding]
  package let circumstances: Circumstances

  package init(_ judgement: ImageJudgement, _ findings: [Finding], under circumstances: Circumstances) {
    self.judgement = judgement
    self.findings = findings
    self.circumstances = circumstances
  }

  /// The findings that are about this image; a report lists all evidence that was used for it, and what was wrong with
  /// the rest.
  package var relevant: [Finding] {
    let digests = Set(judgement.parts.flatMap(\.part.coveringDigests))
    return findings.filter { finding in
      finding.attachedTo.map(digests.contains) ?? false || !digests.isDisjoint(with: finding.subjects)
    }
  }

  /// The statement, in document order as a reader would want it.
  package var statement: JSON {
    let image = judgement.image
    let admitted = judgement.verdict == .admit
    let satisfying = Set(judgement.parts.flatMap(\.requirements).flatMap(\.satisfiedBy))
    return [
      "_type": "https://in-toto.io/Statement/v1",
      "subject": .array(judgement.subjects.map { ["digest": $0.digestSet] }),
      "predicateType": .text(Self.predicateType),
      "predicate": [
        "verifier": [
          "id": .text(circumstances.verifier.id), "version": ["assay": .text(circumstances.programVersion)],
        ],
        "timeVerified": "\(circumstances.clock)",
        "resourceUri": "urn:x-assay:image:\(image.digest)",
        "policy": [
          "uri": .text(Policy.uri), "digest": ClaimedDigest(circumstances.policy.digest).digestSet,
        ],
        "inputAttestations": .array(
          satisfying.sorted().map { findings[$0] }.map {
            [
              "uri": .text("urn:x-assay:evidence:\(ClaimedDigest($0.evidence))"),
              "digest": ClaimedDigest($0.evidence).digestSet,
            ]
          }),
        "verificationResult": admitted ? "PASSED" : "FAILED",
        "verifiedLevels": admitted ? [.text(Self.admittedLevel)] : ["FAILED"],
        Self.detailsField: details,
      ],
    ]
  }

  private var details: JSON {
    [
      "verdict": .text(judgement.verdict.rawValue),
      "reasons": .array(judgement.reasons.map(\.json)),
      "names": .array(judgement.image.names.map(JSON.text)),
      "parts": .array(judgement.parts.map(\.json)),
      "evidence": .array(relevant.map(\.json)),
      "policy": .text(String(decoding: circumstances.policy.canonical, as: UTF8.self)),
      "allowances": circumstances.policy.allowsForeignLayers ? ["allow-foreign-layers"] : [],
      "trustRoot": circumstances.trustRoot.map { ["digest": ClaimedDigest($0).digestSet] } ?? .null,
      "time": ["claimed": "\(circumstances.clock)", "source": "rtc"],
      "medium": circumstances.medium.json,
      "verifier": circumstances.verifier.json,
    ]
  }
}

extension ClaimedDigest {
  /// in-toto's DigestSet.
  var digestSet: JSON { [algorithm.rawValue: .text(hex)] }
}
