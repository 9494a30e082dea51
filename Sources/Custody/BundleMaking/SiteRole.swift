import Octets
package import TUFMetadata

/// The roles of a site's bundle: TUF's four, and the four that its targets role delegates to.
package enum SiteRole: String, CaseIterable, Sendable, Comparable, CustomStringConvertible {
  // In the order in which one leads to the next.
  case root, targets
  /// Trust roots, keys and certificates of those who sign images.
  case trust
  /// What images must show.
  case policy
  /// What is revoked; it only grows.
  case deny
  /// Snapshots of transparency logs.
  case logs
  case snapshot, timestamp

  /// Those that carry files.
  package static let carriers: [SiteRole] = [.trust, .policy, .deny, .logs]

  /// Those whose versions a snapshot lists.
  static let listed: [SiteRole] = [.targets] + carriers

  package var isCarrier: Bool { Self.carriers.contains(self) }
  /// Whose file names this role's signers.
  var delegator: SiteRole { isCarrier ? .targets : .root }
  package var name: RoleName { RoleName(rawValue) }
  package var description: String { rawValue }

  package static func < (one: SiteRole, other: SiteRole) -> Bool {
    allCases.firstIndex(of: one)! < allCases.firstIndex(of: other)!
  }

  /// How many people must sign where nothing is said. Denials and logs hurt nobody by being there: one is enough. A
  /// snapshot and a timestamp say which versions are the newest, and nothing else.
  package var usualThreshold: Int {
    switch self {
    case .trust, .policy, .root, .targets: 2
    case .deny, .logs, .snapshot, .timestamp: 1
    }
  }

  /// For how many days a version is signed where nothing is said.
  package var usualDays: Int64 {
    switch self {
    case .root: 730
    case .targets, .trust, .policy, .deny: 365
    case .logs, .snapshot, .timestamp: 90
    }
  }

  /// Segments of a path below the role's own. A pattern of TUF never crosses a `/`, so that each depth is its own pattern.
  static let deepest = 8

  /// The paths that a carrier may speak of.
  var patterns: [String] {
    let depth = self == .deny ? 1 : Self.deepest
    return (1...depth).map { rawValue + String(repeating: "/*", count: $0) }
  }

  /// The metadata file's name in a repository; the timestamp's has no version.
  func fileName(_ version: Int64) -> String { name.fileName(version: self == .timestamp ? nil : version) }
}
