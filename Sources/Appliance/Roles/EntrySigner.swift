package import Cryptography
import LogEntry
package import Octets
package import Policy
package import Reasons
package import SigningIdentity

/// Who made the signature of a log entry, in the entry's own words: which chain stands behind a certificate, and whether
/// the signature verifies, nobody asked.
package enum EntrySigner: Sendable {
  case certificate(ClaimedIdentity)
  /// SHA-256 of the SubjectPublicKeyInfo.
  case key(ComputedDigest)
  case unreadable(Failure)

  init(_ verifier: LoggedVerifier) {
    switch verifier {
    case .publicKey(let spki): self = .key(digest(spki))
    case .certificate(let der):
      do throws(Failure) { self = .certificate(try ClaimedIdentity(reading: der)) } catch { self = .unreadable(error) }
    }
  }

  /// Whether a rule means this signer; nil where that cannot be read.
  package func isMeant(by rule: SignerRule) -> Bool? {
    switch (self, rule) {
    case (.unreadable, _): nil
    case (.key(let key), .keys(let keys)): keys.all.contains { $0 == key }
    case (.certificate(let claimed), .keys(let keys)): keys.all.contains { $0 == claimed.keyFingerprint }
    case (.key, .keyless), (.key, .certificate): false
    // Which authority signed a certificate shows only when it is proven.
    case (.certificate, .certificate): nil
    case (.certificate(let claimed), .keyless(let rule)):
      claimed.issuer.map(rule.issuer.accepts) == true && claimed.identities.contains(where: rule.identity.accepts)
    }
  }
}

/// What the body of an entry says, as far as Assay reads its kind.
package struct EntryWords: Sendable {
  /// `hashedrekord 0.0.1`
  package let kind: String
  /// Digests of what was signed.
  package let signed: [ClaimedDigest]
  package let signers: [EntrySigner]

  /// - Throws: `log.entry-unsupported`, `log.entry-malformed`, a reason of JSON's.
  package init(_ bytes: [UInt8]) throws(Failure) {
    let body = try LogEntryBody(parsing: bytes)
    kind = "\(body.kind) \(body.version)"
    signed = LogEntryBody.signedDigests(bytes)
    let verifiers =
      switch body.content {
      case .artifact(_, let signed): [signed.verifier]
      case .payload(_, let signed): signed.map(\.verifier)
      case .envelopeBytes(_, _, let verifier): [verifier]
      }
    signers = verifiers.map { EntrySigner($0) }
  }

  /// Nil where some signer cannot be read, and none of the others is meant.
  package func isSigned(by rule: SignerRule) -> Bool? {
    let answers = signers.map { $0.isMeant(by: rule) }
    if answers.contains(true) { return true }
    return answers.contains(nil) ? nil : false
  }
}
