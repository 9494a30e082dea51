package import Cryptography
package import Findings

/// Who must have vouched, by which kind of evidence, and how many of them. A value of this type always makes sense:
/// there is no requirement without a signer, and no identity without its issuer.
package struct Requirement: Hashable, Sendable {
  package let evidence: EvidenceKind
  package let signer: SignerRule
  /// Distinct signers needed, at least 1: the same key or identity twice is one signer.
  package let count: Int

  /// - Parameter count: values below 1 mean 1: nobody can require less than one signer.
  package init(_ evidence: EvidenceKind, by signer: SignerRule, count: Int = 1) {
    self.evidence = evidence
    self.signer = signer
    self.count = max(1, count)
  }
}

/// Whom a requirement accepts.
package enum SignerRule: Hashable, Sendable {
  /// Any of these public keys, by SHA-256 of the SubjectPublicKeyInfo. With keys, nothing else is consulted.
  case keys(KeySet)
  /// A certificate issued to this identity by an authority of the trust root.
  case identity(IdentityRule)
}

/// One or more keys, as alternatives.
package struct KeySet: Hashable, Sendable {
  package let first: ComputedDigest
  package let others: [ComputedDigest]

  package init(_ first: ComputedDigest, _ others: [ComputedDigest] = []) {
    self.first = first
    self.others = others
  }

  package var all: [ComputedDigest] { [first] + others }
}

/// Identity and issuer go together: an identity means nothing without who vouched for it.
package struct IdentityRule: Hashable, Sendable {
  package let identity: TextRule
  package let issuer: TextRule

  package init(identity: TextRule, issuer: TextRule) {
    self.identity = identity
    self.issuer = issuer
  }
}
