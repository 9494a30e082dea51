package import Cryptography
package import Findings
package import LogSnapshot
package import OCIImage
package import Octets
package import Reasons
import SigstoreBundle
package import TrustRoot

/// The verifier: from evidence to what is proven. The steps and their numbers are those of docs/verification.md.
///
/// Make one and keep it: it holds decoded keys and the upper parts of certificate paths that verified once.
package struct SignatureVerifier: Sendable {
  private enum Trust {
    case keys(KeyVerification)
    case identities(IdentityVerification)
  }

  private let trust: Trust
  private let anchor: Finding.Anchor

  /// Under bare keys, each an alternative; nothing else is consulted: no trust root, no log, no time.
  package init(keys: [PublicKey]) {
    trust = .keys(KeyVerification(keys: keys))
    anchor = .keys
  }

  /// Under certificates of the trust root's authorities.
  /// - Parameters:
  ///   - name: the trust root's, by which findings say what they were proven against.
  ///   - now: this machine's clock; only what lies in its future is refused by it.
  ///   - revocations: what those authorities revoked, as far as it is known here.
  ///   - entries: log entries that are at hand beside the evidence.
  ///   - witnesses: those whose cosignatures are looked for; without any, none is.
  package init(
    trustRoot: TrustRoot, named name: String = "trust root", now: UnixTime, revocations: Revocations,
    entries: (any EntrySource)? = nil, witnesses: [TLogPolicy.Witness] = []
  ) {
    trust = .identities(
      IdentityVerification(
        trustRoot: trustRoot, now: now, revocations: revocations, entries: entries, witnesses: witnesses))
    anchor = .trustRoot(name)
  }

  /// Failures are findings: the policy decides what a failed piece of evidence means.
  /// - Returns: one finding for each signature in the evidence; at least one.
  package func verify(_ evidence: Evidence) -> [Finding] { Self.verify(evidence, under: [self]) }

  /// The same under several anchors: the evidence is read once, and proven against each of them.
  /// - Returns: for each verifier in its turn, one finding for each signature in the evidence; at least one.
  package static func verify(_ evidence: Evidence, under verifiers: [SignatureVerifier]) -> [Finding] {
    var reader = EvidenceReader(about: evidence.attachedTo.map { Artifact(digest: $0) })
    let claims = Result { () throws(Failure) in try reader.claims(evidence) }
    func finding(_ anchor: Finding.Anchor, _ outcome: Result<Proven, Failure>) -> Finding {
      Finding(
        evidence: evidence.digest, carrier: evidence.carrier.description, attachedTo: evidence.attachedTo,
        kind: reader.kind, subjects: reader.subjects, anchor: anchor, outcome: outcome)
    }
    return verifiers.flatMap { verifier in
      switch claims {
      case .failure(let failure): return [finding(verifier.anchor, .failure(failure))]
      case .success(let claims):
        return claims.map { claim in
          finding(verifier.anchor, Result { () throws(Failure) in try verifier.prove(claim, of: evidence) })
        }
      }
    }
  }

  private func prove(_ claim: SignatureClaim, of evidence: Evidence) throws(Failure) -> Proven {
    if let attachedTo = evidence.attachedTo, !claim.subjects.contains(attachedTo) {
      throw Failure(.signatureSubjectMismatch, "signature", "what was signed does not name \(attachedTo)")
    }
    return try prove(claim)
  }

  /// One Sigstore bundle about one artifact.
  package func verify(bundle bytes: [UInt8], artifact: Artifact) throws(Failure) -> Proven {
    let bundle = try SigstoreBundle(parsing: bytes, named: "Sigstore bundle")
    var reader = EvidenceReader(about: artifact)
    let claim = try reader.claim(bundle)
    guard artifact.isNamed(by: claim.subjects) else {
      throw Failure(.signatureSubjectMismatch, "Sigstore bundle", "what was signed does not name this artifact")
    }
    return try prove(claim)
  }

  private func prove(_ claim: SignatureClaim) throws(Failure) -> Proven {
    if case .artifact(nil) = claim.content {
      throw Failure(.signatureFormatUnsupported, "Sigstore bundle", "it signs an artifact and does not say which")
    }
    return switch trust {
    case .keys(let keys): try keys.prove(claim)
    case .identities(let identities): try identities.prove(claim)
    }
  }
}
