package import Cryptography
package import Findings
import Octets
package import Reasons
import Timestamp
package import TrustRoot

/// Proves when a signature existed, by RFC 3161 timestamps of the trust root's authorities.
///
/// The steps, each of which can refuse on its own:
/// 1. The token is well formed, and states the digest of exactly these signature bytes.
/// 2. Its signer is an authority of the trust root: the certificate stands there, or came along and chains to it, by
///    certificates that the trust root names where it names any.
/// 3. That chain holds at the stated time, for time stamping alone, and the trust root's own window contains it.
/// 4. The signed attributes name that certificate, and the digest of the statement.
/// 5. The signature over the attributes verifies.
package struct TimestampVerifier: Sendable {
  private let authorities: [TrustedSigner]

  package init(trustRoot: TrustRoot) {
    authorities = trustRoot.timestampAuthorities.map { TrustedSigner($0, among: trustRoot.timestampAuthorities) }
  }

  /// - Parameters:
  ///   - token: DER of a `TimeStampResp`, or of the token inside one; at most `TimestampResponse.sizeLimit`.
  ///   - signature: the raw bytes of the signature that the time is about, or of the envelope that holds it.
  /// - Throws: `time.timestamp-malformed`, `time.timestamp-mismatch`, `time.authority-unknown`,
  ///   `time.timestamp-invalid`, `time.outside-validity`, `signature.algorithm-unsupported`.
  package func verify(_ token: [UInt8], over signature: [UInt8]) throws(Failure) -> VerifiedTimestamp {
    let token = try Token(parsing: token)
    guard digest(signature, token.info.imprintAlgorithm).bytes == token.info.imprint else {
      throw Failure(.timestampMismatch, "timestamp", "its imprint is not this signature’s digest")
    }
    // One authority may stand in the trust root several times, with windows that meet or overlap.
    var closest = Failure(
      .timestampAuthorityUnknown, "timestamp", "no timestamp authority of the trust root signed it")
    for authority in authorities {
      do {
        let path = try authority.verify(token)
        return VerifiedTimestamp(
          time: EstablishedTime(token.info.time, .timestampAuthority(authority.name)), path: path,
          authority: authority.authority)
      } catch {
        if closest.reason == .timestampAuthorityUnknown { closest = error }
      }
    }
    throw closest
  }
}

/// A time, and whose word it is.
package struct VerifiedTimestamp: Sendable {
  package let time: EstablishedTime
  /// The authority's signing certificate first, anchor last.
  package let path: [Certificate]
  package let authority: TrustedAuthority

  fileprivate init(time: EstablishedTime, path: [Certificate], authority: TrustedAuthority) {
    self.time = time
    self.path = path
    self.authority = authority
  }
}

/// A token taken apart: what is signed, and what it says.
struct Token {
  let signed: SignedData
  let info: TimestampInfo

  init(parsing bytes: [UInt8]) throws(Failure) {
    let response = try TimestampResponse(parsing: bytes)
    do {
      signed = try SignedData(der: response.token)
    } catch .unsupported(let detail) {
      throw Failure(.signatureAlgorithmUnsupported, "timestamp", detail)
    } catch {
      throw Failure(.timestampMalformed, "timestamp", "\(error)")
    }
    guard signed.contentType == TimestampInfo.contentType else {
      throw Failure(.timestampMalformed, "timestamp", "its content is no TSTInfo but \(signed.contentType)")
    }
    info = try TimestampInfo(parsing: signed.content)
  }
}
