import Cryptography
import Findings
package import OCIImage
import Octets
package import Reasons
package import SiteRules

extension Policy {
  /// Its own and the site's, as they bear on these documents.
  package func denials(beside denials: DenialsInForce, of documents: [ImageDocument]) -> DenialsInForce {
    denials.adding(self.denials, of: name).reaching(documents)
  }
}

extension DenialsInForce {
  /// A document that is denied by a digest of one kind is denied under that of another kind, too: they are the same bytes.
  /// What was denied of configurations and layers is denied by the digests alone by which manifests name them.
  fileprivate func reaching(_ documents: [ImageDocument]) -> DenialsInForce {
    let kinds = digestAlgorithms
    guard !kinds.isEmpty else { return self }
    return extended(
      to: documents.flatMap { document in
        let digest = ClaimedDigest(document.digest)
        return kinds.filter { $0 != digest.algorithm }.map { kind in
          (digest, other: ClaimedDigest(Cryptography.digest(document.bytes, kind)))
        }
      })
  }

  /// What of a part is denied by its digest: itself, an index above it, its config, a layer. Nothing that vouches for it
  /// helps.
  package func objections(to part: Part) -> [Failure] {
    guard !isEmpty else { return [] }
    let digests = part.coveringDigests + (part.config.map { [$0.digest] } ?? []) + part.layers.map(\.digest)
    return digests.compactMap { digest in
      entry(.digest(digest)).map { Failure(.denialDigest, "\(digest)", $0.words) }
    }
  }

  /// Why this signer's word no longer counts; nil where it does. Other evidence beside it may still do.
  func objection(to proven: Proven) -> Failure? {
    guard !isEmpty else { return nil }
    switch proven.signer {
    case .key(let fingerprint):
      if let failure = objection(toKey: ClaimedDigest(fingerprint)) { return failure }
    case .certificate(let facts):
      if let failure = objection(toKey: ClaimedDigest(facts.keyFingerprint)) { return failure }
      for identity in facts.identities {
        let subject = Denial.Subject.identity(
          Array(identity.utf8), issuer: Array((facts.issuer ?? facts.authority).utf8))
        if let entry = entry(subject) { return Failure(.denialIdentity, printable(identity), entry.words) }
      }
    }
    for fact in proven.log {
      let log = Array(fact.log.utf8)
      if let entry = entry(.logEntry(log: log, index: fact.index)) {
        return Failure(.denialLogEntry, "\(printable(fact.log)) entry \(fact.index)", entry.words)
      }
      // Whoever carries it can give it any number: it may be the one that is denied.
      if !fact.isIndexProven, let entry = entry(ofLog: log) {
        return Failure(
          .denialLogEntry, "\(printable(fact.log)) entry \(fact.index)",
          "no signature covers this number, and an entry of this log is \(entry.words)")
      }
    }
    return nil
  }

  private func objection(toKey fingerprint: ClaimedDigest) -> Failure? {
    entry(.key(fingerprint)).map { Failure(.denialKey, "key \(fingerprint)", $0.words) }
  }
}
