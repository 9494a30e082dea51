/// Why a cryptographic operation gave no answer. The Proofs floor turns these into reasons.
package enum CryptographyError: Error, Hashable, Sendable {
  /// The bytes are no key, certificate, token or signature of the form expected.
  case malformed(String)
  /// The algorithm, curve or size is none that Assay uses.
  case unsupported(String)
  /// The signature does not verify.
  case invalidSignature
  /// No path from the certificate to an anchor; OpenSSL's own words.
  case untrusted(String)
  /// A certificate of the path was not valid at the time asked about.
  case outsideValidity(String)
  /// Usages or constraints forbid the use.
  case notPermitted(String)
  /// A critical extension that nobody claimed.
  case criticalExtension(String)
}
