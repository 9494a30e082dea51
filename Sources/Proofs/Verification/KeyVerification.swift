import Base64
import Cryptography
import Findings
import Octets
import Reasons

/// Verification under given keys: steps 1.1, 1.2 and 7.1. No trust root, no log and no time is consulted.
struct KeyVerification: Sendable {
  let keys: [PublicKey]

  /// - Throws: `signature.invalid` where the evidence names a given key, otherwise `signature.key-mismatch`;
  ///   `signature.algorithm-unsupported`.
  func prove(_ claim: SignatureClaim) throws(Failure) -> Proven {
    var stated: Failure?
    var unsupported: Failure?
    for key in keys {
      do {
        try claim.verifySignature(under: key)
        return proven(claim, key)
      } catch {
        // Anybody may write a hint: it makes a failure the answer where no key verifies, and decides nothing else.
        if states(claim, key) { stated = stated ?? error }
        if error.reason == .signatureAlgorithmUnsupported { unsupported = unsupported ?? error }
      }
    }
    throw stated ?? unsupported
      ?? Failure(.signatureKeyMismatch, "signature", "it does not verify under any of \(keys.count) given keys")
  }

  private func proven(_ claim: SignatureClaim, _ key: PublicKey) -> Proven {
    Proven(
      signer: .key(fingerprint: key.fingerprint), times: [], log: [],
      checks: [
        Step.form.passed(), Step.subject.passed(), Step.log.notApplicable("under a key no log is consulted"),
        Step.established.notApplicable("under a key no time is established"),
        Step.signature.passed("under the key \(Hex.encode(key.fingerprint.bytes))"),
      ], statement: claim.statement)
  }

  /// Whether the evidence says that this key made the signature: by certificate, or by the key's SHA-256 in Base64 or
  /// hexadecimal, as signers write hints.
  private func states(_ claim: SignatureClaim, _ key: PublicKey) -> Bool {
    let names = [Array(Base64.encode(key.fingerprint.bytes).utf8), Array(Hex.encode(key.fingerprint.bytes).utf8)]
    if names.contains(claim.material.keyHint) || names.contains(claim.keyID) { return true }
    // A certificate that cannot be read states nothing.
    guard let certificates = try? claim.material.certificates() else { return false }
    return (try? certificates.leaf.publicKey) == key
  }
}
