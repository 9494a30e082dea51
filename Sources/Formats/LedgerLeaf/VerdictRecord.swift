package import Octets
import Reasons

/// An image was judged. With the same policy, requirements, trust and evidence the verdict holds until `validUntil`.
package struct VerdictRecord: Hashable, Sendable {
  /// The codes follow `Verdict`, from good to bad.
  package enum Outcome: UInt8, Hashable, Sendable, CaseIterable {
    case admit = 1
    case incomplete = 2
    case refuse = 3
  }

  /// The image, or the index of several.
  package let image: ClaimedDigest
  /// What was decided.
  package let verdict: Outcome
  /// The policy document.
  package let policy: ClaimedDigest
  /// What was asked for beside the policy.
  package let requirements: ClaimedDigest
  /// The trust state that proofs were made under.
  package let trust: ClaimedDigest
  /// SHA-256 over the digests of all evidence that the medium carried, sorted.
  package let evidence: ClaimedDigest
  /// What the verdict can be proven from again, kept under this digest; absent where there was nothing to prove.
  package let dossier: ClaimedDigest?
  /// Reason identifiers, in the order in which they were given.
  package let reasons: [[UInt8]]
  /// The earliest limit among the ages that the verdict rests on; absent where none does.
  package let validUntil: UnixTime?

  package init(
    image: ClaimedDigest, verdict: Outcome, policy: ClaimedDigest, requirements: ClaimedDigest, trust: ClaimedDigest,
    evidence: ClaimedDigest, dossier: ClaimedDigest?, reasons: [[UInt8]], validUntil: UnixTime?
  ) {
    self.image = image
    self.verdict = verdict
    self.policy = policy
    self.requirements = requirements
    self.trust = trust
    self.evidence = evidence
    self.dossier = dossier
    self.reasons = reasons
    self.validUntil = validUntil
  }

  init(reading reader: inout LeafReader) throws(Failure) {
    image = try reader.digest()
    verdict = try reader.code(Outcome.self)
    policy = try reader.digest()
    requirements = try reader.digest()
    trust = try reader.digest()
    evidence = try reader.digest()
    dossier = try reader.optional { reader throws(Failure) in try reader.digest() }
    reasons = try reader.list { reader throws(Failure) in try reader.text(atMost: LedgerLeaf.mostText) }
    validUntil = try reader.optional { reader throws(Failure) in try reader.time() }
  }

  func write(to writer: inout LeafWriter) throws(Failure) {
    try writer.digest(image)
    writer.code(verdict)
    try writer.digest(policy)
    try writer.digest(requirements)
    try writer.digest(trust)
    try writer.digest(evidence)
    try writer.optional(dossier) { writer, value throws(Failure) in try writer.digest(value) }
    try writer.list(reasons) { writer, value throws(Failure) in try writer.text(value, atMost: LedgerLeaf.mostText) }
    try writer.optional(validUntil) { writer, value throws(Failure) in writer.time(value) }
  }
}
