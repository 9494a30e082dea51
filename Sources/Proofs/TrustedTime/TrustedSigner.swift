import Cryptography
import Octets
import Reasons
import Synchronization
import Timestamp
import TrustRoot

/// One timestamp authority of the trust root, as the signer that tokens are checked against.
final class TrustedSigner: Sendable {
  /// Certificates that bear the signer's name and are tried. Honest tokens carry one; each costs a path and a signature.
  private static let candidateLimit = 4

  let authority: TrustedAuthority
  /// All of the trust root, this one among them.
  private let authorities: [TrustedAuthority]
  /// The path of the trust root's own signing certificate, once it held. Its signatures do not change with time, and
  /// verifying them costs more than the token itself.
  private let establishedPath = Mutex<[Certificate]?>(nil)

  init(_ authority: TrustedAuthority, among authorities: [TrustedAuthority]) {
    (self.authority, self.authorities) = (authority, authorities)
  }

  var name: String { authority.subject }

  /// Steps 2 to 5 of `TimestampVerifier`.
  ///
  /// - Returns: the path of the certificate that signed, anchor last.
  /// - Throws: `time.authority-unknown` where somebody else signed, otherwise what is wrong.
  func verify(_ token: Token) throws(Failure) -> [Certificate] {
    if let own = authority.leaf {
      // What came along plays no part: the trust root says which certificate signs.
      guard token.signed.names(own) else { throw unknown }
      let path = try verifyOwnPath(own, at: token.info.time)
      try verify(token, by: own)
      return path
    }
    // Anybody can add to what came along. So neither order nor number may decide: each certificate that bears the
    // signer's name is tried, up to a bound.
    let carried = token.signed.certificates
    var closest = unknown
    for leaf in carried.lazy.filter(token.signed.names).prefix(Self.candidateLimit) {
      // One that the trust root names elsewhere is good there, or not at all.
      guard !authorities.contains(where: { $0.leaf == leaf }) else { continue }
      do {
        let path = try verifyPath(leaf, with: carried, at: token.info.time)
        try verify(token, by: leaf)
        return path
      } catch {
        if closest.reason == .timestampAuthorityUnknown { closest = error }
      }
    }
    throw closest
  }

  private var unknown: Failure {
    Failure(.timestampAuthorityUnknown, "timestamp", "\(name) did not sign it")
  }

  private func verifyOwnPath(_ leaf: Certificate, at time: UnixTime) throws(Failure) -> [Certificate] {
    if let path = establishedPath.withLock({ $0 }),
      path.allSatisfy({ $0.notBefore <= time.seconds && time.seconds <= $0.notAfter })
    {
      return path
    }
    do {
      let path = try authority.authority.verify(leaf, untrusted: [], at: time.seconds, for: .timeStamping)
      establishedPath.withLock { $0 = path }
      return path
    } catch {
      throw Failure(error, at: time)
    }
  }

  private func verifyPath(
    _ leaf: Certificate, with carried: [Certificate], at time: UnixTime
  ) throws(Failure) -> [Certificate] {
    do {
      return try authority.authority.verify(
        leaf, untrusted: authority.mayComplete(carried, beside: authorities), at: time.seconds, for: .timeStamping)
    } catch .untrusted(let detail) {
      // A certificate that claims our authority as its issuer is a forgery; any other is a stranger's.
      let claimed = leaf.issuer
      guard authority.chain.contains(where: { $0.subject.utf8.elementsEqual(claimed.utf8) }) else { throw unknown }
      throw Failure(.timestampInvalid, "timestamp", detail)
    } catch {
      throw Failure(error, at: time)
    }
  }

  private func verify(_ token: Token, by leaf: Certificate) throws(Failure) {
    guard authority.validity.contains(token.info.time) else {
      throw Failure(
        .timestampOutsideValidity, "timestamp", "the trust root’s window of \(name) excludes \(token.info.time)")
    }
    do {
      try token.signed.verify(signer: leaf)
    } catch {
      throw Failure(error, at: token.info.time)
    }
  }
}

extension Failure {
  fileprivate init(_ error: CryptographyError, at time: UnixTime) {
    let (reason, detail): (Reason, String) =
      switch error {
      case .malformed(let detail), .untrusted(let detail), .notPermitted(let detail), .criticalExtension(let detail):
        (.timestampInvalid, detail)
      case .unsupported(let detail): (.signatureAlgorithmUnsupported, detail)
      case .invalidSignature: (.timestampInvalid, "the authority’s certificate did not sign this statement")
      case .outsideValidity(let detail): (.timestampOutsideValidity, "at \(time): \(detail)")
      }
    self.init(reason, "timestamp", detail)
  }
}
