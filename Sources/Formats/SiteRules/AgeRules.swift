import Octets
package import Reasons
import StrictJSON

/// How old the site lets its trust become: a file of the role `policy` (docs/formats/SiteRules.md). Nothing that a medium
/// brings expires by itself where no network is; the site says when it no longer serves.
///
///     {"format": "assay-age-limits/1", "limits": [
///       {"of": "bundle", "role": "timestamp", "warnDays": 30, "failDays": 120},
///       {"of": "log-snapshot", "warnDays": 60, "failDays": 180}]}
package struct AgeRules: Hashable, Sendable {
  package static let format = "assay-age-limits/1"

  /// What has an age.
  package enum Subject: String, CaseIterable, Hashable, Sendable {
    /// The site's own bundle: days since a role's metadata expired.
    case bundle
    /// Chains of others that it carries: likewise.
    case upstream
    /// Days since the newest checkpoint of a log was surely there.
    case logSnapshot = "log-snapshot"
    /// Days since a revocation list's next one was due.
    case revocationList = "revocation-list"
  }

  package struct Limit: Hashable, Sendable {
    package let of: Subject
    /// Of `bundle` and `upstream`: nil means every role that has no limit of its own.
    package let role: [UInt8]?
    /// Seconds from which a warning is due, and from which what rests on it is incomplete. Negative ones lie before expiry.
    package let warn: Int64
    package let fail: Int64
  }

  package let limits: [Limit]

  /// - Throws: `rules.malformed`, or a reason of JSON's.
  package init(parsing bytes: [UInt8], named subject: String) throws(Failure) {
    let root = try JSONNode.ruleDocument(bytes, named: subject, format: Self.format, members: ["limits"])
    var limits: [Limit] = []
    for node in try root.required("limits").elements(atMost: 64) {
      let limit = try Limit(node)
      guard !limits.contains(where: { $0.of == limit.of && $0.role == limit.role }) else {
        throw node.failure("a second limit of the same thing")
      }
      limits.append(limit)
    }
    self.limits = limits
  }

  /// The limit of one thing: its role's own before the general one; nil where the site sets none.
  package func limit(of subject: Subject, role: [UInt8] = []) -> Limit? {
    limits.first { $0.of == subject && $0.role == role } ?? limits.first { $0.of == subject && $0.role == nil }
  }
}

extension AgeRules.Limit {
  fileprivate init(_ node: JSONNode) throws(Failure) {
    try node.verifyMembers(["of", "role", "warnDays", "failDays"])
    of = try node.required("of").oneOf(AgeRules.Subject.self)
    if let role = try node.optional("role") {
      guard of == .bundle || of == .upstream else { throw role.failure("\(of.rawValue) has no roles") }
      _ = try role.line()
      self.role = try role.bytes()
    } else {
      role = nil
    }
    warn = try Self.seconds(node.required("warnDays"))
    fail = try Self.seconds(node.required("failDays"))
    guard warn <= fail else { throw node.failure("it fails before it warns") }
  }

  private static func seconds(_ node: JSONNode) throws(Failure) -> Int64 {
    let days = try node.integer()
    guard (-36_500...36_500).contains(days) else { throw node.failure("at most 36500 days, before or after") }
    return days * 86_400
  }
}
