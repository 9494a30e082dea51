package import Findings
package import OCIImage
import Octets
package import Reasons
package import SiteRules

extension Policy {
  /// Judges one part of an image. Pure and total: the same facts give the same judgement, in time linear in the findings
  /// about it × requirements.
  ///
  /// - Parameters:
  ///   - archiveFailures: wrong bytes anywhere in the archive; they refuse whatever is signed.
  ///   - undecidable: what keeps every requirement from being decided, whatever was carried: a missing trust root.
  ///   - findings: all that was proven or disproven about the archive's evidence.
  ///   - denials: what the site denies: a digest whatever vouches for it, a signer's word wherever it stands.
  package func judge(
    _ part: Part, _ findings: FindingIndex, denying denials: DenialsInForce, archiveFailures: [Failure],
    undecidable: Failure?
  ) -> PartJudgement {
    let covering = Set(part.coveringDigests)
    let outcomes = requirements.map { requirement in
      undecidable.map {
        RequirementOutcome(requirement: requirement, verdict: Verdict([$0]), satisfiedBy: [], reasons: [$0])
      } ?? requirement.judge(findings, covering: covering, denying: denials)
    }
    var reasons = denials.objections(to: part) + problems(of: part)
    for outcome in outcomes where outcome.verdict != .admit { reasons += outcome.reasons }
    return PartJudgement(
      part: part, requirements: outcomes, concerning: findings.concerning(covering), archiveFailures: archiveFailures,
      reasons: reasons)
  }
}

extension Policy {
  /// What is wrong with a part itself, whatever vouches for it.
  package func problems(of part: Part) -> [Failure] {
    part.problems.filter { !(allowsForeignLayers && $0.reason == .blobForeignNotCarried) }
  }
}

extension Requirement {
  /// - Parameter covering: the digests on which evidence may stand: the part's own, and those of indexes above it.
  func judge(
    _ index: FindingIndex, covering: Set<ClaimedDigest>, denying denials: DenialsInForce
  ) -> RequirementOutcome {
    var satisfying: [Int] = []
    var signers: Set<[String]> = []
    var failures: [Failure] = []
    for position in index.concerning(covering) {
      let finding = index.findings[position]
      guard finding.kind == nil || finding.kind == evidence else { continue }
      switch finding.outcome {
      case .failure(let failure):
        failures.append(failure.within(finding.carrier))
      case .success(let proven):
        guard finding.kind != nil, !covering.isDisjoint(with: finding.subjects) else {
          failures.append(
            Failure(.signatureSubjectMismatch, finding.carrier, "what was signed names another digest"))
          continue
        }
        if let failure = signer.objection(to: proven.signer) ?? denials.objection(to: proven) {
          failures.append(failure.within(finding.carrier))
        } else {
          satisfying.append(position)
          signers.insert(proven.signer.distinctness)
        }
      }
    }
    if signers.count >= count {
      return RequirementOutcome(requirement: self, verdict: .admit, satisfiedBy: satisfying, reasons: failures)
    }
    // Evidence of the right kind was there, and did not do: its failures are the answer, the worst first.
    var reasons = failures.sorted { Verdict([$0]) > Verdict([$1]) }
    if reasons.isEmpty || !satisfying.isEmpty { reasons.append(missing(found: signers.count)) }
    return RequirementOutcome(
      requirement: self, verdict: Verdict(reasons), satisfiedBy: satisfying, reasons: reasons)
  }

  private func missing(found: Int) -> Failure {
    let wanted = count == 1 ? "" : "\(count) distinct signers are required, \(found) found"
    return switch evidence {
    case .signature: Failure(.signatureMissing, "image", wanted)
    case .attestation(let type): Failure(.attestationMissing, printable(type), wanted)
    }
  }
}

extension SignerRule {
  /// Why this signer is not the one required; nil where it is.
  package func objection(to signer: Signer) -> Failure? {
    switch (self, signer) {
    case (.keys(let keys), .key(let fingerprint)):
      return keys.all.contains(fingerprint)
        ? nil : Failure(.signatureKeyMismatch, "key \(ClaimedDigest(fingerprint))", "is none of the given keys")
    case (.identity(let rule), .certificate(let facts)):
      guard let issuer = facts.issuer, rule.issuer.accepts(issuer) else {
        let found = facts.issuer.map { "“\(printable($0))”" } ?? "none"
        return Failure(.identityIssuerMismatch, "certificate", "issuer \(found), required \(rule.issuer.wording)")
      }
      guard facts.identities.contains(where: rule.identity.accepts) else {
        let found = facts.identities.map { "“\(printable($0))”" }.joined(separator: ", ")
        return Failure(.identityMismatch, "certificate", "issued to \(found), required \(rule.identity.wording)")
      }
      return nil
    case (.keys, .certificate), (.identity, .key):
      return Failure(.signatureMaterialMismatch, "signer", "a key where an identity was required, or the reverse")
    }
  }
}

extension Signer {
  /// Two signatures are of one signer where these are equal.
  fileprivate var distinctness: [String] {
    switch self {
    case .key(let fingerprint): ["key", "\(ClaimedDigest(fingerprint))"]
    case .certificate(let facts): ["identity", facts.issuer ?? ""] + facts.identities.sorted()
    }
  }
}
