package import Cryptography
import DER
package import Findings
package import Octets
package import Reasons
package import TrustRoot

/// A certificate that an authority of the trust root issued, was valid when it was used, and is public where the trust
/// root asks for it. Who it names is a fact; whether that is whom one wanted is the policy's question.
package struct VerifiedIdentity: Sendable {
  package let certificate: Certificate
  /// Leaf first, anchor last.
  package let path: [Certificate]
  /// To which the path leads.
  package let authority: TrustedAuthority
  package let facts: CertificateFacts

  fileprivate init(certificate: Certificate, path: CertificatePath, facts: CertificateFacts) {
    self.certificate = certificate
    self.path = path.certificates
    authority = path.authority
    self.facts = facts
  }
}

/// Proves who holds the key that made a signature: chain at each time, names, certificate log.
package struct IdentityVerifier: Sendable {
  private let trustRoot: TrustRoot

  package init(trustRoot: TrustRoot) { self.trustRoot = trustRoot }

  private static let nameConstraints = OID(2, 5, 29, 30)

  /// - Parameters:
  ///   - carried: intermediates that came with the signature, in any order. A Sigstore bundle must not bring a root
  ///     (Sigstore bundle specification, `x509CertificateChain`); who reads formats that do must take it out first.
  ///   - times: every established time of the signature, at least one. The chain must hold at each.
  /// - Throws: a reason of `certificate.`, `sct.` or `log.key-outside-validity`; `time.missing`;
  ///   `signature.algorithm-unsupported`.
  package func verify(
    _ leaf: Certificate, carried: [Certificate], at times: [UnixTime]
  ) throws(Failure) -> (VerifiedIdentity, [Check]) {
    guard !carried.contains(where: \.isSelfIssued) else {
      throw Failure(.certificateRootCarried, "certificate", "the carried chain holds a self-issued certificate")
    }
    let path = try CertificatePath.verify(
      leaf, carried: carried, at: times, against: trustRoot.certificateAuthorities)
    let layout = try CertificateLayout(leaf)
    let extensions = try FulcioExtensions(layout)
    let identities = try AlternativeNames.read(
      layout, required: extensions.issuer != nil,
      isConstrained: path.certificates.dropFirst().contains { $0.extensionValue(Self.nameConstraints) != nil })
    var checks = [
      Check("4.1 path", .passed, "\(path.certificates.count) certificates, at \(times.count) established times"),
      Check("4.2 authority-window", .passed, path.authority.subject),
      Check("4.3 signing-profile", .passed, identities.map { printable($0) }.joined(separator: ", ")),
    ]
    var certificateTimestamps: [String] = []
    if trustRoot.certificateLogs.isEmpty, trustRoot.unsupportedCertificateLogs.isEmpty {
      checks.append(Check("5.1 sct", .notApplicable, "the trust root names no certificate log"))
    } else {
      certificateTimestamps = try CertificateTransparency.verify(
        layout, path: path.certificates, logs: trustRoot.certificateLogs)
      checks.append(Check("5.1 sct", .passed, "promised by \(certificateTimestamps.joined(separator: ", "))"))
    }
    let facts = CertificateFacts(
      fingerprint: leaf.fingerprint, keyFingerprint: try keyFingerprint(leaf), identities: identities,
      issuer: extensions.issuer, extensions: extensions.named, authority: path.authority.subject,
      notBefore: UnixTime(leaf.notBefore), notAfter: UnixTime(leaf.notAfter),
      certificateTimestamps: certificateTimestamps)
    return (VerifiedIdentity(certificate: leaf, path: path, facts: facts), checks)
  }

  private func keyFingerprint(_ leaf: Certificate) throws(Failure) -> ComputedDigest {
    do { return try leaf.publicKey.fingerprint } catch {
      throw Failure(.signatureAlgorithmUnsupported, "certificate", "its key: \(error)")
    }
  }
}
