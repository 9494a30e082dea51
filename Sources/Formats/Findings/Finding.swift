package import Cryptography
package import Octets
package import Reasons

/// What the prover found out about one piece of evidence. A verdict is made from findings and a policy, and nothing else.
package struct Finding: Sendable {
  /// Digest of the evidence's bytes.
  package let evidence: ComputedDigest
  /// How it came, for people.
  package let carrier: String
  /// The image digest that the archive attached it to, if it did.
  package let attachedTo: ClaimedDigest?
  /// Signature or attestation, as far as could be told; nil where the bytes could not be read that far.
  package let kind: EvidenceKind?
  /// The digests that the signed content names; empty where it could not be read that far. Claims, until `outcome` is a success.
  package let subjects: [ClaimedDigest]
  /// What the piece was proven against. Where there are several anchors, each gives findings of its own.
  package let anchor: Anchor
  package let outcome: Result<Proven, Failure>

  /// Whom a proof begins with. It keeps apart what one piece of evidence is worth under one authority and another.
  package enum Anchor: Hashable, Sendable {
    /// Public keys that were given.
    case keys
    /// The trust root of this name.
    case trustRoot(String)
  }

  package init(
    evidence: ComputedDigest, carrier: String, attachedTo: ClaimedDigest?, kind: EvidenceKind?,
    subjects: [ClaimedDigest], anchor: Anchor, outcome: Result<Proven, Failure>
  ) {
    self.evidence = evidence
    self.carrier = carrier
    self.attachedTo = attachedTo
    self.kind = kind
    self.subjects = subjects
    self.anchor = anchor
    self.outcome = outcome
  }
}

/// An attestation is not a signature: it vouches for a statement, not for the image.
package enum EvidenceKind: Hashable, Sendable {
  case signature
  case attestation(predicateType: String)
}

/// What holds for evidence whose every check passed.
package struct Proven: Sendable {
  package var signer: Signer
  /// Each time that a trusted source established, with the source. Empty under a bare key.
  package var times: [EstablishedTime]
  package var log: [LogFacts]
  /// The numbered checks that ran, in order (docs/verification.md).
  package var checks: [Check]
  /// In-toto statements only.
  package var statement: StatementFacts?

  package init(
    signer: Signer, times: [EstablishedTime], log: [LogFacts], checks: [Check], statement: StatementFacts?
  ) {
    self.signer = signer
    self.times = times
    self.log = log
    self.checks = checks
    self.statement = statement
  }
}

package enum Signer: Hashable, Sendable {
  /// A given public key; SHA-256 of its SubjectPublicKeyInfo.
  case key(fingerprint: ComputedDigest)
  case certificate(CertificateFacts)
}

package struct CertificateFacts: Hashable, Sendable {
  /// SHA-256 of the certificate's DER.
  package var fingerprint: ComputedDigest
  /// SHA-256 of its SubjectPublicKeyInfo.
  package var keyFingerprint: ComputedDigest
  /// The subject alternative names (email, URI, or Fulcio's OtherName), as bytes in String form.
  package var identities: [String]
  /// The OIDC issuer (1.3.6.1.4.1.57264.1.8, else .1); nil for certificates of other authorities.
  package var issuer: String?
  /// Every Fulcio extension, by its documented name, in OID order.
  package var extensions: [NamedValue]
  /// The subject of the authority that it chains to, as the trust root names it.
  package var authority: String
  package var notBefore: UnixTime
  package var notAfter: UnixTime
  /// The certificate logs whose promise to publish the certificate (SCT) verified, by their names.
  package var certificateTimestamps: [String]

  package init(
    fingerprint: ComputedDigest, keyFingerprint: ComputedDigest, identities: [String], issuer: String?,
    extensions: [NamedValue], authority: String, notBefore: UnixTime, notAfter: UnixTime,
    certificateTimestamps: [String] = []
  ) {
    self.fingerprint = fingerprint
    self.keyFingerprint = keyFingerprint
    self.identities = identities
    self.issuer = issuer
    self.extensions = extensions
    self.authority = authority
    self.notBefore = notBefore
    self.notAfter = notAfter
    self.certificateTimestamps = certificateTimestamps
  }
}

package struct NamedValue: Hashable, Sendable {
  package let name: String
  package let value: String
  package init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}

package struct EstablishedTime: Hashable, Sendable {
  package enum Source: Hashable, Sendable {
    /// Rekor's `integratedTime` under a verified signed entry timestamp; the log's name.
    case signedEntryTimestamp(log: String)
    /// RFC 3161 genTime; the authority's name.
    case timestampAuthority(String)
  }
  package let time: UnixTime
  package let source: Source
  package init(_ time: UnixTime, _ source: Source) {
    self.time = time
    self.source = source
  }
}

package struct LogFacts: Hashable, Sendable {
  /// What ties the entry to the log.
  package enum Proof: String, CaseIterable, Hashable, Sendable {
    /// Only the log's promise to include it.
    case promise = "signed-entry-timestamp"
    /// A Merkle proof up to a signed checkpoint.
    case inclusion = "inclusion-proof"
    /// The same, out of a log snapshot that the site was brought.
    case snapshot = "log-snapshot"
  }
  package let log: String
  package let index: Int64
  package let entryKind: String
  package let proofs: [Proof]
  /// The leaf's hash, where a log snapshot proved it.
  package let snapshotLeaf: [UInt8]?
  /// Whether the log vouches for the index: Rekor v1 does so in its promise alone.
  package let isIndexProven: Bool
  /// The witnesses that cosigned the checkpoint which proves the entry, by their names in the witness policy, each key
  /// once; empty without a checkpoint, and where no witness policy is at hand.
  package let witnesses: [String]
  package init(
    log: String, index: Int64, entryKind: String, proofs: [Proof], snapshotLeaf: [UInt8]? = nil,
    isIndexProven: Bool = true, witnesses: [String] = []
  ) {
    self.snapshotLeaf = snapshotLeaf
    self.isIndexProven = isIndexProven
    self.witnesses = witnesses
    self.log = log
    self.index = index
    self.entryKind = entryKind
    self.proofs = proofs
  }
}

package struct Check: Hashable, Sendable {
  package enum Result: String, CaseIterable, Hashable, Sendable { case passed, notApplicable = "not-applicable" }
  /// Stable name, as docs/verification.md numbers it: `4.2 inclusion-proof`.
  package let name: String
  package let result: Result
  package let detail: String
  package init(_ name: String, _ result: Result, _ detail: String = "") {
    self.name = name
    self.result = result
    self.detail = detail
  }
}

package struct StatementFacts: Sendable {
  package let predicateType: String
  /// The signed statement's bytes, for rules about contents.
  package let statement: [UInt8]
  package init(predicateType: String, statement: [UInt8]) {
    self.predicateType = predicateType
    self.statement = statement
  }
}
