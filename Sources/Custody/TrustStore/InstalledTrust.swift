import Octets

/// Under which kinds and names a trust bundle's contents are in force.
package enum InstalledTrust {
  /// The site's TUF state: names `root`, `timestamp`, `snapshot`.
  package static let state = Array("tuf".utf8)
  /// Metadata of a targets role, by the role's name.
  package static let role = Array("tuf-role".utf8)
  /// A `trusted_root.json`, by its target path.
  package static let trustRoot = Array("trust-root".utf8)
  /// A public key, PEM, by its target path.
  package static let key = Array("key".utf8)
  /// A certificate revocation list, by its target path.
  package static let revocationList = Array("crl".utf8)
  /// An upstream's own repository in a tar, by its target path.
  package static let upstream = Array("upstream".utf8)
  /// The root that an upstream's repository was first verified from, by its target path.
  package static let upstreamRoot = Array("upstream-root".utf8)
  /// An upstream's TUF state: names `FOLDER/root`, `FOLDER/timestamp`, `FOLDER/snapshot`, by the folder of its tar.
  package static let upstreamState = Array("upstream-tuf".utf8)
  /// Metadata of an upstream's targets role: `FOLDER/ROLE.json`, the role's name percent-encoded.
  package static let upstreamRole = Array("upstream-tuf-role".utf8)
  /// A list of denials, by its target path. It only grows: no bundle takes one away.
  package static let denials = Array("denials".utf8)
  /// Denials that no longer hold.
  package static let liftedDenials = Array("lifted-denials".utf8)
  /// How old the site lets its trust become.
  package static let ageRules = Array("age-limits".utf8)
  /// Who must have vouched for what.
  package static let policy = Array("policy".utf8)
  /// How many people must agree before trust changes.
  package static let approvalRule = Array("approvals".utf8)

  /// Which witnesses must have cosigned a log's checkpoint (C2SP tlog-policy).
  package static let witnessPolicy = Array("witness-policy".utf8)
  /// A log's newest accepted checkpoint, a signed note, by its origin.
  package static let log = Array("log".utf8)
  /// Its earlier accepted states, by its origin.
  package static let logHeads = Array("log-heads".utf8)
  /// That a log signed two histories: both notes, by origin and sizes.
  package static let logFork = Array("log-fork".utf8)
  /// A witness of this machine's own ledger, enrolled by hand: its vkey, by its name.
  package static let witness = Array("witness".utf8)

  /// What a bundle brings, and may take away again. What is known of logs is not among it.
  package static let kinds = [
    trustRoot, key, revocationList, upstream, upstreamRoot, denials, liftedDenials, ageRules, approvalRule,
    witnessPolicy, policy, state, role, upstreamState, upstreamRole,
  ]
  /// All of it, for people.
  package static let all = kinds + [log, logHeads, logFork]
  /// What only the next bundle is compared with: no trust by itself.
  package static let states = [state, role, upstreamState, upstreamRole, log, logHeads]
}

extension Standing {
  /// Objects of a kind, sorted by name.
  package func objects(of kind: [UInt8]) -> [(name: [UInt8], object: Object)] {
    objects.filter { $0.key.kind == kind }.sorted { $0.key < $1.key }.map { ($0.key.name, $0.value) }
  }
}
