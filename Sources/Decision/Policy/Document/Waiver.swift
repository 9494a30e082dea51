package import Octets

/// Something that need not hold for a while: who said so, why, for which images, and until when. Wrong bytes and denials
/// are nobody's to waive.
package struct Waiver: Hashable, Sendable {
  package enum Subject: Hashable, Sendable {
    /// By its name.
    case requirement(String)
    /// By their identifiers, as scanners write them.
    case vulnerabilities([String])
  }

  package let name: String
  package let subject: Subject
  package let scope: Scope
  package let reason: String
  package let approver: String
  package let expires: UnixTime

  package init(
    _ name: String, of subject: Subject, in scope: Scope, reason: String, approver: String, expires: UnixTime
  ) {
    self.name = name
    self.subject = subject
    self.scope = scope
    self.reason = reason
    self.approver = approver
    self.expires = expires
  }

  /// “waiver W-17 by A. Turing until 2027-01-31T00:00:00Z: the vendor does not sign yet”
  package var wording: String {
    "waiver \(printable(name)) by \(printable(approver)) until \(expires): \(printable(reason))"
  }
}
