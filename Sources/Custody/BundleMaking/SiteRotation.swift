package import Cryptography
import Octets
import TUFMetadata

/// How a role's people change.
package struct Rotation: Sendable {
  /// A key that leaves: itself, or its ID's beginning where it is lost.
  package enum Leaving: Sendable {
    case key(PublicKey)
    case id(String)
  }

  package var adding: [PublicKey] = []
  package var removing: [Leaving] = []
  package var threshold: Int?

  package init(adding: [PublicKey] = [], removing: [Leaving] = [], threshold: Int? = nil) {
    self.adding = adding
    self.removing = removing
    self.threshold = threshold
  }
}

extension Site {
  /// Digits of an ID that name a key.
  static let shortestID = 8

  /// Changes who signs for a role: in the root's draft, which the old root's people and the new one's both sign, or, for a
  /// role that carries files, in the draft of targets.
  package mutating func rotate(_ role: SiteRole, _ rotation: Rotation) throws(MakingError) {
    let delegator = role.delegator
    var page = try draft(delegator)
    var all = page.signers
    guard let old = all[role] else { throw .refused(.folder, "\(folder) has no \(role).") }
    var keys = old.keys
    for leaving in rotation.removing {
      if case .id(let text) = leaving, text.utf8.count < Self.shortestID {
        throw .refused(
          .keyUnknown, "“\(printable(text))” is too short for a key’s ID: give \(Self.shortestID) digits or more.")
      }
      let meant = keys.indices.filter { Self.isMeant(keys[$0], leaving) }
      guard let index = meant.first else {
        throw .refused(.keyUnknown, "\(role) has no such key as one to be removed. It has \(Self.list(old.keys)).")
      }
      guard meant.count == 1 else {
        let IDs = meant.map { String(decoding: keys[$0].id.utf8, as: UTF8.self) }
        throw .refused(
          .keyUnknown, "More than one key of \(role) begins so: \(IDs.joined(separator: ", ")). Give more digits.")
      }
      keys.remove(at: index)
    }
    for key in rotation.adding { keys.append(try SiteKey(key)) }
    let new = try Signers(keys, threshold: rotation.threshold ?? old.threshold, for: role)
    guard new != old else { throw .refused(.nothing, "\(role) is so already: nothing was changed.") }
    all[role] = new
    page.body = role.isCarrier ? .delegations(all) : .root(all)
    drafts[delegator] = Sheet(page)
    try settle()
    try save()
  }

  private static func isMeant(_ key: SiteKey, _ leaving: Rotation.Leaving) -> Bool {
    switch leaving {
    case .key(let own): key.key == own
    case .id(let text): key.id.utf8.starts(with: text.utf8)
    }
  }

  private static func list(_ keys: [SiteKey]) -> String { keys.map { "\($0.id)" }.joined(separator: ", ") }

  /// Those that the desk renews by itself, every 90 days: were one left out, nothing could be packed on the next.
  package static let usuallyRenewed = SiteRole.allCases.filter { $0.usualDays == 90 }

  /// New versions of roles with the same contents, because time passes; the snapshot and the timestamp follow by
  /// themselves.
  /// - Parameter days: for how long from now on; nil leaves it.
  package mutating func renew(_ roles: [SiteRole], days: Int64? = nil) throws(MakingError) {
    if let days, !Page.usableDays.contains(days) {
      throw .refused(.threshold, "\(days) days; give 1 to \(Page.usableDays.upperBound).")
    }
    for role in roles {
      var page = try draft(role)
      page.days = days ?? page.days
      page.renew(at: now)
      drafts[role] = Sheet(page)
    }
    try settle()
    try save()
  }
}
