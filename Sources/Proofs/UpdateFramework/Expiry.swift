package import Octets
package import Reasons
package import TUFMetadata

/// What a date that has passed does. The time is fixed when an update begins (§5.1).
package enum Expiry: Hashable, Sendable {
  /// Expired metadata refuse, as the specification has it: for machines with a network.
  case strict(UnixTime)
  /// Expiry is a fact, `Age`, and the site's policy judges it: a machine without a network sees every short-lived
  /// `timestamp` expired. No other check is softened.
  case aged(UnixTime)

  package var now: UnixTime {
    switch self {
    case .strict(let now), .aged(let now): now
    }
  }

  /// - Throws: `tuf.expired`
  func verify<Body>(_ metadata: SignedMetadata<Body>, named name: String) throws(Failure) {
    guard case .strict(let now) = self, now >= metadata.body.expires else { return }
    throw Failure(.tufExpired, name, "expired \(metadata.body.expires); it is \(now)")
  }
}

/// How old one role's metadata is. There is no date of issue in TUF, so that age is counted from expiry.
package struct Age: Hashable, Sendable {
  package let role: RoleName
  package let version: Int64
  package let expires: UnixTime
  /// Seconds since expiry; negative before it.
  package let secondsPastExpiry: Int64

  init<Body>(_ role: RoleName, _ metadata: SignedMetadata<Body>, at now: UnixTime) {
    self.role = role
    version = metadata.body.version
    expires = metadata.body.expires
    // Years have four digits: no overflow, whatever the clock says, short of the clock itself being absurd.
    secondsPastExpiry = now.seconds.subtractingReportingOverflow(expires.seconds).partialValue
  }

  /// From the moment of expiry on, as §5.3.10 has it.
  package var isExpired: Bool { secondsPastExpiry >= 0 }
}

extension Age {
  /// Of metadata that an earlier update verified, out of a place that nobody else writes to.
  package init(ofKept bytes: [UInt8], _ role: RoleName, at now: UnixTime) throws(Failure) {
    let name = role.fileName(version: nil)
    switch role {
    case .root: self.init(role, try SignedMetadata<RootMetadata>(parsing: bytes, named: name), at: now)
    case .timestamp: self.init(role, try SignedMetadata<TimestampMetadata>(parsing: bytes, named: name), at: now)
    case .snapshot: self.init(role, try SignedMetadata<SnapshotMetadata>(parsing: bytes, named: name), at: now)
    default: self.init(role, try SignedMetadata<TargetsMetadata>(parsing: bytes, named: name), at: now)
    }
  }
}
