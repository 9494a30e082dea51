package import Cryptography
package import Findings
package import LogSnapshot
package import OCIImage
package import Octets
package import Reasons
package import TrustRoot
package import Verification

/// The role that proves: evidence in, findings out. It never sees an archive and never judges.
package struct Prover: Sendable {
  /// What evidence is proven against.
  package enum Anchor: Sendable {
    /// Public keys, any of which may have signed. Nothing else is consulted: no trust root, no log, no time.
    case keys([PublicKey])
    /// A trust root under its name, what its authorities revoked, and the clock as an argument.
    /// - Parameters:
    ///   - entries: what log snapshots have; nil where none counts.
    ///   - witnesses: those of the witness policy; empty where none is at hand.
    case trustRoot(
      TrustRoot, named: String, now: UnixTime, revocations: Revocations, entries: (any EntrySource)? = nil,
      witnesses: [TLogPolicy.Witness] = [])

    /// As findings name it.
    package var name: Finding.Anchor {
      switch self {
      case .keys: .keys
      case .trustRoot(_, let name, _, _, _, _): .trustRoot(name)
      }
    }
  }

  private let verifiers: [SignatureVerifier]

  package init(_ anchors: [Anchor]) { verifiers = anchors.map(Self.verifier) }

  /// One piece against every anchor.
  /// - Returns: in the order of the anchors, at least one for each.
  package func prove(_ piece: Evidence) -> [Finding] { SignatureVerifier.verify(piece, under: verifiers) }

  /// Each piece against every anchor.
  /// - Returns: in the order of the evidence, and for each piece in the order of the anchors.
  package static func prove(_ evidence: [Evidence], against anchors: [Anchor]) -> [Finding] {
    let prover = Prover(anchors)
    return evidence.flatMap(prover.prove)
  }

  /// One Sigstore bundle over one artifact.
  package static func prove(
    bundle: [UInt8], over artifact: Artifact, against anchor: Anchor
  ) throws(Failure) -> Proven {
    try verifier(anchor).verify(bundle: bundle, artifact: artifact)
  }

  private static func verifier(_ anchor: Anchor) -> SignatureVerifier {
    switch anchor {
    case .keys(let keys): SignatureVerifier(keys: keys)
    case .trustRoot(let root, let name, let now, let revocations, let entries, let witnesses):
      SignatureVerifier(
        trustRoot: root, named: name, now: now, revocations: revocations, entries: entries, witnesses: witnesses)
    }
  }
}
