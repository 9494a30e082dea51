import Octets
import StrictJSON
import TUFMetadata

/// What a metadata file says, but for its signatures: read from one of our own, changed, and written again.
///
/// The member `x-assay-days` keeps for how long each version is signed. It is signed itself, and other clients pass over
/// it, so that the repository needs no settings beside it.
struct Page: Hashable, Sendable {
  enum Body: Hashable, Sendable {
    case root([SiteRole: Signers])
    /// The top-level targets: no files, and who speaks of which.
    case delegations([SiteRole: Signers])
    case files([[UInt8]: FileFacts])
    case snapshot([SiteRole: Int64])
    /// The snapshot's version.
    case timestamp(Int64)
  }

  let role: SiteRole
  var version: Int64
  var days: Int64
  var expires: UnixTime
  var body: Body

  /// The roles whose signers the root names.
  static let top: [SiteRole] = [.root, .timestamp, .snapshot, .targets]
  /// The specification that is followed.
  static let specification = "1.0.34"
  static let daysMember = "x-assay-days"
  /// Days that are still a date of four digits.
  static let usableDays: ClosedRange<Int64> = 1...36_500

  init(_ role: SiteRole, version: Int64, days: Int64, at now: UnixTime, _ body: Body) {
    self.role = role
    self.version = version
    self.days = days
    self.body = body
    expires = now
    renew(at: now)
  }

  mutating func renew(at now: UnixTime) { expires = UnixTime(now.seconds + days * 86_400) }

  /// The same, as the version behind this one.
  func next(at now: UnixTime) -> Page {
    var next = self
    next.version += 1
    next.renew(at: now)
    return next
  }

  var signers: [SiteRole: Signers] {
    switch body {
    case .root(let signers), .delegations(let signers): signers
    default: [:]
    }
  }

  var files: [[UInt8]: FileFacts] { if case .files(let files) = body { files } else { [:] } }

  // MARK: Writing

  /// The value of `signed`, members sorted as canonical JSON has them.
  var json: JSON {
    var members: [(String, JSON)] = [
      ("_type", .text(role.isCarrier ? "targets" : role.rawValue)), ("expires", .text("\(expires)")),
      ("spec_version", .text(Self.specification)), ("version", .integer(version)),
      (Self.daysMember, .integer(days)),
    ]
    switch body {
    case .root(let signers):
      members.append(("consistent_snapshot", true))
      members.append(("keys", Signers.keysJSON(Array(signers.values))))
      members.append(("roles", Self.object(Self.top.map { ($0.rawValue, .object(signers[$0]?.json ?? [:])) })))
    case .delegations(let signers):
      members.append(("targets", [:]))
      let roles = SiteRole.carriers.map { role -> JSON in
        var object = signers[role]?.json ?? [:]
        object.append("name", .text(role.rawValue))
        object.append("paths", .array(role.patterns.map { .text($0) }))
        // Nobody else speaks of a role's paths.
        object.append("terminating", true)
        return .object(object)
      }
      members.append(("delegations", ["keys": Signers.keysJSON(Array(signers.values)), "roles": .array(roles)]))
    case .files(let files):
      let sorted = files.sorted { $0.key.lexicographicallyPrecedes($1.key) }
      members.append(
        ("targets", .object(JSONObject(sorted.map { JSONObject.Member(key: $0.key, value: $0.value.json) }))))
    case .snapshot(let versions):
      members.append(("meta", Self.object(versions.map { ("\($0.key).json", ["version": .integer($0.value)]) })))
    case .timestamp(let version):
      members.append(("meta", ["snapshot.json": ["version": .integer(version)]]))
    }
    return Self.object(members)
  }

  private static func object(_ members: [(String, JSON)]) -> JSON {
    let sorted = members.sorted { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) }
    return .object(JSONObject(sorted.map { JSONObject.Member(key: Array($0.0.utf8), value: $0.1) }))
  }
}

/// A file that a role vouches for.
package struct FileFacts: Hashable, Sendable {
  package let length: Int64
  /// SHA-256.
  package let sha256: [UInt8]

  var json: JSON { ["hashes": ["sha256": .text(Hex.encode(sha256))], "length": .integer(length)] }
}
