package import Octets

/// What the keeper asks a prover: what evidence is to be proven against, as bytes (docs/formats/ProofRequests.md). Nothing
/// in it is secret, and nothing in it says what the answer ought to be.
package struct ProofRequest: Hashable, Sendable {
  /// A trust root under the name by which findings say that they were proven against it.
  package struct Root: Hashable, Sendable {
    package let name: String
    package let bytes: [UInt8]
    /// Whether log entries that the keeper has may be asked for.
    package let consultsEntries: Bool

    package init(name: String, bytes: [UInt8], consultsEntries: Bool) {
      self.name = name
      self.bytes = bytes
      self.consultsEntries = consultsEntries
    }
  }

  /// SubjectPublicKeyInfo, DER; empty where no authority stands on keys.
  package let keys: [[UInt8]]
  package let roots: [Root]
  /// DER.
  package let revocationLists: [[UInt8]]
  /// C2SP tlog-policy; nil where none is at hand.
  package let witnessPolicy: [UInt8]?
  /// The time for every check of expiry.
  package let now: UnixTime

  package init(
    keys: [[UInt8]], roots: [Root], revocationLists: [[UInt8]], witnessPolicy: [UInt8]?, now: UnixTime
  ) {
    self.keys = keys
    self.roots = roots
    self.revocationLists = revocationLists
    self.witnessPolicy = witnessPolicy
    self.now = now
  }

  /// The same where entries were kept beside the evidence: every trust root may consult those.
  package var consultingEverywhere: ProofRequest {
    ProofRequest(
      keys: keys, roots: roots.map { Root(name: $0.name, bytes: $0.bytes, consultsEntries: true) },
      revocationLists: revocationLists, witnessPolicy: witnessPolicy, now: now)
  }
}
