package import Octets
import TUFMetadata

/// One group of people of whom so many must sign a draft.
package struct Demand: Sendable {
  /// `root 1`: whose word it is that these must sign.
  package let source: String
  package let threshold: Int
  package let signed: [SiteKey]
  /// Those who may still sign.
  package let open: [SiteKey]

  package var missing: Int { max(0, threshold - signed.count) }
}

/// A draft as a person sees it.
package struct DraftState: Sendable {
  package let role: SiteRole
  package let version: Int64
  package let expires: UnixTime
  /// For how many days this and later versions are signed.
  package let days: Int64
  package let demands: [Demand]
  /// What it says, a line each, led by what is new about it: `+`, `~`, `-`, or `=` for nothing.
  package let changes: [String]

  package var isReady: Bool { demands.allSatisfy { $0.missing == 0 } }
}

extension Site {
  /// Who must sign a role's draft. A root that follows another needs both (§5.3.4 of the specification).
  func signers(of role: SiteRole) -> [(source: String, Signers)] {
    var demands: [(String, Signers)] = []
    if role == .root, let old = published[.root], let signers = old.page.signers[.root] {
      demands.append(("root \(old.page.version)", signers))
    }
    let delegator = role.delegator
    if let sheet = current(delegator), let signers = sheet.page.signers[role] {
      demands.append(("\(delegator) \(sheet.page.version)", signers))
    }
    return demands
  }

  /// Whether a sheet has the signatures that it needs now.
  func isMet(_ sheet: Sheet) throws(MakingError) -> Bool {
    for (_, signers) in signers(of: sheet.role) where try sheet.signed(by: signers).count < signers.threshold {
      return false
    }
    return true
  }

  /// The drafts, in the order in which one leads to the next.
  package func states() throws(MakingError) -> [DraftState] {
    var states: [DraftState] = []
    for role in SiteRole.allCases {
      guard let draft = drafts[role] else { continue }
      var demands: [Demand] = []
      for (source, signers) in signers(of: role) {
        let signed = try draft.signed(by: signers)
        let open = signers.keys.filter { !signed.contains($0) }
        demands.append(Demand(source: source, threshold: signers.threshold, signed: signed, open: open))
      }
      states.append(
        DraftState(
          role: role, version: draft.page.version, expires: draft.page.expires, days: draft.page.days,
          demands: demands,
          changes: changes(role)))
    }
    return states
  }

  /// All that a role's draft says, a line each, led by what is new about it. What is not new stands there too: the
  /// published files come from the same folder, and whoever altered it could have anything pass as old.
  package func changes(_ role: SiteRole) -> [String] {
    guard let page = drafts[role]?.page else { return [] }
    let old = published[role]?.page
    switch page.body {
    case .root, .delegations:
      return page.signers.sorted { $0.key < $1.key }.map { role, signers in
        let sign = old?.signers[role] == signers ? "=" : old?.signers[role] == nil ? "+" : "~"
        return "\(sign) \(role): \(signers.threshold) of \(signers.keys.map { "\($0.id)" }.joined(separator: ", "))"
      }
    case .files(let files):
      let before = old?.files ?? [:]
      var lines: [String] = []
      for path in Set(files.keys).union(before.keys).sorted(by: { $0.lexicographicallyPrecedes($1) }) {
        if let facts = files[path] {
          let sign = before[path] == facts ? "=" : before[path] == nil ? "+" : "~"
          lines.append("\(sign) \(printable(path)), \(facts.length) bytes, SHA-256 \(Hex.encode(facts.sha256))")
        } else {
          lines.append("- \(printable(path))")
        }
      }
      return lines
    case .snapshot(let versions):
      return [versions.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")]
    case .timestamp(let version): return ["snapshot \(version)"]
    }
  }

  // MARK: Following

  /// Brings the drafts behind what was changed: whatever no longer has its signatures gets a new version, and snapshot
  /// and timestamp name what will be published. They say versions and no digests, as Sigstore's do, so that everybody
  /// signs everything at one sitting.
  mutating func settle() throws(MakingError) {
    for role in SiteRole.listed {
      guard drafts[role] == nil, let sheet = published[role], try !isMet(sheet) else { continue }
      drafts[role] = Sheet(sheet.page.next(at: now))
    }
    var versions: [SiteRole: Int64] = [:]
    for role in SiteRole.listed { versions[role] = current(role)?.page.version }
    try settle(.snapshot, .snapshot(versions))
    if let snapshot = current(.snapshot) { try settle(.timestamp, .timestamp(snapshot.page.version)) }
  }

  private mutating func settle(_ role: SiteRole, _ body: Page.Body) throws(MakingError) {
    guard let sheet = current(role) else { return }
    if sheet.page.body == body {
      if drafts[role] != nil { return }
      if try isMet(sheet) { return }
    }
    var page = try draft(role)
    page.body = body
    drafts[role] = Sheet(page)
  }
}
