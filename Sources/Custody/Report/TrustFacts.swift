package import Cryptography
package import Octets
package import SiteRules
package import StrictJSON

/// How what a verdict rests on stands with time and with the site's own rules.
package struct TrustFacts: Sendable {
  /// One thing that ages, and what the site's limits say of it.
  package struct Aged: Sendable {
    package enum Standing: String, Sendable { case fresh, ageing, tooOld = "too-old" }

    package let of: AgeRules.Subject
    /// The role, list or log, as people know it.
    package let name: String
    /// Of metadata: the role's own name; otherwise empty.
    package let role: [UInt8]
    /// Of metadata, which count their versions.
    package let version: Int64?
    /// From when on its age counts: its expiry, or when it was surely there.
    package let from: UnixTime
    /// Seconds since; negative before it.
    package let age: Int64
    package let standing: Standing
    /// When the site's limit ends it; nil where there is none.
    package let until: UnixTime?

    /// - Parameter limit: the site's; nil where it sets none, so that age is only said.
    package init(
      of subject: AgeRules.Subject, named name: String, role: [UInt8] = [], version: Int64? = nil, from: UnixTime,
      at now: UnixTime, limit: AgeRules.Limit?
    ) {
      self.of = subject
      self.name = name
      self.role = role
      self.version = version
      self.from = from
      age = now.seconds.subtractingReportingOverflow(from.seconds).partialValue
      let age = age
      standing = limit.map { age >= $0.fail ? .tooOld : age >= $0.warn ? .ageing : .fresh } ?? .fresh
      until = limit.map { UnixTime(from.seconds.addingReportingOverflow($0.fail).partialValue) }
    }

    /// “timestamp version 12 of the bundle: 40 days past 2026-01-08T00:00:00Z”
    package var words: String {
      let days = age / 86_400
      let when = age >= 0 ? "\(days) days past \(from)" : "\(-days) days before \(from)"
      return "\(subjectWords): \(when)"
    }

    /// “bundle timestamp version 12”
    package var subjectWords: String {
      let what = version.map { "\(name) version \($0)" } ?? name
      return "\(of.rawValue) \(printable(what))"
    }
  }

  package let ages: [Aged]
  package let logs: [Log]
  /// SHA-256 over the lists of denials and what was lifted of them; nil where nothing was ever denied.
  package let denials: (digest: ComputedDigest, count: Int)?
  /// Up to when it is known what was revoked; nil where nobody said anything.
  package let revocationKnownUntil: UnixTime?

  package init(
    ages: [Aged], logs: [Log], denials: (digest: ComputedDigest, count: Int)?, revocationKnownUntil: UnixTime?
  ) {
    self.ages = ages
    self.logs = logs
    self.denials = denials
    self.revocationKnownUntil = revocationKnownUntil
  }

  var json: JSON {
    [
      "ages": .array(ages.map(\.json)), "logs": .array(logs.map(\.json)),
      "denials": denials.map {
        ["inForce": .integer(Int64($0.count)), "digest": ClaimedDigest($0.digest).digestSet]
      } ?? .null,
    ]
  }
}

extension TrustFacts.Aged {
  package var json: JSON {
    [
      "of": .text(of.rawValue), "name": .text(printable(name)), "version": version.map(JSON.integer) ?? .null,
      "from": "\(from)", "ageSeconds": .integer(age), "standing": .text(standing.rawValue),
      "until": until.map { "\($0)" } ?? .null,
    ]
  }
}

extension TrustFacts {
  /// What an admission does not say by itself: up to when it is known what was revoked.
  /// - Parameter trust: nil without a store.
  package static func revocationWords(_ trust: TrustFacts?) -> String {
    let inForce = trust?.denials.map { "\($0.count) \($0.count == 1 ? "denial" : "denials") in force" }
    switch (trust?.revocationKnownUntil, inForce) {
    case (let until?, let inForce?): return "known until \(until): \(inForce)"
    case (let until?, nil): return "known until \(until): nothing is denied"
    case (nil, let inForce?): return "\(inForce), of an unknown date"
    case (nil, nil): return "not known: no denials are installed"
    }
  }
}
