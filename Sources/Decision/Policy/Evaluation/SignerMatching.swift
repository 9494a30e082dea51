package import Findings
import Octets
package import Reasons

extension SignerRule {
  /// Why this signer is not the one required; nil where it is.
  package func objection(to signer: Signer) -> Failure? {
    switch (self, signer) {
    case (.keys(let keys), .key(let fingerprint)):
      return keys.all.contains { $0 == fingerprint }
        ? nil : Failure(.signatureKeyMismatch, "key \(ClaimedDigest(fingerprint))", "is none of the given keys")
    case (.keyless(let rule), .certificate(let facts)):
      guard let issuer = facts.issuer, rule.issuer.accepts(issuer) else {
        let found = facts.issuer.map { "“\(printable($0))”" } ?? "none"
        return Failure(.identityIssuerMismatch, "certificate", "issuer \(found), required \(rule.issuer.wording)")
      }
      return facts.objection(rule.identity)
    case (.certificate(let rule), .certificate(let facts)):
      guard facts.authority.utf8.elementsEqual(rule.authority.utf8) else {
        return Failure(
          .identityIssuerMismatch, "certificate",
          "of authority “\(printable(facts.authority))”, required “\(printable(rule.authority))”")
      }
      // An issuer of identities vouches for as many people as it likes: whoever means one of them names it.
      if let issuer = facts.issuer {
        return Failure(
          .identityIssuerMismatch, "certificate", "it names the issuer “\(printable(issuer))”, and none is meant")
      }
      return facts.objection(rule.identity)
    case (.keys, .certificate), (.keyless, .key), (.certificate, .key):
      return Failure(.signatureMaterialMismatch, "signer", "a key where an identity was required, or the reverse")
    }
  }
}

extension SignerRule {
  /// Whether `objection(to:)` has none, without its words: asked of every authority.
  func accepts(_ signer: Signer) -> Bool {
    switch (self, signer) {
    case (.keys(let keys), .key(let fingerprint)): keys.all.contains { $0 == fingerprint }
    case (.keyless(let rule), .certificate(let facts)):
      facts.issuer.map(rule.issuer.accepts) ?? false && facts.identities.contains(where: rule.identity.accepts)
    case (.certificate(let rule), .certificate(let facts)):
      facts.issuer == nil && facts.authority.utf8.elementsEqual(rule.authority.utf8)
        && facts.identities.contains(where: rule.identity.accepts)
    case (.keys, .certificate), (.keyless, .key), (.certificate, .key): false
    }
  }
}

extension CertificateFacts {
  fileprivate func objection(_ wanted: TextRules) -> Failure? {
    guard !identities.contains(where: wanted.accepts) else { return nil }
    return Failure(.identityMismatch, "certificate", "issued to \(identityWords), required \(wanted.wording)")
  }

  /// Certificates have one or two.
  fileprivate var identityWords: String {
    identities.prefix(3).map { "“\(printable($0))”" }.joined(separator: ", ")
      + (identities.count > 3 ? " and \(identities.count - 3) others" : "")
  }
}

extension Needs {
  /// What it lacks; nil where it has all that is needed. Nothing is wrong with the signature: more was asked for.
  func objection(to proven: Proven) -> Failure? {
    func isProven(_ fact: LogFacts) -> Bool { fact.proofs.contains(.inclusion) || fact.proofs.contains(.snapshot) }
    switch log {
    case .promise where proven.log.isEmpty:
      return Failure(.needsLogEntry, "transparencyLog", "no transparency log has it")
    case .inclusion where !proven.log.contains(where: isProven):
      return Failure(
        .needsLogProof, "transparencyLog", "no proof of inclusion was carried, nor is one in a log snapshot")
    default: break
    }
    let isStamped = proven.times.contains { if case .timestampAuthority = $0.source { true } else { false } }
    if timestamp, !isStamped {
      return Failure(.needsTimestamp, "timestamp", "no timestamp authority of the trust root says when it was made")
    }
    if certificateTimestamp, proven.signer.certificateTimestamps.isEmpty {
      return Failure(
        .needsCertificateTimestamp, "certificateTimestamp", "no certificate log promised to show the certificate")
    }
    let cosigned = proven.log.map(\.witnesses.count).max() ?? 0
    if cosigned < witnesses {
      return Failure(
        .needsWitnesses, "witnesses",
        "\(witnesses) are needed, and \(cosigned) cosigned the state of the log that proves it")
    }
    return nil
  }
}

extension Signer {
  package var wording: String {
    switch self {
    case .key(let fingerprint): "key \(ClaimedDigest(fingerprint))"
    case .certificate(let facts):
      facts.identityWords
        + (facts.issuer.map { " of issuer “\(printable($0))”" } ?? " of authority “\(printable(facts.authority))”")
    }
  }

  fileprivate var certificateTimestamps: [String] {
    if case .certificate(let facts) = self { facts.certificateTimestamps } else { [] }
  }
}
