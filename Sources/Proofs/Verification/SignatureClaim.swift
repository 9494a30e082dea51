import Envelope
import Findings
import Octets

/// One signature as evidence states it, in one shape for every way of carrying it. Nothing is verified yet.
struct SignatureClaim: Sendable {
  /// What the signature was made over.
  enum Content: Sendable {
    /// The artifact itself; nil where the evidence does not say which.
    case artifact(Artifact?)
    /// A simple-signing payload.
    case payload([UInt8])
    case envelope(DSSEEnvelope, exactBytes: [UInt8]?)
  }

  let signature: [UInt8]
  let content: Content
  let kind: EvidenceKind
  /// The digests that the signed content names.
  let subjects: [ClaimedDigest]
  let statement: StatementFacts?
  /// The key that the envelope names; often empty.
  var keyID: [UInt8] = []
  let material: Material
}
