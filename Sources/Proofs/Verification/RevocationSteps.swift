import Cryptography
import Findings
import Octets
import Reasons
import SigningIdentity
import TrustRoot
import TrustedTime

/// Steps 3.6 and 5.2: what revocation lists say of the certificates between signature or timestamp and anchor, which is
/// trusted by itself (RFC 5280 §6.1).
///
/// A certificate that was revoked later was good before, and a signature is judged by when it is proven to have existed
/// (ETSI EN 319 102-1 §5.6): revocation counts from the date in the list, or from the date since when the key is suspect
/// where that is earlier. Where nobody's list is at hand nothing is concluded, and the check says so.
extension Revocations {
  /// 5.2, for a signing certificate and the issuers above it.
  ///
  /// A CA whose key others may have had could have issued the certificate at any time and dated it back. A timestamp
  /// says when the signature existed, a log when the certificate did: so below such a CA a log's time is needed.
  ///
  /// - Throws: `certificate.revoked`
  func verify(_ identity: VerifiedIdentity, at times: [EstablishedTime]) throws(Failure) -> Check {
    // Naming issuers takes time that is lost where nothing is known of any.
    if lists.isEmpty { return Step.revocation.notApplicable("no revocation list is installed") }
    var account = Account()
    for (place, certificate) in identity.path.dropLast().enumerated() {
      for case (let list, let revocation?) in account.consult(
        self, certificate, of: identity.authority, isSigner: place == 0)
      {
        let words = revocation.words(certificate, list)
        for time in times where time.time.seconds >= revocation.since {
          throw Failure(.certificateRevoked, "certificate", "\(words); the signature is of \(time.time)")
        }
        guard place == 0 || revocation.isOrderly || times.contains(where: \.isLogged) else {
          throw Failure(.certificateRevoked, "certificate", "\(words); no log says what it issued before")
        }
        account.passed.append("\(words), after the established times")
      }
    }
    return account.check(.revocation)
  }

  /// 3.6, for the certificates of timestamp authorities. Where others may have had a key of theirs, they could have
  /// stamped any time, so that none of their times proves anything (RFC 3161 §4).
  ///
  /// - Throws: `time.authority-revoked`
  func verify(_ timestamps: [VerifiedTimestamp]) throws(Failure) -> Check {
    guard !timestamps.isEmpty else { return Step.timestampRevocation.notApplicable("none verified") }
    if lists.isEmpty { return Step.timestampRevocation.notApplicable("no revocation list is installed") }
    var account = Account()
    for timestamp in timestamps {
      let time = timestamp.time.time
      for (place, certificate) in timestamp.path.dropLast().enumerated() {
        for case (let list, let revocation?) in account.consult(
          self, certificate, of: timestamp.authority, isSigner: place == 0)
        {
          let words = revocation.words(certificate, list)
          guard revocation.isOrderly else {
            throw Failure(
              .timestampAuthorityRevoked, "timestamp", "\(words), for a reason that leaves no time standing")
          }
          guard time.seconds < revocation.since else {
            throw Failure(.timestampAuthorityRevoked, "timestamp", "\(words); the timestamp is of \(time)")
          }
          account.passed.append("\(words), after the timestamp")
        }
      }
    }
    return account.check(.timestampRevocation)
  }
}

/// What was found out along the paths, for the report.
private struct Account {
  var passed: [String] = []
  private var consulted: [RevocationList] = []
  /// Issuers whose lists are not known.
  private var absent: [String] = []
  private var isEverySignerCovered = true

  /// Every list about a certificate, with what it says of it.
  mutating func consult(
    _ revocations: Revocations, _ certificate: Certificate, of authority: TrustedAuthority, isSigner: Bool
  ) -> [(list: RevocationList, revocation: Revocation?)] {
    let lists = revocations.lists(concerning: certificate, of: authority)
    if lists.isEmpty {
      if isSigner { isEverySignerCovered = false }
      let issuer = printable(certificate.issuer, limit: 200)
      if !absent.contains(issuer) { absent.append(issuer) }
    }
    for list in lists where !consulted.contains(list) { consulted.append(list) }
    return lists.map { ($0, $0.revocation(of: certificate)) }
  }

  /// Passed where each certificate that signed something had a list.
  func check(_ step: Step) -> Check {
    var words = passed
    if words.isEmpty, !consulted.isEmpty {
      words.append("not revoked by \(consulted.map(\.words).joined(separator: ", "))")
    }
    words += absent.map { "no revocation list of “\($0)”" }
    let detail = words.joined(separator: "; ")
    if isEverySignerCovered, !consulted.isEmpty { return step.passed(detail) }
    return step.notApplicable(detail.isEmpty ? "the trust root’s own certificate signed" : detail)
  }
}

extension EstablishedTime {
  fileprivate var isLogged: Bool {
    if case .signedEntryTimestamp = source { true } else { false }
  }
}

extension RevocationList {
  /// Which list it is, and how old.
  fileprivate var words: String {
    "the CRL\(number.map { " \($0)" } ?? "") of “\(printable(issuer, limit: 200))” of \(UnixTime(thisUpdate))"
  }
}

extension Revocation {
  fileprivate func words(_ certificate: Certificate, _ list: RevocationList) -> String {
    let suspect = invalidity.map { ", suspect since \(UnixTime($0))" } ?? ""
    let serial = "certificate \(Hex.encode(certificate.serialNumber))"
    return "\(list.words) revokes \(serial) as of \(UnixTime(date))\(suspect) (\(reason?.name ?? "no reason given"))"
  }
}
