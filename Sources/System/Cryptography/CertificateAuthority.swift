import COpenSSL

/// What a leaf certificate is used for.
package enum CertificatePurpose: Hashable, Sendable {
  /// Signing artifacts: Fulcio's leaves.
  case codeSigning
  /// Signing RFC 3161 tokens.
  case timeStamping
  /// Whatever the certificate says of itself.
  case any
}

/// An anchor that somebody trusts, and the certificates known to stand below it.
///
/// The anchor may be a root, an intermediate, or the leaf itself (Sigstore's trust roots: the last certificate of a
/// chain is the anchor). Trust in it comes from where it was read, never from its own signature.
package struct CertificateAuthority: Sendable {
  package let anchor: Certificate
  package let intermediates: [Certificate]

  package init(anchor: Certificate, intermediates: [Certificate]) {
    self.anchor = anchor
    self.intermediates = intermediates
  }

  /// Finds and checks a path from `leaf` to the anchor, as it stood at `time` (RFC 5280 §6.1).
  ///
  /// Signatures between certificates above the leaf are verified once in the life of the process; everything else is
  /// checked each time. Of several paths the first that passes all of `PathRules` is taken.
  ///
  /// - Parameters:
  ///   - untrusted: certificates that came with the signature; they may complete a path, and never anchor one.
  ///   - time: Unix seconds; both ends of a validity are included.
  /// - Returns: the path, leaf first, anchor last; the leaf alone where it is the anchor.
  /// - Throws: `.untrusted` where no path's signatures verify, `.unsupported` where one fails only because its
  ///   algorithm is none of ours; where the signatures of a path verify, the first rule it breaks:
  ///   `.criticalExtension`, `.notPermitted`, `.outsideValidity`.
  package func verify(
    _ leaf: Certificate, untrusted: [Certificate], at time: Int64, for purpose: CertificatePurpose
  ) throws(CryptographyError) -> [Certificate] {
    var search = PathSearch(
      anchor: anchor, candidates: [anchor] + intermediates + untrusted, rules: PathRules(time: time, purpose: purpose))
    return try search.path(from: leaf)
  }
}

/// Depth-first search for a path, bounded against certificates made to lead it astray.
private struct PathSearch {
  /// Certificates of one path, both ends included. Fulcio's have three.
  static let depthLimit = 8
  /// Signatures verified in one search: a hostile chain's cost, about 8 ms of P-384.
  static let attemptLimit = 16

  let anchor: Certificate
  let candidates: [Certificate]
  let rules: PathRules
  private var attempts = 0
  /// The most telling failure so far: of a path that reached the anchor, before one that did not.
  private var broken: CryptographyError?
  private var unsupported: CryptographyError?
  private var untrusted: CryptographyError?

  init(anchor: Certificate, candidates: [Certificate], rules: PathRules) {
    self.anchor = anchor
    self.candidates = candidates
    self.rules = rules
  }

  mutating func path(from leaf: Certificate) throws(CryptographyError) -> [Certificate] {
    if let path = extend([leaf]) {
      VerifiedLinks.insert(path)
      return path
    }
    throw broken ?? unsupported ?? untrusted
      ?? .untrusted(
        "no certificate of “\(leaf.issuer)”, which issued “\(leaf.subject)”, is trusted, or was carried where such count"
      )
  }

  /// The first path that passes, beginning with `path`, whose signatures have been verified.
  private mutating func extend(_ path: [Certificate]) -> [Certificate]? {
    guard let last = path.last else { return nil }
    if last == anchor {
      do throws(CryptographyError) {
        try rules.check(path)
        return path
      } catch {
        broken = broken ?? error
        return nil
      }
    }
    guard path.count < Self.depthLimit else {
      untrusted = untrusted ?? .untrusted("path of more than \(Self.depthLimit) certificates")
      return nil
    }
    for (index, issuer) in candidates.enumerated()
    where issuer.mayHaveIssued(last) && candidates.firstIndex(of: issuer) == index {
      // The same authority a second time leads nowhere new (RFC 4158 §2.4.2), be it under another certificate.
      guard !path.contains(where: { $0.isSameAuthority(as: issuer) }), verifyLink(issuer, last) else { continue }
      if let found = extend(path + [issuer]) { return found }
    }
    return nil
  }

  private mutating func verifyLink(_ issuer: Certificate, _ subject: Certificate) -> Bool {
    if VerifiedLinks.contains(issuer, subject) { return true }
    guard attempts < Self.attemptLimit else {
      untrusted = .untrusted("more than \(Self.attemptLimit) signatures between certificates")
      return false
    }
    attempts += 1
    do throws(CryptographyError) {
      try subject.verifySignature(of: issuer)
      return true
    } catch .unsupported(let detail) {
      unsupported = unsupported ?? .unsupported(detail)
    } catch .malformed(let detail) {
      untrusted = untrusted ?? .untrusted("the key of “\(issuer.subject)”: \(detail)")
    } catch {
      untrusted =
        untrusted ?? .untrusted("“\(issuer.subject)” is named as issuer, but its key did not sign “\(subject.subject)”")
    }
    return false
  }
}

extension Certificate {
  /// Whether the names fit, and the key identifiers where both state one (RFC 5280 §4.2.1.1). Only a hint: the
  /// signature decides.
  fileprivate func mayHaveIssued(_ other: Certificate) -> Bool {
    if let mine = decoded.subjectKeyIdentifier, let wanted = other.decoded.authorityKeyIdentifier, mine != wanted {
      return false
    }
    return X509_NAME_cmp(X509_get_subject_name(decoded.pointer), X509_get_issuer_name(other.decoded.pointer)) == 0
  }

  /// Name and key make an authority.
  package func isSameAuthority(as other: Certificate) -> Bool {
    der[decoded.fields.publicKey].elementsEqual(other.der[other.decoded.fields.publicKey])
      && X509_NAME_cmp(X509_get_subject_name(decoded.pointer), X509_get_subject_name(other.decoded.pointer)) == 0
  }

  /// Verifies the signature on this certificate with the issuer's key.
  fileprivate func verifySignature(of issuer: Certificate) throws(CryptographyError) {
    let fields = decoded.fields
    let scheme = try SignatureScheme(algorithmIdentifier: Array(der[fields.algorithm]))
    try issuer.publicKey.verify(Array(der[fields.signature]), over: Array(der[fields.tbs]), scheme)
  }
}
