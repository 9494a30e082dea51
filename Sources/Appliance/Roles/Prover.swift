package import Cryptography
package import Findings
package import OCIImage
package import Octets
package import Reasons
package import TrustRoot
package import Verification

/// The role that proves: evidence in, findings out. It never sees an archive and never judges.
package enum Prover {
  /// What evidence is proven against.
  package enum Anchor: Sendable {
    /// Public keys, any of which may have signed. Nothing else is consulted: no trust root, no log, no time.
    case keys([PublicKey])
    /// A trust root, what its authorities revoked, and the clock as an argument.
    /// - Parameter entries: what log snapshots have; nil where none counts.
    case trustRoot(TrustRoot, now: UnixTime, revocations: Revocations, entries: (any EntrySource)? = nil)
  }

  package static func prove(_ evidence: [Evidence], against anchor: Anchor) -> [Finding] {
    let verifier = verifier(anchor)
    return evidence.flatMap { verifier.verify($0) }
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
    case .trustRoot(let root, let now, let revocations, let entries):
      SignatureVerifier(trustRoot: root, now: now, revocations: revocations, entries: entries)
    }
  }
}
