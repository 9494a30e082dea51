import Cryptography
import Octets
import Reasons
import Synchronization
import Timestamp
import TrustRoot

/// One timestamp authority of the trust root, as the signer that tokens are checked against.
final class TrustedSigner: Sendable {
  /// Carried certificates that are tried as intermediates. Real tokens bring four at most.
  static let carriedLimit = 8

  private let authority: TrustedAuthority
  /// The path of the trust root's own signing certificate, once it held. Its signatures do not change with time, and
  /// verifying them costs more than the token itself.
  private let establishedPath = Mutex<[Certificate]?>(nil)

  init(_ authority: TrustedAuthority) { self.authority = authority }

  var name: String { authority.subject }

  /// Steps 2 to 5 of `TimestampVerifier`.
  ///
  /// - Throws: `time.authority-unknown` where somebody else signed, otherwise what is wrong.
  func verify(_ token: TimestampToken) throws(Failure) {
    let time = token.info.time
    let leaf: Certificate
    if let own = ownLeaf {
      // What came along plays no part: the trust root says which certificate signs.
      guard token.signer.names(own.der) else { throw unknown }
      leaf = own
      try verifyOwnPath(leaf, at: time)
    } else {
      leaf = try carriedLeaf(of: token)
      try verifyCarriedPath(leaf, with: token.certificates, at: time)
    }
    guard authority.validity.contains(time) else {
      throw Failure(.timestampOutsideValidity, "timestamp", "the trust root’s window of \(name) excludes \(time)")
    }
    try token.verifyAttributes(naming: leaf)
    try token.verifySignature(by: leaf)
  }

  /// The signing certificate that the trust root itself holds: before its chain, or as all of it.
  private var ownLeaf: Certificate? { authority.leaf ?? (authority.chain.count == 1 ? authority.chain.first : nil) }

  private var unknown: Failure {
    Failure(.timestampAuthorityUnknown, "timestamp", "\(name) did not sign it")
  }

  private func verifyOwnPath(_ leaf: Certificate, at time: UnixTime) throws(Failure) {
    if let path = establishedPath.withLock({ $0 }),
      path.allSatisfy({ $0.notBefore <= time.seconds && time.seconds <= $0.notAfter })
    {
      return
    }
    do {
      let path = try authority.authority.verify(leaf, untrusted: [], at: time.seconds, for: .timeStamping)
      establishedPath.withLock { $0 = path }
    } catch {
      throw Failure(error, at: time)
    }
  }

  /// The carried certificate that the token names. Where several bear that name, the signed hash decides.
  private func carriedLeaf(of token: TimestampToken) throws(Failure) -> Certificate {
    let named = token.certificates.filter(token.signer.names).prefix(Self.carriedLimit)
    let leaves = named.compactMap { try? Certificate(der: $0) }
    guard let leaf = leaves.first(where: token.signer.hashes) ?? leaves.first else { throw unknown }
    return leaf
  }

  private func verifyCarriedPath(_ leaf: Certificate, with carried: [[UInt8]], at time: UnixTime) throws(Failure) {
    // Anybody can add to what is carried: what cannot be read must not matter.
    let untrusted = carried.filter { $0 != leaf.der }.prefix(Self.carriedLimit).compactMap { try? Certificate(der: $0) }
    do {
      _ = try authority.authority.verify(leaf, untrusted: untrusted, at: time.seconds, for: .timeStamping)
    } catch .untrusted(let detail) {
      // A certificate that claims our authority as its issuer is a forgery; any other is a stranger's.
      let claimed = leaf.issuer
      guard authority.chain.contains(where: { $0.subject.utf8.elementsEqual(claimed.utf8) }) else { throw unknown }
      throw Failure(.timestampInvalid, "timestamp", detail)
    } catch {
      throw Failure(error, at: time)
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
      case .invalidSignature: (.timestampInvalid, "a signature of its chain does not verify")
      case .outsideValidity(let detail): (.timestampOutsideValidity, "\(detail), at \(time)")
      }
    self.init(reason, "timestamp", detail)
  }
}
