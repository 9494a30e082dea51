import Cryptography
import Octets
import Reasons
import TrustRoot

/// A chain from the leaf to an authority of the trust root, good at every established time.
struct CertificatePath {
  /// Leaf first, anchor last.
  let certificates: [Certificate]
  let authority: TrustedAuthority

  /// RFC 5280 §6 at each time, and at each time against each authority whose own window contains it: short-lived
  /// certificates were valid when they were used, and that is all that can be asked of them.
  ///
  /// - Parameter times: at least one.
  /// - Throws: `certificate.untrusted`, `certificate.outside-validity`, `certificate.not-for-signing`,
  ///   `certificate.critical-extension`, `certificate.malformed`, `signature.algorithm-unsupported`.
  static func verify(
    _ leaf: Certificate, carried: [Certificate], at times: [UnixTime], against authorities: [TrustedAuthority]
  ) throws(Failure) -> CertificatePath {
    var established: CertificatePath?
    for time in times {
      // Signatures and constraints do not change with time: a path that held once needs only its windows checked.
      if let path = established, path.isWithinWindows(at: time) { continue }
      let path = try verify(leaf, carried: carried, at: time, against: authorities)
      if established == nil { established = path }
    }
    guard let established else { throw Failure(.timeMissing, "certificate", "no time to check the chain at") }
    return established
  }

  private static func verify(
    _ leaf: Certificate, carried: [Certificate], at time: UnixTime, against authorities: [TrustedAuthority]
  ) throws(Failure) -> CertificatePath {
    // What to say if none fits: the most telling of the failures.
    var closest = Failure(.certificateUntrusted, "certificate", "the trust root names no certificate authority")
    // Those outside their windows come last: they are asked only for a better answer than “unknown”.
    for authority in authorities.filter({ $0.validity.contains(time) })
      + authorities.filter({ !$0.validity.contains(time) })
    {
      do throws(CryptographyError) {
        let path = try authority.authority.verify(
          leaf, untrusted: authority.mayComplete(carried, beside: authorities), at: time.seconds, for: .codeSigning)
        guard !authority.validity.contains(time) else {
          return CertificatePath(certificates: path, authority: authority)
        }
        throw CryptographyError.outsideValidity("outside the trust root’s window of \(authority.subject)")
      } catch {
        let failure = Failure(error, at: time)
        if closest.reason == .certificateUntrusted { closest = failure }
      }
    }
    throw closest
  }

  private func isWithinWindows(at time: UnixTime) -> Bool {
    authority.validity.contains(time)
      && certificates.allSatisfy { $0.notBefore <= time.seconds && time.seconds <= $0.notAfter }
  }
}

extension Failure {
  fileprivate init(_ error: CryptographyError, at time: UnixTime) {
    let (reason, detail): (Reason, String) =
      switch error {
      case .malformed(let detail): (.certificateMalformed, detail)
      case .unsupported(let detail): (.signatureAlgorithmUnsupported, detail)
      case .invalidSignature: (.certificateUntrusted, "a signature of the chain does not verify")
      case .untrusted(let detail): (.certificateUntrusted, detail)
      case .outsideValidity(let detail): (.certificateOutsideValidity, "at \(time): \(detail)")
      case .notPermitted(let detail): (.certificateNotForSigning, detail)
      case .criticalExtension(let detail): (.certificateCriticalExtension, detail)
      }
    self.init(reason, "certificate", detail)
  }
}
