import DER
import COpenSSL

/// What each certificate of a path must be, beside signed (RFC 5280 §6.1).
///
/// 1. No critical extension that nobody here claims (§4.2).
/// 2. Every issuer is a CA (§4.2.1.9), and signs certificates where it states its key usage (§4.2.1.3).
/// 3. No issuer has more CA certificates below it than it allows, self-issued ones not counted (§4.2.1.9).
/// 4. Every issuer that states purposes allows this one. RFC 5280 leaves this open; Go's verifier, which Sigstore's
///    clients use, and browsers hold to it.
/// 5. The leaf fits the purpose.
/// 6. Names stay within every issuer's name constraints, the anchor's included (§4.2.1.10).
/// 7. Every certificate, the anchor included, is valid at the time.
///
/// Certificate policies are read with any policy acceptable, so that a critical `certificatePolicies` asks nothing;
/// extensions that demand more of policies are not claimed.
struct PathRules {
  /// Unix seconds.
  let time: Int64
  let purpose: CertificatePurpose

  private static let claimed: [[UInt8]] = [
    ExtensionName.basicConstraints, ExtensionName.keyUsage, ExtensionName.extendedKeyUsage,
    ExtensionName.subjectAlternativeName, ExtensionName.nameConstraints, ExtensionName.certificatePolicies,
  ]
  /// 2.5.29.37.0, 1.3.6.1.5.5.7.3.3 and 1.3.6.1.5.5.7.3.8 (RFC 5280 §4.2.1.12).
  private static let anyPurpose: [UInt8] = [0x55, 0x1d, 37, 0]
  private static let codeSigning: [UInt8] = [0x2b, 6, 1, 5, 5, 7, 3, 3]
  private static let timeStamping: [UInt8] = [0x2b, 6, 1, 5, 5, 7, 3, 8]

  /// - Parameter path: leaf first, anchor last.
  func check(_ path: [Certificate]) throws(CryptographyError) {
    for certificate in path {
      for field in certificate.decoded.fields.extensions where field.isCritical {
        let name = certificate.der[field.name]
        guard Self.claimed.contains(where: { name.elementsEqual($0) }) else {
          throw .criticalExtension("\(OID(contents: name)) in “\(certificate.subject)”")
        }
      }
    }
    var below = 0
    for issuer in path.dropFirst() {
      try checkIssuer(issuer, above: below)
      if !issuer.isSelfIssued { below += 1 }
    }
    if let leaf = path.first { try checkLeaf(leaf) }
    try checkNames(path)
    for certificate in path where time < certificate.notBefore || time > certificate.notAfter {
      let span = "\(certificate.notBefore) through \(certificate.notAfter)"
      throw .outsideValidity("“\(certificate.subject)” is valid from \(span), not at \(time)")
    }
  }

  /// - Parameter below: CA certificates between this one and the leaf that are not self-issued.
  private func checkIssuer(_ issuer: Certificate, above below: Int) throws(CryptographyError) {
    let decoded = issuer.decoded
    guard decoded.flags & UInt32(EXFLAG_CA) != 0 else { throw .notPermitted("“\(issuer.subject)” is no CA") }
    guard decoded.keyUsage.map({ $0 & UInt32(KU_KEY_CERT_SIGN) != 0 }) ?? true else {
      throw .notPermitted("“\(issuer.subject)” may not sign certificates")
    }
    if let limit = decoded.pathLength, below > limit {
      throw .notPermitted("“\(issuer.subject)” allows \(limit) CA certificates below it, not \(below)")
    }
    guard let purposes = decoded.extendedKeyUsage, !purposes.contains(Self.anyPurpose) else { return }
    let isAllowed =
      switch purpose {
      case .codeSigning: purposes.contains(Self.codeSigning)
      case .timeStamping: purposes.contains(Self.timeStamping)
      case .any: true
      }
    guard isAllowed else { throw .notPermitted("“\(issuer.subject)” may not issue for this purpose") }
  }

  private func checkLeaf(_ leaf: Certificate) throws(CryptographyError) {
    if purpose == .any { return }
    let decoded = leaf.decoded
    guard decoded.flags & UInt32(EXFLAG_CA) == 0 else { throw .notPermitted("“\(leaf.subject)” is a CA") }
    let purposes = decoded.extendedKeyUsage ?? []
    let usage = decoded.keyUsage
    switch purpose {
    case .codeSigning:
      guard purposes.contains(Self.codeSigning) else {
        throw .notPermitted("“\(leaf.subject)” is not for code signing")
      }
      guard usage.map({ $0 & UInt32(KU_DIGITAL_SIGNATURE) != 0 }) ?? true else {
        throw .notPermitted("“\(leaf.subject)” may not sign")
      }
    case .timeStamping:
      // RFC 3161 §2.3: this purpose alone, and critical.
      let isCritical = decoded.fields.extensions.contains {
        $0.isCritical && leaf.der[$0.name].elementsEqual(ExtensionName.extendedKeyUsage)
      }
      guard purposes == [Self.timeStamping], isCritical else {
        throw .notPermitted("“\(leaf.subject)” is not for time-stamping alone")
      }
      // OpenSSL's rule for this purpose: nothing but signing, where anything is stated.
      let signing = UInt32(KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION)
      guard usage.map({ $0 & ~signing == 0 }) ?? true else {
        throw .notPermitted("“\(leaf.subject)” has a key for other uses than signing")
      }
    case .any: break
    }
  }

  private func checkNames(_ path: [Certificate]) throws(CryptographyError) {
    for (index, issuer) in path.enumerated() where index > 0 {
      guard let constraints = issuer.decoded.nameConstraints else { continue }
      // §6.1.3 (b), (c): self-issued certificates are let through, unless it is the leaf.
      for (place, certificate) in path[..<index].enumerated() where place == 0 || !certificate.isSelfIssued {
        guard NAME_CONSTRAINTS_check(certificate.decoded.pointer, constraints) == X509_V_OK else {
          ERR_clear_error()
          throw .notPermitted("a name in “\(certificate.subject)” is outside what “\(issuer.subject)” may name")
        }
      }
    }
  }
}
