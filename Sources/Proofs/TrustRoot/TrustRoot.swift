package import Cryptography
import Octets
package import Reasons
import StrictJSON

/// Whom a Sigstore instance's verifiers trust, and when: certificate authorities, timestamp authorities,
/// transparency logs and certificate logs, each with its window (protobuf-specs `dev.sigstore.trustroot.v1.TrustedRoot`).
///
/// Unknown fields are tolerated: the format grows. An instance whose key is of a kind that Assay does not read is set
/// aside with its name, so that evidence from it can be told apart from evidence of a stranger.
package struct TrustRoot: Sendable {
  /// Bytes of a trust root; the public-good instance's has 7 KB.
  package static let byteLimit = 1 << 20
  /// Instances of one kind; the public-good instance has two logs after five years.
  package static let instanceLimit = 256

  /// SHA-256 of the file's bytes, for reports.
  package let digest: ComputedDigest
  package let certificateAuthorities: [TrustedAuthority]
  package let timestampAuthorities: [TrustedAuthority]
  package let transparencyLogs: [TrustedLog]
  package let certificateLogs: [TrustedLog]
  /// Transparency logs whose keys Assay does not read.
  package let unsupportedLogs: [UnsupportedLog]
  /// Certificate logs whose keys Assay does not read. They still ask for certificate timestamps.
  package let unsupportedCertificateLogs: [UnsupportedLog]

  /// - Parameter named: what errors call the file.
  /// - Throws: `trust-root.malformed`, or a reason of JSON's.
  package init(parsing bytes: [UInt8], named subject: String) throws(Failure) {
    var limits = JSONLimits.usual
    limits.bytes = Self.byteLimit
    let document = try JSONNode(parsing: bytes, named: subject, malformed: .trustRootMalformed, limits: limits)
    let mediaType = try document.required("mediaType").string()
    guard Self.mediaTypes.contains(mediaType) else {
      throw Failure(.trustRootMalformed, subject, "media type “\(printable(mediaType, limit: 100))” is no trust root’s")
    }
    digest = Cryptography.digest(bytes)
    certificateAuthorities = try Self.authorities(document, "certificateAuthorities", timestamping: false)
    timestampAuthorities = try Self.authorities(document, "timestampAuthorities", timestamping: true)
    (transparencyLogs, unsupportedLogs) = try Self.logs(document, "tlogs")
    (certificateLogs, unsupportedCertificateLogs) = try Self.logs(document, "ctlogs")
  }

  /// The type before versions had names of their own, and the two since.
  private static let mediaTypes: Set<String> = [
    "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
    "application/vnd.dev.sigstore.trustedroot.v0.1+json",
    "application/vnd.dev.sigstore.trustedroot.v0.2+json",
  ]

  private static func authorities(
    _ document: JSONNode, _ key: String, timestamping: Bool
  ) throws(Failure) -> [TrustedAuthority] {
    guard let list = try document.optional(key) else { return [] }
    var authorities: [TrustedAuthority] = []
    for node in try list.elements(atMost: instanceLimit) {
      authorities.append(try TrustedAuthority(parsing: node, timestamping: timestamping))
    }
    return authorities
  }

  private static func logs(
    _ document: JSONNode, _ key: String
  ) throws(Failure) -> ([TrustedLog], [UnsupportedLog]) {
    guard let list = try document.optional(key) else { return ([], []) }
    var logs: [TrustedLog] = []
    var unsupported: [UnsupportedLog] = []
    for node in try list.elements(atMost: instanceLimit) {
      switch try TrustedLog.parse(node) {
      case .readable(let log): logs.append(log)
      case .unsupported(let log): unsupported.append(log)
      }
    }
    return (logs, unsupported)
  }
}

extension Validity {
  /// A `TimeRange`. Its start is required: a missing bound must not read as “always”.
  init(parsing node: JSONNode) throws(Failure) {
    func time(_ node: JSONNode) throws(Failure) -> UnixTime {
      guard let time = UnixTime(rfc3339: try node.bytes()) else { throw node.failure("no RFC 3339 date-time") }
      return time
    }
    let start = try time(try node.required("start"))
    guard let end = try node.optional("end") else {
      self.init(from: start, through: nil)
      return
    }
    self.init(from: start, through: try time(end))
  }
}
