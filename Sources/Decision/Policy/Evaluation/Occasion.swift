package import Octets

/// What an evaluation is told beside the evidence: what the operator says about the import, and the time. The operator's
/// word is no proof; every report states it.
package struct Occasion: Hashable, Sendable {
  /// The name under which the image is to be used, in place of those that the archive gives.
  package let name: String?
  package let environment: String?
  package let team: String?
  /// Who exported the image.
  package let exporter: String?
  package let medium: String?
  /// The effective time.
  package let now: UnixTime
  /// How old what the site trusts is; nil where nothing says: nothing is installed.
  package let ages: [TrustAge]?

  package init(
    name: String? = nil, environment: String? = nil, team: String? = nil, exporter: String? = nil,
    medium: String? = nil, now: UnixTime, ages: [TrustAge]? = nil
  ) {
    self.name = name
    self.environment = environment
    self.team = team
    self.exporter = exporter
    self.medium = medium
    self.now = now
    self.ages = ages
  }

  /// The same said at another time.
  package func again(now: UnixTime, ages: [TrustAge]?) -> Occasion {
    Occasion(
      name: name, environment: environment, team: team, exporter: exporter, medium: medium, now: now, ages: ages)
  }
}

extension Occasion {
  /// “, with environment “production””; empty where the operator said nothing.
  var words: String {
    let said = [
      ("the name", name), ("environment", environment), ("team", team), ("exporter", exporter), ("medium", medium),
    ].compactMap { what, text in text.map { "\(what) “\(printable($0))”" } }
    return said.isEmpty ? "" : ", with \(said.joined(separator: ", "))"
  }
}

/// The age of one thing that the site trusts.
package struct TrustAge: Hashable, Sendable {
  package let subject: Limits.Subject
  /// For people: “timestamp version 12”.
  package let words: String
  /// From when on it counts: its expiry, or when it was surely there.
  package let from: UnixTime

  package init(_ subject: Limits.Subject, _ words: String, from: UnixTime) {
    self.subject = subject
    self.words = words
    self.from = from
  }
}
