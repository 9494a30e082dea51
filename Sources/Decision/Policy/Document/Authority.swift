package import Octets

/// Somebody whose word may count: how their signatures are recognised, and what each must bring along.
package struct Authority: Hashable, Sendable {
  /// As the policy names it.
  package let name: String
  /// Who is behind it. However many keys and authorities an operator has, it counts once.
  package let `operator`: String
  package let signer: SignerRule
  package let needs: Needs
  /// The name of the installed trust root that identities are proven under; nil takes the only one there is.
  package let trustRoot: String?

  package init(
    _ name: String, operator: String? = nil, _ signer: SignerRule, needs: Needs = .none, trustRoot: String? = nil
  ) {
    self.name = name
    self.operator = `operator` ?? name
    self.signer = signer
    self.needs = needs
    self.trustRoot = trustRoot
  }
}

/// Whom an authority accepts.
package enum SignerRule: Hashable, Sendable {
  /// Any of these public keys, by SHA-256 of the SubjectPublicKeyInfo. With keys, nothing else is consulted.
  case keys(KeySet)
  /// A certificate issued to this identity by an authority of the trust root, which says who vouched for it.
  case keyless(IdentityRule)
  /// A certificate of an authority of one's own, whose certificates name no issuer of identities.
  case certificate(CertificateRule)
}

/// One or more keys, as alternatives.
package struct KeySet: Hashable, Sendable {
  package let first: ClaimedDigest
  package let others: [ClaimedDigest]

  package init(_ first: ClaimedDigest, _ others: [ClaimedDigest] = []) {
    self.first = first
    self.others = others
  }

  package var all: [ClaimedDigest] { [first] + others }
}

/// Identity and issuer go together: an identity means nothing without who vouched for it.
package struct IdentityRule: Hashable, Sendable {
  package let identity: TextRules
  package let issuer: TextRules

  package init(identity: TextRules, issuer: TextRules) {
    self.identity = identity
    self.issuer = issuer
  }
}

/// The authority, by its subject as the trust root names it, and the identity that it certified.
package struct CertificateRule: Hashable, Sendable {
  package let authority: String
  package let identity: TextRules

  package init(authority: String, identity: TextRules) {
    self.authority = authority
    self.identity = identity
  }
}

/// What a signature must bring along beside itself, beyond what the trust root makes everybody show.
package struct Needs: Hashable, Sendable {
  package enum Log: String, Hashable, Sendable, CaseIterable {
    /// A log's promise, or a proof.
    case promise
    /// A proof of inclusion, carried or out of a log snapshot.
    case inclusion
  }

  package static let none = Needs()

  package let log: Log?
  /// A time of an RFC 3161 authority.
  package let timestamp: Bool
  /// The certificate's own log: an SCT.
  package let certificateTimestamp: Bool
  /// Distinct witnesses who cosigned the state of the log that proves the entry.
  package let witnesses: Int

  package init(
    log: Log? = nil, timestamp: Bool = false, certificateTimestamp: Bool = false, witnesses: Int = 0
  ) {
    self.log = log
    self.timestamp = timestamp
    self.certificateTimestamp = certificateTimestamp
    self.witnesses = max(0, witnesses)
  }
}
