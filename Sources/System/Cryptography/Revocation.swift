/// What a revocation list says of one certificate (RFC 5280 §5.3).
package struct Revocation: Hashable, Sendable {
  /// Why (§5.3.1).
  package enum Reason: UInt8, Hashable, Sendable {
    case unspecified = 0
    case keyCompromise = 1
    case authorityCompromise = 2
    case affiliationChanged = 3
    case superseded = 4
    case cessationOfOperation = 5
    case onHold = 6
    case privilegeWithdrawn = 9
    case attributeAuthorityCompromise = 10

    /// As RFC 5280 spells it.
    package var name: String {
      switch self {
      case .unspecified: "unspecified"
      case .keyCompromise: "keyCompromise"
      case .authorityCompromise: "cACompromise"
      case .affiliationChanged: "affiliationChanged"
      case .superseded: "superseded"
      case .cessationOfOperation: "cessationOfOperation"
      case .onHold: "certificateHold"
      case .privilegeWithdrawn: "privilegeWithdrawn"
      case .attributeAuthorityCompromise: "aACompromise"
      }
    }
  }

  /// When the CA processed it; Unix seconds.
  package let date: Int64
  /// Since when the key is known or suspected not to be its owner's alone (§5.3.2); Unix seconds.
  package let invalidity: Int64?
  /// Nil where the list gives none.
  package let reason: Reason?

  /// From when on the certificate is not to be relied on; Unix seconds.
  package var since: Int64 { min(date, invalidity ?? date) }

  /// Whether nobody but its owner ever had the key, so that what it signed before stays what it was: the reasons that
  /// RFC 3161 §4 lists. A list that gives no reason does not say so.
  package var isOrderly: Bool {
    switch reason {
    case .unspecified, .affiliationChanged, .superseded, .cessationOfOperation: true
    case nil, .keyCompromise, .authorityCompromise, .onHold, .privilegeWithdrawn, .attributeAuthorityCompromise: false
    }
  }
}
